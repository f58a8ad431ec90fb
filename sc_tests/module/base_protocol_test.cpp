#include "sc_tests/module/base_protocol.h"

#include <catch2/catch.hpp>
#include <functional>

namespace {
using sosa::noc::Transfer;
using sosa::tests::BaseProtocolChecker;
using Payload = tlm::tlm_generic_payload;
using sc_core::sc_time;

// An initiator and a target whose manners the test chooses, with the checker between them.
struct Bench : sc_core::sc_module, sosa::noc::BlockingTarget, sosa::noc::NoBackwardPath {
    tlm::tlm_initiator_socket<> initiator{"initiator"};
    BaseProtocolChecker checker{"checker"};
    tlm::tlm_target_socket<> target{"target"};
    std::function<void(Payload&, sc_time&)> answer;
    bool grant_dmi = false;
    unsigned debug_bytes = 0;

    explicit Bench(sc_core::sc_module_name name) : sc_module(name) {
        initiator.bind(static_cast<sosa::noc::NoBackwardPath&>(*this));
        target.bind(static_cast<sosa::noc::BlockingTarget&>(*this));
        initiator.bind(checker.in);
        checker.out.bind(target);
    }
    void b_transport(Payload& payload, sc_time& delay) override { answer(payload, delay); }
    bool get_direct_mem_ptr(Payload&, tlm::tlm_dmi&) override { return grant_dmi; }
    unsigned transport_dbg(Payload&) override { return debug_bytes; }
};

void answer_well(Payload& payload, sc_time& delay) {
    delay += sc_time(3, sc_core::SC_NS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}
}  // namespace

TEST_CASE("the base protocol checker names each broken rule and passes good manners") {
    Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    unsigned char data[64] = {}, enable = 0xff;
    std::size_t seen = 0;
    // Transfers with the given request and answer; returns what the checker says about it.
    const auto tried = [&](const std::function<void(Payload&)>& request,
                           const std::function<void(Payload&, sc_time&)>& answer) {
        Transfer transfer;
        transfer.prepare(tlm::TLM_READ_COMMAND, 0x0001'000002'000000, data, 64);
        request(transfer.payload);
        bench.answer = answer;
        sc_time delay(5, sc_core::SC_NS);
        bench.initiator->b_transport(transfer.payload, delay);
        std::string all;
        for (; seen < bench.checker.violations().size(); ++seen)
            all += bench.checker.violations()[seen] + "\n";
        return all;
    };
    const auto asked = [&](const std::function<void(Payload&)>& request) {
        return tried(request, answer_well);
    };
    const auto answered = [&](const std::function<void(Payload&, sc_time&)>& answer) {
        return tried([](Payload&) {},
                     [&](Payload& p, sc_time& delay) {
                         answer_well(p, delay);
                         answer(p, delay);
                     });
    };
    using Catch::StartsWith;
    CHECK(asked([](Payload&) {}).empty());
    CHECK(answered([](Payload&, sc_time&) {}).empty());
    CHECK(answered([](Payload& p, sc_time&) {
              p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
          }).empty());
    CHECK(bench.checker.refused() == 1);

    CHECK_THAT(asked([](Payload& p) { p.set_response_status(tlm::TLM_OK_RESPONSE); }),
               StartsWith("bench.checker: request with a response: read 64 B of tile 2 in bank 1"));
    CHECK_THAT(asked([](Payload& p) { p.set_data_ptr(nullptr); }), Catch::Contains("without data pointer"));
    CHECK_THAT(asked([](Payload& p) { p.set_data_length(0); }), Catch::Contains("without length"));
    CHECK_THAT(asked([](Payload& p) { p.set_streaming_width(0); }), Catch::Contains("streaming width 0"));
    CHECK_THAT(asked([&](Payload& p) { p.set_byte_enable_ptr(&enable); }),
               Catch::Contains("enables without a length"));
    CHECK_THAT(asked([](Payload& p) { p.set_dmi_allowed(true); }),
               Catch::Contains("request with the DMI hint"));
    CHECK(asked([](Payload& p) {
              p.set_command(tlm::TLM_IGNORE_COMMAND);
              p.set_data_ptr(nullptr);
              p.set_data_length(0);
          }).empty());

    CHECK_THAT(tried([](Payload&) {}, [](Payload&, sc_time&) {}), Catch::Contains("no response"));
    CHECK_THAT(answered([](Payload& p, sc_time&) { p.set_dmi_allowed(true); }),
               Catch::Contains("offers DMI"));
    CHECK_THAT(answered([](Payload&, sc_time& d) { d = sc_time(4, sc_core::SC_NS); }),
               Catch::Contains("delay went down"));
    CHECK_THAT(answered([](Payload& p, sc_time&) { p.set_write(); }), Catch::Contains("command changed"));
    CHECK_THAT(answered([](Payload& p, sc_time&) { p.set_address(0); }), Catch::Contains("address changed"));
    CHECK_THAT(answered([&](Payload& p, sc_time&) { p.set_data_ptr(data + 1); }),
               Catch::Contains("data pointer changed"));
    CHECK_THAT(answered([](Payload& p, sc_time&) { p.set_data_length(63); }),
               Catch::Contains("length changed"));
    CHECK_THAT(answered([](Payload& p, sc_time&) { p.set_streaming_width(63); }),
               Catch::Contains("width changed"));
    CHECK_THAT(answered([&](Payload& p, sc_time&) { p.set_byte_enable_ptr(&enable); }),
               Catch::Contains("byte enables changed"));
    CHECK_THAT(answered([](Payload& p, sc_time&) { ++p.get_extension<sosa::noc::TransferExtension>()->op; }),
               Catch::Contains("extension changed"));
    sosa::noc::TransferExtension own, others;
    const auto exchanged = tried([&](Payload& p) { p.set_extension(&own); },
                                 [&](Payload& p, sc_time& delay) {
                                     answer_well(p, delay);
                                     p.set_extension(&others);
                                 });
    CHECK_THAT(exchanged, Catch::Contains("another extension"));
    CHECK(bench.checker.requests() == bench.checker.responses());
}

TEST_CASE("the base protocol checker watches the non-blocking path debug and DMI") {
    Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    unsigned char data[64] = {};
    Transfer transfer;
    bench.answer = answer_well;
    const auto send = [&](tlm::tlm_phase phase, sc_time delay) {
        const auto sync = bench.initiator->nb_transport_fw(transfer.payload, phase, delay);
        CHECK(delay == sc_time(phase == tlm::BEGIN_REQ ? 5 : 2, sc_core::SC_NS));
        return sync;
    };
    transfer.prepare(tlm::TLM_WRITE_COMMAND, 0, data, 64);
    CHECK(send(tlm::BEGIN_REQ, sc_time(2, sc_core::SC_NS)) == tlm::TLM_COMPLETED);
    CHECK(bench.checker.violations().empty());
    CHECK(bench.checker.requests() == 1);
    CHECK(bench.checker.responses() == 1);

    bench.answer = [](Payload&, sc_time& delay) { delay += sc_time(3, sc_core::SC_NS); };
    transfer.prepare(tlm::TLM_WRITE_COMMAND, 0, data, 64);
    CHECK(send(tlm::BEGIN_REQ, sc_time(2, sc_core::SC_NS)) == tlm::TLM_COMPLETED);
    REQUIRE(bench.checker.violations().size() == 1);
    CHECK_THAT(bench.checker.violations()[0], Catch::Contains("no response"));
    send(tlm::END_RESP, sc_time(2, sc_core::SC_NS));
    REQUIRE(bench.checker.violations().size() == 2);
    CHECK_THAT(bench.checker.violations()[1], Catch::Contains("END_RESP without BEGIN_RESP"));

    tlm::tlm_dmi dmi;
    CHECK_FALSE(bench.initiator->get_direct_mem_ptr(transfer.payload, dmi));
    CHECK(bench.checker.violations().size() == 2);
    bench.grant_dmi = true;
    CHECK(bench.initiator->get_direct_mem_ptr(transfer.payload, dmi));
    REQUIRE(bench.checker.violations().size() == 3);
    CHECK_THAT(bench.checker.violations()[2], Catch::Contains("DMI granted"));

    bench.debug_bytes = 64;
    CHECK(bench.initiator->transport_dbg(transfer.payload) == 64);
    CHECK(bench.checker.violations().size() == 3);
    bench.debug_bytes = 65;
    CHECK(bench.initiator->transport_dbg(transfer.payload) == 65);
    REQUIRE(bench.checker.violations().size() == 4);
    CHECK_THAT(bench.checker.violations()[3], Catch::Contains("more bytes than asked for"));
    CHECK(bench.checker.debugs() == 2);
}
