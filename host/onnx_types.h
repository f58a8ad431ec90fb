#pragma once
#include <onnx/onnx_pb.h>

#include <optional>

#include "host/tensor_value.h"

namespace sosa::host {

struct KnownType {
    ElementType type = ElementType::none;
    Dims dims{};
};

// If it is a tensor of numbers and all of its shape is known.
std::optional<KnownType> known_type(const onnx::TypeProto& type);

onnx::TypeProto tensor_type(ElementType type, const Dims& dims);

// Fills in what `inferred` leaves open from what the file says of the value. Returns whether the two
// contradict each other; `inferred` stays then.
bool complete_type(const onnx::TypeProto& declared, onnx::TypeProto& inferred);

// For sentences: "float32 1x3x?x8".
std::string type_text(const onnx::TypeProto& type);

}  // namespace sosa::host
