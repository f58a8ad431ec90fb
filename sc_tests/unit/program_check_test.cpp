#include "host/program_check.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "host/program_file.h"
#include "hw/config.h"
#include "sc_tests/unit/program_samples.h"
#include "sc_tests/unit/route_rule.h"

namespace {
using sosa::host::check_program;
using sosa::host::parse_program;
using sosa::host::Program;
using sosa::tests::error_of;
using sosa::tests::with;

// "a" chains op 0 into op 2 and adds up (1 + 2) and 3; "b" waits for it; "c" adds up its two. Legal on a
// butterfly-1, where banks of the same parity may not go to pods of the same half.
const std::string kGood = R"(sosa-program 1
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
const std::string kChains = R"(sosa-program 1
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
const std::string kCopies = R"(sosa-program 1
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
const std::string kSums = R"(sosa-program 1
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

std::string verdict(const std::string& text) {
    return error_of([&] { check_program(parse_program(text, "F"), "F"); });
}
std::string verdict(const Program& program) {
    return error_of([&] { check_program(program, "F"); });
}

// The statement that begins with `statement`, without it or (below a line "slice N") elsewhere.
std::string line_of(const std::string& text, const std::string& statement) {
    const auto at = text.find("\n" + statement + " ") + 1;
    REQUIRE(at != 0);
    return text.substr(at, text.find('\n', at) + 1 - at);
}
std::string without(const std::string& text, const std::string& statement) {
    return with(text, line_of(text, statement), "");
}
std::string moved(const std::string& text, const std::string& statement, int slice) {
    const std::string header = "slice " + std::to_string(slice) + "\n";
    return with(without(text, statement), header, header + line_of(text, statement));
}
}  // namespace

TEST_CASE("the good programs of this file are good") {
    CHECK(verdict(kGood) == "");
    CHECK(verdict(kChains) == "");
    CHECK(verdict(kCopies) == "");
    CHECK(verdict(kSums) == "");
}

TEST_CASE("a program has every tile op of its layers once") {
    CHECK(verdict(with(without(kGood, "op 2.1"), "ops 12", "ops 11")) ==
          "F: layer \"c\": tile op 1 (i 0, j 1, l 0) is missing; every tile op of a layer runs once");
    CHECK(verdict(with(without(kGood, "op 1.0"), "ops 12", "ops 11")) ==
          "F: layer \"b\": tile op 0 (i 0, j 0, l 0) is missing; every tile op of a layer runs once");
    CHECK(verdict(with(kGood, "op 2.1 ", "op 2.0 ")) ==
          "F: slice 2, layer \"c\", tile op 0 (i 0, j 0, l 0): stands in slice 2 already; every tile op runs "
          "once");
    CHECK(verdict(with(kGood, "op 1.5 ", "op 1.2 ")) ==
          "F: slice 7, layer \"b\", tile op 2 (i 0, j 0, l 2): stands in slice 6 already; every tile op runs "
          "once");
}

TEST_CASE("X and W tiles are in the bank of their number and keep their tag") {
    CHECK(verdict(with(kGood, "x 2.0 w 2.0", "x 3.0 w 2.0")) ==
          "F: slice 1, layer \"a\", tile op 2 (i 0, j 2, l 0): found X bank 3, allowed 2; X tile 2 of a "
          "layer is in the "
          "bank of its number modulo the banks");
    CHECK(verdict(with(kGood, "x 2.0 w 2.0", "x 2.0 w 0.0")) ==
          "F: slice 1, layer \"a\", tile op 2 (i 0, j 2, l 0): found W bank 0, allowed 2; W tile 2 of a "
          "layer is in the "
          "bank of its number modulo the banks");
    CHECK(verdict(with(kGood, "op 1.1 pod 1 x 0.1", "op 1.1 pod 1 x 0.9")) ==
          "F: slice 6, layer \"b\", tile op 1 (i 0, j 0, l 1): reads X tile 0 from bank 0 tag 9, layer "
          "\"b\", tile op 0 "
          "(i 0, j 0, l 0) in slice 6 reads it from bank 0 tag 1; a tile has one bank and tag");
    CHECK(verdict(with(kGood, "x 1.1 w 0.1", "x 1.1 w 0.9")) ==
          "F: slice 7, layer \"b\", tile op 3 (i 1, j 0, l 0): reads W tile 0 from bank 0 tag 9, layer "
          "\"b\", tile op 0 "
          "(i 0, j 0, l 0) in slice 6 reads it from bank 0 tag 1; a tile has one bank and tag");
    CHECK(verdict(with(kGood, "x 0.2 w", "x 0.0 w")) ==
          "F: slice 2, layer \"c\", tile op 0 (i 0, j 0, l 0): reads its X tile from bank 0 tag 0, which "
          "names another "
          "tile for layer \"a\", tile op 0 (i 0, j 0, l 0) in slice 0; bank and tag name one tile");
    CHECK(verdict(with(kGood, "w 1.2 out", "w 1.0 out")) ==
          "F: slice 2, layer \"c\", tile op 1 (i 0, j 1, l 0): reads its W tile from bank 1 tag 0, which "
          "names another "
          "tile for layer \"a\", tile op 1 (i 0, j 1, l 0) in slice 0; bank and tag name one tile");
}

