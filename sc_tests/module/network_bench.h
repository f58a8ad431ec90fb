#pragma once
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "noc/network.h"
#include "sc_tests/module/base_protocol.h"

namespace sosa::tests {

inline const sc_core::sc_time kCycle(1250, sc_core::SC_PS);
inline const sc_core::sc_time kBankRead = 2 * kCycle, kBankWrite = kCycle;

// A network with an initiator for every unit and a target for every bank, a protocol checker on every socket.
class NetworkBench final : public sc_core::sc_module {
  public:
    struct Arrival {
        std::uint32_t bank;
        sc_core::sc_time delay;
    };
    struct Result {
        tlm::tlm_response_status status;
        sc_core::sc_time delay;  // added by the transfer; zero if it was refused by SC_ERROR
        std::string error;       // "type: text" of the SC_ERROR
        bool operator==(const Result& o) const {
            return status == o.status && delay == o.delay && error == o.error;
        }
    };

    sc_core::sc_vector<tlm::tlm_initiator_socket<>> units;
    std::unique_ptr<noc::Network> network;
    std::vector<Arrival> arrivals;  // at the banks, in order

    NetworkBench(sc_core::sc_module_name name, const noc::Topology& topology, noc::Structure structure)
        : sc_module(name),
          units("unit", topology.ports()),
          network(noc::make_network("net", topology, structure, kCycle)),
          banks_("bank", topology.ports()) {
        for (std::uint32_t i = 0; i < topology.ports(); ++i) {
            const std::string number = std::to_string(i);
            auto& unit_check = checkers_.emplace_back(("unit_check" + number).c_str());
            auto& bank_check = checkers_.emplace_back(("bank_check" + number).c_str());
            bank_ports_.emplace_back(*this, i);
            banks_[i].bind(bank_ports_[i]);
            units[i].bind(no_backward_path_);
            units[i].bind(unit_check.in);
            unit_check.out.bind(network->unit_side[i]);
            network->bank_side[i].bind(bank_check.in);
            bank_check.out.bind(banks_[i]);
        }
    }

    // A transfer of a well prepared payload that `change` may spoil, with `before` annotated already.
    template <class Change>
    Result send(std::uint32_t unit, std::uint32_t bank, tlm::tlm_command command, std::uint32_t bytes,
                Change change, sc_core::sc_time before = 7 * kCycle) {
        noc::Transfer transfer;
        data_.resize(bytes + 1);
        transfer.prepare(command, noc::tile_address(BankId{bank}, TileTag{5}), data_.data(), bytes);
        transfer.extension.unit = PodId{unit};
        change(transfer.payload);
        sc_core::sc_time delay = before;
        try {
            units[unit]->b_transport(transfer.payload, delay);
        } catch (const sc_core::sc_report& report) {
            return {tlm::TLM_INCOMPLETE_RESPONSE,
                    {},
                    std::string(report.get_msg_type()) + ": " + report.get_msg()};
        }
        return {transfer.payload.get_response_status(), delay - before, ""};
    }
    Result read(std::uint32_t unit, std::uint32_t bank, std::uint32_t bytes = 64) {
        return send(unit, bank, tlm::TLM_READ_COMMAND, bytes, [](auto&) {});
    }
    Result write(std::uint32_t unit, std::uint32_t bank, std::uint32_t bytes = 64) {
        return send(unit, bank, tlm::TLM_WRITE_COMMAND, bytes, [](auto&) {});
    }

    const noc::Topology& topology() const { return network->topology(); }
    sc_core::sc_time latency() const { return kCycle * topology().latency_cycles(); }

    // What all checkers found, and that they saw anything at all.
    std::vector<std::string> violations() const {
        std::vector<std::string> all;
        std::uint64_t requests = 0;
        for (const auto& checker : checkers_) {
            all.insert(all.end(), checker.violations().begin(), checker.violations().end());
            requests += checker.requests();
        }
        if (requests == 0) all.push_back("no transfer was checked");
        return all;
    }

  private:
    class BankPort final : public noc::BlockingTarget {
      public:
        BankPort(NetworkBench& bench, std::uint32_t bank) : bench_(bench), bank_(bank) {}
        void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
            bench_.arrivals.push_back({bank_, delay});
            delay += payload.is_read() ? kBankRead : kBankWrite;
            payload.set_response_status(tlm::TLM_OK_RESPONSE);
        }
        // Debug reads give the bank's number in every byte.
        unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
            std::memset(payload.get_data_ptr(), static_cast<int>(bank_), payload.get_data_length());
            return payload.get_data_length();
        }

      private:
        NetworkBench& bench_;
        std::uint32_t bank_;
    };

    sc_core::sc_vector<tlm::tlm_target_socket<>> banks_;
    std::deque<BankPort> bank_ports_;
    std::deque<BaseProtocolChecker> checkers_;
    noc::NoBackwardPath no_backward_path_;
    std::vector<unsigned char> data_;
};

struct Kind {
    const char* topology;
    std::uint32_t ports;
    noc::Structure structure;
};
using Benches = std::vector<std::unique_ptr<NetworkBench>>;

// All benches of a test, elaborated; the networks can then be called directly.
inline Benches elaborated(const std::vector<Kind>& kinds) {
    Benches benches;
    for (const Kind& kind : kinds)
        benches.push_back(std::make_unique<NetworkBench>(("bench" + std::to_string(benches.size())).c_str(),
                                                         noc::Topology(kind.topology, kind.ports),
                                                         kind.structure));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    return benches;
}
inline Benches both(const char* topology, std::uint32_t ports) {
    return elaborated(
        {{topology, ports, noc::Structure::fabric}, {topology, ports, noc::Structure::modules}});
}

inline bool same_counters(const noc::StageCounters& a, const noc::StageCounters& b) {
    return a.links_claimed == b.links_claimed && a.multicast_shares == b.multicast_shares &&
           a.bytes == b.bytes && a.bytes_unicast == b.bytes_unicast;
}
inline bool untouched(const NetworkBench& bench) {
    for (const auto& stage : bench.network->stages())
        if (!same_counters(stage, noc::StageCounters{})) return false;
    return true;
}

}  // namespace sosa::tests
