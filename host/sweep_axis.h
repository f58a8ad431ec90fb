#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/sweep_point.h"

// What can differ from point to point, by name: "config", "workload", "batch", "image_size", "seq_len",
// "policy", "dims.NAME" and every path of the configuration ("pods.count").
namespace sosa::host {

bool is_axis(const std::string& name);

// " (did you mean "pods.count"?)", or "" if nothing is near.
std::string axis_hint(const std::string& name);

// The names that stand for themselves, for messages: "config, workload, ..., dims.NAME and the keys of the
// configuration (sosa config check tiny shows them)".
std::string axes_allowed();

// Gives the point the value. Throws UserError "found X, allowed Y", without the place, for one that the axis
// does not take. What only the whole point can tell (a batch too large for the network) is not looked at.
void assign_axis(SweepPoint& point, const std::string& axis, const nlohmann::json& value);

// The value that the point was given, as text; none if it was not given any.
std::optional<std::string> axis_text(const SweepPoint& point, const std::string& axis);

// "workload resnet50, pods.count 64": what tells the point from others of these axes.
std::string point_label(const SweepPoint& point, const std::vector<std::string>& axes);

}  // namespace sosa::host
