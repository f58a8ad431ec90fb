#include "host/onnx_types.h"

#include "host/onnx_tensor.h"

namespace sosa::host {

std::optional<KnownType> known_type(const onnx::TypeProto& type) {
    if (!type.has_tensor_type() || !type.tensor_type().has_shape()) return std::nullopt;
    KnownType known{element_type(type.tensor_type().elem_type()), {}};
    if (known.type == ElementType::none) return std::nullopt;
    for (const auto& dim : type.tensor_type().shape().dim()) {
        if (!dim.has_dim_value()) return std::nullopt;
        known.dims.push_back(dim.dim_value());
    }
    return known;
}

onnx::TypeProto tensor_type(ElementType type, const Dims& dims) {
    onnx::TypeProto out;
    out.mutable_tensor_type()->set_elem_type(onnx_type(type));
    auto* shape = out.mutable_tensor_type()->mutable_shape();
    for (const std::int64_t dim : dims) shape->add_dim()->set_dim_value(dim);
    return out;
}

bool complete_type(const onnx::TypeProto& declared, onnx::TypeProto& inferred) {
    if (inferred.value_case() == onnx::TypeProto::VALUE_NOT_SET) {
        inferred = declared;
        return false;
    }
    if (declared.value_case() == onnx::TypeProto::VALUE_NOT_SET) return false;
    if (declared.value_case() != inferred.value_case()) return true;
    if (!declared.has_tensor_type()) return false;
    const auto& said = declared.tensor_type();
    auto& ours = *inferred.mutable_tensor_type();
    bool contradicts = ours.elem_type() != 0 && said.elem_type() != 0 && ours.elem_type() != said.elem_type();
    if (ours.elem_type() == 0) ours.set_elem_type(said.elem_type());
    if (!said.has_shape()) return contradicts;
    if (!ours.has_shape()) *ours.mutable_shape() = said.shape();
    if (ours.shape().dim_size() != said.shape().dim_size()) return true;
    for (int i = 0; i < said.shape().dim_size(); ++i) {
        if (!said.shape().dim(i).has_dim_value()) continue;
        const std::int64_t size = said.shape().dim(i).dim_value();
        auto& dim = *ours.mutable_shape()->mutable_dim(i);
        if (!dim.has_dim_value() && size >= 0) dim.set_dim_value(size);
        contradicts = contradicts || (size >= 0 && dim.dim_value() != size);
    }
    return contradicts;
}

std::string type_text(const onnx::TypeProto& type) {
    if (!type.has_tensor_type()) return "no tensor";
    const std::string name(element_name(element_type(type.tensor_type().elem_type())));
    if (!type.tensor_type().has_shape()) return name;
    std::string dims;
    for (const auto& dim : type.tensor_type().shape().dim())
        dims += (dims.empty() ? "" : "x") + (dim.has_dim_value() ? std::to_string(dim.dim_value()) : "?");
    return name + " " + (dims.empty() ? "scalar" : dims);
}

}  // namespace sosa::host
