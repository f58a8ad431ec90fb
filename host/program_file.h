#pragma once
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

#include "host/program.h"

// Programs as text files that a person can read and edit; program_format.md describes them.
namespace sosa::host {

inline constexpr std::uint32_t kMaxProgramSlices = 1u << 24;  // of a file

// Throws UserError if the program has more slices or layers than a file may have. What derive() gives is not
// written.
void write_program(const Program& program, std::ostream& out);

// Strict about the form: throws UserError "FILE:LINE: found ..., allowed ..." for the first thing not
// understood, for numbers of what does not exist and for a file that is cut short. Whether the program can
// run is asked by check_program. Ops may stand in any order within their slice.
Program parse_program(std::string_view text, const std::string& source);
Program read_program(const std::filesystem::path& path);

}  // namespace sosa::host
