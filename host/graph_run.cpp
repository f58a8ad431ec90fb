#include "host/graph_run.h"

#include <algorithm>

#include "host/op_eval.h"
#include "host/tensor_file.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

namespace fs = std::filesystem;

std::string value_text(ElementType type, const Dims& dims) {
    return std::string(element_name(type)) + " of " + dims_text(dims);
}

// A tensor's name as that of a file, or "" if it cannot be one.
std::string file_name(const std::string& name) {
    const bool harmless = !name.empty() && name[0] != '.' && name.size() < 200 &&
                          std::none_of(name.begin(), name.end(), [](char c) {
                              return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
                          });
    return harmless ? name : "";
}

fs::path input_file(const OpGraph& graph, std::size_t index, const fs::path& folder) {
    const std::string& name = graph.values[graph.inputs[index]].name;
    std::vector<fs::path> candidates;
    for (const char* ending : {".npy", ".pb"}) {
        if (const auto base = file_name(name); !base.empty()) candidates.push_back(folder / (base + ending));
        candidates.push_back(folder / ("input_" + std::to_string(index) + ending));
    }
    std::vector<fs::path> found;
    std::error_code ignored;
    for (const auto& candidate : candidates)
        if (fs::is_regular_file(candidate, ignored) &&
            std::find(found.begin(), found.end(), candidate) == found.end())
            found.push_back(candidate);
    if (found.size() == 1) return found[0];
    throw UserError("--inputs " + folder.string() + ": found " +
                    (found.empty() ? std::string("no file") : std::to_string(found.size()) + " files") +
                    " for input " + in_quotes(name) + ", allowed one of " + in_quotes(name + ".npy") + ", " +
                    in_quotes(name + ".pb") + ", \"input_" + std::to_string(index) + ".npy\" and \"input_" +
                    std::to_string(index) + ".pb\"");
}

// The bytes of one element, as a number for a sentence.
std::string element_text(const TensorValue& tensor, std::size_t i) {
    switch (tensor.type) {
        case ElementType::s8:
            return std::to_string(elements<std::int8_t>(tensor)[i]);
        case ElementType::s32:
            return std::to_string(elements<std::int32_t>(tensor)[i]);
        case ElementType::s64:
            return std::to_string(elements<std::int64_t>(tensor)[i]);
        case ElementType::f32:
            return std::to_string(elements<float>(tensor)[i]);
        default: {
            std::string text = "0x";
            const std::size_t size = element_bytes(tensor.type);
            for (std::size_t b = size; b-- > 0;) {
                constexpr char digits[] = "0123456789abcdef";
                text += digits[tensor.bytes[i * size + b] >> 4];
                text += digits[tensor.bytes[i * size + b] & 15];
            }
            return text;
        }
    }
}

void compare(const std::string& place, const TensorValue& got, const TensorValue& expected) {
    if (got.bytes == expected.bytes) return;
    const std::size_t size = element_bytes(got.type);
    std::size_t first = got.bytes.size(), wrong = 0;
    for (std::size_t i = got.bytes.size() / size; i-- > 0;)
        if (!std::equal(&got.bytes[i * size], &got.bytes[i * size] + size, &expected.bytes[i * size]))
            ++wrong, first = i;
    throw UserError(place + ": found " + element_text(got, first) + " at element " + std::to_string(first) +
                    " of " + dims_text(got.dims) + ", expected " + element_text(expected, first) + "; " +
                    std::to_string(wrong) + " of " + std::to_string(got.bytes.size() / size) +
                    " elements are wrong");
}

}  // namespace

GraphValues read_inputs(const OpGraph& graph, const fs::path& folder) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
        throw UserError("--inputs " + folder.string() +
                        ": is no folder, allowed one with a file for each input");
    GraphValues values;
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
        const OpValue& input = graph.values[graph.inputs[i]];
        const fs::path file = input_file(graph, i, folder);
        TensorValue tensor = read_tensor_file(file);
        if (tensor.type != input.type || tensor.dims != input.dims)
            throw UserError(file.string() + ": found " + value_text(tensor.type, tensor.dims) + ", allowed " +
                            value_text(input.type, input.dims) + " for input " + in_quotes(input.name));
        values[graph.inputs[i]] = std::move(tensor);
    }
    return values;
}

bool has_pb_inputs(const fs::path& folder) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        if (entry.path().extension() == ".pb") return true;
    return false;
}

GraphRun::GraphRun(const Network& network, const Program& program, const hw::Config& config,
                   GraphValues inputs)
    : network_(network),
      program_(program),
      inputs_(std::move(inputs)),
      plan_(network.graph, network.lowering, program, config, inputs_) {
    expected_ = std::async(std::launch::async, [this] { return evaluate(network_.graph, inputs_); });
}

DataCheck GraphRun::check(System& system) {
    const GraphValues expected = expected_.get();
    DataCheck done;
    for (const auto& product : plan_.products()) {
        TensorValue want = expected.at(product.value);
        if (product.channels_last) want = channels_last(want);
        TensorValue got{want.type, want.dims, system.read_dram(product.address, want.bytes.size())};
        compare("layer " + in_quotes(program_.layers[product.layer].name), got, want);
        ++done.layers;
        done.values += static_cast<std::uint64_t>(element_count(want.dims));
    }
    for (const std::uint32_t output : network_.graph.outputs) {
        const TensorValue& want = expected.at(output);
        const TensorValue got{want.type, want.dims,
                              system.read_dram(plan_.address(output), want.bytes.size())};
        compare("output " + in_quotes(network_.graph.values[output].name), got, want);
        done.values += static_cast<std::uint64_t>(element_count(want.dims));
    }
    return done;
}

void GraphRun::write_outputs(System& system, const fs::path& folder, bool like_pb) const {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw UserError("--outputs " + folder.string() + ": " + error.message());
    for (std::size_t i = 0; i < network_.graph.outputs.size(); ++i) {
        const OpValue& value = network_.graph.values[network_.graph.outputs[i]];
        TensorValue tensor = make_tensor(value.type, value.dims);
        tensor.bytes = system.read_dram(plan_.address(network_.graph.outputs[i]), tensor.bytes.size());
        std::string name = file_name(value.name);
        if (name.empty()) name = "output_" + std::to_string(i);
        write_tensor_file(folder / (name + (like_pb ? ".pb" : ".npy")), tensor, value.name);
    }
}

std::vector<std::string> GraphRun::report() const {
    const auto counted = [&](const std::map<std::string, std::size_t>& ops) {
        std::string text;
        for (const auto& [op, count] : ops)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + op;
        return text;
    };
    std::map<std::string, std::size_t> lanes, host;
    for (const auto node : plan_.on_lanes()) ++lanes[network_.graph.nodes[node].op];
    for (const auto node : plan_.on_host()) ++host[network_.graph.nodes[node].op];
    std::vector<std::string> lines;
    lines.push_back(std::to_string(plan_.products().size()) + " products on pods");
    if (!lanes.empty()) lines.push_back("on post-processors: " + counted(lanes));
    if (!host.empty()) lines.push_back("on the host: " + counted(host));
    return lines;
}

}  // namespace sosa::host
