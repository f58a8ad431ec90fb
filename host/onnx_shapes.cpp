// Each node is looked at once, in order: with the sizes of the inputs and the constants before it known, the
// rules of the library give the sizes of its results.
#include "host/onnx_fold.h"
#include "host/onnx_infer.h"
#include "host/onnx_parts.h"
#include "host/onnx_tensor.h"
#include "host/onnx_types.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

class ShapeWalk {
  public:
    explicit ShapeWalk(OnnxParts& parts)
        : parts_(parts), graph_(parts.graph), folder_(parts), types_(parts.types.size()) {}

    void run() {
        for (std::uint32_t value = 0; value < types_.size(); ++value) {
            const onnx::TensorProto* tensor = parts_.tensors[value];
            if (graph_.values[value].maker == kAbsent)
                types_[value] = tensor ? type_of(*tensor) : parts_.types[value];
        }
        for (std::uint32_t i = 0; i < graph_.nodes.size(); ++i) visit(i);
        for (std::uint32_t value = 0; value < types_.size(); ++value) store(value);
        if (contradictions_ > 0)
            parts_.notice(std::to_string(contradictions_) +
                          " values are declared otherwise than computed, first " + first_ +
                          "; the computed ones count");
    }

  private:
    static onnx::TypeProto type_of(const onnx::TensorProto& tensor) {
        onnx::TypeProto type = tensor_type(ElementType::none, tensor_dims(tensor));
        type.mutable_tensor_type()->set_elem_type(tensor.data_type());
        return type;
    }

    void visit(std::uint32_t index) {
        const OpNode& node = graph_.nodes[index];
        align(index);
        if (node.domain.empty()) infer(index);
        folder_.take_results(index, types_);
        folder_.fold(index, types_);
        for (const std::uint32_t output : node.outputs)
            if (output != kAbsent) settle(index, output);
    }

    void align(std::uint32_t index) {
        if (parts_.old_axis.count(parts_.nodes[index]) == 0) return;
        const OpNode& node = graph_.nodes[index];
        if (node.inputs.size() < 2 || node.inputs[0] == kAbsent || node.inputs[1] == kAbsent) return;
        const auto first = known_type(types_[node.inputs[0]]);
        if (first && known_type(types_[node.inputs[1]]))
            align_operand(parts_, index, first->dims.size(), types_[node.inputs[1]]);
    }

    void infer(std::uint32_t index) {
        const OpNode& node = graph_.nodes[index];
        std::vector<const onnx::TypeProto*> inputs;
        std::vector<const onnx::TensorProto*> data;
        for (const std::uint32_t input : node.inputs) {
            const bool known =
                input != kAbsent && types_[input].value_case() != onnx::TypeProto::VALUE_NOT_SET;
            inputs.push_back(known ? &types_[input] : nullptr);
            data.push_back(folder_.data(input, node.op));
        }
        auto results = infer_node(*parts_.nodes[index], node.opset, inputs, data, graph_.place(index));
        for (std::size_t i = 0; i < results.size(); ++i)
            if (node.outputs[i] != kAbsent) {
                types_[node.outputs[i]] = std::move(results[i]);
                check(index, node.outputs[i]);
            }
    }

    void settle(std::uint32_t index, std::uint32_t value) {
        const onnx::TypeProto& declared = parts_.types[value];
        const std::string said = in_quotes(graph_.values[value].name);
        if (complete_type(declared, types_[value])) {
            if (contradictions_++ == 0)
                first_ = said + " (" + type_text(declared) + ", computed " + type_text(types_[value]) + ")";
        }
        check(index, value);
    }

    void check(std::uint32_t index, std::uint32_t value) const {
        const auto known = known_type(types_[value]);
        const std::string fault = known ? shape_fault(known->dims) : "";
        if (!fault.empty())
            throw UserError(graph_.place(index) + ": found result " + in_quotes(graph_.values[value].name) +
                            fault);
    }

    void store(std::uint32_t value) {
        const auto known = known_type(types_[value]);
        if (!known) return;
        graph_.values[value].type = known->type;
        graph_.values[value].dims = known->dims;
        graph_.values[value].known = true;
    }

    OnnxParts& parts_;
    OpGraph& graph_;
    ConstantFolder folder_;
    std::vector<onnx::TypeProto> types_;
    std::size_t contradictions_ = 0;
    std::string first_{};
};

}  // namespace

void infer_shapes(OnnxParts& parts) { ShapeWalk(parts).run(); }

}  // namespace sosa::host
