#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "noc/payload.h"

namespace sosa::tests {

// A pass-through between an initiator's and a target's socket that holds both to the TLM-2.0 base protocol
// (IEEE 1666 section 14 to 16) and to what this chip adds: nothing on the way changes the payload or its
// extension, and nobody grants DMI. It changes nothing itself; the hardware does not know it is watched.
//   initiator.bind(checker.in);  checker.out.bind(target);  ...  CHECK(checker.violations() == none)
class BaseProtocolChecker final : public sc_core::sc_module,
                                  public tlm::tlm_fw_transport_if<>,
                                  public tlm::tlm_bw_transport_if<> {
  public:
    tlm::tlm_target_socket<> in{"in"};
    tlm::tlm_initiator_socket<> out{"out"};

    explicit BaseProtocolChecker(sc_core::sc_module_name name) : sc_module(name) {
        in.bind(*this);
        out.bind(*this);
    }

    // One sentence for each broken rule, in the order seen.
    const std::vector<std::string>& violations() const { return violations_; }
    std::uint64_t requests() const { return requests_; }    // transfers begun, also through nb_transport
    std::uint64_t responses() const { return responses_; }  // of these, answered
    std::uint64_t refused() const { return refused_; }      // of these, with an error response
    std::uint64_t debugs() const { return debugs_; }

  private:
    using Payload = tlm::tlm_generic_payload;

    // What must be the same when the response comes.
    struct Request {
        tlm::tlm_command command;
        sc_dt::uint64 address;
        const unsigned char* data;
        unsigned length, streaming_width, byte_enable_length;
        const unsigned char* byte_enable;
        std::vector<tlm::tlm_extension_base*> extensions;
        noc::TransferExtension transfer;
        sc_core::sc_time at;
    };

    void b_transport(Payload& payload, sc_core::sc_time& delay) override {
        const Request request = check_request(payload, delay);
        out->b_transport(payload, delay);
        check_response(request, payload, delay);
    }

    tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        const tlm::tlm_phase asked = phase;
        const sc_core::sc_time at = sc_core::sc_time_stamp() + delay;
        const bool pending = pending_.count(&payload) > 0;
        if (asked == tlm::BEGIN_REQ) {
            expect(!pending, payload, "BEGIN_REQ of a transfer that is under way");
            pending_[&payload] = check_request(payload, delay);
        } else if (asked == tlm::END_RESP) {
            expect(pending, payload, "END_RESP without BEGIN_RESP");
            pending_.erase(&payload);
        } else {
            expect(asked != tlm::UNINITIALIZED_PHASE && asked != tlm::END_REQ && asked != tlm::BEGIN_RESP,
                   payload, "phase of a target on the forward path");
        }
        const auto sync = out->nb_transport_fw(payload, phase, delay);
        expect(sc_core::sc_time_stamp() + delay >= at, payload, "delay went down");
        if (asked != tlm::BEGIN_REQ) return sync;
        if (sync == tlm::TLM_COMPLETED || (sync == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP))
            check_response(pending_[&payload], payload, delay);
        if (sync == tlm::TLM_COMPLETED) pending_.erase(&payload);
        return sync;
    }

    tlm::tlm_sync_enum nb_transport_bw(Payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        const auto request = pending_.find(&payload);
        expect(request != pending_.end(), payload, "backward path of a transfer that is not under way");
        if (phase == tlm::BEGIN_RESP && request != pending_.end())
            check_response(request->second, payload, delay);
        const auto sync = in->nb_transport_bw(payload, phase, delay);
        if (sync == tlm::TLM_COMPLETED || (sync == tlm::TLM_UPDATED && phase == tlm::END_RESP))
            pending_.erase(&payload);
        return sync;
    }

    bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) override {
        const bool granted = out->get_direct_mem_ptr(payload, dmi);
        expect(!granted, payload, "DMI granted");
        return granted;
    }

    unsigned transport_dbg(Payload& payload) override {
        ++debugs_;
        const Request request = remember(payload, sc_core::SC_ZERO_TIME);
        const unsigned count = out->transport_dbg(payload);
        expect(count <= request.length, payload, "debug transport of more bytes than asked for");
        expect_same(request, payload);
        return count;
    }

    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) override {
        in->invalidate_direct_mem_ptr(start, end);
    }

    void expect(bool holds, const Payload& payload, const std::string& what) {
        if (!holds) violations_.push_back(std::string(name()) + ": " + what + ": " + noc::describe(payload));
    }

    static Request remember(const Payload& p, const sc_core::sc_time& delay) {
        Request r{p.get_command(),
                  p.get_address(),
                  p.get_data_ptr(),
                  p.get_data_length(),
                  p.get_streaming_width(),
                  p.get_byte_enable_length(),
                  p.get_byte_enable_ptr(),
                  {},
                  {},
                  sc_core::sc_time_stamp() + delay};
        for (unsigned i = 0; i < tlm::max_num_extensions(); ++i) r.extensions.push_back(p.get_extension(i));
        if (const auto* e = p.get_extension<noc::TransferExtension>()) r.transfer.copy_from(*e);
        return r;
    }

    Request check_request(const Payload& p, const sc_core::sc_time& delay) {
        ++requests_;
        expect(p.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, p, "request with a response");
        expect(!p.is_dmi_allowed(), p, "request with the DMI hint set");
        if (p.get_command() != tlm::TLM_IGNORE_COMMAND) {
            expect(p.get_data_ptr() != nullptr, p, "request without data pointer");
            expect(p.get_data_length() > 0, p, "request without length");
        }
        expect(p.get_streaming_width() > 0, p, "request with streaming width 0");
        expect(p.get_byte_enable_ptr() == nullptr || p.get_byte_enable_length() > 0, p,
               "byte enables without a length");
        return remember(p, delay);
    }

    void check_response(const Request& r, const Payload& p, const sc_core::sc_time& delay) {
        ++responses_;
        refused_ += p.is_response_error() && p.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE;
        expect(p.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, p, "no response");
        expect(!p.is_dmi_allowed(), p, "response that offers DMI");
        expect(sc_core::sc_time_stamp() + delay >= r.at, p, "delay went down");
        expect_same(r, p);
    }

    void expect_same(const Request& r, const Payload& p) {
        const Request now = remember(p, sc_core::SC_ZERO_TIME);
        expect(now.command == r.command, p, "command changed");
        expect(now.address == r.address, p, "address changed");
        expect(now.data == r.data, p, "data pointer changed");
        expect(now.length == r.length, p, "length changed");
        expect(now.streaming_width == r.streaming_width, p, "streaming width changed");
        expect(now.byte_enable == r.byte_enable && now.byte_enable_length == r.byte_enable_length, p,
               "byte enables changed");
        expect(now.extensions == r.extensions, p, "another extension");
        const auto& [a, b] = std::pair{now.transfer, r.transfer};
        expect(a.slice == b.slice && a.layer == b.layer && a.op == b.op && a.unit == b.unit &&
                   a.stored_bytes == b.stored_bytes && a.on_chip == b.on_chip,
               p, "extension changed");
    }

    std::vector<std::string> violations_;
    std::uint64_t requests_ = 0, responses_ = 0, refused_ = 0, debugs_ = 0;
    std::map<const Payload*, Request> pending_;  // begun by nb_transport_fw, not answered yet
};

}  // namespace sosa::tests
