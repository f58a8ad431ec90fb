// check_program and check_fits of vector work, groups, and weights that are results.
#include "hw/config.h"
#include "sc_tests/unit/vector_programs.h"

using namespace sosa::tests;
using sosa::host::parse_program;
using sosa::host::Program;

namespace {

// The verdict on the program after a change that no text can express.
template <class Change>
std::string changed(const std::string& text, Change change) {
    Program program = parse_program(text, "F");
    change(program);
    return verdict(program);
}

}  // namespace

TEST_CASE("every vector op runs once") {
    const std::string four = with(without(kWork, "vector 1.2"), "vectors 5", "vectors 4");
    CHECK(verdict(four) == "F: layer \"s\": vector op 2 is missing; every vector op of a layer runs once");
    CHECK(verdict(with(kWork, "vector 1.2 unit", "vector 1.1 unit")) ==
          "F: slice 5, layer \"s\", vector op 1: stands in slice 4 already; every vector op runs once");
    std::string none = without(without(four, "vector 1.0"), "vector 1.1");
    none = with(without(without(none, "vector 3.0"), "vector 4.0"), " vectors 4", "");
    CHECK(verdict(none) == "F: layer \"s\": vector op 0 is missing; every vector op of a layer runs once");
}

TEST_CASE("the numbers of a vector op exist") {
    const std::string who = "F: slice 2, layer \"v\", vector op ";
    CHECK(changed(kWork, [](Program& p) { p.vectors[0].op = 1; }) ==
          who + "1: found number 1, allowed 0..0 in this layer");
    CHECK(changed(kWork, [](Program& p) { p.vectors[0].unit = 4; }) ==
          who + "0: found post-processor 4, allowed 0..3");
    CHECK(changed(kWork, [](Program& p) { p.vectors[0].layer = 5; }) ==
          "F: slice 2, layer 5, vector op 0: found layer 5, allowed 0..4");
    CHECK(changed(kWork, [](Program& p) { p.vectors[0].elements = 7; }) ==
          who + "0: elements: found 7, allowed 8");
    CHECK(changed(kWork, [](Program& p) { p.vectors[0].cycles = 3; }) ==
          who + "0: cycles: found 3, allowed 1");
    CHECK(changed(kWork, [](Program& p) { p.ops[4].w_on_chip = 0; }) ==
          "F: slice 7, layer \"b\", tile op 0 (i 0, j 0, l 0): w_on_chip: found 0, allowed 1");
    CHECK(changed(kWork, [](Program& p) { p.layers[1].last_slice = 6; }) ==
          "F: layer \"s\": last_slice: found 6, allowed 5");
}

TEST_CASE("a post-processor runs one op a slice: a post-op or a vector op") {
    CHECK(verdict(with(kWork, "vector 3.0 unit 0", "vector 3.0 unit 1")) ==
          "F: slice 2, layer \"v\", vector op 0: post-processor 1 runs layer \"a\", post-op 0 already; a "
          "post-processor runs one op a slice");
    CHECK(verdict(with(kWork, "vector 3.0 unit 0", "vector 3.0 unit 2")) == "");
    CHECK(verdict(with(kWork, "vector 1.1 unit 1", "vector 1.1 unit 0")) ==
          "F: slice 4, layer \"s\", vector op 1: post-processor 0 runs layer \"s\", vector op 0 already; a "
          "post-processor runs one op a slice");
    CHECK(changed(kWork, [](Program& p) { std::swap(p.vectors[1], p.vectors[2]); }) ==
          "F: slice 4, layer \"s\", vector op 0: post-processor 0 stands after that of layer \"s\", vector "
          "op 1; vector ops stand by ascending post-processor");
}

TEST_CASE("vector work waits for what it reads and is waited for") {
    CHECK(verdict(moved(kWork, "vector 1.1", 3)) ==
          "F: slice 3, layer \"s\", vector op 1: runs before layer \"a\" ends in slice 3; a layer starts "
          "after the layers it depends on");
    CHECK(verdict(moved(kWork, "vector 3.0", 0)) == "");  // nothing before it
    CHECK(verdict(moved(kWork, "vector 4.0", 7)) ==
          "F: slice 7, layer \"e\", vector op 0: runs before layer \"b\" ends in slice 7; a layer starts "
          "after the layers it depends on");
    const std::string late = with(moved(kWork, "vector 3.0", 8), "vector 3.0 unit 0", "vector 3.0 unit 3");
    CHECK(verdict(late) ==
          "F: slice 8, layer \"e\", vector op 0: runs before layer \"v\" ends in slice 8; a layer starts "
          "after the layers it depends on");
}

