// Vector work of a post-processor: its time, its counters, and what its lanes compute.
#include <cstring>

#include "hw/sparse_memory.h"
#include "pods/post_processor.h"
#include "sc_tests/module/stubs.h"

namespace {
using sosa::pods::LaneFunction;
using sosa::pods::LaneJob;
using sosa::pods::LaneType;
using sosa::pods::VectorOp;
using sosa::tests::check_arrives;
using sosa::tests::cycles;
using sosa::tests::run_until;
using sosa::tests::StubTarget;

// Memory by debug transport only, below an address.
class DebugMemory : public sc_core::sc_module, private sosa::noc::BlockingTarget {
  public:
    explicit DebugMemory(sc_core::sc_module_name name) : sc_module(name) { target.bind(*this); }
    tlm::tlm_target_socket<> target{"target"};
    std::uint64_t end = ~std::uint64_t{0};
    unsigned reads = 0, writes = 0;

    template <class T>
    void put(std::uint64_t address, const std::vector<T>& values) {
        bytes_.write(address, reinterpret_cast<const unsigned char*>(values.data()),
                     values.size() * sizeof(T));
    }
    template <class T>
    std::vector<T> get(std::uint64_t address, std::size_t count) const {
        std::vector<T> values(count);
        bytes_.read(address, reinterpret_cast<unsigned char*>(values.data()), count * sizeof(T));
        return values;
    }

  private:
    void b_transport(tlm::tlm_generic_payload&, sc_core::sc_time&) override {
        FAIL("not by debug transport");
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
        const std::uint64_t at = payload.get_address(), bytes = payload.get_data_length();
        if (at + bytes > end) return 0;
        if (payload.is_write()) {
            bytes_.write(at, payload.get_data_ptr(), bytes);
            ++writes;
        } else {
            bytes_.read(at, payload.get_data_ptr(), bytes);
            ++reads;
        }
        return static_cast<unsigned>(bytes);
    }
    sosa::hw::SparseMemory bytes_;
};

// Post-processor 6 with 16-bit partial sums; its banks answer after 5 cycles.
struct Bench : sc_core::sc_module {
    sosa::noc::TransferPool transfers;
    const std::vector<sosa::pods::OperandSigns> signs{{true, true}};
    sosa::tests::StubControl control{"control"};
    DebugMemory bank{"bank"}, memory{"memory"};
    sosa::pods::PostProcessor post;
    StubTarget a{"a", cycles(5), cycles(99)}, b{"b", cycles(5), cycles(99)},
        out{"out", cycles(99), cycles(3)};

    explicit Bench(sc_core::sc_module_name = "bench")
        : post("post", 6, {sosa::tests::kCycle, &transfers, 2, false, &signs}) {
        post.a.bind(a.checker.in);
        post.b.bind(b.checker.in);
        post.out.bind(out.checker.in);
        post.control.bind(control);
        post.near_bank[0].bind(bank.target);
        post.memory[0].bind(memory.target);
    }
    template <class Op>
    void begin(std::uint32_t slice, const Op& op) {
        control.fix(slice);
        post.commands->start(op);
        control.start();
    }
    std::size_t transfers_seen() const { return a.seen.size() + b.seen.size() + out.seen.size(); }
};

LaneJob job(LaneFunction function, LaneType in, LaneType out, std::size_t count) {
    LaneJob job;
    job.op.function = function;
    job.op.in = in;
    job.op.out = out;
    job.a = 0x1000;
    job.b = 0x2000;
    job.out = 0x3000;
    job.count = count;
    return job;
}
}  // namespace

TEST_CASE("post-processor: vector work takes its cycles and one and uses no network") {
    Bench b;
    const VectorOp first{2, 7, 300, 38, 6}, second{2, 8, 1, 1, 6};
    run_until(7);
    b.begin(3, first);
    check_arrives(b.control, 7 + 38 + 1);
    CHECK(b.control.arrivals[0].tail == sc_core::SC_ZERO_TIME);
    b.begin(4, second);
    check_arrives(b.control, 46 + 1 + 1, 2);
    run_until(200);
    CHECK(b.control.arrivals.size() == 2);
    CHECK(b.transfers_seen() == 0);
    const auto& c = b.post.counters();
    CHECK(c.vector_ops == 2);
    CHECK(c.vector_elements == 301);
    CHECK(c.vector_cycles == 39);
    CHECK(c.post_ops == 0);
    CHECK(c.busy_cycles == 0);
    CHECK(c.additions == 0);
    CHECK(c.bytes_in + c.bytes_out == 0);
}

