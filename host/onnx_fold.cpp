#include "host/onnx_fold.h"

#include <algorithm>
#include <array>

#include "host/missing_bytes.h"
#include "host/onnx_infer.h"
#include "host/onnx_tensor.h"
#include "host/onnx_types.h"
#include "host/op_eval.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

// What shapes are computed from is integers, rarely a few floats (scales of Resize). The rest is weights.
constexpr std::int64_t kMostWhole = 1 << 20;
constexpr std::int64_t kMostReal = 1 << 12;
constexpr std::int64_t kMostForRules = 1 << 16;
constexpr std::int64_t kMostFromFile = 1 << 10;
constexpr std::int64_t kBudget = 1 << 26;  // a file must not buy hours with a few bytes

constexpr std::array<const char*, 6> kRandom{"Bernoulli",        "Multinomial",   "RandomNormal",
                                             "RandomNormalLike", "RandomUniform", "RandomUniformLike"};
// More work than elements, and never part of a shape.
constexpr std::array<const char*, 17> kHeavy{
    "AveragePool", "Conv",          "ConvInteger", "ConvTranspose", "Einsum",        "GRU",
    "Gemm",        "LSTM",          "LpPool",      "MatMul",        "MatMulInteger", "MaxPool",
    "QLinearConv", "QLinearMatMul", "RNN",         "Resize",        "Upsample"};
// Results of these have a size that only their data tell, but never more elements than a few times the
// input's.
constexpr std::array<const char*, 3> kOpenSize{"Compress", "NonZero", "Unique"};

constexpr std::array<const char*, 3> kRealSizes{"Range", "Resize", "Upsample"};

template <std::size_t n>
bool among(const std::array<const char*, n>& ops, const std::string& op) {
    return std::find(ops.begin(), ops.end(), op) != ops.end();
}

template <class Field, class T>
TensorValue list_of(ElementType type, const Field& field, const T*) {
    TensorValue out = make_tensor(type, {field.size()});
    std::copy(field.begin(), field.end(), elements<T>(out));
    return out;
}

TensorValue scalar(ElementType type) { return make_tensor(type, {}); }

TensorValue shape_slice(const OpNode& node, const Dims& dims) {
    const auto rank = static_cast<std::int64_t>(dims.size());
    const auto within = [&](std::int64_t at) {
        return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
    };
    const std::int64_t start = within(node.integer("start", 0)), end = within(node.integer("end", rank));
    TensorValue out = make_tensor(ElementType::s64, {std::max<std::int64_t>(end - start, 0)});
    for (std::int64_t i = start; i < end; ++i)
        elements<std::int64_t>(out)[i - start] = dims[static_cast<std::size_t>(i)];
    return out;
}

}  // namespace

ConstantFolder::ConstantFolder(OnnxParts& parts) : parts_(parts), graph_(parts.graph), budget_(kBudget) {
    for (std::uint32_t value = 0; value < parts.tensors.size(); ++value)
        if (parts.tensors[value])
            add_file_constant(value, *parts.tensors[value],
                              graph_.source + ": initializer " + in_quotes(graph_.values[value].name));
}

void ConstantFolder::add_file_constant(std::uint32_t value, const onnx::TensorProto& tensor,
                                       const std::string& place) {
    graph_.values[value].is_constant = true;
    parts_.tensors[value] = &tensor;
    auto& constant = graph_.constants[value];
    const auto model = parts_.model;  // owns the tensor
    if (element_type(tensor.data_type()) == ElementType::none) {
        constant = MissingBytes{place + ": found elements of type " + std::to_string(tensor.data_type()) +
                                " of ONNX, allowed integers, floats and bool"};
    } else if (data_place(tensor) == DataPlace::here) {
        constant = [model, &tensor, place] { return decode_tensor(tensor, place); };
    } else if (data_place(tensor) == DataPlace::nowhere) {
        constant = MissingBytes{place + ": found a shape without data, allowed one with the weights"};
    } else {
        const auto file = external_file(tensor, parts_.folder, place);
        std::error_code error;
        if (std::filesystem::is_regular_file(file, error))
            constant = [model, &tensor, folder = parts_.folder, place] {
                return read_external(tensor, folder, place);
            };
        else
            constant = MissingBytes{place + ": external data " + file.string() +
                                    ": found no such file, allowed one with the weights"};
    }
}

void ConstantFolder::add_computed(std::uint32_t value, TensorValue&& computed) {
    const auto kept = std::make_shared<const TensorValue>(std::move(computed));
    graph_.values[value].is_constant = true;
    graph_.constants[value] = [kept] { return *kept; };
    computed_[value] = kept;
}

void ConstantFolder::take_constant(std::uint32_t index) {
    const onnx::NodeProto& proto = *parts_.nodes[index];
    const std::uint32_t value = graph_.nodes[index].outputs.at(0);
    graph_.values[value].is_constant = true;
    if (proto.attribute_size() != 1) return;
    const onnx::AttributeProto& attribute = proto.attribute(0);
    const std::string& name = attribute.name();
    if (name == "value") {
        add_file_constant(value, attribute.t(), graph_.place(index));
    } else if (name == "value_int") {
        TensorValue out = scalar(ElementType::s64);
        *elements<std::int64_t>(out) = attribute.i();
        add_computed(value, std::move(out));
    } else if (name == "value_float") {
        TensorValue out = scalar(ElementType::f32);
        *elements<float>(out) = attribute.f();
        add_computed(value, std::move(out));
    } else if (name == "value_ints") {
        add_computed(value,
                     list_of(ElementType::s64, attribute.ints(), static_cast<const std::int64_t*>(nullptr)));
    } else if (name == "value_floats") {
        add_computed(value,
                     list_of(ElementType::f32, attribute.floats(), static_cast<const float*>(nullptr)));
    }
}

