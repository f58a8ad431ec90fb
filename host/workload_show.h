#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "host/workload.h"

namespace sosa::host {

// One layer a line with its sizes, multiply-accumulates, bytes (one an element, X as im2col spreads it) and
// the numbers of the layers it waits for; then their sums, over all repeats.
void show_workload(const Workload& workload, std::ostream& out);

// The layers and what they wait for as a digraph of Graphviz.
void show_workload_dot(const Workload& workload, std::ostream& out);

// sosa workload show NAME|FILE [--dot]
int workload_command(const std::vector<std::string>& args);

}  // namespace sosa::host
