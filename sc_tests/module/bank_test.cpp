#include "hw/bank.h"

#include <catch2/catch.hpp>

#include "sc_tests/module/stubs.h"

namespace {
using sosa::SliceId;
using sosa::TileTag;
using sosa::hw::Bank;
using sosa::hw::BankKind;
using sosa::tests::cycles;
using sosa::tests::Driver;

// A bank with a driver on every port and one as DMA.
struct Parts : sc_core::sc_module {
    Bank bank;
    std::deque<Driver> port;
    Driver dma{"dma"};
    std::vector<sosa::hw::TileStore::Evicted> evicted;

    Parts(BankKind kind, std::uint32_t ports, std::uint64_t bytes = 256, sc_core::sc_module_name = "bench")
        : bank("bank", {kind, 3, ports, bytes, 16}, sosa::tests::kCycle) {
        for (std::uint32_t i = 0; i < ports; ++i) {
            port.emplace_back(("port" + std::to_string(i)).c_str());
            port.back().to(bank.ports[i]);
        }
        dma.to(bank.dma);
    }
    bool reserve(std::uint32_t tag, std::uint32_t bytes, std::uint32_t use = 0, std::uint32_t current = 0) {
        return bank.tags().reserve(TileTag{tag}, bytes, SliceId{use}, SliceId{current}, evicted);
    }
    // Reserved and filled, as DMA does.
    void hold(std::uint32_t tag, std::uint32_t bytes) {
        REQUIRE(reserve(tag, bytes));
        REQUIRE(dma.write(3, tag, bytes).ok());
    }
    const sosa::hw::BankCounters& counters() const { return bank.counters(); }
    void check_protocol() const {
        for (const auto& p : port) sosa::tests::check_clean(p.checker);
        sosa::tests::check_clean(dma.checker);
    }
};
using Bench = sosa::tests::Elaborated<Parts>;
}  // namespace

TEST_CASE("bank: a read takes two cycles and a write one on top of the delay so far") {
    Bench b(BankKind::p, 5);
    b.hold(1, 64);
    for (auto& port : b.port) {
        CHECK(port.read(3, 1, 64).delay == cycles(2));
        CHECK(port.write(3, 1, 64).delay == cycles(1));
        port.transfer.payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        port.transfer.payload.set_command(tlm::TLM_READ_COMMAND);
        CHECK(port.send(cycles(7)).delay == cycles(7 + 2));
    }
    CHECK(b.dma.write(3, 1, 64).delay == cycles(1));
    CHECK(b.dma.read(3, 1, 64).delay == cycles(2));
    b.check_protocol();
}

TEST_CASE("bank: absent and unfilled tiles are answered with an address error and change nothing") {
    Bench b(BankKind::w, 1);
    Driver& port = b.port[0];
    const auto address_error = [](const sosa::tests::Answer& a) {
        return a.status == tlm::TLM_ADDRESS_ERROR_RESPONSE && a.delay == sc_core::SC_ZERO_TIME;
    };
    CHECK(address_error(port.read(3, 0, 64)));  // never heard of
    CHECK(address_error(port.read(3, 0xffffff, 64)));
    CHECK(address_error(port.write(3, 0, 64)));
    CHECK(address_error(b.dma.write(3, 0, 64)));
    REQUIRE(b.reserve(0, 64));
    CHECK(address_error(port.read(3, 0, 64)));  // reserved, its data on the way
    CHECK(b.dma.write(3, 0, 64).ok());
    CHECK(port.read(3, 0, 64).ok());
    REQUIRE(b.reserve(1, 256, 1, 1));  // pushes tile 0 out
    CHECK(address_error(port.read(3, 0, 64)));
    CHECK(b.counters().reads == 1);
    CHECK(b.counters().read_bytes == 64);
    CHECK(b.counters().writes == 0);
    CHECK(b.counters().fill_bytes == 64);
    CHECK(port.checker.refused() == 5);
    b.check_protocol();
}

TEST_CASE("bank: a result that a unit writes can be read") {
    Bench b(BankKind::p, 5);
    REQUIRE(b.reserve(9, 128));
    CHECK_FALSE(b.port[0].read(3, 9, 128).ok());
    CHECK(b.port[3].write(3, 9, 128).ok());
    for (auto i : {0, 1, 2}) CHECK(b.port[static_cast<std::size_t>(i)].read(3, 9, 128).ok());
    CHECK(b.counters().writes == 1);
    CHECK(b.counters().written_bytes == 128);
    CHECK(b.counters().reads == 3);
}

TEST_CASE("bank: a multicast is read out of the array once for each port and slice") {
    Bench b(BankKind::p, 5);
    b.hold(0, 48);
    b.hold(1, 48);
    const auto read = [&](std::size_t port, std::uint32_t slice, std::uint32_t tag) {
        b.port[port].transfer.extension.slice = SliceId{slice};
        b.port[port].transfer.extension.stored_bytes = 0;
        CHECK(b.port[port].read(3, tag, 48).ok());
    };
    for (int copy = 0; copy < 4; ++copy) read(0, 5, 0);
    CHECK(b.counters().reads == 4);
    CHECK(b.counters().read_bytes == 4 * 48);
    CHECK(b.counters().array_read_bytes == 48);
    CHECK(b.counters().busy_cycles == 3);  // 48 bytes in rows of 16
    read(1, 5, 0);                         // another port has another network
    CHECK(b.counters().array_read_bytes == 2 * 48);
    read(0, 5, 1);  // another tile
    read(0, 6, 1);  // another slice
    CHECK(b.counters().array_read_bytes == 4 * 48);
    CHECK(b.counters().busy_cycles == 4 * 3);
    CHECK(b.counters().read_bytes == 7 * 48);
}

