// How networks answer: errors, the non-blocking interface, debug transport and DMI, and the transfer kit
// itself.
#include <catch2/catch.hpp>
#include <sstream>

#include "noc/payload.h"
#include "sc_tests/module/network_bench.h"

namespace {
using sosa::BankId;
using sosa::PodId;
using sosa::TileTag;
using sosa::tests::both;
using sosa::tests::kBankRead;
using sosa::tests::kCycle;
using sosa::tests::untouched;
using Texts = std::vector<std::string>;
}  // namespace

TEST_CASE("where router errors do not throw the refused transfer has an error response") {
    sc_core::sc_report_handler::set_actions("sosa/router", sc_core::SC_ERROR, sc_core::SC_DO_NOTHING);
    for (const auto& bench : both("butterfly-4", 4)) {
        bench->read(0, 0);
        // butterfly-4 on 4 ports: bank 1 -> unit 0 meets it after the last stage at the latest.
        CHECK(bench->read(0, 1).status == tlm::TLM_GENERIC_ERROR_RESPONSE);
        CHECK(bench->arrivals.size() == 1);
        CHECK(bench->violations() == Texts{});
    }
}

TEST_CASE("an initiator without the extension is carried and named all the same") {
    for (const auto& bench : both("butterfly-1", 4)) {
        const auto plain = [](tlm::tlm_generic_payload& p) {
            p.clear_extension<sosa::noc::TransferExtension>();
        };
        CHECK(bench->send(3, 3, tlm::TLM_READ_COMMAND, 8, plain).status == tlm::TLM_OK_RESPONSE);
        CHECK(bench->send(2, 1, tlm::TLM_READ_COMMAND, 8, plain).error ==
              "sosa/router: network net: link 3 after stage 1 carries bank 3 -> unit 3 in this slice and was "
              "refused "
              "to bank 1 -> unit 2");
        CHECK(bench->violations() == Texts{});
    }
}

TEST_CASE("what a network cannot carry is answered with the base protocol's error and takes no route") {
    for (const auto& bench : both("butterfly-2", 5)) {
        unsigned char enable = 0xff;
        const auto answer = [&](std::uint32_t bank, auto change) {
            const auto result = bench->send(0, bank, tlm::TLM_READ_COMMAND, 16, change);
            CHECK(result.delay == sc_core::SC_ZERO_TIME);
            return result.status;
        };
        CHECK(answer(5, [](auto&) {}) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        CHECK(answer(65535, [](auto&) {}) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        CHECK(answer(0, [&](auto& p) {
                  p.set_byte_enable_ptr(&enable);
                  p.set_byte_enable_length(1);
              }) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        CHECK(answer(0, [](auto& p) { p.set_streaming_width(15); }) == tlm::TLM_BURST_ERROR_RESPONSE);
        CHECK(answer(0, [](auto& p) { p.set_command(tlm::TLM_IGNORE_COMMAND); }) ==
              tlm::TLM_COMMAND_ERROR_RESPONSE);
        CHECK(bench->arrivals.empty());
        CHECK(untouched(*bench));
        CHECK(bench->violations() == Texts{});
    }
}

TEST_CASE("the non-blocking interface completes at once with the timing of the blocking one") {
    for (const auto& bench : both("butterfly-2", 4)) {
        sosa::noc::Transfer transfer;
        unsigned char data[64] = {};
        transfer.prepare(tlm::TLM_READ_COMMAND, sosa::noc::tile_address(BankId{3}, TileTag{1}), data, 64);
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay = kCycle;
        CHECK(bench->units[1]->nb_transport_fw(transfer.payload, phase, delay) == tlm::TLM_COMPLETED);
        CHECK(transfer.payload.is_response_ok());
        CHECK(delay == kCycle + 2 * bench->latency() + kBankRead);
        CHECK(bench->network->holder(0, bench->topology().link(0, BankId{3}, PodId{1})) != nullptr);
        CHECK(bench->violations() == Texts{});
    }
}

TEST_CASE("debug transport reaches the bank without a route and DMI is refused") {
    for (const auto& bench : both("butterfly-2", 4)) {
        sosa::noc::Transfer transfer;
        unsigned char data[3] = {};
        transfer.prepare(tlm::TLM_READ_COMMAND, sosa::noc::tile_address(BankId{2}, TileTag{1}), data, 3);
        CHECK(bench->units[1]->transport_dbg(transfer.payload) == 3);
        CHECK(data[0] == 2);
        CHECK(data[2] == 2);
        transfer.payload.set_address(sosa::noc::tile_address(BankId{4}, TileTag{1}));
        CHECK(bench->units[1]->transport_dbg(transfer.payload) == 0);
        CHECK(untouched(*bench));

        tlm::tlm_dmi dmi;
        transfer.payload.set_address(sosa::noc::tile_address(BankId{2}, TileTag{1}));
        transfer.payload.set_dmi_allowed(true);
        CHECK_FALSE(bench->units[1]->get_direct_mem_ptr(transfer.payload, dmi));
        CHECK_FALSE(transfer.payload.is_dmi_allowed());
        CHECK(bench->violations() == Texts{"no transfer was checked"});
    }
}

TEST_CASE("transfers say what they are and go back to their pool") {
    const auto address = sosa::noc::tile_address(BankId{0xfedc}, TileTag{0xabcdef});
    CHECK(address == 0xfedc'abcdef'000000);
    CHECK(sosa::noc::bank_of(address + 0xffffff) == BankId{0xfedc});
    CHECK(sosa::noc::tag_of(address + 0xffffff) == TileTag{0xabcdef});

    sosa::noc::TransferPool pool;
    unsigned char data[4] = {};
    const sosa::noc::Transfer* first = nullptr;
    {
        auto one = pool.acquire();
        first = &*one;
        one->prepare(tlm::TLM_READ_COMMAND, sosa::noc::tile_address(BankId{17}, TileTag{3}), data, 4);
        one->extension.slice = sosa::SliceId{12};
        one->extension.layer = sosa::LayerId{2};
        one->extension.op = 77;
        one->extension.unit = PodId{4};
        std::ostringstream text;
        text << *one;
        CHECK(text.str() == "read 4 B of tile 3 in bank 17 for unit 4 (slice 12, layer 2, op 77)");
        const auto two = pool.acquire();
        CHECK(&*two != first);
    }
    CHECK(pool.size() == 2);
    CHECK(&*pool.acquire() == first);  // given back last
    const auto again = pool.acquire();
    again->payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    again->payload.set_dmi_allowed(true);
    again->prepare(tlm::TLM_WRITE_COMMAND, 0, data, 2);
    CHECK(again->payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE);
    CHECK_FALSE(again->payload.is_dmi_allowed());
    CHECK(again->payload.get_streaming_width() == 2);
    CHECK(pool.size() == 2);
    try {
        again->payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        sosa::noc::expect_ok(again->payload);
        FAIL("no error was raised");
    } catch (const sc_core::sc_report& report) {
        CHECK(std::string(report.get_msg_type()) == "sosa/transfer");
        CHECK_THAT(std::string(report.get_msg()),
                   Catch::Contains("write 2 B of tile 0 in bank 0 for unit 4") &&
                       Catch::EndsWith("was answered TLM_ADDRESS_ERROR_RESPONSE"));
    }
}
