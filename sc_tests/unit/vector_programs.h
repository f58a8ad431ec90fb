#pragma once
#include <string>

#include "sc_tests/unit/checked_programs.h"

// A program with work on the post-processors, groups, and weights that are results.
namespace sosa::tests {

// Two groups, of which the second is summed by post-ops; then 35 elements on lanes of 8, so two rows an op;
// then a product by a result of that.
inline const std::string kWork = R"(sosa-program 1
chip pods 4 topology crossbar rows 4 cols 4 partition 16 psum_bytes 2 lanes 8 simple 1 special 4
policy "by-hand"
workload "net"
layer 0 "a" "Conv" m 4 k 8 n 4 kernel 1x1 groups 2 x dram
layer 1 "s" "Softmax" vector 35 simple 2 special 1 x chip deps 0
layer 2 "b" "MatMul" m 4 k 4 n 4 kernel 1x1 x chip w chip deps 1
layer 3 "v" "Relu" vector 8 simple 1 special 0 x chip
layer 4 "e" "Add" vector 9 simple 0 special 0 x chip deps 2,3
slice 0
op 0.0 pod 0 x 0.0 w 0.0 out 0.0
op 0.1 pod 1 x 2.0 w 1.0 out 1.0
slice 1
op 0.2 pod 0 x 1.0 w 2.0 pin 0.0 out 2.0
op 0.3 pod 1 x 3.0 w 3.0 out 3.0
slice 2
post 0.0 unit 1 a 1.0 b 3.0 out 0.1
vector 3.0 unit 0
slice 3
post 0.1 unit 1 a 3.0 b 1.0 out 0.1
slice 4
vector 1.0 unit 0
vector 1.1 unit 1
slice 5
vector 1.2 unit 0
slice 6
slice 7
op 2.0 pod 0 x 0.1 w 0.1 out 0.2
slice 8
vector 4.0 unit 2
end layers 5 slices 9 ops 5 posts 2 vectors 5
)";

}  // namespace sosa::tests
