#include "host/op_graph.h"

#include "host/missing_bytes.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

// The attribute if it is there and of this kind. Another kind counts as a mistake of the file.
const OpAttribute* find_of(const OpNode& node, const std::string& name, OpAttribute::Kind kind,
                           const char* allowed) {
    const OpAttribute* found = node.find(name);
    if (found && found->kind != kind)
        throw UserError(node.place() + ": attribute " + in_quotes(name) + " is not " + allowed);
    return found;
}

}  // namespace

std::string OpNode::place() const {
    const std::string title = in_quotes(domain.empty() ? op : domain + "." + op);
    return in_quotes(name) + " (" + title.substr(1, title.size() - 2) + ")";
}

const OpAttribute* OpNode::find(const std::string& attribute) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? nullptr : &found->second;
}

std::int64_t OpNode::integer(const std::string& attribute, std::int64_t otherwise) const {
    const auto* found = find_of(*this, attribute, OpAttribute::Kind::integer, "an integer");
    return found ? found->integer : otherwise;
}

float OpNode::real(const std::string& attribute, float otherwise) const {
    const auto* found = find_of(*this, attribute, OpAttribute::Kind::real, "a float");
    return found ? found->real : otherwise;
}

std::string OpNode::text(const std::string& attribute, const std::string& otherwise) const {
    const auto* found = find_of(*this, attribute, OpAttribute::Kind::text, "a string");
    return found ? found->text : otherwise;
}

std::vector<std::int64_t> OpNode::integers(const std::string& attribute) const {
    const auto* found = find_of(*this, attribute, OpAttribute::Kind::integers, "a list of integers");
    return found ? found->integers : std::vector<std::int64_t>{};
}

TensorValue MissingBytes::operator()() const { throw UserError(sentence); }

TensorValue OpGraph::constant(std::uint32_t value) const {
    SOSA_CHECK(value < values.size() && values[value].is_constant, "value " + std::to_string(value));
    const auto found = constants.find(value);
    if (found == constants.end() || !found->second)
        throw UserError(source + ": found constant " + in_quotes(values[value].name) +
                        " with its shape only, allowed one with its data");
    return found->second();
}

bool OpGraph::has_bytes(std::uint32_t value) const {
    const auto found = constants.find(value);
    return found != constants.end() && found->second && !found->second.target<MissingBytes>();
}

std::string OpGraph::place(std::uint32_t node) const {
    SOSA_CHECK(node < nodes.size(), "node " + std::to_string(node));
    return source + ": node " + std::to_string(node) + " " + nodes[node].place();
}

}  // namespace sosa::host
