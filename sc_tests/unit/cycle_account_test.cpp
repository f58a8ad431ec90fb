#include "hw/cycle_account.h"

#include <catch2/catch.hpp>
#include <random>

namespace {
using sosa::hw::CycleAccount;
using sosa::hw::CycleLoss;
using sosa::hw::SliceFacts;

// useful edge weight-load fill/drain dependency conflict memory idle
using Parts = std::vector<std::uint64_t>;
Parts parts(const CycleLoss& l) {
    return {l.useful,          l.edge_tile,      l.weight_load,  l.fill_drain,
            l.dependency_wait, l.route_conflict, l.memory_stall, l.idle};
}
Parts of_slice(const SliceFacts& f) {
    CycleAccount account(4, 64);  // 4 pods of 8x8
    account.slice(f);
    return parts(account.loss());
}

SliceFacts full_slice() {
    SliceFacts f;
    f.run_cycles = 9;  // 8 rows + 1 to switch
    f.longest_rows = f.weight_rows = 8;
    f.ops = 4;
    f.macs = 4 * 8 * 64;
    f.more_to_come = true;
    return f;
}
}  // namespace

TEST_CASE("full tiles lose one cycle a slice to switching") {
    CHECK(of_slice(full_slice()) == Parts{4 * 8 * 64, 0, 0, 4 * 1 * 64, 0, 0, 0, 0});
}

TEST_CASE("small tiles leave rows and PEs unused") {
    auto f = full_slice();
    f.macs = 8 * 64 + 8 * 32 + 3 * 64 + 1;  // one full, one half as wide, one of 3 rows, one of a single MAC
    CHECK(of_slice(f) == Parts{961, 4 * 8 * 64 - 961, 0, 4 * 64, 0, 0, 0, 0});
}

TEST_CASE("a slice is longer for weights first and then for post-ops") {
    auto f = full_slice();
    f.longest_rows = 2;
    f.macs = 4 * 2 * 64;
    f.weight_rows = 5;  // 3 more than the rows
    f.post_rows = 7;    // 2 more than the weights
    f.run_cycles = 12;  // and 5 for the round trip
    CHECK(of_slice(f) == Parts{4 * 2 * 64, 0, 4 * 3 * 64, 4 * 5 * 64, 4 * 2 * 64, 0, 0, 0});
    f.post_rows = 4;  // hidden behind the weights
    CHECK(of_slice(f) == Parts{4 * 2 * 64, 0, 4 * 3 * 64, 4 * 7 * 64, 0, 0, 0, 0});
    f.weight_rows = 1;  // hidden behind the rows
    CHECK(of_slice(f) == Parts{4 * 2 * 64, 0, 0, 4 * 8 * 64, 4 * 2 * 64, 0, 0, 0});
}

TEST_CASE("pods without an op wait for routes then dependencies and at the end they idle") {
    auto f = full_slice();
    f.ops = 1;
    f.macs = 8 * 64;
    f.waiting_ops = 2;
    CHECK(of_slice(f) == Parts{8 * 64, 0, 0, 64, 1 * 9 * 64, 2 * 9 * 64, 0, 0});
    f.waiting_ops = 100;
    CHECK(of_slice(f) == Parts{8 * 64, 0, 0, 64, 0, 3 * 9 * 64, 0, 0});
    f.waiting_ops = 0;
    f.more_to_come = false;
    CHECK(of_slice(f) == Parts{8 * 64, 0, 0, 64, 0, 0, 0, 3 * 9 * 64});
}

TEST_CASE("a stall holds all pods whether they had an op or not") {
    auto f = full_slice();
    f.ops = 1;
    f.macs = 8 * 64;
    f.stall_cycles = 100;
    CHECK(of_slice(f)[6] == 100 * 4 * 64);
}

TEST_CASE("the phases without work are kept apart") {
    CycleAccount account(4, 64);
    account.memory_wait(3);
    account.weight_load(9);
    account.drain(5);
    CHECK(parts(account.loss()) == Parts{0, 0, 9 * 256, 5 * 256, 0, 0, 3 * 256, 0});
}

TEST_CASE("the parts of any slice add up to its PE-cycles") {
    std::mt19937 random(7);
    const auto up_to = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % (n + 1)); };
    for (int i = 0; i < 5000; ++i) {
        SliceFacts f;
        f.ops = up_to(16);
        f.longest_rows = f.ops ? 1 + up_to(40) : 0;
        f.weight_rows = up_to(40);
        f.post_rows = up_to(40);
        f.run_cycles = f.longest_rows + up_to(40);  // also shorter than weights and post-ops ask for
        f.stall_cycles = up_to(5);
        f.macs = std::uint64_t{f.longest_rows} * f.ops * up_to(20);
        f.waiting_ops = up_to(20);
        f.more_to_come = up_to(1);
        CycleAccount account(16, 20);
        account.slice(f);
        REQUIRE(account.loss().total() == std::uint64_t{f.run_cycles + f.stall_cycles} * 16 * 20);
        for (const auto part : parts(account.loss()))
            REQUIRE(part < (std::uint64_t{1} << 32));  // none below 0
    }
}
