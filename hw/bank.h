#pragma once
#include <array>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/tile_data.h"
#include "hw/tile_store.h"
#include "noc/layer_bytes.h"
#include "noc/payload.h"

namespace sosa::hw {

enum class BankKind : std::uint8_t { x, w, p };
constexpr const char* bank_kind_name(BankKind kind) {
    return kind == BankKind::x ? "X" : kind == BankKind::w ? "W" : "P";
}

// A bank's tags as DMA and scheduler see them.
struct BankControl : virtual sc_core::sc_interface {
    virtual TileStore& tags() = 0;
    // An evicted tile's bytes are needed no longer.
    virtual void drop(TileTag tag) = 0;
    // "P bank 17 (256 of 262144 bytes free, 127 tiles)"
    virtual std::string describe_bank() const = 0;
};

struct BankCounters {
    std::uint64_t reads = 0, writes = 0;
    std::uint64_t read_bytes = 0;                   // delivered, every multicast copy counted
    std::uint64_t array_read_bytes = 0;             // read out of the array, a multicast counted once
    std::uint64_t written_bytes = 0;                // by units
    std::uint64_t fill_bytes = 0, spill_bytes = 0;  // from and to DRAM
    std::uint64_t busy_cycles = 0;                  // of all its ports: rows of max_row_bytes read or written
};

// A bank of SRAM that keeps tiles. Port i belongs to network i of its kind: X {x}, W {w}, P {pin, post_a,
// post_b, pout, post_out}; `dma` is DMA's. A read takes two cycles (address and data register), a write one.
// Errors: a tile that is not resident or not filled yet is answered TLM_ADDRESS_ERROR_RESPONSE. With
// `keeps_data` the bytes of tiles are kept, and debug transport reads and writes them from the address's
// offset on.
class Bank final : public sc_core::sc_module, public BankControl {
  public:
    sc_core::sc_vector<tlm::tlm_target_socket<>> ports;
    tlm::tlm_target_socket<> dma{"dma"};
    // Past networks and ports: the unit next to the bank, by debug transport.
    tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND> near{"near"};
    sc_core::sc_export<BankControl> control{"control"};

    static constexpr std::uint32_t most_ports = 5;
    struct Shape {
        BankKind kind;
        std::uint32_t index;
        std::uint32_t ports;
        std::uint64_t size_bytes;
        std::uint32_t row_bytes;  // that a port moves in a cycle
        bool keeps_data = false;
        noc::LayerBytes* layer_bytes =
            nullptr;  // that the array reads and writes are added to, if anyone asks
    };
    Bank(sc_core::sc_module_name name, const Shape& shape, sc_core::sc_time cycle);

    TileStore& tags() override { return store_; }
    const TileStore& tags() const { return store_; }
    void drop(TileTag tag) override {
        if (shape_.keeps_data) data_.drop(tag);
    }
    const TileData& data() const { return data_; }
    std::string describe_bank() const override;
    const BankCounters& counters() const { return counters_; }

  private:
    struct Port;
    void from_network(Port& port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    void from_dma(std::uint32_t port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    bool find(tlm::tlm_generic_payload& payload, TileTag tag) const;
    unsigned debug(tlm::tlm_generic_payload& payload);
    void take_bytes(const tlm::tlm_generic_payload& payload, TileTag tag);
    void count_for_layer(const noc::TransferExtension* why, std::uint64_t bytes) {
        if (shape_.layer_bytes) shape_.layer_bytes->add(why, bytes);
    }
    void count_read(Port& port, const tlm::tlm_generic_payload& payload, TileTag tag,
                    const noc::TransferExtension* why);

    // A network's way in, and the tile it read last: reading it again in the same slice is a multicast copy.
    struct Port final : noc::BlockingTarget {
        explicit Port(Bank& b) : bank(b) {}
        void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
            bank.from_network(*this, payload, delay);
        }
        unsigned transport_dbg(tlm::tlm_generic_payload& payload) override { return bank.debug(payload); }
        Bank& bank;
        std::uint32_t last_slice = 0xffffffff, last_tag = 0xffffffff;
    };

    struct NearPort final : noc::BlockingTarget {
        explicit NearPort(Bank& b) : bank(b) {}
        void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
            payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        }
        unsigned transport_dbg(tlm::tlm_generic_payload& payload) override { return bank.debug(payload); }
        Bank& bank;
    };

    noc::PortTarget<Bank, &Bank::from_dma> dma_port_{*this, 0};
    NearPort near_port_{*this};
    TileData data_;
    // What every transfer touches stands together: a run is bound by the cache lines it visits.
    alignas(64) BankCounters counters_;
    const Shape shape_;
    const sc_core::sc_time read_delay_, write_delay_;
    TileStore store_;
    std::array<Port, most_ports> network_ports_{Port{*this}, Port{*this}, Port{*this}, Port{*this},
                                                Port{*this}};
};

}  // namespace sosa::hw
