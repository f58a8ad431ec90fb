#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "host/tensor_value.h"

// Files of one tensor: ONNX TensorProto (.pb) and NumPy arrays (.npy).
namespace sosa::host {

// By the ending of the path. Throws UserError for what is no such file, for elements that are no numbers, and
// for arrays in Fortran order or big-endian.
TensorValue read_tensor_file(const std::filesystem::path& path);

// Written whole or not at all; the name goes into .pb. Throws UserError also for bfloat16, which .npy has
// not.
void write_tensor_file(const std::filesystem::path& path, const TensorValue& value, const std::string& name);

// The parts for .npy, versions 1 to 3 (numpy.org, "A simple file format for NumPy arrays").
TensorValue parse_npy(std::string_view bytes, const std::string& source);
std::string npy_header(const TensorValue& value, const std::string& source);

}  // namespace sosa::host
