#include "host/tensor_file.h"

#include <onnx/onnx_pb.h>

#include <ostream>

#include "host/onnx_file.h"
#include "host/onnx_tensor.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {
namespace {

namespace fs = std::filesystem;

TensorValue read_pb(const fs::path& path) {
    onnx::TensorProto tensor;
    parse_file(path, tensor, "an ONNX TensorProto");
    const std::string place = path.string();
    check_tensor(tensor, place);
    if (element_type(tensor.data_type()) == ElementType::none)
        throw UserError(place + ": found element type " + std::to_string(tensor.data_type()) +
                        " of ONNX, allowed integers, floats and bool");
    switch (data_place(tensor)) {
        case DataPlace::external:
            return read_external(tensor, path.parent_path(), place);
        case DataPlace::here:
            return decode_tensor(tensor, place);
        case DataPlace::nowhere:
            break;
    }
    throw UserError(place + ": found a tensor without data, allowed the " + dims_text(tensor_dims(tensor)) +
                    " of its shape");
}

[[noreturn]] void refuse_ending(const fs::path& path) {
    throw UserError(path.string() + ": found the ending \"" + path.extension().string() +
                    "\", allowed \".pb\" (ONNX TensorProto) and \".npy\" (NumPy)");
}

void write_bytes(std::ostream& out, const std::vector<std::uint8_t>& bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

TensorValue read_tensor_file(const fs::path& path) {
    if (path.extension() == ".pb") return read_pb(path);
    if (path.extension() == ".npy") return parse_npy(traces::read_file(path), path.string());
    refuse_ending(path);
}

void write_tensor_file(const fs::path& path, const TensorValue& value, const std::string& name) {
    if (path.extension() == ".pb") {
        const onnx::TensorProto tensor = encode_tensor(value, name);
        if (tensor.ByteSizeLong() > 0x7fffffff)
            throw UserError(path.string() + ": found " + std::to_string(value.bytes.size()) +
                            " bytes to write, allowed 2147483647 in a .pb; write .npy");
        return traces::write_file(path, [&](std::ostream& out) { tensor.SerializeToOstream(&out); });
    }
    if (path.extension() != ".npy") refuse_ending(path);
    const std::string header = npy_header(value, path.string());
    traces::write_file(path, [&](std::ostream& out) {
        out << header;
        write_bytes(out, value.bytes);
    });
}

}  // namespace sosa::host
