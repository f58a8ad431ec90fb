#include "hw/scheduler.h"

#include <catch2/catch.hpp>

#include "sc_tests/module/scheduler_bench.h"
#include "sc_tests/unit/aborts.h"

namespace {
using namespace sosa::tests::scheduler_bench;
using sosa::SliceId;
using sosa::TileTag;
using sosa::hw::SliceHeader;
using sosa::tests::cycles;
using sosa::tests::run_until;
using sosa::tests::run_until_just_before;
using State = sosa::hw::SchedulerControl::State;

// Slice `number` starts exactly then.
void check_starts(const Bench& b, std::uint32_t number, std::uint64_t cycle) {
    CAPTURE(number, cycle);
    if (sc_core::sc_time_stamp() < cycles(cycle)) run_until_just_before(cycle);
    CHECK(b.slice() == number - 1);
    run_until(cycle);
    CHECK(b.slice() == number);
    CHECK(b.scheduler.state() == State::run);
}
void check_done(const Bench& b, std::uint64_t cycle) {
    run_until_just_before(cycle);
    CHECK(b.scheduler.state() == State::drain);
    run_until(cycle);
    CHECK(b.scheduler.state() == State::done);
}
}  // namespace

TEST_CASE("scheduler: a slice lasts as long as its longest part and at least a round trip") {
    Bench b;
    b.scheduler.push(slice(0, {tile_op(0, 20), tile_op(1, 3, 4)}, {}, SliceHeader::more_to_come));
    b.scheduler.push(slice(1, {tile_op(0, 4)}, {}, SliceHeader::more_to_come));  // a round trip
    b.scheduler.push(slice(2, {tile_op(1, 4)}, {}, SliceHeader::more_to_come));  // loads 15 rows of weights
    b.scheduler.push(slice(3, {tile_op(0, 12, 15)}, {post_op(1, 30, {100, 0, 0}, {101, 1, 0}, {1, 0, 0})},
                           SliceHeader::last));
    b.scheduler.doorbell();
    check_starts(b, 0, 8 + 1);        // the first weights
    check_starts(b, 1, 9 + 20 + 1);   // X rows of the longest op, and the switch
    check_starts(b, 2, 30 + 10);      // the SRAM round trip
    check_starts(b, 3, 40 + 15 + 1);  // rows of the next weights
    run_until(56 + 31);               // rows of the post-op
    check_done(b, 56 + 30 + 1 + 3);   // its result on the way
    const auto& c = b.scheduler.counters();
    CHECK(c.cycles == 90);
    CHECK(c.slices == 4);
    CHECK(c.tile_ops == 5);
    CHECK(c.post_ops == 1);
    CHECK(c.macs == 20 * 64 + 3 * 32 + 4 * 64 + 4 * 64 + 12 * 15 * 8);
    CHECK(c.memory_stall_cycles == 0);
    CHECK(c.program_stall_cycles == 0);
    CHECK(b.scheduler.occupied_cycles() == std::vector<std::uint64_t>{21 + 10 + 31, 21 + 16});
    CHECK(c.loss.total() == 90 * 2 * 64);
    CHECK(c.loss.useful == c.macs);
}

