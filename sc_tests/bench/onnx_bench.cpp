// Writes the models whose import scripts/bench.sh measures: a chain of convolutions of 3 x 3, each followed
// by a Relu. Usage: sosa_onnx_bench NODES CHANNELS FILE.onnx [WEIGHTS]; with WEIGHTS the weights are in that
// file beside it.
#include <onnx/onnx_pb.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

struct Model {
    onnx::ModelProto proto;
    std::int64_t channels = 0;
    std::string weights;              // the file beside it, or ""
    std::uint64_t weights_bytes = 0;  // in that file

    std::uint64_t tensor_bytes() const { return static_cast<std::uint64_t>(channels * channels) * 9 * 4; }
};

void declare(onnx::ValueInfoProto& value, const std::string& name, std::int64_t channels) {
    value.set_name(name);
    auto* type = value.mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t size : {std::int64_t{1}, channels, std::int64_t{8}, std::int64_t{8}})
        type->mutable_shape()->add_dim()->set_dim_value(size);
}

void add_weights(Model& model, const std::string& name) {
    auto& tensor = *model.proto.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t size : {model.channels, model.channels, std::int64_t{3}, std::int64_t{3}})
        tensor.add_dims(size);
    if (model.weights.empty()) {
        tensor.set_raw_data(std::string(model.tensor_bytes(), '\x3c'));
        return;
    }
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    const auto entry = [&](const char* key, const std::string& value) {
        auto& added = *tensor.add_external_data();
        added.set_key(key);
        added.set_value(value);
    };
    entry("location", model.weights);
    entry("offset", std::to_string(model.weights_bytes));
    entry("length", std::to_string(model.tensor_bytes()));
    model.weights_bytes += model.tensor_bytes();
}

void add_node(Model& model, int number, const std::string& from) {
    auto& node = *model.proto.mutable_graph()->add_node();
    const std::string name = "n" + std::to_string(number);
    node.set_name(name);
    node.add_input(from);
    node.add_output(name);
    node.set_op_type(number % 2 == 0 ? "Conv" : "Relu");
    if (number % 2 != 0) return;
    node.add_input("w" + std::to_string(number));
    add_weights(model, node.input(1));
    auto& pads = *node.add_attribute();
    pads.set_name("pads");
    pads.set_type(onnx::AttributeProto::INTS);
    for (int side = 0; side < 4; ++side) pads.add_ints(1);
}

}  // namespace

extern "C" int sc_main(int argc, char** argv) {  // libsystemc holds main
    const int nodes = argc > 3 ? std::atoi(argv[1]) : 0;
    Model model;
    model.channels = argc > 3 ? std::atoi(argv[2]) : 0;
    if (nodes <= 0 || model.channels <= 0) {
        std::fputs("Usage: sosa_onnx_bench NODES CHANNELS FILE.onnx [WEIGHTS]\n", stderr);
        return 2;
    }
    const std::filesystem::path path = argv[3];
    if (argc > 4) model.weights = argv[4];
    model.proto.set_ir_version(8);
    model.proto.add_opset_import()->set_version(13);
    auto& graph = *model.proto.mutable_graph();
    graph.set_name("chain");
    declare(*graph.add_input(), "x", model.channels);
    for (int i = 0; i < nodes; ++i) add_node(model, i, i == 0 ? "x" : "n" + std::to_string(i - 1));
    declare(*graph.add_output(), "n" + std::to_string(nodes - 1), model.channels);
    std::ofstream out(path, std::ios::binary);
    if (!model.proto.SerializeToOstream(&out) || !out.flush()) return 1;
    if (!model.weights.empty()) {
        const auto beside = path.parent_path() / model.weights;
        std::ofstream(beside, std::ios::binary).put(0);
        std::filesystem::resize_file(beside, model.weights_bytes);  // takes no room on the disk
    }
    return 0;
}
