#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace google::protobuf {
class MessageLite;
}

namespace sosa::host {

// Fills in a protobuf message without a copy of the file in memory. `what` is what the file should be: "an
// ONNX model". Throws UserError `FILE: found ..., allowed ...` for what is no such file or is longer than
// protobuf takes.
void parse_file(const std::filesystem::path& path, google::protobuf::MessageLite& message,
                const std::string& what);
void parse_bytes(std::string_view bytes, const std::string& source, google::protobuf::MessageLite& message,
                 const std::string& what);

}  // namespace sosa::host