TEST_CASE("scheduler: the cycle-loss account of a run is that of its phases and slices") {
    Bench b;
    b.dma.resident(0);
    b.scheduler.push(slice(0, {tile_op(0, 12)}, {}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(5);
    b.dma.resident(1);
    run_until(100);
    // 5 to fetch, 9 to load, 13 for the slice of one pod of two, 3 to drain
    CHECK(b.scheduler.counters().cycles == 5 + 9 + 13 + 3);
    CHECK(b.loss() == "768 0 " + std::to_string(9 * 128) + " " + std::to_string(64 + 3 * 128) + " 0 0 " +
                          std::to_string(5 * 128) + " " + std::to_string(13 * 64));
    CHECK(b.scheduler.counters().memory_stall_cycles == 5);
}

TEST_CASE("scheduler: a slice begins in its numbered order") {
    Bench b;
    b.scheduler.push(slice(0, {tile_op(0, 8)}, {}));
    b.scheduler.push(
        slice(1, {tile_op(0, 8), tile_op(1, 8)}, {post_op(0, 8, {100, 0, 0}, {100, 0, 0}, {7, 0, 0})}));
    b.scheduler.push(slice(2, {tile_op(1, 8)}, {}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(9 + 10 - 1);
    b.log.clear();
    run_until(9 + 10);
    Log wanted(6, "routes");  // (3) release the routes
    wanted.insert(wanted.end(), {"w routes",
                                 "dma 1",                                    // (4) fix the slice
                                 "start pod0", "start pod1", "start post0",  // (5) give the units their work
                                 "load pod1"});                              // and the next weights
    CHECK(b.log == wanted);
    CHECK(b.banks[0].store.resident(TileTag{7}));  // (4) results have their place
}

TEST_CASE("scheduler: before slice 0 only weights move") {
    Bench b;
    b.scheduler.push(slice(0, {tile_op(0, 8), tile_op(1, 8, 3)}, {}, SliceHeader::last));
    CHECK(b.scheduler.state() == State::idle);
    run_until(50);
    CHECK(b.log.empty());  // nothing without the doorbell
    b.scheduler.doorbell();
    run_until(51);
    CHECK(b.scheduler.state() == State::preload);
    CHECK(b.log == Log{"w routes", "load pod0", "load pod1"});
    CHECK(b.slice() == 0xffffffff);
    check_starts(b, 0, 50 + 9);
    check_done(b, 59 + 10 + 3 - 1);  // the units need 9, the round trip 10; the result was on its way after 9
    CHECK(b.scheduler.counters().cycles == 9 + 9 + 3);
    b.scheduler.doorbell();  // once is enough
    run_until(200);
    CHECK(b.scheduler.state() == State::done);
}

TEST_CASE("scheduler: a slice waits until all its tiles are resident") {
    Bench b;
    b.dma.resident(0);
    b.scheduler.push(slice(0, {tile_op(0, 8)}, {}, SliceHeader::more_to_come));
    b.scheduler.push(slice(1, {tile_op(0, 8)}, {}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(100);
    CHECK(b.scheduler.state() == State::fetch);
    CHECK(b.scheduler.waiting_for() == "the tiles of slice 0, which were never asked for");
    b.dma.waits = "W bank 3 is full";
    CHECK(b.scheduler.waiting_for() == "the tiles of slice 0: W bank 3 is full");
    b.dma.resident(1);
    check_starts(b, 0, 100 + 9);
    run_until(119);
    CHECK(b.scheduler.state() == State::stall);
    CHECK(b.scheduler.waiting_for() == "the tiles of slice 1: W bank 3 is full");
    run_until(150);
    CHECK(b.slice() == 0);
    b.dma.resident(2);
    check_starts(b, 1, 150);
    CHECK(b.scheduler.counters().memory_stall_cycles == 100 + 150 - 119);
    run_until(300);
    CHECK(b.scheduler.counters().program_stall_cycles == 0);
    CHECK(b.scheduler.occupied_cycles()[0] == (150 - 109) + 10);  // a stalled pod is not idle
    CHECK(b.scheduler.counters().loss.memory_stall == (100 + 31) * 128);
    CHECK(b.scheduler.counters().loss.total() == b.scheduler.counters().cycles * 128);
}

TEST_CASE("scheduler: weights that came too late are taken over as the slice begins") {
    Bench b;
    b.dma.resident(1);
    b.scheduler.push(slice(0, {tile_op(0, 8)}, {}));
    b.scheduler.push(slice(1, {tile_op(0, 8), tile_op(1, 8)}, {}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(9 + 4);
    CHECK(b.log.back() == "load late pod1");
    b.dma.resident(2);  // while slice 0 runs: no stall
    run_until(18);
    b.log.clear();
    check_starts(b, 1, 19);
    Log wanted{"w routes", "take weights pod0", "take weights pod1"};
    CHECK(Log(b.log.begin(), b.log.begin() + 3) == wanted);
    CHECK(b.routes[6].slices ==
          1 + 1 + 2);  // before slice 0, its start; their own and the next ones of slice 1
    CHECK(b.scheduler.counters().memory_stall_cycles == 0);
}

TEST_CASE("scheduler: the window takes program_window_slices and the running slice has left it") {
    Bench b;
    for (std::uint32_t s = 0; s < 4; ++s) {
        CHECK(b.scheduler.space() == 4 - s);
        CHECK(b.scheduler.next_to_push() == s);
        b.scheduler.push(slice(s, {tile_op(0, 8)}, {}));
    }
    CHECK(b.scheduler.space() == 0);
    CHECK(sosa::tests::aborts([&] { b.scheduler.push(slice(4, {}, {})); }));
    b.scheduler.doorbell();
    run_until(8);
    CHECK(b.scheduler.space() == 0);
    run_until(9);
    CHECK(b.scheduler.space() == 1);
    CHECK(sosa::tests::aborts([&] { b.scheduler.push(slice(5, {}, {})); }));
    b.scheduler.push(slice(4, {tile_op(0, 8)}, {}));
    CHECK(b.scheduler.space() == 0);
}

TEST_CASE("scheduler: a slice waits for the host to write it and the one whose weights it loads") {
    Bench b;
    b.scheduler.doorbell();
    run_until(20);
    CHECK(b.scheduler.state() == State::fetch);
    CHECK(b.scheduler.waiting_for() == "the host to write slice 0");
    b.scheduler.push(slice(0, {tile_op(0, 8)}, {}));
    run_until(30);
    CHECK(b.scheduler.state() == State::fetch);  // slice 0 loads the weights of slice 1: that must be known
    b.scheduler.push(slice(1, {tile_op(0, 8)}, {}));
    check_starts(b, 0, 30 + 9);
    run_until(60);
    CHECK(b.scheduler.state() == State::stall);
    b.scheduler.push(slice(2, {tile_op(0, 8)}, {}, SliceHeader::last));
    check_starts(b, 1, 60);
    check_starts(b, 2, 70);  // the last one has no next
    check_done(b, 70 + 9 + 3);
    const auto& c = b.scheduler.counters();
    CHECK(c.program_stall_cycles == 60 - 49);
    CHECK(c.memory_stall_cycles == 30);  // before slice 0 the two are not told apart
    CHECK(c.loss.memory_stall == (11 + 30) * 128);
    CHECK(c.loss.total() == c.cycles * 128);
}

TEST_CASE("scheduler: a stall is the program's until it is written and then the memory's") {
    Bench b;
    b.dma.resident(1);
    b.scheduler.push(slice(0, {tile_op(0, 8)}, {}));
    b.scheduler.push(slice(1, {tile_op(0, 8)}, {}));
    b.scheduler.doorbell();
    run_until(30);  // stalled since 19
    b.scheduler.push(slice(2, {tile_op(0, 8)}, {}, SliceHeader::last));
    run_until(50);
    b.dma.resident(3);
    check_starts(b, 1, 50);
    CHECK(b.scheduler.counters().program_stall_cycles == 30 - 19);
    CHECK(b.scheduler.counters().memory_stall_cycles == 50 - 30);
}

TEST_CASE("scheduler: a slice without ops takes a round trip") {
    Bench b;
    b.scheduler.push(slice(0, {}, {}));
    b.scheduler.push(slice(1, {tile_op(0, 8)}, {}));
    b.scheduler.push(slice(2, {}, {}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(0);
    CHECK(b.slice() == 0);  // no weights to load first
    check_starts(b, 1, 10);
    check_starts(b, 2, 20);
    run_until_just_before(30);
    CHECK(b.scheduler.state() == State::run);
    run_until(30);
    CHECK(b.scheduler.state() == State::done);  // its results were stored long ago
    CHECK(b.scheduler.counters().cycles == 30);
    CHECK(b.scheduler.counters().loss.total() == 30 * 128);
}

TEST_CASE("scheduler: a program of one empty slice ends") {
    Bench b;
    run_until(7);
    b.scheduler.push(slice(0, {}, {}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(17);
    CHECK(b.scheduler.state() == State::done);
    CHECK(b.scheduler.counters().cycles == 10);
}

TEST_CASE("scheduler: a P bank without room for the results of one slice is a fault") {
    Bench b(200);  // a result of 8 x 8 takes 128 bytes
    b.scheduler.push(slice(0, {tile_op(0, 8)}, {}));
    b.scheduler.push(slice(1,
                           {with_pin(tile_op(0, 8), {}, {1, 1, 1}), with_pin(tile_op(1, 8), {}, {2, 1, 1})},
                           {}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(18);
    CHECK(b.scheduler.state() == State::run);
    run_until(100);
    CHECK(b.scheduler.state() == State::fault);
    CHECK(b.scheduler.fault_text() ==
          "a P bank has no room for a result tile of 128 bytes in slice 1: the tiles it holds are used in "
          "this slice");
    CHECK(b.scheduler.waiting_for() == b.scheduler.fault_text());
}

TEST_CASE("scheduler: results push out what earlier slices left and tell DMA") {
    Bench b(128);
    b.scheduler.push(slice(0, {with_pin(tile_op(0, 8), {}, {1, 1, 1})}, {}));  // one read to come
    b.scheduler.push(slice(1, {with_pin(tile_op(0, 8), {}, {2, 1, 0})}, {}));
    b.scheduler.push(slice(2, {with_pin(tile_op(0, 8), {}, {3, 1, 0})}, {}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(100);
    CHECK(b.scheduler.state() == State::done);
    Log out;
    for (const auto& entry : b.log)
        if (entry.rfind("out", 0) == 0) out.push_back(entry);
    CHECK(out == Log{"out tile 1* of bank 1", "out tile 2 of bank 1"});
}

TEST_CASE("scheduler: operands that left their bank are demanded when the slice before has ended") {
    Bench b;
    const TileRef p{1, 1, 1}, a{2, 0, 1}, c{3, 0, 1};
    b.scheduler.push(slice(0, {tile_op(0, 8)}, {}));
    b.scheduler.push(slice(1, {with_pin(tile_op(0, 8), p, {4, 0, 0})}, {post_op(0, 6, a, c, {5, 0, 0})},
                           SliceHeader::last));
    b.scheduler.doorbell();
    run_until(18);
    CHECK(b.dma.demands == 0);
    b.log.clear();
    run_until(19);
    CHECK(b.log == Log{"demand tile 1 of bank 1, 128 bytes for slice 1",
                       "demand tile 2 of bank 0, 96 bytes for slice 1",
                       "demand tile 3 of bank 0, 96 bytes for slice 1"});
    CHECK(b.scheduler.state() == State::stall);
    run_until(40);
    b.dma.demands_done();
    check_starts(b, 1, 40);
    CHECK(b.scheduler.counters().memory_stall_cycles == 40 - 19);
}

TEST_CASE("scheduler: an operand of a slice is not pushed out by the results of that slice") {
    Bench b(256);  // two results
    const TileRef first{1, 1, 1}, second{2, 1, 1}, third{3, 1, 0};
    b.scheduler.push(slice(0, {with_pin(tile_op(0, 8), {}, first)}, {}));
    b.scheduler.push(slice(1, {with_pin(tile_op(0, 8), {}, second)}, {}));
    b.scheduler.push(
        slice(2, {with_pin(tile_op(0, 8), first, third)}, {}, SliceHeader::last));  // `first` is the oldest
    b.scheduler.doorbell();
    run_until(9 + 10 + 10);
    CHECK(b.slice() == 2);
    CHECK(b.banks[1].store.resident(TileTag{1}));
    CHECK_FALSE(b.banks[1].store.resident(TileTag{2}));
    CHECK(b.banks[1].store.resident(TileTag{3}));
    CHECK(b.dma.demands == 0);
}

TEST_CASE("scheduler: the tile that both halves of a sum write stays for the second half") {
    Bench b(256);
    const TileRef sum{1, 1, 0}, other{2, 1, 0}, third{3, 1, 0};
    const TileRef a{10, 0, 0};
    b.scheduler.push(slice(0, {with_pin(tile_op(0, 8), {}, a)}, {}));
    b.scheduler.push(slice(1, {}, {post_op(0, 8, a, a, sum)}));
    b.scheduler.push(slice(2, {with_pin(tile_op(0, 8), {}, other)}, {}));
    // Posts come after ops: a result of 128 bytes is given its place first.
    b.scheduler.push(slice(3, {with_pin(tile_op(0, 8), {}, other)},
                           {post_op(0, 8, a, a, sum), post_op(1, 8, a, a, third)}, SliceHeader::last));
    b.scheduler.doorbell();
    run_until(100);
    CHECK(b.scheduler.state() ==
          State::fault);  // three tiles of one slice in a bank of two: all are held, none goes
    CHECK(b.banks[1].store.resident(TileTag{1}));
    CHECK(b.banks[1].store.resident(TileTag{2}));
}