TEST_CASE("a bank and tag name one result") {
    CHECK(verdict(with(kGood, "out 3.1", "out 3.2")) ==
          "F: two results are written to P bank 3 tag 2, by layer \"a\", tile op 3 (i 0, j 3, l 0) in slice "
          "1 and by "
          "layer \"c\", tile op 1 (i 0, j 1, l 0) in slice 2; bank and tag name one result");
    std::string text = with(kGood, "a 0.2 b 3.2 out 2.1", "a 0.2 b 3.2 out 2.3");
    text = with(text, "a 3.2 b 0.2 out 2.1", "a 3.2 b 0.2 out 2.3");
    CHECK(verdict(text) ==
          "F: two results are written to P bank 2 tag 3, by layer \"b\", tile op 2 (i 0, j 0, l 2) in slice "
          "6 and by "
          "layer \"c\", sum 0 in slices 4 and 5; bank and tag name one result");
}

TEST_CASE("an operand comes from an earlier slice and is written at all") {
    CHECK(verdict(with(kGood, "pin 0.0", "pin 3.1")) ==
          "F: slice 1, layer \"a\", tile op 2 (i 0, j 2, l 0): pin reads the result of layer \"a\", tile op "
          "3 (i 0, j 3, "
          "l 0) in slice 1; it must come from an earlier slice");
    CHECK(verdict(with(kGood, "pin 0.0", "pin 0.9")) ==
          "F: slice 1, layer \"a\", tile op 2 (i 0, j 2, l 0): pin reads P bank 0 tag 9, which no op writes");
    // The sum of slices 2 and 3 is good from slice 4 on.
    CHECK(verdict(moved(kGood, "post 0.2", 3)) ==
          "F: slice 3, layer \"a\", post-op 2: b reads the result of layer \"a\", sum 0 in slices 2 and 3; "
          "it must come "
          "from an earlier slice");
    std::string text = with(kGood, "a 0.2 b 3.2", "a 0.2 b 3.3");
    CHECK(verdict(with(text, "a 3.2 b 0.2", "a 3.3 b 0.2")) ==
          "F: slice 4, layer \"c\", post-op 0: b reads P bank 3 tag 3, which no op writes");
}

TEST_CASE("an operand is of the same layer and output tile") {
    CHECK(verdict(with(kGood, "op 1.0 pod 0 x 0.1 w 0.1", "op 1.0 pod 0 x 0.1 w 0.1 pin 3.1")) ==
          "F: slice 6, layer \"b\", tile op 0 (i 0, j 0, l 0): pin reads the result of layer \"a\", tile op "
          "3 (i 0, j 3, "
          "l 0) in slice 1; it must be of the same layer");
    CHECK(verdict(with(kGood, "x 1.1 w 0.1", "x 1.1 w 0.1 pin 1.3")) ==
          "F: slice 7, layer \"b\", tile op 3 (i 1, j 0, l 0): pin reads the result of layer \"b\", tile op "
          "1 (i 0, j 0, "
          "l 1) in slice 6 for output tile (i 0, l 1), allowed are results for (i 1, l 0)");
    std::string text = with(with(kGood, "a 0.2 b 3.2", "a 0.2 b 3.1"), "a 3.2 b 0.2", "a 3.1 b 0.2");
    CHECK(verdict(text) ==
          "F: slice 4, layer \"c\", post-op 0: b reads the result of layer \"a\", tile op 3 (i 0, j 3, l 0) "
          "in slice 1; "
          "it must be of the same layer");
    text = with(with(kSums, "a 0.0 b 2.0", "a 0.0 b 3.0"), "a 2.0 b 0.0", "a 3.0 b 0.0");
    CHECK(verdict(text) ==
          "F: slice 1, layer \"a\", post-op 0: b reads the result of layer \"a\", tile op 3 (i 1, j 1, l 0) "
          "in slice 0 for "
          "output tile (i 1, l 0), allowed are results for (i 0, l 0)");
}

