#pragma once
#include <catch2/catch.hpp>
#include <string>

#include "host/program_check.h"
#include "host/program_file.h"
#include "sc_tests/unit/program_samples.h"

// Programs that check_program accepts, and their statements to break one by one.
namespace sosa::tests {

// butterfly-1, where banks of the same parity may not go to pods of the same half.
inline const std::string kGood = R"(sosa-program 1
chip pods 4 topology butterfly-1 rows 4 cols 4 partition 4 psum_bytes 2
policy "by-hand"
workload "net"
layer 0 "a" "MatMul" m 4 k 16 n 4 kernel 1x1 x dram
layer 1 "b" "MatMul" m 8 k 4 n 12 kernel 1x1 x chip deps 0
layer 2 "c" "MatMul" m 4 k 8 n 4 kernel 1x1 x chip
slice 0
op 0.0 pod 0 x 0.0 w 0.0 out 0.0
op 0.1 pod 1 x 1.0 w 1.0 out 1.0
slice 1
op 0.2 pod 0 x 2.0 w 2.0 pin 0.0 out 2.0
op 0.3 pod 1 x 3.0 w 3.0 out 3.1
slice 2
op 2.0 pod 0 x 0.2 w 0.2 out 0.2
op 2.1 pod 1 x 1.2 w 1.2 out 3.2
post 0.0 unit 0 a 1.0 b 2.0 out 1.1
slice 3
post 0.1 unit 0 a 2.0 b 1.0 out 1.1
slice 4
post 0.2 unit 0 a 3.1 b 1.1 out 0.1
post 2.0 unit 2 a 0.2 b 3.2 out 2.1
slice 5
post 0.3 unit 0 a 1.1 b 3.1 out 0.1
post 2.1 unit 2 a 3.2 b 0.2 out 2.1
slice 6
op 1.0 pod 0 x 0.1 w 0.1 out 0.3
op 1.1 pod 1 x 0.1 w 1.1 out 1.3
op 1.2 pod 2 x 0.1 w 2.1 out 2.3
slice 7
op 1.3 pod 0 x 1.1 w 0.1 out 0.4
op 1.4 pod 1 x 1.1 w 1.1 out 1.4
op 1.5 pod 2 x 1.1 w 2.1 out 2.4
end layers 3 slices 8 ops 12 posts 6
)";

// Two chains side by side: both incoming partial sums of slice 2 are read over `pin` in that slice.
inline const std::string kChains = R"(sosa-program 1
chip pods 4 topology butterfly-1 rows 4 cols 4 partition 4 psum_bytes 2
policy "by-hand"
workload "net"
layer 0 "a" "MatMul" m 4 k 8 n 4 kernel 1x1 x dram
layer 1 "b" "MatMul" m 4 k 12 n 4 kernel 1x1 x chip
slice 0
op 0.0 pod 0 x 0.0 w 0.0 out 0.0
slice 1
op 1.0 pod 1 x 0.1 w 0.1 out 1.0
slice 2
op 0.1 pod 0 x 1.0 w 1.0 pin 0.0 out 2.1
op 1.2 pod 1 x 2.1 w 2.1 pin 1.0 out 1.2
slice 3
op 1.1 pod 0 x 1.1 w 1.1 pin 1.2 out 0.3
end layers 2 slices 4 ops 5 posts 0
)";

// Two copies of a workload of two layers.
inline const std::string kCopies = R"(sosa-program 1
chip pods 4 topology crossbar rows 4 cols 4 partition 4 psum_bytes 2
policy "by-hand"
workload "net"
layer 0 "a" "MatMul" m 4 k 4 n 4 kernel 1x1 x dram
layer 1 "b" "MatMul" m 4 k 4 n 4 kernel 1x1 x chip deps 0
copy 1
layer 2 "a" "MatMul" m 4 k 4 n 4 kernel 1x1 x dram
layer 3 "b" "MatMul" m 4 k 4 n 4 kernel 1x1 x dram deps 2
slice 0
op 0.0 pod 0 x 0.0 w 0.0 out 0.0
slice 1
op 1.0 pod 0 x 0.1 w 0.1 out 0.1
slice 2
slice 3
op 2.0 pod 0 x 0.2 w 0.2 out 0.2
slice 4
op 3.0 pod 0 x 0.3 w 0.3 out 0.3
end layers 4 slices 5 ops 4 posts 0
)";

// Two output tiles, each the sum of two results of slice 0.
inline const std::string kSums = R"(sosa-program 1
chip pods 4 topology crossbar rows 4 cols 4 partition 4 psum_bytes 2
policy "by-hand"
workload "net"
layer 0 "a" "MatMul" m 8 k 8 n 4 kernel 1x1 x dram
slice 0
op 0.0 pod 0 x 0.0 w 0.0 out 0.0
op 0.1 pod 1 x 1.0 w 0.0 out 1.0
op 0.2 pod 2 x 2.0 w 1.0 out 2.0
op 0.3 pod 3 x 3.0 w 1.0 out 3.0
slice 1
post 0.0 unit 0 a 0.0 b 2.0 out 0.1
post 0.2 unit 1 a 1.0 b 3.0 out 1.1
slice 2
post 0.1 unit 0 a 2.0 b 0.0 out 0.1
post 0.3 unit 1 a 3.0 b 1.0 out 1.1
end layers 1 slices 3 ops 4 posts 4
)";

inline std::string verdict(const std::string& text) {
    return error_of([&] { host::check_program(host::parse_program(text, "F"), "F"); });
}
inline std::string verdict(const host::Program& program) {
    return error_of([&] { host::check_program(program, "F"); });
}

// The statement that begins with `statement`, without it or (below a line "slice N") elsewhere.
inline std::string line_of(const std::string& text, const std::string& statement) {
    const auto at = text.find("\n" + statement + " ") + 1;
    REQUIRE(at != 0);
    return text.substr(at, text.find('\n', at) + 1 - at);
}
inline std::string without(const std::string& text, const std::string& statement) {
    return with(text, line_of(text, statement), "");
}
inline std::string moved(const std::string& text, const std::string& statement, int slice) {
    const std::string header = "slice " + std::to_string(slice) + "\n";
    return with(without(text, statement), header, header + line_of(text, statement));
}

}  // namespace sosa::tests
