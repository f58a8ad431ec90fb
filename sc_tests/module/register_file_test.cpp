#include "hw/register_file.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "sc_tests/module/stubs.h"

namespace {
using sosa::hw::RegisterFile;
using sosa::hw::RunCounters;
using sosa::tests::cycles;
using sosa::tests::Driver;
using sosa::tests::run_until;
using State = sosa::hw::SchedulerControl::State;
namespace reg = sosa::hw::registers;

struct StubScheduler : sc_core::sc_module, sosa::hw::SchedulerControl {
    explicit StubScheduler(sc_core::sc_module_name name) : sc_module(name) {}
    void push(sosa::hw::SliceProgram slice) override {
        --room;
        pushed.push_back(std::move(slice));
    }
    std::uint32_t space() const override { return room; }
    std::uint32_t next_to_push() const override { return static_cast<std::uint32_t>(pushed.size()); }
    void doorbell() override { ++rings; }
    State state() const override { return state_; }
    const std::string& fault_text() const override { return text_; }
    const sc_core::sc_event& changed() const override { return changed_; }
    void become(State state) {
        state_ = state;
        changed_.notify(sc_core::SC_ZERO_TIME);
    }
    void free_slices(std::uint32_t count) {
        room += count;
        changed_.notify(sc_core::SC_ZERO_TIME);
    }
    std::uint32_t room = 4;
    int rings = 0;
    std::vector<sosa::hw::SliceProgram> pushed;

  private:
    State state_ = State::idle;
    std::string text_;
    sc_core::sc_event changed_;
};

struct StubDma : sc_core::sc_module, sosa::hw::DmaControl {
    explicit StubDma(sc_core::sc_module_name name) : sc_module(name) {}
    void push(std::vector<sosa::hw::Fetch> list) override {
        --room;
        pushed.push_back(std::move(list));
    }
    std::uint32_t space() const override { return room; }
    sosa::SliceId resident_before() const override { return {}; }
    bool demands_pending() const override { return false; }
    void slice_started(sosa::SliceId) override {}
    void demand(std::uint16_t, sosa::TileTag, std::uint32_t, sosa::SliceId) override {}
    void spill(std::uint16_t, const std::vector<sosa::hw::TileStore::Evicted>&) override {}
    const sc_core::sc_event& progress() const override { return progress_; }
    std::string waiting_for() const override { return {}; }
    void free_lists(std::uint32_t count) {
        room += count;
        progress_.notify(sc_core::SC_ZERO_TIME);
    }
    std::uint32_t room = 6;
    std::vector<std::vector<sosa::hw::Fetch>> pushed;

  private:
    sc_core::sc_event progress_;
};

struct Parts : sc_core::sc_module {
    StubScheduler scheduler{"scheduler"};
    StubDma dma{"dma"};
    RunCounters counters;
    RegisterFile file;
    Driver driver{"driver"};
    sc_core::sc_signal<bool> irq{"irq"};
    std::vector<unsigned char> bytes;

    explicit Parts(sc_core::sc_module_name = "bench")
        : file("file", {4, 8, 16, 2}, sosa::tests::kCycle, [this] { return counters; }) {
        driver.to(file.port);
        file.irq.bind(irq);
        file.scheduler.bind(scheduler);
        file.dma.bind(dma);
    }
    // Lets the interrupt line follow; time stands still.
    void settle() { run_until(sc_core::sc_time_stamp()); }

