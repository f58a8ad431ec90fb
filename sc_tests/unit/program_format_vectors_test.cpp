// Slice records with vector ops.
#include <catch2/catch.hpp>
#include <cstring>

#include "sc_tests/unit/program_format_kit.h"

using namespace sosa::tests;
using sosa::hw::SliceProgram;
using sosa::pods::PostOp;
using sosa::pods::VectorOp;

namespace {
VectorOp vector_op(std::uint32_t unit) { return {3, 5, 70'000, 4375, unit}; }
SliceProgram work(std::vector<VectorOp> vectors, std::vector<PostOp> posts = {}) {
    return slice({}, std::move(posts), std::move(vectors));
}
template <class Change>
std::string changed(Change change) {
    VectorOp op = vector_op(0);
    change(op);
    return decoded(work({op}));
}
}  // namespace

TEST_CASE("a slice record with vector ops is read back as it was written") {
    const auto from = work({vector_op(0), vector_op(3)}, {post_op(1), post_op(2)});
    const Bytes bytes = encoded(from);
    REQUIRE(bytes.size() == 24 + 2 * 44 + 2 * 20);
    SliceProgram to;
    to.vectors.resize(9);  // what was there before goes
    REQUIRE(decode(bytes.data(), bytes.size(), kLimits, to).empty());
    CHECK(std::memcmp(&to.header, &from.header, sizeof to.header) == 0);
    CHECK(to.ops.empty());
    CHECK(same_ops(to.posts, from.posts));
    CHECK(same_ops(to.vectors, from.vectors));
}

TEST_CASE("the bytes of a vector op stand where a driver in another language expects them") {
    const Bytes bytes = encoded(work({vector_op(2)}, {post_op(1)}));
    CHECK(word(bytes, 20) == 1);  // how many, last in the header
    // layer, op, elements, cycles, unit, after the post-ops
    const std::vector<std::uint32_t> op{3, 5, 70'000, 4375, 2};
    for (std::size_t i = 0; i < op.size(); ++i) CHECK(word(bytes, 24 + 44 + 4 * i) == op[i]);
}

TEST_CASE("a vector op that the chip cannot run is refused with its name") {
    const std::string who = "vector op 5 of layer 3: ";
    CHECK(decoded(work({vector_op(3)})).empty());
    CHECK(decoded(work({vector_op(4)})) == who + "post-processor 4 does not exist");
    CHECK(decoded(work({vector_op(0xffffffff)})) == who + "post-processor 4294967295 does not exist");
    CHECK(changed([](VectorOp& o) { o.elements = 0; }) == who + "0 elements in 4375 cycles are not possible");
    CHECK(changed([](VectorOp& o) { o.elements = 0xffffffff; }).empty());
    CHECK(changed([](VectorOp& o) { o.cycles = 0; }) == who + "70000 elements in 0 cycles are not possible");
    CHECK(changed([](VectorOp& o) { o.cycles = 1u << 24; }).empty());
    CHECK(changed([](VectorOp& o) { o.cycles = (1u << 24) + 1; }) ==
          who + "70000 elements in 16777217 cycles are not possible");
}

TEST_CASE("a post-processor takes one op a slice: a post-op or a vector op") {
    const std::string after =
        " stands after a higher or equal one; each takes one op a slice, in ascending order";
    CHECK(decoded(work({vector_op(1), vector_op(1)})) == "post-processor 1" + after);
    CHECK(decoded(work({vector_op(2), vector_op(0)})) == "post-processor 0" + after);
    const std::string both = " has a post-op and a vector op; each takes one op a slice";
    CHECK(decoded(work({vector_op(1)}, {post_op(1)})) == "post-processor 1" + both);
    CHECK(decoded(work({vector_op(0), vector_op(3)}, {post_op(1), post_op(2), post_op(3)})) ==
          "post-processor 3" + both);
    CHECK(decoded(work({vector_op(0), vector_op(2)}, {post_op(1), post_op(3)})).empty());
    CHECK(decoded(work({vector_op(3)}, {post_op(0)})).empty());
}

TEST_CASE("a slice record with another number of vector ops than its header says is refused") {
    const Bytes bytes = encoded(work({vector_op(0), vector_op(1)}));
    CHECK(decoded(Bytes(bytes.begin(), bytes.end() - 1)) ==
          "the record has 63 bytes, its header asks for 64");
    CHECK(decoded(Bytes(bytes.begin(), bytes.end() - 20)) ==
          "the record has 44 bytes, its header asks for 64");
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK(decoded(longer) == "the record has 65 bytes, its header asks for 64");
    Bytes many = bytes;  // a count that would wrap 32 bits
    std::memset(many.data() + 20, 0xff, 4);
    CHECK(decoded(many) == "the record has 64 bytes, its header asks for " +
                               std::to_string(24 + std::uint64_t{0xffffffff} * 20));
}
