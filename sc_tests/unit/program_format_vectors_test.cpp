// Slice records with vector ops.
#include <catch2/catch.hpp>
#include <cstring>

#include "hw/program_format.h"

namespace {
using sosa::hw::SliceHeader;
using sosa::hw::SliceProgram;
using sosa::pods::PostOp;
using sosa::pods::VectorOp;
using Bytes = std::vector<unsigned char>;

const sosa::hw::ProgramLimits kLimits{4, 8, 16, 2};  // 4 pods of 8 rows and 16 columns, 16-bit partial sums

VectorOp vector_op(std::uint32_t unit) { return {3, 5, 70'000, 4375, unit}; }
PostOp post_op(std::uint16_t unit) {
    PostOp op;
    op.layer = 3;
    op.rows = 9;
    op.cols = 16;
    op.unit = unit;
    op.a = {1, 0, 0};
    op.b = {2, 1, 0};
    op.out = {3, 2, 1};
    return op;
}
SliceProgram slice(std::vector<VectorOp> vectors, std::vector<PostOp> posts = {}) {
    SliceProgram s;
    s.header.slice = 11;
    s.header.post_ops = static_cast<std::uint32_t>(posts.size());
    s.header.flags = SliceHeader::last;
    s.header.vector_ops = static_cast<std::uint32_t>(vectors.size());
    s.posts = std::move(posts);
    s.vectors = std::move(vectors);
    return s;
}
Bytes encoded(const SliceProgram& s) {
    Bytes bytes;
    encode(s, bytes);
    return bytes;
}
std::string decoded(const Bytes& bytes) {
    SliceProgram s;
    return decode(bytes.data(), bytes.size(), kLimits, s);
}
std::string decoded(const SliceProgram& s) { return decoded(encoded(s)); }
template <class Change>
std::string changed(Change change) {
    VectorOp op = vector_op(0);
    change(op);
    return decoded(slice({op}));
}
}  // namespace

TEST_CASE("a slice record with vector ops is read back as it was written") {
    const auto from = slice({vector_op(0), vector_op(3)}, {post_op(1), post_op(2)});
    const Bytes bytes = encoded(from);
    REQUIRE(bytes.size() == 24 + 2 * 44 + 2 * 20);
    SliceProgram to;
    to.vectors.resize(9);  // what was there before goes
    REQUIRE(decode(bytes.data(), bytes.size(), kLimits, to).empty());
    CHECK(std::memcmp(&to.header, &from.header, sizeof to.header) == 0);
    CHECK(to.ops.empty());
    REQUIRE(to.posts.size() == 2);
    CHECK(std::memcmp(to.posts.data(), from.posts.data(), 2 * sizeof(PostOp)) == 0);
    REQUIRE(to.vectors.size() == 2);
    CHECK(std::memcmp(to.vectors.data(), from.vectors.data(), 2 * sizeof(VectorOp)) == 0);
}

TEST_CASE("the bytes of a vector op stand where a driver in another language expects them") {
    const Bytes bytes = encoded(slice({vector_op(2)}, {post_op(1)}));
    const auto word = [&](std::size_t at) {
        return bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 |
               static_cast<std::uint32_t>(bytes[at + 3]) << 24;
    };
    CHECK(word(20) == 1);  // how many, last in the header
    // layer, op, elements, cycles, unit, after the post-ops
    const std::vector<std::uint32_t> op{3, 5, 70'000, 4375, 2};
    for (std::size_t i = 0; i < op.size(); ++i) CHECK(word(24 + 44 + 4 * i) == op[i]);
}

TEST_CASE("a vector op that the chip cannot run is refused with its name") {
    const std::string who = "vector op 5 of layer 3: ";
    CHECK(decoded(slice({vector_op(3)})).empty());
    CHECK(decoded(slice({vector_op(4)})) == who + "post-processor 4 does not exist");
    CHECK(decoded(slice({vector_op(0xffffffff)})) == who + "post-processor 4294967295 does not exist");
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
    CHECK(decoded(slice({vector_op(1), vector_op(1)})) == "post-processor 1" + after);
    CHECK(decoded(slice({vector_op(2), vector_op(0)})) == "post-processor 0" + after);
    const std::string both = " has a post-op and a vector op; each takes one op a slice";
    CHECK(decoded(slice({vector_op(1)}, {post_op(1)})) == "post-processor 1" + both);
    CHECK(decoded(slice({vector_op(0), vector_op(3)}, {post_op(1), post_op(2), post_op(3)})) ==
          "post-processor 3" + both);
    CHECK(decoded(slice({vector_op(0), vector_op(2)}, {post_op(1), post_op(3)})).empty());
    CHECK(decoded(slice({vector_op(3)}, {post_op(0)})).empty());
}

TEST_CASE("a slice record with another number of vector ops than its header says is refused") {
    const Bytes bytes = encoded(slice({vector_op(0), vector_op(1)}));
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