TEST_CASE("a result is consumed once") {
    // By a tile op and a sum, by two tile ops, by two sums, twice by one sum.
    CHECK(verdict(with(kGood, "w 3.0 out", "w 3.0 pin 1.0 out")) ==
          "F: slice 2, layer \"a\", post-op 0: a reads the result of layer \"a\", tile op 1 (i 0, j 1, l 0) "
          "in slice 0, "
          "which layer \"a\", tile op 3 (i 0, j 3, l 0) in slice 1 consumes; a result is consumed once");
    CHECK(verdict(with(kGood, "w 3.0 out", "w 3.0 pin 0.0 out")) ==
          "F: slice 1, layer \"a\", tile op 3 (i 0, j 3, l 0): pin reads the result of layer \"a\", tile op "
          "0 (i 0, j 0, "
          "l 0) in slice 0, which layer \"a\", tile op 2 (i 0, j 2, l 0) in slice 1 consumes; a result is "
          "consumed once");
    std::string text = with(with(kGood, "a 3.1 b 1.1", "a 2.0 b 1.1"), "a 1.1 b 3.1", "a 1.1 b 2.0");
    CHECK(verdict(text) ==
          "F: slice 4, layer \"a\", post-op 2: a reads the result of layer \"a\", tile op 2 (i 0, j 2, l 0) "
          "in slice 1, "
          "which layer \"a\", post-op 0 in slice 2 consumes; a result is consumed once");
    text = with(with(kGood, "a 0.2 b 3.2", "a 0.2 b 0.2"), "a 3.2 b 0.2", "a 0.2 b 0.2");
    CHECK(verdict(text) ==
          "F: slice 4, layer \"c\", post-op 0: b reads the result of layer \"c\", tile op 0 (i 0, j 0, l 0) "
          "in slice 2, "
          "which layer \"c\", post-op 0 in slice 4 consumes; a result is consumed once");
}

TEST_CASE("a sum is two post-ops with swapped operands that write the same tile") {
    CHECK(verdict(with(kGood, "a 3.2 b 0.2", "a 0.2 b 3.2")) ==
          "F: slice 5, layer \"c\", post-op 1: adds bank 0 tag 2 and bank 3 tag 2, allowed bank 3 tag 2 and "
          "bank 0 tag 2; "
          "the halves of a sum have swapped operands");
    CHECK(verdict(with(kGood, "a 3.2 b 0.2 out 2.1", "a 3.2 b 0.2 out 2.2")) ==
          "F: slice 5, layer \"c\", post-op 1: writes bank 2 tag 2, allowed bank 2 tag 1; both halves of a "
          "sum write the "
          "same tile");
    CHECK(verdict(with(without(kGood, "post 2.1"), "posts 6", "posts 5")) ==
          "F: slice 4, layer \"c\", post-op 0: has no second half; a sum is two post-ops");
    CHECK(verdict(with(kGood, "post 2.1 ", "post 2.0 ")) ==
          "F: slice 5, layer \"c\", post-op 0: stands in slice 4 already; every post-op runs once");
    CHECK(verdict(with(kGood, "post 2.1 ", "post 2.3 ")) ==
          "F: slice 5, layer \"c\", post-op 3: found number 3, allowed 0..1; the post-ops of a layer are "
          "numbered without "
          "gaps");
}

TEST_CASE("one result is left of every output tile") {
    const std::string text = without(without(kGood, "post 2.0"), "post 2.1");
    CHECK(verdict(with(text, "posts 6", "posts 4")) ==
          "F: layer \"c\": output tile (i 0, l 0) is left in parts, the results of layer \"c\", tile op 0 (i "
          "0, j 0, l 0) "
          "in slice 2 and of layer \"c\", tile op 1 (i 0, j 1, l 0) in slice 2; one result is left of every "
          "output tile");
    CHECK(verdict(with(kGood, " pin 0.0", "")) ==
          "F: layer \"a\": output tile (i 0, l 0) is left in parts, the results of layer \"a\", tile op 0 (i "
          "0, j 0, l 0) "
          "in slice 0 and of layer \"a\", sum 1 in slices 4 and 5; one result is left of every output tile");
}

TEST_CASE("a result may also flow from a sum into a tile op") {
    // Op 3 of "a" takes the sum of 1 and 2 as its incoming partial sum, a slice after it is whole.
    std::string text = without(without(kGood, "post 0.2"), "post 0.3");
    text = with(moved(text, "op 0.3", 4), "w 3.0 out", "w 3.0 pin 1.1 out");
    CHECK(verdict(with(text, "posts 6", "posts 4")) == "");
}

