#include "host/onnx_file.h"

#include <fcntl.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/message_lite.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <system_error>

#include "traces/error.h"

namespace sosa::host {
namespace {

namespace fs = std::filesystem;
namespace io = google::protobuf::io;

constexpr int kMaxBytes = std::numeric_limits<int>::max();  // protobuf's own bound
constexpr int kBlock = 1 << 20;
constexpr std::string_view kLfs = "version https://git-lfs";

void parse(io::ZeroCopyInputStream& stream, std::uintmax_t size, const std::string& source,
           google::protobuf::MessageLite& message, const std::string& what) {
    if (size > kMaxBytes)
        throw UserError(source + ": found " + std::to_string(size) + " bytes, allowed " +
                        std::to_string(kMaxBytes) + " in one file; keep the weights as external data");
    io::CodedInputStream coded(&stream);
    coded.SetTotalBytesLimit(kMaxBytes);
    if (!message.ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage() || size == 0)
        throw UserError(source + ": found " + std::to_string(size) +
                        " bytes that are no protobuf message or only the beginning of one, allowed " + what);
}

}  // namespace

void parse_file(const fs::path& path, google::protobuf::MessageLite& message, const std::string& what) {
    const std::string source = path.string();
    std::error_code error;
    if (fs::exists(path, error) && !fs::is_regular_file(path, error))
        throw UserError(source + ": found no regular file, allowed " + what);
    const int descriptor = ::open(source.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw UserError(source + ": cannot be opened: " + std::strerror(errno));
    io::FileInputStream stream(descriptor, kBlock);
    stream.SetCloseOnDelete(true);
    const std::uintmax_t size = fs::file_size(path, error);
    const void* head = nullptr;
    int bytes = 0;
    if (stream.Next(&head, &bytes)) {
        if (std::string_view(static_cast<const char*>(head), static_cast<std::size_t>(bytes))
                .substr(0, kLfs.size()) == kLfs)
            throw UserError(source + ": found a pointer of Git LFS, allowed " + what +
                            "; fetch it by `git lfs pull`");
        stream.BackUp(bytes);
    }
    parse(stream, error ? 0 : size, source, message, what);
}

void parse_bytes(std::string_view bytes, const std::string& source, google::protobuf::MessageLite& message,
                 const std::string& what) {
    io::ArrayInputStream stream(bytes.data(),
                                static_cast<int>(std::min<std::size_t>(bytes.size(), kMaxBytes)));
    parse(stream, bytes.size(), source, message, what);
}

}  // namespace sosa::host
