#pragma once
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

#include "traces/error.h"

// libFuzzer calls LLVMFuzzerTestOneInput with every input; whatever it throws or aborts on is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sosa::tests {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// False if the input was refused; any other exception than a UserError passes through.
template <class Read>
bool accepted(Read&& read) {
    try {
        read();
        return true;
    } catch (const UserError&) {
        return false;
    }
}

// What `write` puts into a stream.
template <class Write>
std::string written(Write&& write) {
    std::ostringstream out;
    write(out);
    return out.str();
}

}  // namespace sosa::tests
