#pragma once
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "pods/pin_wave.h"
#include "pods/unit.h"
#include "traces/vcd.h"

namespace sosa::pods {

struct PodCounters {
    std::uint64_t tile_ops = 0;
    std::uint64_t busy_cycles = 0;         // X rows streamed
    std::uint64_t weight_load_cycles = 0;  // W rows loaded, while streaming or not
    std::uint64_t macs = 0;
    std::uint64_t x_bytes_in = 0, w_bytes_in = 0, pin_bytes_in = 0, pout_bytes_out = 0;
    std::uint64_t overflows = 0;  // results that left the range of a partial sum inside the array
};

// A weight-stationary systolic array with double-buffered weights. In a slice it streams the X tile of its op
// against the weights loaded in the slice before, adds the incoming partial sums, and loads the next op's
// weights, one row a cycle. It takes the next slice's work after max(X rows + 1, W rows + 1, SRAM round trip)
// cycles; the result leaves over `pout` then (arXiv 2203.11540, sections 3.1 and 4.3).
class Pod final : public sc_core::sc_module, public PodCommands {
  public:
    enum class State : std::uint8_t { idle, load, stream, wait };
    static constexpr const char* state_legend = "0=idle 1=load 2=stream 3=wait";

  private:
    // First, next to the interface that the scheduler calls: what every slice touches, in few cache lines.
    const TileOp* op_ = nullptr;    // of this slice
    const TileOp* next_ = nullptr;  // of the next slice, if its weights are to be loaded
    TileRef weights_;               // the tile in the shadow registers, for the slice that starts next
    bool active_ = false;
    State state_ = State::idle;
    const std::uint32_t index_;
    ArrayEngine* array_ = nullptr;  // null where no data moves
    Target *to_x_ = nullptr, *to_w_ = nullptr, *to_pin_ = nullptr, *to_pout_ = nullptr;  // behind the sockets
    const UnitContext context_;
    PodCounters counters_;
    // Tiles of the running op, and weights that wait for the array to swap.
    std::vector<unsigned char> x_bytes_, pin_bytes_, results_, w_bytes_;
    TileOp w_waiting_;
    bool w_waits_ = false;
    std::unique_ptr<PinWave> pins_;  // an array whose pins are drawn computes when its slice starts
    CycleEngine* stepped_ = nullptr;
    struct Probe;
    std::shared_ptr<Probe> probe_;

  public:
    tlm::tlm_initiator_socket<> x{"x"}, w{"w"}, pin{"pin"}, pout{"pout"};
    sc_core::sc_port<SliceControl> control{"control"};
    sc_core::sc_export<PodCommands> commands{"commands"};

    Pod(sc_core::sc_module_name name, std::uint32_t index, const UnitContext& context);

    void start(const TileOp& op) override;
    void load(const TileOp& next, bool resident) override;
    void take_weights(const TileOp& next) override;

    // What computes, from the first op on; without one tiles are lengths only. It must outlive the pod.
    void use(ArrayEngine& array) { array_ = &array; }

    const PodCounters& counters() const { return counters_; }
    State state() const { return state_; }

    // Adds this pod's signals to the scope, with the pins of an array that is stepped if asked for; before
    // the simulation starts.
    void trace(traces::Vcd& vcd, const std::string& scope, bool pins = false);

  private:
    void end_of_elaboration() override;
    void act();
    void begin();
    void finish();
    // Both return the cycles that they take.
    std::uint32_t stream_op();
    std::uint32_t load_weights();
    void fill_shadow();
    void compute();
    void enter(State state);
    void draw_work();

    noc::NoBackwardPath no_backward_path_;
};

}  // namespace sosa::pods
