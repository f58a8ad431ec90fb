#include "pods/pod.h"

#include <catch2/catch.hpp>

#include "sc_tests/module/stubs.h"
#include "sc_tests/unit/aborts.h"

namespace {
using sosa::pods::Pod;
using sosa::pods::TileOp;
using sosa::tests::check_arrives;
using sosa::tests::cycles;
using sosa::tests::run_until;
using sosa::tests::StubTarget;
using Seen = std::vector<std::string>;

constexpr std::uint32_t kPreload = 0xffffffff;  // the slice before slice 0

// Pod 5 between four targets that answer a read after `round_trip` cycles and a write after `tail`.
struct Parts : sc_core::sc_module {
    sosa::noc::TransferPool transfers;
    sosa::tests::StubControl control{"control"};
    Pod pod;
    StubTarget x, w, pin, pout;

    explicit Parts(std::uint64_t round_trip, std::uint64_t tail = 3, sc_core::sc_module_name = "bench")
        : pod("pod", 5, {sosa::tests::kCycle, &transfers, 2}),
          x("x", cycles(round_trip), cycles(tail)),
          w("w", cycles(round_trip), cycles(tail)),
          pin("pin", cycles(round_trip), cycles(tail)),
          pout("pout", cycles(round_trip), cycles(tail)) {
        pod.x.bind(x.checker.in);
        pod.w.bind(w.checker.in);
        pod.pin.bind(pin.checker.in);
        pod.pout.bind(pout.checker.in);
        pod.control.bind(control);
    }
    void begin(std::uint32_t slice, const TileOp* op, const TileOp* next, bool resident = true) {
        control.fix(slice);
        if (op) pod.commands->start(*op);
        if (next) pod.commands->load(*next, resident);
        control.start();
    }
    std::size_t arrived() const { return control.arrivals.size(); }
};
using Bench = sosa::tests::Elaborated<Parts>;

TileOp tile_op(std::uint32_t number, std::uint32_t rows, std::uint16_t depth, std::uint16_t cols = 8) {
    TileOp op;
    op.layer = 2;
    op.op = number;
    op.rows = rows;
    op.x_bytes = rows * depth / 4;
    op.depth = depth;
    op.cols = cols;
    op.pod = 5;
    op.x = {10 + number, 1, 0};
    op.w = {20 + number, 2, 0};
    op.pout = {30 + number, 3, 1};
    return op;
}
}  // namespace

TEST_CASE("pod: the first weights take their rows and a cycle") {
    Bench b(50);
    const auto op = tile_op(0, 4, 8);
    b.begin(kPreload, nullptr, &op);
    check_arrives(b.control, 8 + 1);  // the fetch itself is hidden: only rows count
    CHECK(b.control.arrivals[0].tail == sc_core::SC_ZERO_TIME);
    CHECK(b.w.seen == Seen{"0: read 64 B of tile 20 in bank 2 for unit 5 (slice 0, layer 2, op 0)"});
    CHECK(b.x.seen.empty());
    CHECK(b.pout.seen.empty());
    CHECK(b.pod.counters().weight_load_cycles == 8);
    CHECK(b.pod.counters().w_bytes_in == 64);
    CHECK(b.pod.counters().busy_cycles == 0);
    CHECK(b.pod.counters().tile_ops == 0);
}

TEST_CASE("pod: rows of X decide when there are most of them") {
    Bench b(10);
    const auto op = tile_op(0, 20, 8), next = tile_op(1, 4, 8);
    b.begin(kPreload, nullptr, &op);
    check_arrives(b.control, 9);
    b.begin(0, &op, &next);
    check_arrives(b.control, 9 + 20 + 1, 2);
    CHECK(b.control.arrivals[1].tail == cycles(3));  // its result is stored 3 cycles on
}

TEST_CASE("pod: rows of the next weights decide when there are most of them") {
    Bench b(5);
    const auto op = tile_op(0, 4, 8), next = tile_op(1, 4, 12);
    b.begin(kPreload, nullptr, &op);
    check_arrives(b.control, 9);
    b.begin(0, &op, &next);
    check_arrives(b.control, 9 + 12 + 1, 2);
}

