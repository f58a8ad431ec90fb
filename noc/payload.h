#pragma once
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "noc/ids.h"

// The transfer protocol of the chip: every tile moves as a TLM-2.0 generic payload (base protocol) with an
// ignorable extension that says what it is for.
namespace sosa::noc {

// A tile address names bank, tile and offset: [63:48] bank, [47:24] tag, [23:0] byte in the tile.
// Banks are tile stores: a tag stands for the same tile as long as the program runs.
constexpr unsigned kTileOffsetBits = 24;
constexpr unsigned kTagBits = 24;
constexpr std::uint32_t kMaxTileBytes = 1u << kTileOffsetBits;

constexpr std::uint64_t tile_address(BankId bank, TileTag tag) {
    return std::uint64_t{bank.value} << (kTagBits + kTileOffsetBits) | std::uint64_t{tag.value}
                                                                           << kTileOffsetBits;
}
constexpr BankId bank_of(std::uint64_t address) {
    return BankId{static_cast<std::uint32_t>(address >> (kTagBits + kTileOffsetBits))};
}
constexpr TileTag tag_of(std::uint64_t address) {
    return TileTag{static_cast<std::uint32_t>(address >> kTileOffsetBits) & ((1u << kTagBits) - 1)};
}

// Why a transfer takes place. A target that ignores it still moves the right bytes.
struct TransferExtension : tlm::tlm_extension<TransferExtension> {
    SliceId slice;
    LayerId layer;
    std::uint32_t op = 0;  // tile op or post-op of the layer
    PodId unit;            // the pod or post-processor it is for
    std::uint32_t stored_bytes =
        0;                 // what the tile takes in its bank (an im2col tile is kept without copies)
    bool on_chip = false;  // an activation that an earlier layer left on chip

    tlm::tlm_extension_base* clone() const override { return new TransferExtension(*this); }
    void copy_from(const tlm::tlm_extension_base& other) override {
        *this = static_cast<const TransferExtension&>(other);
    }
};

// A payload with its extension attached, ready for one transfer after the other.
class Transfer {
  public:
    Transfer() { payload.set_extension(&extension); }
    ~Transfer() { payload.clear_extension(&extension); }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // Sets every attribute of the payload that the base protocol wants set before a transfer.
    void prepare(tlm::tlm_command command, std::uint64_t address, unsigned char* data, std::uint32_t bytes) {
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(data);
        payload.set_data_length(bytes);
        payload.set_streaming_width(bytes);
        payload.set_byte_enable_ptr(nullptr);
        payload.set_dmi_allowed(false);
        payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    }

    tlm::tlm_generic_payload payload;
    TransferExtension extension;
};

// Transfers for reuse; the last one given back is the next one handed out, so that it is still in the cache.
class TransferPool {
  public:
    class Handle {
      public:
        Handle(TransferPool& pool, Transfer* transfer) : pool_(&pool), transfer_(transfer) {}
        ~Handle() {
            if (transfer_) pool_->free_.push_back(transfer_);
        }
        Handle(Handle&& other) noexcept : pool_(other.pool_), transfer_(other.transfer_) {
            other.transfer_ = nullptr;
        }
        Handle(const Handle&) = delete;
        Handle& operator=(const Handle&) = delete;
        Handle& operator=(Handle&&) = delete;
        Transfer* operator->() const { return transfer_; }
        Transfer& operator*() const { return *transfer_; }

      private:
        TransferPool* pool_;
        Transfer* transfer_;
    };

    Handle acquire() {
        if (free_.empty()) {
            all_.push_back(std::make_unique<Transfer>());
            free_.push_back(all_.back().get());
        }
        Transfer* transfer = free_.back();
        free_.pop_back();
        return Handle(*this, transfer);
    }
    std::size_t size() const { return all_.size(); }  // transfers ever needed at one time

  private:
    std::vector<std::unique_ptr<Transfer>> all_;
    std::vector<Transfer*> free_;
};

// "read 1024 B of tile 3 in bank 17 for pod 4 (slice 12, layer 2, op 77)"
std::ostream& operator<<(std::ostream& out, const Transfer& transfer);
std::string describe(const tlm::tlm_generic_payload& payload);

// A target whose b_transport never waits. The non-blocking interface completes at once with the same timing
// annotation, debug transport is refused unless overridden and DMI is always refused.
class BlockingTarget : public tlm::tlm_fw_transport_if<> {
  public:
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi&) override {
        payload.set_dmi_allowed(false);
        return false;
    }
    unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
};

// One of several target ports of a module: forwards to `Owner::Function(port, payload, delay)`.
template <class Owner, void (Owner::*Function)(std::uint32_t, tlm::tlm_generic_payload&, sc_core::sc_time&)>
class PortTarget final : public BlockingTarget {
  public:
    PortTarget(Owner& owner, std::uint32_t port) : owner_(owner), port_(port) {}
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
        (owner_.*Function)(port_, payload, delay);
    }

  private:
    Owner& owner_;
    std::uint32_t port_;
};

// What an initiator that only uses b_transport binds to its backward path.
class NoBackwardPath : public tlm::tlm_bw_transport_if<> {
  public:
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&,
                                       sc_core::sc_time&) override {
        return tlm::TLM_COMPLETED;
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
};

// Whether a target of plain, contiguous transfers can take this payload; otherwise sets the response that the
// base protocol asks for (byte enables, streaming, empty transfers).
bool accept_plain(tlm::tlm_generic_payload& payload);

// The interfaces behind a vector of ports or sockets as a flat array, once elaboration has bound them: a hot
// loop then touches neither the ports nor their vector.
template <class Interface, class Ports>
std::vector<Interface*> resolve(Ports& ports) {
    std::vector<Interface*> interfaces;
    for (auto& port : ports) interfaces.push_back(port.operator->());
    return interfaces;
}

// Raises an SC_ERROR with the whole story unless the response is OK.
void expect_ok(const tlm::tlm_generic_payload& payload);

}  // namespace sosa::noc