TEST_CASE("bank: an im2col tile is counted as it is stored and busy as it streams") {
    Bench b(BankKind::x, 1);
    b.hold(0, 9);
    b.port[0].transfer.extension.stored_bytes = 9;
    CHECK(b.port[0].read(3, 0, 81).ok());
    CHECK(b.counters().read_bytes == 9);
    CHECK(b.counters().array_read_bytes == 9);
    CHECK(b.counters().busy_cycles == 6);  // ceil(81 / 16)
}

TEST_CASE("bank: a reader without extension is served and counted by its length") {
    Bench b(BankKind::x, 1);
    b.hold(0, 32);
    auto& port = b.port[0];
    tlm::tlm_generic_payload plain;
    unsigned char data[32];
    plain.set_command(tlm::TLM_READ_COMMAND);
    plain.set_address(sosa::noc::tile_address(sosa::BankId{3}, TileTag{0}));
    plain.set_data_ptr(data);
    plain.set_data_length(32);
    plain.set_streaming_width(32);
    for (int i = 0; i < 2; ++i) {
        sc_core::sc_time delay;
        plain.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        port.raw().b_transport(plain, delay);
        CHECK(plain.is_response_ok());
    }
    CHECK(b.counters().array_read_bytes == 2 * 32);  // who cannot say in which slice it reads is never a copy
    b.check_protocol();
}

TEST_CASE("bank: activations that an earlier layer left on chip need no tag") {
    Bench b(BankKind::x, 1);
    auto& port = b.port[0];
    port.transfer.extension.on_chip = true;
    CHECK(port.read(3, 77, 64).ok());
    CHECK(b.counters().read_bytes == 64);
    CHECK(b.bank.tags().used_bytes() == 0);
    port.transfer.extension.on_chip = false;
    CHECK_FALSE(port.read(3, 77, 64).ok());
}

TEST_CASE("bank: the reads that a result waits for are counted down") {
    Bench b(BankKind::p, 5, 64);
    REQUIRE(b.reserve(0, 64));
    b.bank.tags().expect_reads(TileTag{0}, 2);
    CHECK(b.port[3].write(3, 0, 64).ok());
    CHECK(b.port[1].read(3, 0, 64).ok());
    REQUIRE(b.reserve(1, 64, 1, 1));
    REQUIRE(b.evicted.size() == 1);
    CHECK(b.evicted[0].dirty);  // one read is to come
    REQUIRE(b.reserve(0, 64, 2, 2));
    CHECK(b.dma.write(3, 0, 64).ok());
    CHECK(b.port[2].read(3, 0, 64).ok());
    REQUIRE(b.reserve(2, 64, 3, 3));
    CHECK_FALSE(b.evicted.back().dirty);
}

TEST_CASE("bank: DMA reads a tile that was just evicted and both ways are counted") {
    Bench b(BankKind::p, 5, 64);
    b.hold(0, 64);
    REQUIRE(b.reserve(1, 64, 1, 1));
    CHECK(b.dma.read(3, 0, 64).ok());
    CHECK(b.counters().spill_bytes == 64);
    CHECK(b.counters().fill_bytes == 64);
    CHECK(b.counters().read_bytes == 0);
    CHECK(b.counters().written_bytes == 0);
}

TEST_CASE("bank: byte enables and streaming and empty transfers and the ignore command are refused") {
    Bench b(BankKind::p, 5);
    b.hold(0, 64);
    unsigned char data[64], enable[1] = {0xff};
    for (Driver* driver : {&b.port[0], &b.dma}) {
        auto& p = driver->transfer.payload;
        const auto refused = [&](auto change) {
            driver->transfer.prepare(tlm::TLM_READ_COMMAND,
                                     sosa::noc::tile_address(sosa::BankId{3}, TileTag{0}), data, 64);
            p.set_byte_enable_length(0);
            change();
            return driver->send().status;
        };
        CHECK(refused([&] {
                  p.set_byte_enable_ptr(enable);
                  p.set_byte_enable_length(1);
              }) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        CHECK(refused([&] { p.set_streaming_width(32); }) == tlm::TLM_BURST_ERROR_RESPONSE);
        CHECK(refused([&] { p.set_command(tlm::TLM_IGNORE_COMMAND); }) == tlm::TLM_COMMAND_ERROR_RESPONSE);
        CHECK(refused([] {}) == tlm::TLM_OK_RESPONSE);
        sosa::tests::check_clean(driver->checker);
    }
    CHECK(b.counters().reads == 1);
}

TEST_CASE("bank: DMI and debug are refused and a non-blocking transfer completes at once") {
    Bench b(BankKind::w, 1);
    b.hold(0, 64);
    unsigned char data[64];
    for (Driver* driver : {&b.port[0], &b.dma}) {
        driver->transfer.prepare(tlm::TLM_READ_COMMAND, sosa::noc::tile_address(sosa::BankId{3}, TileTag{0}),
                                 data, 64);
        tlm::tlm_dmi dmi;
        CHECK_FALSE(driver->raw().get_direct_mem_ptr(driver->transfer.payload, dmi));
        CHECK(driver->raw().transport_dbg(driver->transfer.payload) == 0);
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay = cycles(4);
        CHECK(driver->raw().nb_transport_fw(driver->transfer.payload, phase, delay) == tlm::TLM_COMPLETED);
        CHECK(driver->transfer.payload.is_response_ok());
        CHECK(delay == cycles(4 + 2));
        sosa::tests::check_clean(driver->checker);
    }
}

TEST_CASE("bank: it describes itself for messages") {
    Bench b(BankKind::p, 5);
    b.hold(0, 64);
    CHECK(b.bank.describe_bank() == "P bank 3 (192 of 256 bytes free, 1 tiles)");
}