TEST_CASE("a layer starts after the layers it depends on") {
    CHECK(verdict(moved(kGood, "op 1.2", 5)) ==
          "F: slice 5, layer \"b\", tile op 2 (i 0, j 0, l 2): runs before layer \"a\" ends in slice 5; a "
          "layer starts "
          "after the layers it depends on");
    // Layer 3 depends on the layer 2 of its copy, not on layer 0, and copy 1 follows copy 0.
    CHECK(verdict(moved(kCopies, "op 3.0", 3)) ==
          "F: slice 3, layer \"b@1\", tile op 0 (i 0, j 0, l 0): runs before layer \"a@1\" ends in slice 3; "
          "a layer starts "
          "after the layers it depends on");
    CHECK(verdict(moved(kCopies, "op 2.0", 1)) ==
          "F: slice 1, layer \"a@1\", tile op 0 (i 0, j 0, l 0): runs before layer \"b\" ends in slice 1; a "
          "copy starts "
          "after the copy before");
    CHECK(verdict(moved(kCopies, "op 2.0", 2)) == "");
}

TEST_CASE("copies wait for the copy before but tenants do not") {
    const std::string text = moved(moved(moved(kCopies, "op 1.0", 2), "op 0.0", 1), "op 2.0", 0);
    CHECK(verdict(text) ==
          "F: slice 0, layer \"a@1\", tile op 0 (i 0, j 0, l 0): runs before layer \"b\" ends in slice 2; a "
          "copy starts "
          "after the copy before");
    CHECK(verdict(with(text, "copy 1", "workload \"other\"")) == "");
}

TEST_CASE("every copy has the layers of copy 0") {
    CHECK(verdict(with(kCopies, "layer 3 \"b\" \"MatMul\" m 4", "layer 3 \"b\" \"MatMul\" m 3")) ==
          "F: layer \"b@1\": found a layer that copy 0 does not have there, allowed the same layers in every "
          "copy");
    CHECK(verdict(with(kCopies, " deps 2", "")) ==
          "F: layer \"b@1\": found a layer that copy 0 does not have there, allowed the same layers in every "
          "copy");
    std::string text = without(without(kCopies, "layer 3"), "op 3.0");
    text = with(with(text, "slice 4\n", ""), "layers 4 slices 5 ops 4", "layers 3 slices 4 ops 3");
    CHECK(verdict(text) ==
          "F: layer \"a@1\": found the end of its copy, allowed the same layers in every copy and copy 0 has "
          "more");
}

TEST_CASE("a unit takes one op a slice") {
    CHECK(verdict(with(kGood, "op 0.1 pod 1", "op 0.1 pod 0")) ==
          "F: slice 0, layer \"a\", tile op 1 (i 0, j 1, l 0): pod 0 runs layer \"a\", tile op 0 (i 0, j 0, "
          "l 0) already; "
          "a pod runs one tile op a slice");
    CHECK(verdict(with(kGood, "post 2.0 unit 2", "post 2.0 unit 0")) ==
          "F: slice 4, layer \"c\", post-op 0: post-processor 0 runs layer \"a\", post-op 2 already; a "
          "post-processor runs "
          "one post-op a slice");
    Program program = parse_program(kGood, "F");
    std::swap(program.ops[0], program.ops[1]);
    CHECK(verdict(program) ==
          "F: slice 0, layer \"a\", tile op 0 (i 0, j 0, l 0): pod 0 stands after that of layer \"a\", tile "
          "op 1 (i 0, j "
          "1, l 0); ops stand by ascending pod");
    program = parse_program(kGood, "F");
    std::swap(program.posts[2], program.posts[3]);
    CHECK(verdict(program) ==
          "F: slice 4, layer \"a\", post-op 2: post-processor 0 stands after that of layer \"c\", post-op 0; "
          "post-ops "
          "stand by ascending post-processor");
}

