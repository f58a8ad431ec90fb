#pragma once
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

// Files are written whole or not at all: to a temporary name beside the target, then renamed.
namespace sosa::traces {

// Calls `write` with a stream; throws UserError naming the path and the system's reason
// (unwritable folder, disk full, ...) and leaves nothing behind.
void write_file(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);

// The whole file; throws UserError naming the path if it cannot be read or is larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes = std::size_t{1} << 31);

// Creates the folder and its parents; throws UserError if that fails or a file is in the way.
void make_folder(const std::filesystem::path& path);

}  // namespace sosa::traces
