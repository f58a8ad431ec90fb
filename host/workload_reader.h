#pragma once
#include <cstdint>
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the parts of the workload reader share.
namespace sosa::host {

struct Workload;
struct TensorNode;

// As a JSON string, long ones cut to fit a sentence; bytes that are not UTF-8 are replaced.
std::string in_quotes(std::string_view text);

// What stands there, short enough for a sentence.
std::string found(const nlohmann::json& value);

// Fills in the deps of `workload`, whose layers stand as in the list `layers`; throws UserError for a name
// that stands twice or nowhere, and for a dependency on the layer itself or a later one.
void resolve_deps(const nlohmann::json& layers, Workload& workload, const std::string& source_name);

// All keys that an element of the list `tensors` may have.
const std::vector<std::string>& tensor_keys();

// Fills in the tensors of `workload`, whose layers are complete, from that list; the same errors as above,
// and for what does not fit together.
void read_tensors(const nlohmann::json& tensors, Workload& workload, const std::string& source_name);

// `, "tensors": [...]`, one a line.
void write_tensors(const std::vector<TensorNode>& tensors, std::ostream& out);

// The number if it is an integer min..max.
std::optional<std::uint64_t> integer_within(const nlohmann::json& value, std::uint64_t min,
                                            std::uint64_t max);
// "integer 1..7", without its first word for what is an integer already.
std::string integer_allowed(const nlohmann::json& value, std::uint64_t min, std::uint64_t max);

}  // namespace sosa::host
