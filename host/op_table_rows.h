#pragma once
#include <vector>

#include "host/op_table.h"

// The rows of the operator table as they are written down: one for operators of equal treatment.
namespace sosa::host {

// `name` is a list of names with a blank between two.
std::vector<OpRow> op_groups();

}  // namespace sosa::host
