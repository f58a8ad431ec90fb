// Which ops and layers a program has, and who reads whose results.
#include "sc_tests/unit/checked_programs.h"

using namespace sosa::tests;

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