TEST_CASE("an X or W bank is read for one tile a slice") {
    CHECK(verdict(with(moved(kGood, "op 2.0", 0), "op 2.0 pod 0", "op 2.0 pod 2")) ==
          "F: slice 0, layer \"c\", tile op 0 (i 0, j 0, l 0): reads tag 2 of X bank 0, from which layer "
          "\"a\", tile op 0 "
          "(i 0, j 0, l 0) reads tag 0; a bank is read for one tile a slice");
    // Op 1 of "c" reads X bank 1 and W bank 1, slice 6 reads X bank 0 and W banks 0 to 2.
    std::string text = with(moved(kGood, "op 2.1", 6), "op 2.1 pod 1", "op 2.1 pod 3");
    text = with(text, "end layers 3 slices 8", "slice 8\nslice 9\nend layers 3 slices 10");
    text = moved(moved(text, "post 2.0", 8), "post 2.1", 9);
    CHECK(verdict(text) ==
          "F: slice 6, layer \"c\", tile op 1 (i 0, j 1, l 0): reads tag 2 of W bank 1, from which layer "
          "\"b\", tile op 1 "
          "(i 0, j 0, l 1) reads tag 1; a bank is read for one tile a slice");
}

TEST_CASE("a P bank is written by one tile op and one post-op a slice") {
    CHECK(verdict(with(kGood, "out 1.3", "out 0.9")) ==
          "F: slice 6, layer \"b\", tile op 1 (i 0, j 0, l 1): writes P bank 0 like layer \"b\", tile op 0 "
          "(i 0, j 0, l 0) "
          "over pout; a tile op writes it once a slice");
    std::string text = with(kGood, "a 0.2 b 3.2 out 2.1", "a 0.2 b 3.2 out 0.9");
    CHECK(verdict(with(text, "a 3.2 b 0.2 out 2.1", "a 3.2 b 0.2 out 0.9")) ==
          "F: slice 4, layer \"c\", post-op 0: writes P bank 0 like layer \"a\", post-op 2 over post_out; a "
          "post-op writes "
          "it once a slice");
    // A tile op and a post-op may write the same bank: bank 0 in slice 2.
    text = with(with(kGood, "b 2.0 out 1.1", "b 2.0 out 0.5"), "b 1.0 out 1.1", "b 1.0 out 0.5");
    CHECK(verdict(with(with(text, "a 3.1 b 1.1", "a 3.1 b 0.5"), "a 1.1 b 3.1", "a 0.5 b 3.1")) == "");
}

TEST_CASE("a P bank is read once a slice over each network") {
    const std::string pins = with(with(kChains, "w 0.1 out 1.0", "w 0.1 out 0.1"), "pin 1.0", "pin 0.1");
    CHECK(verdict(pins) ==
          "F: slice 2, layer \"b\", tile op 2 (i 0, j 2, l 0): reads P bank 0 like layer \"a\", tile op 1 (i "
          "0, j 1, l 0) "
          "over pin; it is read once a slice over that network");
    const std::string a = with(with(kGood, "a 0.2 b 3.2", "a 3.2 b 0.9"), "a 3.2 b 0.2", "a 0.2 b 3.2");
    CHECK(verdict(with(a, "a 3.2 b 0.9", "a 3.2 b 0.2")) ==
          "F: slice 4, layer \"c\", post-op 0: reads P bank 3 like layer \"a\", post-op 2 over post_a; it is "
          "read once a "
          "slice over that network");
    const std::string b = with(with(kGood, "a 3.1 b 1.1", "a 1.1 b 3.9"), "a 1.1 b 3.1", "a 3.1 b 1.1");
    CHECK(verdict(with(b, "a 1.1 b 3.9", "a 1.1 b 3.1")) ==
          "F: slice 4, layer \"c\", post-op 0: reads P bank 3 like layer \"a\", post-op 2 over post_b; it is "
          "read once a "
          "slice over that network");
}

TEST_CASE("routes of different banks share no link on x and w and pout") {
    // Op 1 of "a" moves to the slice of op 3, whose X bank 3 is read by pod 1.
    std::string text = with(moved(kGood, "op 0.1", 1), "op 0.2 pod 0", "op 0.2 pod 2");
    text = with(with(text, "op 0.1 pod 1", "op 0.1 pod 0"), "out 1.0", "out 1.5");
    text = with(with(text, "a 1.0 b 2.0", "a 1.5 b 2.0"), "a 2.0 b 1.0", "a 2.0 b 1.5");
    CHECK(verdict(text) ==
          "F: slice 1, layer \"a\", tile op 3 (i 0, j 3, l 0): network x: route bank 3 - unit 1 meets route "
          "bank 1 - unit "
          "0 on link 1 after stage 1, of layer \"a\", tile op 1 (i 0, j 1, l 0); routes of different banks "
          "share no link");
    text = with(with(kGood, "op 1.1 pod 1", "op 1.1 pod 9"), "op 1.2 pod 2", "op 1.2 pod 1");
    CHECK(verdict(with(text, "op 1.1 pod 9", "op 1.1 pod 2")) ==
          "F: slice 6, layer \"b\", tile op 2 (i 0, j 0, l 2): network w: route bank 2 - unit 1 meets route "
          "bank 0 - unit "
          "0 on link 0 after stage 1, of layer \"b\", tile op 0 (i 0, j 0, l 0); routes of different banks "
          "share no link");
    CHECK(verdict(with(with(kGood, "out 1.3", "out 2.9"), "out 2.3", "out 1.9")) ==
          "F: slice 6, layer \"b\", tile op 1 (i 0, j 0, l 1): network pout: route bank 2 - unit 1 meets "
          "route bank 0 - "
          "unit 0 on link 0 after stage 1, of layer \"b\", tile op 0 (i 0, j 0, l 0); routes of different "
          "banks share no "
          "link");
}

