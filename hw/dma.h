#pragma once
#include <deque>
#include <memory>
#include <systemc>
#include <tlm>
#include <unordered_map>
#include <vector>

#include "hw/activations.h"
#include "hw/bank.h"
#include "noc/payload.h"
#include "traces/vcd.h"

namespace sosa::hw {

// One tile that a slice needs from DRAM.
struct Fetch {
    std::uint64_t dram_address = 0;
    std::uint32_t bytes = 0;
    std::uint32_t tag = 0;
    std::uint16_t bank = 0;
    BankKind kind = BankKind::w;
    std::uint8_t reserved = 0;
    std::uint32_t layer = 0;
};
static_assert(sizeof(Fetch) == 24, "fetch records are counted in this size");

// DMA as the scheduler and the register file see it.
struct DmaControl : virtual sc_core::sc_interface {
    // The tiles of the next slice in the order of fetching; there must be room.
    virtual void push(std::vector<Fetch> list) = 0;
    // A list that is done, whose memory may be used for the next one to push.
    virtual std::vector<Fetch> recycled() { return {}; }
    virtual std::uint32_t space() const = 0;  // lists that may be pushed
    // All fetch lists of slices before this one are in their banks.
    virtual SliceId resident_before() const = 0;
    virtual bool demands_pending() const = 0;
    // A slice starts: what it may evict and how far ahead tiles may be fetched moves on.
    virtual void slice_started(SliceId slice) = 0;
    // Brings back a partial-sum tile that was evicted, before anything else.
    virtual void demand(std::uint16_t bank, TileTag tag, std::uint32_t bytes, SliceId use) = 0;
    // Evicted tiles of a P bank: those still needed are written to DRAM.
    virtual void spill(std::uint16_t bank, const std::vector<TileStore::Evicted>& evicted) = 0;
    // resident_before() or demands_pending() changed, or there is space again.
    virtual const sc_core::sc_event& progress() const = 0;
    // What it waits for, as a sentence; empty if nothing.
    virtual std::string waiting_for() const = 0;
};

struct DmaCounters {
    std::uint64_t fetches = 0, skipped = 0;  // tiles brought, tiles found resident
    std::uint64_t demands = 0, spills = 0;
    std::uint64_t read_bytes = 0, written_bytes = 0;
};

// Brings tiles from DRAM to banks ahead of time: slice by slice, each slice's list in order. A resident tile
// is only booked. The queue waits at a tile more than `prefetch_slices` ahead or whose bank has no room
// before the next slice. Several transfers are under way at once, as many as cover the DRAM's latency; they
// complete in order, on clock edges.
class Dma final : public sc_core::sc_module, public DmaControl {
  public:
    tlm::tlm_initiator_socket<> dram{"dram"};
    sc_core::sc_vector<tlm::tlm_initiator_socket<>> x_banks, w_banks, p_banks;
    sc_core::sc_vector<sc_core::sc_port<BankControl>> x_tags, w_tags, p_tags;
    sc_core::sc_export<DmaControl> control{"control"};
    // Where data moves: what gathers X tiles, and the units' way to DRAM, by debug transport.
    sc_core::sc_port<ActivationControl, 1, sc_core::SC_ZERO_OR_MORE_BOUND> activations{"activations"};
    sc_core::sc_vector<tlm::tlm_target_socket<>> memory;

    struct Shape {
        std::uint32_t banks;
        std::uint32_t prefetch_slices;
        std::uint32_t outstanding;    // transfers under way
        std::uint64_t spill_address;  // where spilled tiles go in DRAM
        std::uint32_t spill_bytes;    // room for one of them
        bool moves_data = false;
    };
    Dma(sc_core::sc_module_name name, const Shape& shape, sc_core::sc_time cycle,
        noc::TransferPool& transfers);

