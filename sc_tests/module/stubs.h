#pragma once
#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "noc/payload.h"
#include "pods/commands.h"
#include "sc_tests/module/base_protocol.h"

// What stands around a module under test: an initiator, a target, the scheduler's side of a unit. The clock
// is 1 GHz.
namespace sosa::tests {

inline const sc_core::sc_time kCycle(1, sc_core::SC_NS);
inline sc_core::sc_time cycles(std::uint64_t n) { return sc_core::sc_time::from_value(kCycle.value() * n); }

// Simulates all that happens until then, the end included.
inline void run_until(sc_core::sc_time t) {
    sc_core::sc_start(t - sc_core::sc_time_stamp());
    while (sc_core::sc_pending_activity_at_current_time()) sc_core::sc_start(sc_core::SC_ZERO_TIME);
}
inline void run_until(std::uint64_t cycle) { run_until(cycles(cycle)); }
// One tick before: what takes until `cycle` must not have happened yet.
inline void run_until_just_before(std::uint64_t cycle) {
    run_until(cycles(cycle) - sc_core::sc_time::from_value(1));
}

// A bench whose modules are bound and at time 0 when the test begins.
template <class Bench>
struct Elaborated : Bench {
    template <class... Arguments>
    explicit Elaborated(Arguments&&... arguments) : Bench(std::forward<Arguments>(arguments)...) {
        run_until(0);
    }
};

inline void check_clean(const BaseProtocolChecker& checker) {
    CHECK(checker.violations() == std::vector<std::string>{});
    CHECK(checker.requests() > 0);
    CHECK(checker.responses() == checker.requests());
}

struct Answer {
    tlm::tlm_response_status status;
    sc_core::sc_time delay;
    bool ok() const { return status == tlm::TLM_OK_RESPONSE; }
};

// An initiator that a test calls directly; a checker stands behind its socket.
class Driver : public sc_core::sc_module {
  public:
    explicit Driver(sc_core::sc_module_name name) : sc_module(name) {
        initiator_.bind(no_backward_path_);
        initiator_.bind(checker.in);
    }
    BaseProtocolChecker checker{"checker"};
    noc::Transfer transfer;  // its extension may be set before a call

    // Where the target is bound: driver.to(target_socket).
    template <class Target>
    void to(Target& target) {
        checker.out.bind(target);
    }

    Answer move(tlm::tlm_command command, std::uint64_t address, unsigned char* data, std::size_t bytes,
                sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
        transfer.prepare(command, address, data, static_cast<std::uint32_t>(bytes));
        return send(delay);
    }
    Answer read(std::uint32_t bank, std::uint32_t tag, std::size_t bytes) {
        return tile(tlm::TLM_READ_COMMAND, bank, tag, bytes);
    }
    Answer write(std::uint32_t bank, std::uint32_t tag, std::size_t bytes) {
        return tile(tlm::TLM_WRITE_COMMAND, bank, tag, bytes);
    }
    Answer send(sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
        initiator_->b_transport(transfer.payload, delay);
        return {transfer.payload.get_response_status(), delay};
    }
    tlm::tlm_fw_transport_if<>& raw() { return *initiator_.operator->(); }

  private:
    Answer tile(tlm::tlm_command command, std::uint32_t bank, std::uint32_t tag, std::size_t bytes) {
        if (data_.size() < bytes) data_.resize(bytes);
        return move(command, noc::tile_address(BankId{bank}, TileTag{tag}), data_.data(), bytes);
    }
    tlm::tlm_initiator_socket<> initiator_{"initiator"};
    std::vector<unsigned char> data_;
    noc::NoBackwardPath no_backward_path_;
};

// A target that notes every transfer as "cycle: what" and answers OK after a delay; a checker stands before
// it.
class StubTarget : public sc_core::sc_module, private noc::BlockingTarget {
  public:
    StubTarget(sc_core::sc_module_name name, sc_core::sc_time read_delay, sc_core::sc_time write_delay)
        : sc_module(name), read_delay_(read_delay), write_delay_(write_delay) {
        target_.bind(*this);
        checker.out.bind(target_);
    }
    BaseProtocolChecker checker{"checker"};
    tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
    std::vector<std::string> seen;
    std::vector<std::uint64_t> addresses;
    std::vector<noc::TransferExtension> extensions;

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
        seen.push_back(std::to_string(sc_core::sc_time_stamp().value() / kCycle.value()) + ": " +
                       noc::describe(payload));
        addresses.push_back(payload.get_address());
        extensions.emplace_back();
        if (const auto* e = payload.get_extension<noc::TransferExtension>()) extensions.back().copy_from(*e);
        delay += payload.is_read() ? read_delay_ : write_delay_;
        payload.set_response_status(status);
    }
    tlm::tlm_target_socket<> target_{"target"};
    const sc_core::sc_time read_delay_, write_delay_;
};

// The scheduler as a unit sees it, moved by the test.
class StubControl : public sc_core::sc_module, public pods::SliceControl {
  public:
    explicit StubControl(sc_core::sc_module_name name) : sc_module(name) {}
    struct Arrival {
        sc_core::sc_time at, tail;
    };
    std::vector<Arrival> arrivals;

    // As the scheduler does it: the slice is fixed, the units are told their work, the slice starts.
    void fix(std::uint32_t slice) { slice_ = SliceId{slice}; }
    void start() { started_.notify(sc_core::SC_ZERO_TIME); }
    const sc_core::sc_event& slice_started() const override { return started_; }
    const sc_core::sc_event& posts_started() const override { return started_; }
    SliceId slice() const override { return slice_; }
    void arrive(sc_core::sc_time tail) override { arrivals.push_back({sc_core::sc_time_stamp(), tail}); }
    const sc_core::sc_event& after(std::uint32_t n) override {
        timers_.emplace_back();
        timers_.back().notify(cycles(n));
        return timers_.back();
    }

  private:
    SliceId slice_;
    sc_core::sc_event started_;
    std::deque<sc_core::sc_event> timers_;
};

// The unit given its work arrives exactly then: not one tick earlier.
inline void check_arrives(const StubControl& control, std::uint64_t cycle, std::size_t nth = 1) {
    CAPTURE(cycle);
    run_until_just_before(cycle);
    CHECK(control.arrivals.size() == nth - 1);
    run_until(cycle);
    REQUIRE(control.arrivals.size() == nth);
    CHECK(control.arrivals.back().at == cycles(cycle));
}

}  // namespace sosa::tests
