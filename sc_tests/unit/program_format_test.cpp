#include <catch2/catch.hpp>
#include <cstring>

#include "sc_tests/unit/program_format_kit.h"

using namespace sosa::tests;
using sosa::hw::BankKind;
using sosa::hw::Fetch;
using sosa::hw::FetchHeader;
using sosa::hw::SliceProgram;
using sosa::pods::PostOp;
using sosa::pods::TileOp;
using sosa::pods::TileRef;

namespace {
constexpr std::uint32_t kTags = 1u << 24;

TileOp tile_op(std::uint16_t pod) {
    TileOp op;
    op.layer = 3;
    op.op = 7;
    op.rows = 9;
    op.x_bytes = 33;
    op.depth = 8;
    op.cols = 16;
    op.pod = pod;
    op.x = {1, 2, 0};
    op.w = {3, 1, 0};
    op.pin = {kTags - 1, 0, 0};
    op.pout = {5, 3, 2};
    return op;
}
std::string refusal(const TileOp& op) { return decoded(slice({op}, {})); }
std::string refusal(const PostOp& op) { return decoded(slice({}, {op})); }
std::string refusal(const Fetch& fetch);
template <class Op, class Change>
std::string changed(Op op, Change change) {
    change(op);
    return refusal(op);
}

std::string refusal(const Fetch& fetch) {
    Bytes bytes;
    sosa::hw::encode(2, {fetch}, bytes);
    FetchHeader header;
    std::vector<Fetch> fetches;
    return decode(bytes.data(), bytes.size(), kLimits, header, fetches);
}
}  // namespace

TEST_CASE("a slice record is read back as it was written") {
    const auto from = slice({tile_op(0), tile_op(3)}, {post_op(1)});
    const Bytes bytes = encoded(from);
    REQUIRE(bytes.size() == 24 + 2 * 56 + 44);
    SliceProgram to;
    to.ops.resize(9);  // what was there before goes
    REQUIRE(decode(bytes.data(), bytes.size(), kLimits, to).empty());
    CHECK(std::memcmp(&to.header, &from.header, sizeof to.header) == 0);
    CHECK(same_ops(to.ops, from.ops));
    CHECK(same_ops(to.posts, from.posts));
}

TEST_CASE("the bytes of a slice record stand where a driver in another language expects them") {
    const Bytes b = encoded(slice({tile_op(2)}, {post_op(1)}));
    const std::vector<std::uint32_t> header{11, 1, 1, 5, 3, 0};
    for (std::size_t i = 0; i < 6; ++i) CHECK(word(b, 4 * i) == header[i]);
    // layer, op, rows, x_bytes; depth and cols; pod and x_on_chip; x, w, pin, pout as tag, bank and reads
    const std::vector<std::uint32_t> op{3, 7,         9, 33, 16 << 16 | 8, 2, 1, 2, 3,
                                        1, kTags - 1, 0, 5,  2 << 16 | 3};
    for (std::size_t i = 0; i < op.size(); ++i) CHECK(word(b, 24 + 4 * i) == op[i]);
    const std::vector<std::uint32_t> post{3, 4, 12, 9, 1 << 16 | 16, 1, 0, 2, 1, 3, 1 << 16 | 2};
    for (std::size_t i = 0; i < post.size(); ++i) CHECK(word(b, 24 + 56 + 4 * i) == post[i]);
}

TEST_CASE("an empty slice is a header") {
    CHECK(encoded(slice({}, {})).size() == 24);
    CHECK(decoded(slice({}, {})).empty());
}

TEST_CASE("a slice record of another length than its header says is refused") {
    const Bytes bytes = encoded(slice({tile_op(0)}, {post_op(0)}));
    CHECK(decoded(Bytes(bytes.begin(), bytes.begin() + 23)) ==
          "the record has 23 bytes, its header asks for 24");
    CHECK(decoded(Bytes{}) == "the record has 0 bytes, its header asks for 24");
    CHECK(decoded(Bytes(bytes.begin(), bytes.end() - 1)) ==
          "the record has 123 bytes, its header asks for 124");
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK(decoded(longer) == "the record has 125 bytes, its header asks for 124");
    Bytes many = bytes;  // a count that would wrap 32 bits
    std::memset(many.data() + 4, 0xff, 4);
    CHECK(decoded(many) == "the record has 124 bytes, its header asks for " +
                               std::to_string(24 + std::uint64_t{0xffffffff} * 56 + 44));
}