    template <class T>
    tlm::tlm_response_status read(std::uint64_t offset, T& value) {
        return driver
            .move(tlm::TLM_READ_COMMAND, offset, reinterpret_cast<unsigned char*>(&value), sizeof value)
            .status;
    }
    std::uint32_t read(std::uint64_t offset) {
        std::uint32_t value = 0;
        CHECK(read(offset, value) == tlm::TLM_OK_RESPONSE);
        return value;
    }
    template <class T>
    tlm::tlm_response_status write(std::uint64_t offset, T value) {
        const auto status =
            driver
                .move(tlm::TLM_WRITE_COMMAND, offset, reinterpret_cast<unsigned char*>(&value), sizeof value)
                .status;
        settle();
        return status;
    }
    void set(std::uint64_t offset, std::uint32_t value) {
        CHECK(write(offset, value) == tlm::TLM_OK_RESPONSE);
    }
    tlm::tlm_response_status write_slice(std::uint32_t number, std::uint16_t pod = 0) {
        sosa::pods::TileOp op;
        op.rows = op.depth = op.cols = 8;
        op.pod = pod;
        op.x = op.w = op.pout = {0, 0, 0};
        sosa::hw::SliceProgram slice;
        slice.header.slice = number;
        slice.header.tile_ops = 1;
        slice.ops = {op};
        sosa::hw::encode(slice, bytes);
        const auto status =
            driver.move(tlm::TLM_WRITE_COMMAND, reg::program_window, bytes.data(), bytes.size()).status;
        settle();
        return status;
    }
    tlm::tlm_response_status write_list(std::uint32_t number, std::uint16_t bank = 0) {
        sosa::hw::encode(number, {{64, 32, 1, bank, sosa::hw::BankKind::w}}, bytes);
        const auto status =
            driver.move(tlm::TLM_WRITE_COMMAND, reg::fetch_window, bytes.data(), bytes.size()).status;
        settle();
        return status;
    }
};
using Bench = sosa::tests::Elaborated<Parts>;
constexpr auto kOk = tlm::TLM_OK_RESPONSE;
constexpr auto kNoSuch = tlm::TLM_ADDRESS_ERROR_RESPONSE;
constexpr auto kRefused = tlm::TLM_GENERIC_ERROR_RESPONSE;
}  // namespace

TEST_CASE("registers: a driver finds out what chip it has") {
    Bench b;
    CHECK(b.read(reg::id) == 0x534f5341);
    CHECK(b.read(reg::version) == 0x00030000);
    CHECK(b.read(reg::pods) == 4);
    CHECK(b.read(reg::pod_shape) == (8u << 16 | 16u));
    CHECK(b.read(reg::control) == 0);
    CHECK(b.read(reg::irq_status) == 0);
    CHECK(b.read(reg::irq_enable) == 0);
    CHECK(b.read(reg::program_space) == 4);
    CHECK(b.read(reg::fetch_space) == 6);
    for (const auto state : {State::idle, State::fetch, State::preload, State::run, State::stall,
                             State::drain, State::done, State::fault}) {
        b.scheduler.become(state);
        CHECK(b.read(reg::status) == static_cast<std::uint32_t>(state));
    }
    sosa::tests::check_clean(b.driver.checker);
}

TEST_CASE("registers: the table says which registers can be read and written and in which size") {
    Bench b;
    for (const auto& e : reg::table()) {
        CAPTURE(e.name);
        const std::string access = e.access;
        std::uint32_t word = 0;
        std::uint64_t wide = 0;
        std::uint8_t narrow = 0;
        CHECK(b.read(e.offset, word) == (e.bytes == 4 && access[0] == 'r' ? kOk : kNoSuch));
        CHECK(b.read(e.offset, wide) == (e.bytes == 8 ? kOk : kNoSuch));
        CHECK(b.read(e.offset, narrow) == kNoSuch);
        CHECK(b.read(e.offset + 1, word) == kNoSuch);
        if (e.bytes == 0) continue;
        const bool writable = access.find('w') != access.npos;
        CHECK(b.write(e.offset, std::uint32_t{0}) == (writable ? kOk : kNoSuch));
        CHECK(b.write(e.offset, std::uint64_t{0}) == kNoSuch);
        CHECK(b.write(e.offset, std::uint8_t{0}) == kNoSuch);
        CHECK(b.write(e.offset + 2, std::uint32_t{0}) == kNoSuch);
    }
    for (const std::uint64_t offset :
         std::vector<std::uint64_t>{0x1c, 0x30, 0xf8, reg::counters + 8 * sosa::hw::kCounterTable.size(),
                                    reg::program_window + 4, reg::fetch_window + 4, std::uint64_t{1} << 40}) {
        std::uint32_t word = 0;
        std::uint64_t wide = 0;
        CHECK(b.read(offset, word) == kNoSuch);
        CHECK(b.read(offset, wide) == kNoSuch);
        CHECK(b.write(offset, word) == kNoSuch);
    }
    CHECK(b.scheduler.pushed.empty());
    CHECK(b.dma.pushed.empty());
    sosa::tests::check_clean(b.driver.checker);
}

TEST_CASE("registers: every counter reads as it was counted") {
    Bench b;
    std::uint64_t value = std::uint64_t{1} << 40;
    for (const auto& entry : sosa::hw::kCounterTable) entry.field(b.counters) = ++value;
    value = std::uint64_t{1} << 40;
    for (std::size_t i = 0; i < sosa::hw::kCounterTable.size(); ++i) {
        std::uint64_t read = 0;
        CHECK(b.read(reg::counters + 8 * i, read) == kOk);
        CHECK(read == ++value);
    }
}