TEST_CASE("pod: the round trip to SRAM decides when tiles are small") {
    const std::uint64_t latency = 6,
                        round_trip = 2 * latency + 2;  // both ways through the network, and the bank
    Bench b(round_trip);
    const auto op = tile_op(0, 4, 8), next = tile_op(1, 4, 8);
    b.begin(kPreload, nullptr, &op);
    check_arrives(b.control, 9);
    b.begin(0, &op, &next);
    check_arrives(b.control, 9 + round_trip, 2);
}

TEST_CASE("pod: a tie of rows and weights and round trip counts once") {
    Bench b(9);
    const auto op = tile_op(0, 8, 8), next = tile_op(1, 8, 8);
    b.begin(kPreload, nullptr, &op);
    check_arrives(b.control, 9);
    b.begin(0, &op, &next);
    check_arrives(b.control, 9 + 9, 2);
}

TEST_CASE("pod: operands are read as the slice starts and the result is written as it ends") {
    Bench b(10);
    auto op = tile_op(0, 20, 8);
    op.pin = {77, 4, 0};
    b.begin(kPreload, nullptr, &op);
    run_until(40);  // weights wait for their slice as long as it takes
    b.begin(0, &op, nullptr);
    check_arrives(b.control, 40 + 21, 2);
    CHECK(b.x.seen == Seen{"40: read 160 B of tile 10 in bank 1 for unit 5 (slice 0, layer 2, op 0)"});
    CHECK(b.pin.seen == Seen{"40: read 320 B of tile 77 in bank 4 for unit 5 (slice 0, layer 2, op 0)"});
    CHECK(b.pout.seen == Seen{"61: write 320 B of tile 30 in bank 3 for unit 5 (slice 0, layer 2, op 0)"});
    CHECK(b.x.extensions[0].stored_bytes == 40);  // an im2col tile is kept without copies
    CHECK_FALSE(b.x.extensions[0].on_chip);
    CHECK(b.pin.extensions[0].stored_bytes == 320);
    for (const auto* target : {&b.x, &b.w, &b.pin, &b.pout}) sosa::tests::check_clean(target->checker);
}

TEST_CASE("pod: activations left on chip are asked for as such and no incoming sum is not read") {
    Bench b(10);
    auto op = tile_op(0, 4, 8);
    op.x_on_chip = 1;
    b.begin(kPreload, nullptr, &op);
    run_until(9);
    b.begin(0, &op, nullptr);
    run_until(100);
    REQUIRE(b.x.extensions.size() == 1);
    CHECK(b.x.extensions[0].on_chip);
    CHECK(b.pin.seen.empty());
}

TEST_CASE("pod: weights are double buffered") {
    Bench b(5);
    const auto first = tile_op(0, 20, 8), second = tile_op(1, 10, 4), third = tile_op(2, 6, 8);
    b.begin(kPreload, nullptr, &first);
    check_arrives(b.control, 9);
    b.begin(0, &first, &second);  // loads the second while the first runs
    check_arrives(b.control, 9 + 21, 2);
    b.begin(1, &second, &third);
    check_arrives(b.control, 30 + 11, 3);
    b.begin(2, &third, nullptr);
    check_arrives(b.control, 41 + 7, 4);
    CHECK(b.w.seen == Seen{"0: read 64 B of tile 20 in bank 2 for unit 5 (slice 0, layer 2, op 0)",
                           "9: read 32 B of tile 21 in bank 2 for unit 5 (slice 1, layer 2, op 1)",
                           "30: read 64 B of tile 22 in bank 2 for unit 5 (slice 2, layer 2, op 2)"});
    const auto& c = b.pod.counters();
    CHECK(c.tile_ops == 3);
    CHECK(c.busy_cycles == 20 + 10 + 6);
    CHECK(c.weight_load_cycles == 8 + 4 + 8);
    CHECK(c.macs == 20 * 8 * 8 + 10 * 4 * 8 + 6 * 8 * 8);
    CHECK(c.x_bytes_in == 20 * 8 + 10 * 4 + 6 * 8);
    CHECK(c.w_bytes_in == 64 + 32 + 64);
    CHECK(c.pin_bytes_in == 0);
    CHECK(c.pout_bytes_out == 2 * 8 * (20 + 10 + 6));
}