TEST_CASE("post-processor: vector work and sums take turns") {
    Bench b;
    const VectorOp work{2, 7, 64, 8, 6};
    sosa::pods::PostOp sum;
    sum.rows = 20;
    sum.cols = 8;
    sum.a = {10, 0, 0};
    sum.b = {11, 1, 0};
    sum.out = {12, 2, 1};
    run_until(0);
    b.begin(0, work);
    check_arrives(b.control, 9);
    b.begin(1, sum);
    check_arrives(b.control, 9 + 21, 2);
    CHECK(b.transfers_seen() == 3);
    b.begin(2, work);
    check_arrives(b.control, 30 + 9, 3);
    CHECK(b.transfers_seen() == 3);
    const auto& c = b.post.counters();
    CHECK(c.vector_ops == 2);
    CHECK(c.vector_cycles == 16);
    CHECK(c.post_ops == 1);
    CHECK(c.busy_cycles == 20);
}

TEST_CASE("post-processor: lanes compute what lies in memory") {
    Bench b;
    run_until(0);
    b.memory.put<std::int8_t>(0x1000, {100, -100, 5, -128, 77});
    b.memory.put<std::int8_t>(0x2000, {100, -100, -7, -1, 77});
    b.memory.put<std::int8_t>(0x3000, {9, 9, 9, 9, 9});
    b.post.commands->compute(job(LaneFunction::add, LaneType::s8, LaneType::s8, 4));
    CHECK(b.memory.get<std::int8_t>(0x3000, 5) == std::vector<std::int8_t>{-56, 56, -2, 127, 9});
    CHECK(b.memory.reads == 2);
    CHECK(b.memory.writes == 1);

    b.post.commands->compute(job(LaneFunction::relu, LaneType::s8, LaneType::s8, 5));
    CHECK(b.memory.get<std::int8_t>(0x3000, 5) == std::vector<std::int8_t>{100, 0, 5, 0, 77});
    CHECK(b.memory.reads == 3);  // one operand
    CHECK(b.bank.reads + b.bank.writes == 0);
    CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
    CHECK(b.transfers_seen() == 0);
    CHECK(b.post.counters().vector_ops == 0);
}

TEST_CASE("post-processor: lanes turn elements of one size into another") {
    Bench b;
    run_until(0);
    b.memory.put<float>(0x1000, {0.25F, 0.75F, -1.0F, 1000.0F, NAN});
    LaneJob quantize = job(LaneFunction::quantize, LaneType::f32, LaneType::u8, 5);
    quantize.op.scale = 0.5F;
    quantize.op.zero = 10;
    b.post.commands->compute(quantize);
    // Half to even: 0.5 to 0 and 1.5 to 2.
    CHECK(b.memory.get<std::uint8_t>(0x3000, 6) == std::vector<std::uint8_t>{10, 12, 8, 255, 0, 0});
    LaneJob back = job(LaneFunction::dequantize, LaneType::u8, LaneType::f32, 3);
    back.op.scale = 0.5F;
    back.op.zero = 10;
    back.a = 0x3000;
    back.out = 0x3001;  // not aligned, and over its own operand
    b.post.commands->compute(back);
    CHECK(b.memory.get<float>(0x3001, 3) == std::vector<float>{0, 1, -1});
}

TEST_CASE("post-processor: lanes need memory behind all their elements") {
    Bench b;
    run_until(0);
    b.memory.end = 0x3003;
    b.memory.put<std::uint8_t>(0x1000, {1, 2, 3, 4});
    b.post.commands->compute(job(LaneFunction::cast, LaneType::u8, LaneType::s8, 3));
    CHECK_THROWS_WITH(b.post.commands->compute(job(LaneFunction::cast, LaneType::u8, LaneType::s8, 4)),
                      "memory at address 12288: found debug access to 0 of 4 bytes, needed is all of it for "
                      "a run with real data");
}
