#include "traces/files.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <streambuf>
#include <vector>

#include "traces/atomic_file.h"
#include "traces/error.h"

namespace sosa::traces {
namespace fs = std::filesystem;

namespace {
[[noreturn]] void fail(const fs::path& path, const std::string& what, int error) {
    throw UserError(path.string() + ": " + what + ": " + (error ? std::strerror(error) : "unknown reason"));
}

// A stream only turns bad when a write throws; the error waits here.
class FileBuffer : public std::streambuf {
  public:
    explicit FileBuffer(AtomicFile& file) : file_(file), block_(std::size_t{1} << 16) { empty(); }
    const std::exception_ptr& failure() const { return failure_; }

  protected:
    int_type overflow(int_type c) override {
        if (sync() != 0) return traits_type::eof();
        return traits_type::eq_int_type(c, traits_type::eof()) ? traits_type::not_eof(c)
                                                               : sputc(traits_type::to_char_type(c));
    }
    int sync() override {
        try {
            file_.write({pbase(), static_cast<std::size_t>(pptr() - pbase())});
        } catch (...) {
            failure_ = std::current_exception();
            return -1;
        }
        empty();
        return 0;
    }

  private:
    void empty() { setp(block_.data(), block_.data() + block_.size()); }

    AtomicFile& file_;
    std::vector<char> block_;
    std::exception_ptr failure_;
};
}  // namespace

void write_file(const fs::path& path, const std::function<void(std::ostream&)>& write) {
    AtomicFile file(path);
    FileBuffer buffer(file);
    std::ostream out(&buffer);
    write(out);
    out.flush();
    if (buffer.failure()) std::rethrow_exception(buffer.failure());
    if (!out) fail(path, "cannot be written in full", 0);
    file.commit();
}

std::string read_file(const fs::path& path, std::size_t max_bytes) {
    std::error_code error;
    if (fs::is_directory(path, error)) throw UserError(path.string() + ": is a folder, a file is needed");
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in) fail(path, "cannot be opened", errno);
    std::string text;
    char block[1 << 16];
    while (in.read(block, sizeof block) || in.gcount() > 0) {
        text.append(block, static_cast<std::size_t>(in.gcount()));
        if (text.size() > max_bytes)
            throw UserError(path.string() + ": is larger than the " + std::to_string(max_bytes) +
                            " bytes allowed");
    }
    if (in.bad()) fail(path, "cannot be read", errno);
    return text;
}

void make_folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) fail(path, "the folder cannot be created", error.value());
    if (!fs::is_directory(path, error)) throw UserError(path.string() + ": is a file, a folder is needed");
}

}  // namespace sosa::traces
