#pragma once
#include <deque>
#include <memory>
#include <systemc>
#include <unordered_map>

#include "hw/cycle_account.h"
#include "hw/dma.h"
#include "hw/program_format.h"
#include "noc/network.h"
#include "pods/commands.h"
#include "traces/vcd.h"

namespace sosa::hw {

// The scheduler as the register file sees it.
struct SchedulerControl : virtual sc_core::sc_interface {
    // Takes the next slice; there must be space(). Its slice number must be the next one.
    virtual void push(SliceProgram slice) = 0;
    // A slice that has run, whose memory may be used for the next one to push.
    virtual SliceProgram recycled() { return {}; }
    virtual std::uint32_t space() const = 0;         // slices that may be pushed
    virtual std::uint32_t next_to_push() const = 0;  // slice number
    virtual void doorbell() = 0;
    enum class State : std::uint8_t { idle, fetch, preload, run, stall, drain, done, fault };
    virtual State state() const = 0;
    virtual const std::string& fault_text() const = 0;
    // State, space or fault changed.
    virtual const sc_core::sc_event& changed() const = 0;
};

// Runs a program slice by slice. A slice starts when its tiles are in SRAM and all units have finished the
// slice before; it lasts until its units have finished, at least one SRAM round trip (arXiv 2203.11540,
// section 4.3). All routes and units of a slice are fixed at its start, in the numbered order of
// begin_slice().
class Scheduler final : public sc_core::sc_module, public SchedulerControl, public pods::SliceControl {
  public:
    sc_core::sc_vector<sc_core::sc_port<pods::PodCommands>> pods;
    sc_core::sc_vector<sc_core::sc_port<pods::PostCommands>> posts;
    sc_core::sc_vector<sc_core::sc_port<BankControl>> p_banks;
    sc_core::sc_vector<sc_core::sc_port<noc::RouteControl>> networks;  // all but `w`
    sc_core::sc_port<noc::RouteControl> w_network{"w_network"};
    sc_core::sc_port<DmaControl> dma{"dma"};
    sc_core::sc_port<ActivationControl, 1, sc_core::SC_ZERO_OR_MORE_BOUND> activations{"activations"};
    sc_core::sc_export<SchedulerControl> control{"control"};
    sc_core::sc_export<pods::SliceControl> slice_control{"slice_control"};

    static constexpr const char* state_legend =
        "0=idle 1=fetch 2=preload 3=run 4=stall 5=drain 6=done 7=fault";

    struct Shape {
        std::uint32_t pods, pes_per_pod, psum_bytes;
        std::uint32_t window_slices;
        std::uint32_t round_trip_cycles;
        bool weights_at_once = false;  // see pods::UnitContext
    };
    Scheduler(sc_core::sc_module_name name, const Shape& shape, sc_core::sc_time cycle);

    void push(SliceProgram slice) override;
    SliceProgram recycled() override;
    std::uint32_t space() const override;
    std::uint32_t next_to_push() const override { return pushed_; }
    void doorbell() override;
    State state() const override { return state_; }
    const std::string& fault_text() const override { return fault_text_; }
    const sc_core::sc_event& changed() const override { return changed_; }

    const sc_core::sc_event& slice_started() const override { return slice_started_; }
    const sc_core::sc_event& pod_started(PodId pod) const override {
        return groups_[pod.value / group_pods].started;
    }
    const sc_core::sc_event& posts_started() const override { return posts_started_; }
    SliceId slice() const override { return slice_; }
    const sc_core::sc_event& after(std::uint32_t cycles) override;
    void arrive(sc_core::sc_time tail) override;

    // What the run counted so far: cycles, slices, ops, stalls and the cycle-loss account.
    const RunCounters& counters() const { return counters_; }
    const std::vector<std::uint64_t>& occupied_cycles() const {
        return occupied_cycles_;
    }  // by pod, slices with an op
    // The program of the slice that runs; there must be one.
    const SliceProgram& running() const { return queue_.front(); }
    // What each slice was like that is over: the next one has begun, or the run is done.
    const std::vector<SliceFacts>& slice_facts() const { return slice_facts_; }
    void trace(traces::Vcd& vcd);
    // What keeps the run from going on, as a sentence.
    std::string waiting_for() const;

  private:
    void end_of_elaboration() override;
    void step();
    void begin_preload();
    void begin_slice();
    void close_slice(std::uint32_t stall_cycles);
    void close_account();
    void take_late_weights(const SliceProgram& slice);
    bool allocate_results(const SliceProgram& slice);
    bool allocate(const pods::TileRef& tile, std::uint32_t bytes);
    void command_units(const SliceProgram& slice);
    void load_next(const SliceProgram& next);
    void demand_operands(const SliceProgram& next);
    void demand_operand(const pods::TileRef& tile, std::uint32_t bytes);
    void end_slice();
    void finish();
    void fail(const std::string& text);
    bool is_written(std::size_t place) const;
    bool is_ready(std::size_t place) const;
    const SliceProgram* next_program() const;
    std::uint64_t cycles_since(sc_core::sc_time t) const;
    void enter(State state);

    const Shape shape_;
    const sc_core::sc_time cycle_, round_trip_;
    std::vector<pods::PodCommands*> to_pods_;  // behind the ports
    std::vector<TileStore*> p_stores_;
    ActivationControl* to_activations_ = nullptr;  // null where no data moves
    std::deque<SliceProgram> queue_;  // queue_[0] is the running slice, or slice 0 before it starts
    std::vector<SliceProgram> spare_;
    std::uint32_t pushed_ = 0;
    State state_ = State::idle;
    std::string fault_text_;
    SliceId slice_{0xffffffff};                       // running; one before 0 while its weights are loaded
    std::uint32_t pending_ = 0;                       // units that have not arrived yet
    std::uint64_t last_arrival_ = ~std::uint64_t{0};  // delta cycle of the last one's arrival
    bool posts_worked_ = false;                       // in the slice before
    bool weights_late_ = false;  // the next slice's weights were not resident when this slice started
    sc_core::sc_time doorbell_at_, phase_start_, earliest_end_, run_end_, drain_end_;
    sc_core::sc_time program_since_;  // when the host wrote what a stalled slice waited for
    sc_core::sc_event wake_, timer_, slice_started_, posts_started_, changed_;
    CycleAccount account_;
    SliceFacts facts_;
    std::vector<SliceFacts> slice_facts_;
    RunCounters counters_;
    std::vector<std::uint64_t> occupied_cycles_;
    std::vector<TileStore::Evicted> evicted_;

    // Pods are woken in groups: placement fills low pods first, so that on a large chip whole groups have
    // nothing to do.
    static constexpr std::uint32_t group_pods = 16;
    struct Group {
        sc_core::sc_event started;
        bool works = false, worked = false;  // in the slice that starts, in the one before
    };
    std::deque<Group> groups_;
    void wake_pods();

    // One timer per duration; `due` is when it was last set to fire.
    struct Timer {
        sc_core::sc_event event;
        sc_core::sc_time due;
    };
    std::unordered_map<std::uint32_t, std::unique_ptr<Timer>> timers_;
    std::uint32_t last_duration_ = 0;
    Timer* last_timer_ = nullptr;  // of last_duration_: most units of a slice ask for the same one

    struct Probe;
    std::shared_ptr<Probe> probe_;
};

}  // namespace sosa::hw