TEST_CASE("registers: an access takes one cycle") {
    Bench b;
    std::uint32_t word = 0;
    auto* data = reinterpret_cast<unsigned char*>(&word);
    CHECK(b.driver.move(tlm::TLM_READ_COMMAND, reg::id, data, 4).delay == cycles(1));
    CHECK(b.driver.move(tlm::TLM_WRITE_COMMAND, reg::control, data, 4, cycles(3)).delay == cycles(3 + 1));
    CHECK(b.driver.move(tlm::TLM_READ_COMMAND, 0x1c, data, 4).delay == cycles(1));
}

TEST_CASE("registers: the doorbell rings") {
    Bench b;
    b.set(reg::doorbell, 1);
    b.set(reg::doorbell, 0);
    CHECK(b.scheduler.rings == 2);
}

TEST_CASE("registers: records go through the windows in their order") {
    Bench b;
    CHECK(b.write_slice(0, 3) == kOk);
    CHECK(b.write_slice(1, 2) == kOk);
    REQUIRE(b.scheduler.pushed.size() == 2);
    CHECK(b.scheduler.pushed[0].ops[0].pod == 3);
    CHECK(b.scheduler.pushed[1].ops[0].pod == 2);
    CHECK(b.read(reg::program_space) == 2);
    CHECK(b.write_list(0, 2) == kOk);
    CHECK(b.write_list(1, 1) == kOk);
    REQUIRE(b.dma.pushed.size() == 2);
    CHECK(b.dma.pushed[0][0].bank == 2);
    CHECK(b.dma.pushed[1][0].bank == 1);
    CHECK(b.read(reg::fetch_space) == 4);
    sosa::tests::check_clean(b.driver.checker);
}

TEST_CASE("registers: a record that breaks a rule is refused and the reason kept") {
    Bench b;
    CHECK(b.write_slice(1) == kRefused);
    CHECK(b.file.last_error() == "found slice 1, slice 0 comes next");
    CHECK(b.write_slice(0, 4) == kRefused);
    CHECK(b.file.last_error() == "slice 0: tile op 0 of layer 0: pod 4 does not exist");
    CHECK(b.write_list(1) == kRefused);
    CHECK(b.file.last_error() == "found the fetch list of slice 1, that of slice 0 comes next");
    CHECK(b.write_list(0, 9) == kRefused);
    CHECK(b.file.last_error() ==
          "fetch list of slice 0: a fetch of 32 bytes into bank 9, tag 1 is not possible");
    CHECK(b.scheduler.pushed.empty());
    CHECK(b.dma.pushed.empty());
    CHECK(b.write_slice(0) == kOk);  // it can be put right
    CHECK(b.write_list(0) == kOk);
}

TEST_CASE("registers: a full window refuses until there is space again") {
    Bench b;
    for (std::uint32_t s = 0; s < 4; ++s) CHECK(b.write_slice(s) == kOk);
    CHECK(b.read(reg::program_space) == 0);
    CHECK(b.write_slice(4) == kRefused);
    CHECK(b.file.last_error() == "the program window is full");
    b.scheduler.free_slices(1);
    CHECK(b.write_slice(4) == kOk);
    CHECK(b.write_slice(5) == kRefused);
    for (std::uint32_t s = 0; s < 6; ++s) CHECK(b.write_list(s) == kOk);
    CHECK(b.write_list(6) == kRefused);
    CHECK(b.file.last_error() == "the fetch window is full");
    b.dma.free_lists(1);
    CHECK(b.write_list(6) == kOk);
    CHECK(b.scheduler.pushed.size() == 5);
    CHECK(b.dma.pushed.size() == 7);
}

TEST_CASE("registers: the interrupt needs a cause and its enable and the control bit") {
    Bench b;
    b.scheduler.become(State::done);
    b.settle();
    CHECK(b.read(reg::irq_status) == reg::irq_done);
    CHECK_FALSE(b.irq.read());
    b.set(reg::irq_enable, reg::irq_fault);
    b.set(reg::control, 1);
    CHECK_FALSE(b.irq.read());
    b.set(reg::irq_enable, reg::irq_fault | reg::irq_done);
    CHECK(b.irq.read());
    b.set(reg::control, 0);
    CHECK_FALSE(b.irq.read());
    b.set(reg::control, 0xffffffff);
    CHECK(b.read(reg::control) == 1);  // other bits do not exist
    CHECK(b.irq.read());
    b.set(reg::irq_status, reg::irq_space);  // clears another one
    CHECK(b.irq.read());
    b.set(reg::irq_status, reg::irq_done);
    CHECK(b.read(reg::irq_status) == 0);
    CHECK_FALSE(b.irq.read());
}

