#pragma once
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "pods/finish.h"
#include "pods/unit.h"
#include "traces/vcd.h"

namespace sosa::pods {

struct PostCounters {
    std::uint64_t post_ops = 0;
    std::uint64_t busy_cycles = 0;  // rows added
    std::uint64_t additions = 0;    // elements
    std::uint64_t bytes_in = 0, bytes_out = 0;
    std::uint64_t overflows = 0;  // sums that left the range of a partial sum
    std::uint64_t vector_ops = 0, vector_elements = 0, vector_cycles = 0;
};

// A SIMD unit that adds two partial-sum tiles, one row a cycle (arXiv 2203.11540, section 3.1). It takes the
// next slice's work after max(rows + 1, SRAM round trip) cycles. In other slices its lanes do vector work.
// Where data moves it also turns the finished tiles of the P bank next to it into activations; the paper
// gives that no time, so it is debug transport.
class PostProcessor final : public sc_core::sc_module, public PostCommands {
  public:
    tlm::tlm_initiator_socket<> a{"a"}, b{"b"}, out{"out"};
    sc_core::sc_vector<tlm::tlm_initiator_socket<>> near_bank, memory;  // one each where data moves
    sc_core::sc_port<SliceControl> control{"control"};
    sc_core::sc_export<PostCommands> commands{"commands"};

    enum class State : std::uint8_t { idle, add, wait, vector };
    static constexpr const char* state_legend = "0=idle 1=add 2=wait 3=vector";

    PostProcessor(sc_core::sc_module_name name, std::uint32_t index, const UnitContext& context);

    void start(const PostOp& op) override { op_ = &op; }
    void start(const VectorOp& op) override { vector_ = &op; }
    void finish(const FinishOp& op) override;
    void compute(const LaneJob& job) override;

    const PostCounters& counters() const { return counters_; }
    void trace(traces::Vcd& vcd, const std::string& scope);

  private:
    void end_of_elaboration() override;
    void act();
    void begin();
    void end();
    void end_vector();
    void add();
    static void take_zeros(const FinishOp& op, std::uint32_t row, const std::vector<FinishEntry>& table,
                           std::int32_t* psums);
    void enter(State state, std::uint32_t busy_cycles = 0);

    const std::uint32_t index_;
    const UnitContext context_;
    const PostOp* op_ = nullptr;
    const VectorOp* vector_ = nullptr;
    bool active_ = false;
    Target *to_a_ = nullptr, *to_b_ = nullptr, *to_out_ = nullptr;  // behind the sockets
    PostCounters counters_;
    std::vector<unsigned char> a_bytes_, b_bytes_, sums_;
    std::vector<std::int32_t> a_psums_, b_psums_;
    noc::NoBackwardPath no_backward_path_;

    struct Probe;
    std::shared_ptr<Probe> probe_;
};

}  // namespace sosa::pods
