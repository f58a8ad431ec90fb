#include "traces/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "traces/error.h"

namespace sosa::traces {
namespace fs = std::filesystem;

namespace {
[[noreturn]] void fail(const fs::path& path, const std::string& what, int error) {
    throw UserError(path.string() + ": " + what + ": " + (error ? std::strerror(error) : "unknown reason"));
}
}  // namespace

void write_file(const fs::path& path, const std::function<void(std::ostream&)>& write) {
    const fs::path temporary = path.string() + ".tmp" + std::to_string(::getpid());
    try {
        errno = 0;
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        if (!out) fail(path, "cannot be created", errno);
        write(out);
        out.close();
        if (!out) fail(path, "cannot be written in full", errno ? errno : ENOSPC);
        std::error_code error;
        fs::rename(temporary, path, error);
        if (error) fail(path, "cannot be put in place", error.value());
    } catch (...) {
        std::error_code ignored;
        fs::remove(temporary, ignored);
        throw;
    }
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
