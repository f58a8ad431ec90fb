#pragma once
#include <filesystem>
#include <string_view>

#include "traces/byte_sink.h"

namespace sosa::traces {

// A file on the disk: it grows under a temporary name in the same folder until commit() renames it. Without
// commit() nothing stays behind, nor after a failure; its UserError names the path and the system's reason.
class AtomicFile final : public ByteSink {
  public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile() override;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::string_view bytes) override;
    void commit() override;
    void discard() noexcept override;

    const std::filesystem::path& path() const { return path_; }

  private:
    [[noreturn]] void fail(const char* what, int error);

    std::filesystem::path path_, temporary_;
    int descriptor_ = -1;
};

}  // namespace sosa::traces
