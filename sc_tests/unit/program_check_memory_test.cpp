// Programs in memory: broken at random, or where no file could break them.
#include <algorithm>
#include <numeric>

#include "hw/config.h"
#include "sc_tests/unit/checked_programs.h"
#include "sc_tests/unit/route_rule.h"

using namespace sosa::tests;
using sosa::host::parse_program;
using sosa::host::Program;

namespace {
template <class Change>
std::string tampered(Change change) {
    Program program = parse_program(kGood, "F");
    change(program);
    return verdict(program);
}
const std::string kTileOp = "F: slice 0, layer \"a\", tile op 0 (i 0, j 0, l 0): ";
const std::string kPostOp = "F: slice 2, layer \"a\", post-op 0: ";
}  // namespace

TEST_CASE("numbers of a program in memory exist") {
    const std::string tags = ", allowed 0..34, as many as the program has ops and tiles";
    CHECK(tampered([](Program& p) { p.ops[0].layer = 3; }) ==
          "F: slice 0, layer 3, tile op 0: found layer 3, allowed 0..2");
    CHECK(tampered([](Program& p) { p.ops[0].op = 4; }) ==
          "F: slice 0, layer \"a\", tile op 4 (i 0, j 4, l 0): found number 4, allowed 0..3 in this layer");
    CHECK(tampered([](Program& p) { p.ops[0].pod = 4; }) == kTileOp + "found pod 4, allowed 0..3");
    CHECK(tampered([](Program& p) { p.ops[0].x.bank = 4; }) == kTileOp + "x: found bank 4, allowed 0..3");
    CHECK(tampered([](Program& p) { p.ops[0].w.tag = 35; }) == kTileOp + "w: found tag 35" + tags);
    CHECK(tampered([](Program& p) { p.ops[0].pout.bank = 0xffff; }) ==
          kTileOp + "pout: found bank 65535, allowed 0..3");
    CHECK(tampered([](Program& p) { p.ops[2].pin.tag = 1u << 24; }) ==
          "F: slice 1, layer \"a\", tile op 2 (i 0, j 2, l 0): pin: found tag 16777216" + tags);
    CHECK(tampered([](Program& p) { p.posts[0].layer = 7; }) ==
          "F: slice 2, layer 7, post-op 0: found layer 7, allowed 0..2");
    CHECK(tampered([](Program& p) { p.posts[0].op = 8; }) ==
          "F: slice 2, layer \"a\", post-op 8: found number 8, allowed 0..7 in this layer");
    CHECK(tampered([](Program& p) { p.posts[0].unit = 4; }) ==
          kPostOp + "found post-processor 4, allowed 0..3");
    CHECK(tampered([](Program& p) { p.posts[0].a.bank = 4; }) == kPostOp + "a: found bank 4, allowed 0..3");
    CHECK(tampered([](Program& p) { p.posts[0].b.tag = 35; }) == kPostOp + "b: found tag 35" + tags);
    CHECK(tampered([](Program& p) { p.posts[0].out.bank = 5; }) ==
          kPostOp + "out: found bank 5, allowed 0..3");
}

TEST_CASE("what follows from a program is checked in memory") {
    CHECK(tampered([](Program& p) { p.ops[0].rows = 3; }) == kTileOp + "rows: found 3, allowed 4");
    CHECK(tampered([](Program& p) { p.ops[0].x_bytes = 15; }) == kTileOp + "x_bytes: found 15, allowed 16");
    CHECK(tampered([](Program& p) { p.ops[0].depth = 3; }) == kTileOp + "depth: found 3, allowed 4");
    CHECK(tampered([](Program& p) { p.ops[0].cols = 3; }) == kTileOp + "cols: found 3, allowed 4");
    CHECK(tampered([](Program& p) { p.ops[0].x_on_chip = 1; }) == kTileOp + "x_on_chip: found 1, allowed 0");
    CHECK(tampered([](Program& p) { p.ops[0].pout.reads = 2; }) ==
          kTileOp + "pout.reads: found 2, allowed 1");
    CHECK(tampered([](Program& p) { p.posts[0].rows = 5; }) == kPostOp + "rows: found 5, allowed 4");
    CHECK(tampered([](Program& p) { p.posts[0].out.reads = 1; }) ==
          kPostOp + "out.reads: found 1, allowed 2");
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
