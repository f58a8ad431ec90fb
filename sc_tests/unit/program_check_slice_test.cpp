// What the units, banks and links of a slice can take.
#include <algorithm>

#include "sc_tests/unit/checked_programs.h"

using namespace sosa::tests;
using sosa::host::parse_program;
using sosa::host::Program;

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