TEST_CASE("registers: a cleared done or fault does not come back by itself") {
    Bench b;
    b.set(reg::control, 1);
    b.set(reg::irq_enable, 7);
    b.scheduler.become(State::fault);
    b.settle();
    CHECK(b.read(reg::irq_status) == reg::irq_fault);
    b.set(reg::irq_status, reg::irq_fault);
    b.set(reg::irq_enable, 7);  // any later access
    b.dma.free_lists(0);
    b.settle();
    CHECK(b.read(reg::irq_status) == 0);
    CHECK_FALSE(b.irq.read());
}

TEST_CASE("registers: a window raises space when it becomes half empty and again the next time") {
    Bench b;
    b.set(reg::control, 1);
    b.set(reg::irq_enable, reg::irq_space);
    CHECK(b.read(reg::irq_status) == 0);  // empty from the start is no news
    for (std::uint32_t s = 0; s < 4; ++s) CHECK(b.write_slice(s) == kOk);
    b.scheduler.free_slices(1);
    b.settle();
    CHECK_FALSE(b.irq.read());  // 1 of 4
    b.scheduler.free_slices(1);
    b.settle();
    CHECK(b.irq.read());  // 2 of 4
    b.set(reg::irq_status, reg::irq_space);
    b.scheduler.free_slices(1);
    b.settle();
    CHECK_FALSE(b.irq.read());  // more of the same
    for (std::uint32_t s = 4; s < 7; ++s) CHECK(b.write_slice(s) == kOk);
    b.scheduler.free_slices(2);
    b.settle();
    CHECK(b.irq.read());
    b.set(reg::irq_status, reg::irq_space);
    for (std::uint32_t s = 0; s < 6; ++s) CHECK(b.write_list(s) == kOk);
    b.dma.free_lists(2);
    b.settle();
    CHECK_FALSE(b.irq.read());  // 2 of 6
    b.dma.free_lists(1);
    b.settle();
    CHECK(b.irq.read());  // 3 of 6
    CHECK(b.read(reg::irq_status) == reg::irq_space);
}

TEST_CASE("registers: a debugger reads registers without touching anything") {
    Bench b;
    std::uint32_t word = 0;
    auto& t = b.driver.transfer;
    const auto debug = [&](tlm::tlm_command command, std::uint64_t offset) {
        t.prepare(command, offset, reinterpret_cast<unsigned char*>(&word), 4);
        return b.driver.raw().transport_dbg(t.payload);
    };
    CHECK(debug(tlm::TLM_READ_COMMAND, reg::id) == 4);
    CHECK(word == reg::id_value);
    CHECK(debug(tlm::TLM_READ_COMMAND, 0x1c) == 0);
    CHECK(debug(tlm::TLM_WRITE_COMMAND, reg::doorbell) == 0);
    CHECK(b.scheduler.rings == 0);
    CHECK(b.driver.checker.debugs() == 3);
}

TEST_CASE("registers: byte enables and DMI are refused and a non-blocking access completes at once") {
    Bench b;
    std::uint32_t word = 0;
    unsigned char enable[4] = {0xff, 0xff, 0xff, 0xff};
    auto& t = b.driver.transfer;
    t.prepare(tlm::TLM_READ_COMMAND, reg::id, reinterpret_cast<unsigned char*>(&word), 4);
    t.payload.set_byte_enable_ptr(enable);
    t.payload.set_byte_enable_length(4);
    CHECK(b.driver.send().status == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    t.prepare(tlm::TLM_READ_COMMAND, reg::id, reinterpret_cast<unsigned char*>(&word), 4);
    tlm::tlm_dmi dmi;
    CHECK_FALSE(b.driver.raw().get_direct_mem_ptr(t.payload, dmi));
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    CHECK(b.driver.raw().nb_transport_fw(t.payload, phase, delay) == tlm::TLM_COMPLETED);
    CHECK(word == reg::id_value);
    CHECK(delay == cycles(1));
    sosa::tests::check_clean(b.driver.checker);
}