TEST_CASE("routes of different banks share no link on pin and the networks of post-processors") {
    CHECK(verdict(with(with(kChains, "w 0.1 out 1.0", "w 0.1 out 2.5"), "pin 1.0", "pin 2.5")) ==
          "F: slice 2, layer \"b\", tile op 2 (i 0, j 2, l 0): network pin: route bank 2 - unit 1 meets "
          "route bank 0 - unit "
          "0 on link 0 after stage 1, of layer \"a\", tile op 1 (i 0, j 1, l 0); routes of different banks "
          "share no link");
    CHECK(verdict(with(kGood, "post 2.1 unit 2", "post 2.1 unit 1")) ==
          "F: slice 5, layer \"c\", post-op 1: network post_a: route bank 3 - unit 1 meets route bank 1 - "
          "unit 0 on link 1 "
          "after stage 1, of layer \"a\", post-op 3; routes of different banks share no link");
    CHECK(verdict(with(kGood, "post 2.0 unit 2", "post 2.0 unit 1")) ==
          "F: slice 4, layer \"c\", post-op 0: network post_b: route bank 3 - unit 1 meets route bank 1 - "
          "unit 0 on link 1 "
          "after stage 1, of layer \"a\", post-op 2; routes of different banks share no link");
    std::string text =
        with(kGood, "post 2.0 unit 2 a 0.2 b 3.2 out 2.1", "post 2.0 unit 1 a 3.2 b 0.2 out 3.3");
    text = with(text, "post 2.1 unit 2 a 3.2 b 0.2 out 2.1", "post 2.1 unit 2 a 0.2 b 3.2 out 3.3");
    CHECK(verdict(moved(text, "post 2.0", 3)) ==
          "F: slice 3, layer \"c\", post-op 0: network post_out: route bank 3 - unit 1 meets route bank 1 - "
          "unit 0 on link "
          "1 after stage 1, of layer \"a\", post-op 1; routes of different banks share no link");
}

TEST_CASE("numbers of a program in memory exist") {
    const auto tampered = [](auto change) {
        Program program = parse_program(kGood, "F");
        change(program);
        return verdict(program);
    };
    const std::string op = "F: slice 0, layer \"a\", tile op 0 (i 0, j 0, l 0): ";
    const std::string post = "F: slice 2, layer \"a\", post-op 0: ";
    const std::string tags = ", allowed 0..34, as many as the program has ops and tiles";
    CHECK(tampered([](Program& p) { p.ops[0].layer = 3; }) ==
          "F: slice 0, layer 3, tile op 0: found layer 3, allowed 0..2");
    CHECK(tampered([](Program& p) { p.ops[0].op = 4; }) ==
          "F: slice 0, layer \"a\", tile op 4 (i 0, j 4, l 0): found number 4, allowed 0..3 in this layer");
    CHECK(tampered([](Program& p) { p.ops[0].pod = 4; }) == op + "found pod 4, allowed 0..3");
    CHECK(tampered([](Program& p) { p.ops[0].x.bank = 4; }) == op + "x: found bank 4, allowed 0..3");
    CHECK(tampered([](Program& p) { p.ops[0].w.tag = 35; }) == op + "w: found tag 35" + tags);
    CHECK(tampered([](Program& p) { p.ops[0].pout.bank = 0xffff; }) ==
          op + "pout: found bank 65535, allowed 0..3");
    CHECK(tampered([](Program& p) { p.ops[2].pin.tag = 1u << 24; }) ==
          "F: slice 1, layer \"a\", tile op 2 (i 0, j 2, l 0): pin: found tag 16777216" + tags);
    CHECK(tampered([](Program& p) { p.posts[0].layer = 7; }) ==
          "F: slice 2, layer 7, post-op 0: found layer 7, allowed 0..2");
    CHECK(tampered([](Program& p) { p.posts[0].op = 8; }) ==
          "F: slice 2, layer \"a\", post-op 8: found number 8, allowed 0..7 in this layer");
    CHECK(tampered([](Program& p) { p.posts[0].unit = 4; }) == post + "found post-processor 4, allowed 0..3");
    CHECK(tampered([](Program& p) { p.posts[0].a.bank = 4; }) == post + "a: found bank 4, allowed 0..3");
    CHECK(tampered([](Program& p) { p.posts[0].b.tag = 35; }) == post + "b: found tag 35" + tags);
    CHECK(tampered([](Program& p) { p.posts[0].out.bank = 5; }) == post + "out: found bank 5, allowed 0..3");
}