TEST_CASE("weights that are results load a slice before they are used") {
    const std::string who = "F: slice 6, layer \"b\", tile op 0 (i 0, j 0, l 0): ";
    CHECK(verdict(moved(kWork, "op 2.0", 6)) ==
          who +
              "runs right after layer \"s\" ends in slice 5; weights that are results load a slice before "
              "they are used");
    CHECK(verdict(with(moved(kWork, "op 2.0", 6), "x chip w chip", "x chip")) == "");
    CHECK(verdict(moved(kWork, "op 2.0", 5)) ==
          "F: slice 5, layer \"b\", tile op 0 (i 0, j 0, l 0): runs before layer \"s\" ends in slice 5; a "
          "layer starts after the layers it depends on");
    // Also after a product: the last sum of "a" is made in slice 3.
    const std::string after_sum = with(kWork, "x chip w chip deps 1", "x chip w chip deps 0");
    CHECK(verdict(moved(after_sum, "op 2.0", 5)) == "");
    CHECK(verdict(moved(after_sum, "op 2.0", 4)) ==
          "F: slice 4, layer \"b\", tile op 0 (i 0, j 0, l 0): runs right after layer \"a\" ends in slice 3; "
          "weights that are results load a slice before they are used");
}

TEST_CASE("groups have X tiles of their own and share no sum") {
    CHECK(
        verdict(with(kWork, "op 0.1 pod 1 x 2.0", "op 0.1 pod 1 x 1.0")) ==
        "F: slice 0, layer \"a\", tile op 1 (i 0, j 0, l 1): found X bank 1, allowed 2; X tile 2 of a layer "
        "is in the bank of its number modulo the banks");
    CHECK(verdict(with(kWork, "w 2.0 pin 0.0", "w 2.0 pin 1.0"))
              .rfind("F: slice 1, layer \"a\", tile op 2 (i 0, j 1, l 0): pin reads the result of layer "
                     "\"a\", tile op 1",
                     0) == 0);
}

TEST_CASE("a copy has the groups and the vector work of copy 0") {
    const std::string other =
        "F: layer \"b@1\": found a layer that copy 0 does not have there, allowed the same layers in every "
        "copy";
    CHECK(changed(kCopies, [](Program& p) { p.layers[3].layer.groups = 2; }) == other);
    CHECK(changed(kCopies, [](Program& p) { p.layers[3].layer.w_on_chip = true; }) == other);
    for (auto part : {&sosa::host::VectorWork::simple, &sosa::host::VectorWork::special})
        CHECK(changed(kCopies, [&](Program& p) { p.layers[3].layer.vector.*part = 1; }) == other);
    CHECK(changed(kCopies, [](Program& p) { p.layers[3].layer.vector.elements = 8; }) == other);
}

TEST_CASE("a program with vector work fits only its post-processors") {
    const auto chip = [](std::vector<std::string> sets) {
        for (const char* same :
             {"pods.count=4", "pods.rows=4", "pods.cols=4", "tiling.partition=16", "noc.topology=crossbar"})
            sets.emplace_back(same);
        return sosa::hw::load_config("sosa-256", sets);
    };
    const auto misfit = [](const std::string& text, const sosa::hw::Config& config) {
        const Program program = parse_program(text, "F");
        const std::string error = error_of([&] { sosa::host::check_fits(program, config, "F"); });
        CHECK(program.fits(config) == error.empty());
        return error;
    };
    const std::string wrong = "F: the program was made for another chip: config \"sosa-256\" has ";
    CHECK(misfit(kWork, chip({"post.lanes=8"})) == "");
    // Without the key there are as many lanes as columns.
    CHECK(misfit(kWork, chip({})) == wrong + "post.lanes 4 instead of 8");
    CHECK(misfit(with(kWork, "lanes 8", "lanes 4"), chip({})) == "");
    CHECK(misfit(kWork, chip({"post.lanes=16", "post.simple_cycles=2", "post.special_cycles=7"})) ==
          wrong +
              "post.lanes 16 instead of 8, post.simple_cycles 2 instead of 1, post.special_cycles 7 "
              "instead of 4");
    const std::string products = with(kSums, "partition 4", "partition 16");
    CHECK(misfit(with(products, "m 8 k 8", "m 32 k 8"), chip({"post.lanes=16"})) == "");
}
