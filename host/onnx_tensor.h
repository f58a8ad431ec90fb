#pragma once
#include <filesystem>
#include <string>

#include "host/tensor_value.h"

namespace onnx {
class TensorProto;
}

// TensorProto to TensorValue and back: initializers, attributes and files of tensors.
namespace sosa::host {

ElementType element_type(int onnx_type);  // none of strings, complex numbers and what is not known
int onnx_type(ElementType type);

constexpr std::int64_t kMaxDim = 0x7fffffff;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 48;
constexpr int kMaxRank = 64;

// " of shape ..., allowed ..." if the shape is absurd, else "".
std::string shape_fault(const Dims& dims);

enum class DataPlace : std::uint8_t { here, external, nowhere };
DataPlace data_place(const onnx::TensorProto& tensor);

// Throws UserError `place: ...` for an absurd shape and for data that do not fit it. Reads no other file.
void check_tensor(const onnx::TensorProto& tensor, const std::string& place);

Dims tensor_dims(const onnx::TensorProto& tensor);

// Of a checked tensor with its data here; type none and no bytes of strings and complex numbers.
TensorValue decode_tensor(const onnx::TensorProto& tensor, const std::string& place);

onnx::TensorProto encode_tensor(const TensorValue& value, const std::string& name);

// The file of an external tensor. Throws UserError for a path that leaves `folder`, also by a symbolic link.
std::filesystem::path external_file(const onnx::TensorProto& tensor, const std::filesystem::path& folder,
                                    const std::string& place);

// The bytes of a checked external tensor, from `folder`. Throws UserError naming tensor and file.
TensorValue read_external(const onnx::TensorProto& tensor, const std::filesystem::path& folder,
                          const std::string& place);

}  // namespace sosa::host