TEST_CASE("what follows from a program is checked in memory") {
    const auto tampered = [](auto change) {
        Program program = parse_program(kGood, "F");
        change(program);
        return verdict(program);
    };
    const std::string op = "F: slice 0, layer \"a\", tile op 0 (i 0, j 0, l 0): ";
    const std::string post = "F: slice 2, layer \"a\", post-op 0: ";
    CHECK(tampered([](Program& p) { p.ops[0].rows = 3; }) == op + "rows: found 3, allowed 4");
    CHECK(tampered([](Program& p) { p.ops[0].x_bytes = 15; }) == op + "x_bytes: found 15, allowed 16");
    CHECK(tampered([](Program& p) { p.ops[0].depth = 3; }) == op + "depth: found 3, allowed 4");
    CHECK(tampered([](Program& p) { p.ops[0].cols = 3; }) == op + "cols: found 3, allowed 4");
    CHECK(tampered([](Program& p) { p.ops[0].x_on_chip = 1; }) == op + "x_on_chip: found 1, allowed 0");
    CHECK(tampered([](Program& p) { p.ops[0].pout.reads = 2; }) == op + "pout.reads: found 2, allowed 1");
    CHECK(tampered([](Program& p) { p.posts[0].rows = 5; }) == post + "rows: found 5, allowed 4");
    CHECK(tampered([](Program& p) { p.posts[0].out.reads = 1; }) == post + "out.reads: found 1, allowed 2");
    CHECK(tampered([](Program& p) { p.layers[1].w_address = 0; }) ==
          "F: layer \"b\": w_address: found 0, allowed 128");
    CHECK(tampered([](Program& p) { p.layers[2].first_slice = 1; }) ==
          "F: layer \"c\": first_slice: found 1, allowed 2");
    // Slices 0 and 1: one and two more of "c" could have run, and the rest of "a".
    CHECK(tampered([](Program& p) { p.waiting_ops[1] = 3; }) ==
          "F: slice 1, waiting_ops: found 3, allowed 2");
    CHECK(tampered([](Program& p) { p.last_main_slice = 6; }) ==
          "F: last slice with a tile op: found 6, allowed 7");
    CHECK(tampered([](Program& p) { p.last_post_slice = 8; }) ==
          "F: last slice with an op: found 8, allowed 7");
    CHECK(verdict(with(kGood, "end layers 3 slices 8", "slice 8\nend layers 3 slices 9")) ==
          "F: slices after the last op: found 1, allowed 0");
}

TEST_CASE("the paper's programs are good on every topology") {
    for (const auto& topology : sosa::noc::Topology::names())
        for (const std::uint32_t pods : {1u, 3u, 4u, 16u})
            for (unsigned seed = 0; seed < 4; ++seed) {
                CAPTURE(topology, pods, seed);
                CHECK(verdict(sosa::tests::random_program(topology, pods, seed)) == "");
            }
}

namespace {
// Whether two ops of a slice meet in a network, by the paper's rule alone.
bool routes_meet(const Program& p) {
    bool meet = false;
    const auto compare = [&](const auto& x, const auto& y, std::uint32_t x_unit, std::uint32_t y_unit) {
        meet = meet || (x.exists() && y.exists() &&
                        sosa::tests::rule_conflict(p.topology, p.pods, x.bank, x_unit, y.bank, y_unit));
    };
    for (std::uint32_t s = 0; s < p.slices(); ++s) {
        for (std::uint32_t i = p.op_begin[s]; i < p.op_begin[s + 1]; ++i)
            for (std::uint32_t j = p.op_begin[s]; j < i; ++j)
                for (const auto field : {&sosa::pods::TileOp::x, &sosa::pods::TileOp::w,
                                         &sosa::pods::TileOp::pin, &sosa::pods::TileOp::pout})
                    compare(p.ops[i].*field, p.ops[j].*field, p.ops[i].pod, p.ops[j].pod);
        for (std::uint32_t i = p.post_begin[s]; i < p.post_begin[s + 1]; ++i)
            for (std::uint32_t j = p.post_begin[s]; j < i; ++j)
                for (const auto field :
                     {&sosa::pods::PostOp::a, &sosa::pods::PostOp::b, &sosa::pods::PostOp::out})
                    compare(p.posts[i].*field, p.posts[j].*field, p.posts[i].unit, p.posts[j].unit);
    }
    return meet;
}
}  // namespace

