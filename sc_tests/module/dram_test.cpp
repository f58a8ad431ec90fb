#include "hw/dram.h"

#include <catch2/catch.hpp>

#include "sc_tests/module/stubs.h"

namespace {
using sc_core::sc_time;
using sosa::tests::cycles;
using sosa::tests::Driver;

struct Parts : sc_core::sc_module {
    sosa::hw::Dram dram;
    Driver driver{"driver"};
    std::vector<unsigned char> data;

    explicit Parts(double bytes_per_s, sc_time latency = sc_core::SC_ZERO_TIME,
                   sc_core::sc_module_name = "bench")
        : dram("dram", bytes_per_s, latency), data(1 << 16) {
        driver.to(dram.port);
    }
    // When the transfer ends, in ps from the start of the simulation; it begins `delay` from now.
    std::uint64_t end(tlm::tlm_command command, std::size_t bytes, sc_time delay = sc_core::SC_ZERO_TIME) {
        const auto answer = driver.move(command, 0x1234567, data.data(), bytes, delay);
        CHECK(answer.ok());
        return (sc_core::sc_time_stamp() + answer.delay).value();
    }
    std::uint64_t read(std::size_t bytes, sc_time delay = sc_core::SC_ZERO_TIME) {
        return end(tlm::TLM_READ_COMMAND, bytes, delay);
    }
};
using Bench = sosa::tests::Elaborated<Parts>;

constexpr double kGiB = 1024.0 * 1024 * 1024;
// ceil(bytes / bandwidth) in ps, in whole numbers.
std::uint64_t ps(std::uint64_t bytes, std::uint64_t bytes_per_s) {
    const auto wide = static_cast<unsigned __int128>(bytes) * 1'000'000'000'000u;
    return static_cast<std::uint64_t>((wide + bytes_per_s - 1) / bytes_per_s);
}
}  // namespace

TEST_CASE("dram: transfers without a pause follow each other at the bandwidth") {
    Bench b(8e9);  // 8 bytes a ns
    CHECK(b.read(64) == 8'000);
    CHECK(b.read(64) == 16'000);
    CHECK(b.end(tlm::TLM_WRITE_COMMAND, 4) == 16'500);  // reads and writes share the port
    CHECK(b.read(12) == 18'000);
    CHECK(b.dram.counters().busy == sc_time(18, sc_core::SC_NS));
    CHECK(b.dram.counters().reads == 3);
    CHECK(b.dram.counters().read_bytes == 140);
    CHECK(b.dram.counters().writes == 1);
    CHECK(b.dram.counters().written_bytes == 4);
    sosa::tests::check_clean(b.driver.checker);
}

TEST_CASE("dram: the latency is added to each transfer and holds none of the others back") {
    Bench b(8e9, sc_time(100, sc_core::SC_NS));
    CHECK(b.read(64) == 8'000 + 100'000);
    CHECK(b.read(64) == 16'000 + 100'000);
    CHECK(b.dram.counters().busy == sc_time(16, sc_core::SC_NS));
}

TEST_CASE("dram: a transfer after a pause begins when it arrives") {
    Bench b(8e9, sc_time(5, sc_core::SC_NS));
    CHECK(b.read(64) == 8'000 + 5'000);
    sosa::tests::run_until(20);
    CHECK(b.read(64) == 20'000 + 8'000 + 5'000);
    sosa::tests::run_until(28);
    CHECK(b.read(64) == 28'000 + 8'000 + 5'000);  // just as the port gets free
    sosa::tests::run_until(30);
    CHECK(b.read(64) == 36'000 + 8'000 + 5'000);  // waits for its turn
    CHECK(b.dram.counters().busy == sc_time(4 * 8, sc_core::SC_NS));
}

TEST_CASE("dram: the annotated delay is when the transfer arrives") {
    Bench b(8e9);
    CHECK(b.read(64, cycles(10)) == 10'000 + 8'000);
    CHECK(b.read(64, cycles(3)) == 18'000 + 8'000);  // asked for later, so it comes later
    CHECK(b.dram.counters().busy == sc_time(16, sc_core::SC_NS));
}

TEST_CASE("dram: a time that is a whole number of picoseconds is not rounded up") {
    Bench b(100e9);  // 10 ps a byte: 0.1 bytes a ps is no binary fraction
    std::uint64_t at = 0;
    for (std::size_t bytes : {3, 5, 6, 9, 10, 20, 100, 4096}) CHECK(b.read(bytes) == (at += 10 * bytes));
}

TEST_CASE("dram: odd bandwidths round up to the next picosecond") {
    Bench b(16 * kGiB);
    CHECK(b.read(64) == ps(64, 16ull << 30));  // 3725.29 ps
    CHECK(b.read(64) == ps(128, 16ull << 30));
    CHECK(ps(64, 16ull << 30) == 3'726);
    CHECK(ps(128, 16ull << 30) == 7'451);
}

TEST_CASE("dram: rounding does not add up over 100000 transfers") {
    Bench b(1200 * kGiB);
    std::uint64_t bytes = 0;
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        const std::size_t size = 1 + (i * 7919u) % 2048;
        bytes += size;
        const auto at = b.read(size);
        if (at != ps(bytes, 1200ull << 30)) FAIL("transfer " << i << " ends at " << at << " ps");
    }
    CHECK(b.dram.counters().busy.value() == ps(bytes, 1200ull << 30));
    CHECK(b.dram.counters().read_bytes == bytes);
    CHECK(b.dram.counters().reads == 100'000);
}

TEST_CASE("dram: what the base protocol forbids is refused and takes no time") {
    Bench b(8e9);
    unsigned char enable[1] = {0xff};
    auto& p = b.driver.transfer.payload;
    b.driver.transfer.prepare(tlm::TLM_READ_COMMAND, 0, b.data.data(), 64);
    p.set_byte_enable_ptr(enable);
    p.set_byte_enable_length(1);
    CHECK(b.driver.send().status == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    b.driver.transfer.prepare(tlm::TLM_READ_COMMAND, 0, b.data.data(), 64);
    tlm::tlm_dmi dmi;
    CHECK_FALSE(b.driver.raw().get_direct_mem_ptr(p, dmi));
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_time delay;
    CHECK(b.driver.raw().nb_transport_fw(p, phase, delay) == tlm::TLM_COMPLETED);
    CHECK(delay == sc_time(8, sc_core::SC_NS));
    CHECK(b.dram.counters().reads == 1);
    sosa::tests::check_clean(b.driver.checker);
}
