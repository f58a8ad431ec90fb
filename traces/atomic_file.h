#pragma once
#include <cstddef>
#include <filesystem>
#include <string_view>

namespace sosa::traces {

// A file written over a long time that has its name only when it is complete: it grows under a temporary name
// in the same folder until commit() renames it. Without commit() nothing stays behind. Any failure removes
// the temporary file, throws UserError naming the path and the system's reason, and makes every later call a
// no-op.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::string_view bytes);
    void commit();
    void discard() noexcept;

    const std::filesystem::path& path() const { return path_; }

  private:
    [[noreturn]] void fail(const char* what, int error);

    std::filesystem::path path_, temporary_;
    int descriptor_ = -1;
};

}  // namespace sosa::traces