TEST_CASE("a tile op that the chip cannot run is refused with its name") {
    const std::string who = "tile op 7 of layer 3: ";
    CHECK(refusal(tile_op(3)).empty());
    CHECK(refusal(tile_op(4)) == who + "pod 4 does not exist");
    CHECK(changed(tile_op(0), [](TileOp& o) { o.rows = 0; }) ==
          who + "a tile of 0 x 8 x 16 does not fit the pod");
    CHECK(changed(tile_op(0), [](TileOp& o) { o.depth = 0; }) ==
          who + "a tile of 9 x 0 x 16 does not fit the pod");
    CHECK(changed(tile_op(0), [](TileOp& o) { o.depth = 9; }) ==
          who + "a tile of 9 x 9 x 16 does not fit the pod");
    CHECK(changed(tile_op(0), [](TileOp& o) { o.cols = 0; }) ==
          who + "a tile of 9 x 8 x 0 does not fit the pod");
    CHECK(changed(tile_op(0), [](TileOp& o) { o.cols = 17; }) ==
          who + "a tile of 9 x 8 x 17 does not fit the pod");
    CHECK(changed(tile_op(0), [](TileOp& o) { o.rows = (1u << 24) / 32; }).empty());
    CHECK(changed(tile_op(0), [](TileOp& o) { o.rows = (1u << 24) / 32 + 1; }) ==
          who + "a tile is larger than 16 MiB");
    CHECK(changed(tile_op(0), [](TileOp& o) { o.rows = 0xffffffff; }) ==
          who + "a tile is larger than 16 MiB");
    CHECK(changed(tile_op(0), [](TileOp& o) {  // here the X tile is the larger one
              o.rows = (1u << 24) / 8 + 1;
              o.cols = 1;
          }) == who + "a tile is larger than 16 MiB");
}

TEST_CASE("each of a tile op's tiles must lie in a bank") {
    const std::string error =
        "tile op 7 of layer 3: a tile lies in a bank or at a tag that does not exist, or is read more than "
        "15 times";
    for (TileRef TileOp::*ref : {&TileOp::x, &TileOp::w, &TileOp::pin, &TileOp::pout}) {
        CHECK(changed(tile_op(0), [&](TileOp& o) { (o.*ref).bank = 3; }).empty());
        CHECK(changed(tile_op(0), [&](TileOp& o) { (o.*ref).bank = 4; }) == error);
        CHECK(changed(tile_op(0), [&](TileOp& o) { (o.*ref).tag = kTags - 1; }).empty());
        CHECK(changed(tile_op(0), [&](TileOp& o) { (o.*ref).tag = kTags; }) == error);
        CHECK(changed(tile_op(0), [&](TileOp& o) { (o.*ref).reads = 15; }).empty());
        CHECK(changed(tile_op(0), [&](TileOp& o) { (o.*ref).reads = 16; }) == error);
        const bool optional = ref == &TileOp::pin;  // no incoming partial sum: zero
        CHECK(changed(tile_op(0), [&](TileOp& o) { o.*ref = TileRef{}; }) == (optional ? "" : error));
    }
}

TEST_CASE("a post-op that the chip cannot run is refused with its name") {
    const std::string who = "post-op 4 of layer 3: ";
    CHECK(refusal(post_op(3)).empty());
    CHECK(refusal(post_op(4)) == who + "post-processor 4 does not exist");
    CHECK(changed(post_op(0), [](PostOp& o) { o.rows = 0; }) == who + "a tile of 0 x 16 is not possible");
    CHECK(changed(post_op(0), [](PostOp& o) { o.cols = 0; }) == who + "a tile of 9 x 0 is not possible");
    CHECK(changed(post_op(0), [](PostOp& o) { o.cols = 17; }) == who + "a tile of 9 x 17 is not possible");
    CHECK(changed(post_op(0), [](PostOp& o) { o.rows = (1u << 24) / 32; }).empty());
    CHECK(changed(post_op(0), [](PostOp& o) { o.rows = (1u << 24) / 32 + 1; }) ==
          who + "a tile of 524289 x 16 is not possible");
    for (TileRef PostOp::*ref : {&PostOp::a, &PostOp::b, &PostOp::out}) {
        const std::string error =
            who + "a tile lies in a bank or at a tag that does not exist, or is read more than 15 times";
        CHECK(changed(post_op(0), [&](PostOp& o) { (o.*ref).bank = 4; }) == error);
        CHECK(changed(post_op(0), [&](PostOp& o) { (o.*ref).tag = kTags; }) == error);
        CHECK(changed(post_op(0), [&](PostOp& o) { (o.*ref).reads = 15; }).empty());
        CHECK(changed(post_op(0), [&](PostOp& o) { (o.*ref).reads = 16; }) == error);
        CHECK(changed(post_op(0), [&](PostOp& o) { o.*ref = TileRef{}; }) == error);
    }
}

