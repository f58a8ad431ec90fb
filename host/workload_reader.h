#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

// What the parts of the workload reader share.
namespace sosa::host {

struct Workload;

// As a JSON string, long ones cut to fit a sentence; bytes that are not UTF-8 are replaced.
std::string in_quotes(std::string_view text);

// What stands there, short enough for a sentence.
std::string found(const nlohmann::json& value);

// Fills in the deps of `workload`, whose layers stand as in the list `layers`; throws UserError for a name
// that stands twice or nowhere, and for a dependency on the layer itself or a later one.
void resolve_deps(const nlohmann::json& layers, Workload& workload, const std::string& source_name);

}  // namespace sosa::host
