// Weights in files beside the model (onnx.proto, TensorProto.external_data).
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "host/onnx_tensor.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

namespace fs = std::filesystem;

std::string entry(const onnx::TensorProto& tensor, const char* key) {
    for (const auto& pair : tensor.external_data())
        if (pair.key() == key) return pair.value();
    return "";
}

std::int64_t number(const onnx::TensorProto& tensor, const char* key, std::int64_t otherwise,
                    const std::string& place) {
    const std::string text = entry(tensor, key);
    if (text.empty()) return otherwise;
    if (text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
        throw UserError(place + ": external data: found " + key + " " + in_quotes(text) +
                        ", allowed a number of bytes");
    return std::stoll(text);
}

bool leaves(const fs::path& relative) {
    return relative.empty() || relative.is_absolute() || *relative.begin() == "..";
}

}  // namespace

fs::path external_file(const onnx::TensorProto& tensor, const fs::path& folder, const std::string& place) {
    const fs::path location = entry(tensor, "location");
    const bool climbs = std::find(location.begin(), location.end(), "..") != location.end();
    const fs::path file = folder / location;
    std::error_code error;
    const fs::path home = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, error);
    const bool hostile = location.native().find('\0') != std::string::npos;
    if (leaves(location) || climbs || hostile ||
        leaves(fs::weakly_canonical(file, error).lexically_relative(home)))
        throw UserError(place + ": found external data in " + in_quotes(location.string()) +
                        ", allowed a file in the folder of the model");
    return file;
}

TensorValue read_external(const onnx::TensorProto& tensor, const fs::path& folder, const std::string& place) {
    const ElementType type = element_type(tensor.data_type());
    if (type == ElementType::none) return {type, tensor_dims(tensor), {}};
    const fs::path file = external_file(tensor, folder, place);
    const std::string in_file = place + ": external data " + file.string() + ": ";
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        throw UserError(in_file + "found no such file, allowed one with the weights");
    const auto size = static_cast<std::int64_t>(fs::file_size(file, error));
    const std::int64_t offset = number(tensor, "offset", 0, place);
    const std::int64_t needed =
        element_count(tensor_dims(tensor)) * static_cast<std::int64_t>(element_bytes(type));
    const std::int64_t length = number(tensor, "length", needed, place);
    if (length != needed)
        throw UserError(in_file + "found length " + std::to_string(length) + ", allowed the " +
                        std::to_string(needed) + " bytes of " + std::string(element_name(type)) + " " +
                        dims_text(tensor_dims(tensor)));
    if (error || offset > size || length > size - offset)
        throw UserError(in_file + "found " + std::to_string(size) + " bytes, allowed at least " +
                        std::to_string(offset) + " + " + std::to_string(length));
    TensorValue out = make_tensor(type, tensor_dims(tensor));
    std::ifstream in(file, std::ios::binary);
    in.seekg(offset);
    in.read(reinterpret_cast<char*>(out.bytes.data()), static_cast<std::streamsize>(out.bytes.size()));
    if (!in) throw UserError(in_file + "cannot be read");
    if (type == ElementType::boolean)
        for (std::uint8_t& byte : out.bytes) byte = byte != 0;
    return out;
}

}  // namespace sosa::host