    void push(std::vector<Fetch> list) override;
    std::vector<Fetch> recycled() override;
    std::uint32_t space() const override;
    SliceId resident_before() const override { return resident_before_; }
    bool demands_pending() const override { return demands_pending_ > 0; }
    void slice_started(SliceId slice) override;
    void demand(std::uint16_t bank, TileTag tag, std::uint32_t bytes, SliceId use) override;
    void spill(std::uint16_t bank, const std::vector<TileStore::Evicted>& evicted) override;
    const sc_core::sc_event& progress() const override { return progress_; }
    std::string waiting_for() const override;

    const DmaCounters& counters() const { return counters_; }
    // Bytes fetched from DRAM for a layer; what is spilled and brought back is not told apart.
    const std::vector<std::uint64_t>& layer_bytes() const { return layer_bytes_; }
    // Declares what it does, for which layer and slice; before the simulation starts.
    void trace(traces::Vcd& vcd);

  private:
    struct UnderWay {
        Fetch fetch;
        bool demand;
        SliceId slice;
        sc_core::sc_time done;
        std::vector<unsigned char> bytes;  // where data moves
    };
    struct Demand {
        Fetch fetch;
        SliceId use;
    };
    void step();
    void complete();
    void issue();
    bool issue_demand();
    bool issue_next();
    void start(const Fetch& fetch, SliceId use, bool demand);
    void drop_evicted(const Fetch& fetch);
    // Moves fetch.bytes, or as many as stand in `bytes` where data moves.
    void move(tlm::tlm_initiator_socket<>& socket, tlm::tlm_command command, std::uint64_t address,
              const Fetch& fetch, SliceId slice, std::vector<unsigned char>& bytes, sc_core::sc_time& delay);
    BankControl& control_of(const Fetch& fetch) const {
        return *controls_[static_cast<std::size_t>(fetch.kind)][fetch.bank];
    }
    void update_resident();
    void draw() const;
    void end_of_elaboration() override;
    TileStore& tags(const Fetch& fetch) { return *stores_[static_cast<std::size_t>(fetch.kind)][fetch.bank]; }
    tlm::tlm_initiator_socket<>& bank_socket(const Fetch& fetch);
    sc_core::sc_time next_edge(sc_core::sc_time t) const;
    std::uint64_t spill_slot(std::uint16_t bank, TileTag tag);

    const Shape shape_;
    const sc_core::sc_time cycle_;
    noc::TransferPool& transfers_;

    std::vector<BankControl*> controls_[3];
    std::vector<TileStore*> stores_[3];     // behind x_tags, w_tags, p_tags
    std::deque<std::vector<Fetch>> lists_;  // from slice first_list_ on
    std::vector<std::vector<Fetch>> spare_;
    std::deque<std::uint32_t> open_;  // transfers under way per slice of lists_
    SliceId first_list_;              // slice of lists_.front()
    SliceId cursor_;                  // slice and position of the queue's head
    std::size_t position_ = 0;
    SliceId current_;
    SliceId resident_before_;
    std::deque<Demand> demands_;
    std::uint32_t demands_pending_ = 0;
    std::deque<UnderWay> under_way_;
    const Fetch* blocked_ = nullptr;  // waits for room in its bank
    std::vector<TileStore::Evicted> evicted_;
    std::unordered_map<std::uint64_t, std::uint64_t> spilled_;  // tile address -> DRAM address
    sc_core::sc_event wake_, progress_;
    DmaCounters counters_;
    std::vector<std::uint64_t> layer_bytes_;
    struct Probe;
    std::shared_ptr<Probe> probe_;
    std::vector<std::vector<unsigned char>> spare_bytes_;
    noc::NoBackwardPath no_backward_path_;

    struct MemoryPort final : noc::BlockingTarget {
        explicit MemoryPort(Dma& d) : dma(d) {}
        void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
            payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        }
        unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
            return dma.dram->transport_dbg(payload);
        }
        Dma& dma;
    };
    MemoryPort memory_port_{*this};
};

}  // namespace sosa::hw
