#include "traces/error.h"

#include <cstdio>
#include <cstdlib>

namespace sosa {

void invariant_failed(const char* file, int line, const char* condition, const std::string& saw) {
    std::fprintf(stderr, "sosa: internal error at %s:%d: %s does not hold: %s\n", file, line, condition,
                 saw.c_str());
    std::abort();
}

}  // namespace sosa
