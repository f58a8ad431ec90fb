#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace sosa::traces {

// What the header of a VCD declares.
struct VcdVariable {
    std::string name;  // "sosa.pods.pod0.state[1:0]": scopes, name and range
    std::string kind;  // "wire", "real"
    unsigned width = 0;
};

// Reads up to $enddefinitions and leaves the stream behind its $end, so that a large dump costs no more than
// its header. Throws UserError, which names `file`, for what is not a VCD header.
std::vector<VcdVariable> read_vcd_header(std::istream& in, const std::string& file);

// Their names.
std::vector<std::string> names_of(const std::vector<VcdVariable>& variables);

}  // namespace sosa::traces