void ConstantFolder::take_results(std::uint32_t index, const std::vector<onnx::TypeProto>& types) {
    const OpNode& node = graph_.nodes[index];
    if (!node.domain.empty() || node.outputs.empty() || node.outputs[0] == kAbsent) return;
    if (node.op == "Constant") return take_constant(index);
    if (node.inputs.empty() || node.inputs[0] == kAbsent) return;
    const std::uint32_t input = node.inputs[0], output = node.outputs[0];
    if (node.op == "Identity" && graph_.values[input].is_constant) {
        if (const auto found = graph_.constants.find(input); found != graph_.constants.end())
            graph_.constants[output] = std::function(found->second);
        if (const auto found = computed_.find(input); found != computed_.end())
            computed_[output] = std::shared_ptr(found->second);
        parts_.tensors[output] = parts_.tensors[input];
        graph_.values[output].is_constant = true;
    }
    const auto known = known_type(types[input]);
    if (!known || (node.op != "Shape" && node.op != "Size")) return;
    TensorValue size = scalar(ElementType::s64);
    *elements<std::int64_t>(size) = element_count(known->dims);
    add_computed(output, node.op == "Shape" ? shape_slice(node, known->dims) : std::move(size));
}

bool ConstantFolder::small_enough(const OpNode& node, const std::vector<onnx::TypeProto>& types) {
    std::int64_t work = 0;
    for (const std::uint32_t input : node.inputs) {
        if (input == kAbsent) continue;
        const auto known = known_type(types[input]);
        if (!known) return false;
        work += std::min(element_count(known->dims), kMostWhole + 1);
    }
    for (const std::uint32_t output : node.outputs) {
        if (output == kAbsent) continue;
        const auto known = known_type(types[output]);
        if (!known && among(kOpenSize, node.op)) continue;
        if (!known) return false;
        const bool real = known->type <= ElementType::f64;
        if (element_count(known->dims) > (real ? kMostReal : kMostWhole)) return false;
        work += element_count(known->dims);
    }
    if (work > 2 * kMostWhole || work > budget_) return false;
    budget_ -= work;
    return true;
}

bool ConstantFolder::compute(std::uint32_t index) {
    const OpNode& node = graph_.nodes[index];
    std::vector<TensorValue> held(node.inputs.size());
    std::vector<const TensorValue*> inputs(node.inputs.size(), nullptr);
    for (std::size_t i = 0; i < held.size(); ++i) {
        if (node.inputs[i] == kAbsent) continue;
        if (!graph_.has_bytes(node.inputs[i])) return false;
        held[i] = graph_.constant(node.inputs[i]);
        inputs[i] = &held[i];
    }
    try {
        std::vector<TensorValue> results = evaluate(node, inputs);
        SOSA_CHECK(results.size() == node.outputs.size(), graph_.place(index));
        for (std::size_t i = 0; i < results.size(); ++i)
            if (node.outputs[i] != kAbsent) add_computed(node.outputs[i], std::move(results[i]));
    } catch (const UserError& error) {
        throw UserError(graph_.source + ": node " + std::to_string(index) + " " + error.what());
    }
    return true;
}

bool ConstantFolder::fold(std::uint32_t index, std::vector<onnx::TypeProto>& types) {
    const OpNode& node = graph_.nodes[index];
    if (!node.domain.empty() || !is_known_op(node.op, node.opset) || among(kRandom, node.op)) return false;
    const auto constant = [&](std::uint32_t input) {
        return input == kAbsent || graph_.values[input].is_constant;
    };
    if (node.outputs.empty() || !std::all_of(node.inputs.begin(), node.inputs.end(), constant)) return false;
    const auto has = [&](std::uint32_t output) {
        return output == kAbsent || graph_.constants.count(output) > 0;
    };
    bool computed = std::all_of(node.outputs.begin(), node.outputs.end(), has);
    for (const std::uint32_t output : node.outputs)
        if (output != kAbsent) graph_.values[output].is_constant = true;
    if (!computed && !among(kHeavy, node.op) && can_evaluate(node) && small_enough(node, types))
        computed = compute(index);
    for (const std::uint32_t output : node.outputs)
        if (const auto found = computed_.find(output); found != computed_.end())
            types[output] = tensor_type(found->second->type, found->second->dims);
    return computed;
}

const onnx::TensorProto* ConstantFolder::data(std::uint32_t value, const std::string& reader) {
    if (value == kAbsent || !graph_.has_bytes(value)) return nullptr;
    if (const auto found = encoded_.find(value); found != encoded_.end()) return &found->second;
    const auto computed = computed_.find(value);
    const onnx::TensorProto* tensor = parts_.tensors[value];
    if (computed == computed_.end() && !tensor) return nullptr;
    if (element_count(computed != computed_.end() ? computed->second->dims : tensor_dims(*tensor)) >
        kMostForRules)
        return nullptr;
    if (computed != computed_.end()) return &(encoded_[value] = encode_tensor(*computed->second, ""));
    if (data_place(*tensor) == DataPlace::here) return tensor;
    // Of what stands in other files only sizes are read: whole numbers, and the scales of some.
    const bool sizes = element_type(tensor->data_type()) == ElementType::s64 || among(kRealSizes, reader);
    if (!sizes || element_count(tensor_dims(*tensor)) > kMostFromFile) return nullptr;
    return &(encoded_[value] = encode_tensor(graph_.constant(value), ""));
}

}  // namespace sosa::host