TEST_CASE("routes are judged as the paper's rule judges them when units change places") {
    int met = 0, free = 0;
    for (const auto& topology : sosa::noc::Topology::names())
        for (unsigned seed = 0; seed < 60; ++seed) {
            const std::uint32_t pods = seed % 2 ? 4 : 16;
            // A crossbar's program has many routes that meet elsewhere.
            Program program = sosa::tests::random_program(seed % 4 < 2 ? topology : "crossbar", pods, seed);
            program.topology = topology;
            std::mt19937 random(seed);
            // One slice gets a part of its ops to other pods, and one its post-ops to other post-processors.
            const auto shuffle = [&](const auto& begin, auto set_unit) {
                const auto s = random() % program.slices();
                std::vector<std::uint16_t> units(pods);
                std::iota(units.begin(), units.end(), std::uint16_t{0});
                std::shuffle(units.begin(), units.end(), random);
                std::sort(units.begin(), units.begin() + (begin[s + 1] - begin[s]));
                for (std::uint32_t i = begin[s]; i < begin[s + 1]; ++i) set_unit(i, units[i - begin[s]]);
            };
            shuffle(program.op_begin, [&](auto i, auto unit) { program.ops[i].pod = unit; });
            shuffle(program.post_begin, [&](auto i, auto unit) { program.posts[i].unit = unit; });
            const bool meet = routes_meet(program);
            const std::string said = verdict(program);
            CAPTURE(topology, seed, said);
            CHECK((said.find("share no link") != std::string::npos) == meet);
            CHECK(said.empty() != meet);
            ++(meet ? met : free);
        }
    CHECK(met > 50);
    CHECK(free > 50);
}

TEST_CASE("any result or tile that changes its name in a random program is found") {
    for (unsigned seed = 0; seed < 40; ++seed) {
        const Program good = sosa::tests::random_program("butterfly-2", 4, seed);
        std::mt19937 random(seed);
        const auto one_of = [&](const auto& list) { return random() % list.size(); };
        CAPTURE(seed);
        Program p = good;
        const auto i = one_of(p.ops);
        p.ops[i].x.bank = static_cast<std::uint16_t>((p.ops[i].x.bank + 1) % 4);
        CHECK(verdict(p).find("modulo the banks") != std::string::npos);
        p = good;
        p.ops[i].pout = p.ops[(i + 1) % p.ops.size()].pout;
        CHECK(verdict(p).find("one result") != std::string::npos);
        p = good;
        p.ops[i].op = p.ops[i].op == 0 ? 1 : 0;
        CHECK(verdict(p) != "");
        if (good.posts.empty()) continue;
        p = good;
        std::swap(p.posts[one_of(p.posts)].a, p.posts[one_of(p.posts)].b);
        CHECK(verdict(p) != "");
    }
}

TEST_CASE("check_fits lists where the chip is another one") {
    const Program program = parse_program(kGood, "F");
    sosa::hw::Config config = sosa::hw::load_config(
        "sosa-256",
        {"pods.count=4", "pods.rows=4", "pods.cols=4", "tiling.partition=rows", "noc.topology=butterfly-1"});
    REQUIRE(program.fits(config));
    CHECK(error_of([&] { sosa::host::check_fits(program, config, "F"); }) == "");
    config =
        sosa::hw::load_config("sosa-256", {"pods.count=4", "tiling.partition=none", "pods.psum_bits=32"});
    REQUIRE(!program.fits(config));
    CHECK(error_of([&] { sosa::host::check_fits(program, config, "F"); }) ==
          "F: the program was made for another chip: config \"sosa-256\" has pods.rows 32 instead of 4, "
          "pods.cols 32 "
          "instead of 4, pods.psum_bits 32 instead of 16, noc.topology butterfly-2 instead of butterfly-1, "
          "tiling.partition none instead of 4");
}