TEST_CASE("pod: an op whose weights are not in the array aborts") {
    Bench b(5);
    const auto op = tile_op(0, 4, 8), other = tile_op(1, 4, 8);
    b.begin(kPreload, nullptr, &op);
    run_until(9);
    CHECK(sosa::tests::aborts([&] {
        b.begin(0, &other, nullptr);
        run_until(20);
    }));
}

TEST_CASE("pod: weights of the same tag in another bank are other weights") {
    Bench b(5);
    const auto op = tile_op(0, 4, 8);
    auto other = op;
    other.w.bank = 3;
    b.begin(kPreload, nullptr, &op);
    run_until(9);
    CHECK(sosa::tests::aborts([&] {
        b.begin(0, &other, nullptr);
        run_until(20);
    }));
}

TEST_CASE("pod: late weights take their cycles in the slice and their data when it is resident") {
    Bench b(5);
    const auto first = tile_op(0, 4, 8), second = tile_op(1, 4, 16);
    b.begin(kPreload, nullptr, &first);
    check_arrives(b.control, 9);
    b.begin(0, &first, &second, false);
    check_arrives(b.control, 9 + 16 + 1, 2);
    CHECK(b.w.seen.size() == 1);
    CHECK(b.pod.counters().weight_load_cycles == 8 + 16);
    run_until(60);
    b.pod.commands->take_weights(second);
    CHECK(b.w.seen.back() == "60: read 128 B of tile 21 in bank 2 for unit 5 (slice 1, layer 2, op 1)");
    b.begin(1, &second, nullptr);
    check_arrives(b.control, 60 + 5, 3);
    CHECK(b.pod.counters().w_bytes_in == 64 + 128);
}

TEST_CASE("pod: without the late weights the op aborts") {
    Bench b(5);
    const auto op = tile_op(0, 4, 8);
    b.begin(kPreload, nullptr, &op, false);
    run_until(9);
    CHECK(sosa::tests::aborts([&] {
        b.begin(0, &op, nullptr);
        run_until(20);
    }));
}

TEST_CASE("pod: it shows what it does and stays idle in a slice without work") {
    Bench b(5);
    const auto op = tile_op(0, 4, 8);
    CHECK(b.pod.state() == Pod::State::idle);
    b.begin(kPreload, nullptr, &op);
    run_until(1);
    CHECK(b.pod.state() == Pod::State::load);
    run_until(9);
    CHECK(b.pod.state() == Pod::State::wait);
    b.begin(0, &op, nullptr);
    run_until(10);
    CHECK(b.pod.state() == Pod::State::stream);
    run_until(14);
    CHECK(b.pod.state() == Pod::State::wait);
    CHECK(b.arrived() == 2);
    b.begin(1, nullptr, nullptr);
    run_until(100);
    CHECK(b.pod.state() == Pod::State::idle);
    CHECK(b.arrived() == 2);  // nobody waits for it
}

TEST_CASE("pod: a refused transfer ends the run with its story") {
    Bench b(5);
    const auto op = tile_op(0, 4, 8);
    b.begin(kPreload, nullptr, &op);
    run_until(9);
    b.x.status = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    b.begin(0, &op, nullptr);
    std::string message;
    try {
        run_until(20);
    } catch (const sc_core::sc_report& report) {
        message = report.get_msg();
    }
    CHECK_THAT(message,
               Catch::Contains("read 32 B of tile 10 in bank 1 for unit 5 (slice 0, layer 2, op 0)") &&
                   Catch::Contains("TLM_ADDRESS_ERROR_RESPONSE"));
}
