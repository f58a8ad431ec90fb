#include "pods/post_processor.h"

#include <catch2/catch.hpp>

#include "sc_tests/module/stubs.h"

namespace {
using sosa::pods::PostOp;
using sosa::tests::check_arrives;
using sosa::tests::cycles;
using sosa::tests::run_until;
using sosa::tests::StubTarget;
using Seen = std::vector<std::string>;

// Post-processor 6; its operands come after `a_cycles` and `b_cycles`, its result is stored after 3.
struct Bench : sc_core::sc_module {
    sosa::noc::TransferPool transfers;
    sosa::tests::StubControl control{"control"};
    sosa::pods::PostProcessor post;
    StubTarget a, b, out;

    Bench(std::uint64_t a_cycles, std::uint64_t b_cycles, sc_core::sc_module_name = "bench")
        : post("post", 6, {sosa::tests::kCycle, &transfers, 2}),
          a("a", cycles(a_cycles), cycles(99)),
          b("b", cycles(b_cycles), cycles(99)),
          out("out", cycles(99), cycles(3)) {
        post.a.bind(a.checker.in);
        post.b.bind(b.checker.in);
        post.out.bind(out.checker.in);
        post.control.bind(control);
    }
    void begin(std::uint32_t slice, const PostOp* op) {
        control.fix(slice);
        if (op) post.commands->start(*op);
        control.start();
    }
};

PostOp post_op(std::uint32_t rows, std::uint16_t cols = 8) {
    PostOp op;
    op.layer = 1;
    op.op = 4;
    op.rows = rows;
    op.cols = cols;
    op.unit = 6;
    op.a = {10, 0, 0};
    op.b = {11, 1, 0};
    op.out = {12, 2, 1};
    return op;
}
}  // namespace

TEST_CASE("post-processor: rows and a cycle decide when there are many") {
    Bench b(10, 10);
    const auto op = post_op(20);
    run_until(7);
    b.begin(3, &op);
    check_arrives(b.control, 7 + 20 + 1);
    CHECK(b.control.arrivals[0].tail == cycles(3));
    CHECK(b.a.seen == Seen{"7: read 320 B of tile 10 in bank 0 for unit 6 (slice 3, layer 1, op 4)"});
    CHECK(b.b.seen == Seen{"7: read 320 B of tile 11 in bank 1 for unit 6 (slice 3, layer 1, op 4)"});
    CHECK(b.out.seen == Seen{"28: write 320 B of tile 12 in bank 2 for unit 6 (slice 3, layer 1, op 4)"});
    for (const auto* target : {&b.a, &b.b, &b.out}) sosa::tests::check_clean(target->checker);
}

TEST_CASE("post-processor: the round trip of the first operand decides") {
    Bench b(14, 10);
    const auto op = post_op(12);
    b.begin(0, &op);
    check_arrives(b.control, 14);
}

TEST_CASE("post-processor: the round trip of the second operand decides") {
    Bench b(10, 14);
    const auto op = post_op(12);
    b.begin(0, &op);
    check_arrives(b.control, 14);
}

TEST_CASE("post-processor: it takes one op after the other and counts them") {
    Bench b(5, 5);
    const auto first = post_op(8), second = post_op(6, 3);
    b.begin(0, &first);
    check_arrives(b.control, 9);
    b.begin(1, &second);
    check_arrives(b.control, 9 + 7, 2);
    b.begin(2, nullptr);
    run_until(100);
    CHECK(b.control.arrivals.size() == 2);  // no work, nobody waits
    const auto& c = b.post.counters();
    CHECK(c.post_ops == 2);
    CHECK(c.busy_cycles == 8 + 6);
    CHECK(c.additions == 8 * 8 + 6 * 3);
    CHECK(c.bytes_in == 2 * 2 * (8 * 8 + 6 * 3));
    CHECK(c.bytes_out == 2 * (8 * 8 + 6 * 3));
}

TEST_CASE("post-processor: a refused transfer ends the run with its story") {
    Bench b(5, 5);
    const auto op = post_op(8);
    b.out.status = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    b.begin(0, &op);
    std::string message;
    try {
        run_until(20);
    } catch (const sc_core::sc_report& report) {
        message = report.get_msg();
    }
    CHECK_THAT(message,
               Catch::Contains("write 128 B of tile 12 in bank 2 for unit 6 (slice 0, layer 1, op 4)"));
}