TEST_CASE("a unit takes one op a slice and ops stand in ascending order") {
    const std::string after =
        " stands after a higher or equal one; each takes one op a slice, in ascending order";
    CHECK(decoded(slice({tile_op(0), tile_op(1), tile_op(3)}, {post_op(0), post_op(2)})).empty());
    CHECK(decoded(slice({tile_op(1), tile_op(1)}, {})) == "pod 1" + after);
    CHECK(decoded(slice({tile_op(2), tile_op(1)}, {})) == "pod 1" + after);
    CHECK(decoded(slice({}, {post_op(3), post_op(3)})) == "post-processor 3" + after);
    CHECK(decoded(slice({}, {post_op(3), post_op(0)})) == "post-processor 0" + after);
}

TEST_CASE("a fetch list is read back as it was written") {
    const std::vector<Fetch> from{{std::uint64_t{5} << 33, 64, 3, 2, BankKind::w},
                                  {7, 1u << 24, kTags - 1, 3, BankKind::x}};
    Bytes bytes{9};
    sosa::hw::encode(6, from, bytes);
    REQUIRE(bytes.size() == 8 + 2 * 24);
    // address low and high, bytes, tag, bank and kind; the rest of a fetch is zero
    const std::vector<std::uint32_t> words{6, 2, 0, 10,       64,        3, 1 << 16 | 2,
                                           0, 7, 0, 1u << 24, kTags - 1, 3, 0};
    for (std::size_t i = 0; i < words.size(); ++i) CHECK(word(bytes, 4 * i) == words[i]);
    FetchHeader header;
    std::vector<Fetch> to(5);
    REQUIRE(decode(bytes.data(), bytes.size(), kLimits, header, to).empty());
    CHECK(header.slice == 6);
    REQUIRE(to.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(to[i].dram_address == from[i].dram_address);
        CHECK(to[i].bytes == from[i].bytes);
        CHECK(to[i].tag == from[i].tag);
        CHECK(to[i].bank == from[i].bank);
        CHECK(to[i].kind == from[i].kind);
    }
}

TEST_CASE("a fetch that is not possible is refused") {
    const Fetch good{0, 64, 5, 1, BankKind::w};
    CHECK(refusal(good).empty());
    const auto error = [](std::uint32_t bytes, std::uint32_t bank, std::uint32_t tag) {
        return "a fetch of " + std::to_string(bytes) + " bytes into bank " + std::to_string(bank) + ", tag " +
               std::to_string(tag) + " is not possible";
    };
    CHECK(changed(good, [](Fetch& f) { f.bank = 4; }) == error(64, 4, 5));
    CHECK(changed(good, [](Fetch& f) { f.tag = kTags; }) == error(64, 1, kTags));
    CHECK(changed(good, [](Fetch& f) { f.bytes = 0; }) == error(0, 1, 5));
    CHECK(changed(good, [](Fetch& f) { f.bytes = 1u << 24; }).empty());
    CHECK(changed(good, [](Fetch& f) { f.bytes = (1u << 24) + 1; }) == error((1u << 24) + 1, 1, 5));
    CHECK(changed(good, [](Fetch& f) { f.kind = BankKind::x; }).empty());
    CHECK(changed(good, [](Fetch& f) { f.kind = BankKind::p; }) ==
          error(64, 1, 5));  // results never come from the host
    CHECK(changed(good, [](Fetch& f) { f.kind = static_cast<BankKind>(9); }) == error(64, 1, 5));
}

TEST_CASE("a fetch list of another length than its header says is refused") {
    Bytes bytes;
    sosa::hw::encode(0, {Fetch{0, 64, 5, 1, BankKind::w}}, bytes);
    FetchHeader header;
    std::vector<Fetch> fetches;
    const auto of = [&](std::size_t size) {
        bytes.resize(size);
        return decode(bytes.data(), size, kLimits, header, fetches);
    };
    CHECK(of(33) == "the record has 33 bytes, its header asks for 32");
    CHECK(of(31) == "the record has 31 bytes, its header asks for 32");
    CHECK(of(7) == "the record has 7 bytes, its header asks for 8");
    sosa::hw::encode(0, {}, bytes);
    CHECK(of(8).empty());
    CHECK(fetches.empty());
}
