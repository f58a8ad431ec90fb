#pragma once
#include <deque>
#include <string>
#include <systemc>
#include <tlm>
#include <unordered_map>
#include <vector>

#include "hw/bank.h"
#include "hw/layer_record.h"
#include "noc/payload.h"
#include "pods/commands.h"
#include "pods/unit.h"

namespace sosa::hw {

struct SliceProgram;

// Activations as scheduler, DMA and register file see them.
struct ActivationControl : virtual sc_core::sc_interface {
    // Take the next record of the tables; what is wrong with it as a sentence, or "".
    virtual std::string push(const LayerRecord& layer) = 0;
    virtual std::string push(VectorStep step) = 0;
    // The X tile [rows][depth] that a fetch record names by that address, gathered from its tensor.
    virtual void gather(std::uint32_t layer, std::uint64_t address, std::vector<unsigned char>& bytes) = 0;
    // Before a slice's units start: its activations stand in their X banks.
    virtual void begin_slice(const SliceProgram& slice) = 0;
    // Before pods load its weights: those that are results stand in their W banks.
    virtual void load_slice(const SliceProgram& slice) = 0;
    // When its results are in their banks: the finished ones leave through the post-processors.
    virtual void end_slice(const SliceProgram& slice) = 0;
    virtual void end_run() = 0;
};

// What the paper's timing leaves out: activations stay on chip between layers and cost nothing. Where a run
// moves data, their bytes live as tensors in DRAM, and this module moves them by debug transport, in no time:
// it gathers X tiles into their banks, has post-processors turn finished tiles of partial sums into
// activations, and works the vector steps between layers.
class Activations final : public sc_core::sc_module, public ActivationControl {
  public:
    tlm::tlm_initiator_socket<> memory{"memory"};
    tlm::tlm_initiator_socket<> host{"host"};  // who does the steps that the chip cannot
    sc_core::sc_vector<tlm::tlm_initiator_socket<>> x_banks, w_banks;
    sc_core::sc_vector<sc_core::sc_port<BankControl>> x_tags, w_tags;
    sc_core::sc_vector<sc_core::sc_port<pods::PostCommands>> posts;
    sc_core::sc_export<ActivationControl> control{"control"};

    struct Shape {
        std::uint32_t banks, rows, cols, partition;  // partition 0: the whole of M
    };
    // `operands` is filled in with the layers' signedness.
    Activations(sc_core::sc_module_name name, const Shape& shape, std::vector<pods::OperandSigns>& operands);

    std::string push(const LayerRecord& layer) override;
    std::string push(VectorStep step) override;
    void gather(std::uint32_t layer, std::uint64_t address, std::vector<unsigned char>& bytes) override;
    void begin_slice(const SliceProgram& slice) override;
    void load_slice(const SliceProgram& slice) override;
    void end_slice(const SliceProgram& slice) override;
    void end_run() override;

  private:
    struct Step {
        VectorStep step;
        bool done = false;
    };
    struct Blocks {
        std::uint32_t partition, I, J, L;  // L: of one group
    };
    Blocks blocks(const LayerRecord& layer) const;
    void gather_tile(const LayerRecord& layer, std::uint64_t tile, std::vector<unsigned char>& bytes);
    void provide(const pods::TileOp& op);
    void provide_weights(const pods::TileOp& op);
    void read_weights(const LayerRecord& layer, std::uint32_t group, std::uint32_t row, std::uint32_t rows,
                      std::uint32_t column, std::uint32_t columns);
    void sum_x(const LayerRecord& layer, std::uint32_t group, std::uint32_t row, std::uint32_t rows);
    void sum_w(const LayerRecord& layer, std::uint32_t group, std::uint32_t column, std::uint32_t cols);
    using ReadsLeft = std::unordered_map<std::uint64_t, std::uint32_t>;
    using BankPorts = sc_core::sc_vector<sc_core::sc_port<BankControl>>;
    static void count_read(const pods::TileRef& tile, ReadsLeft& reads, BankPorts& banks);
    void finish(std::uint32_t layer, std::uint32_t tile, const pods::TileRef& ref, std::uint32_t rows,
                std::uint32_t cols);
    void make(std::uint64_t tensor);
    void work(Step& step);
    void work_lanes(const VectorStep& step);
    void access(tlm::tlm_command command, std::uint64_t address, void* bytes, std::size_t count);

    const Shape shape_;
    std::vector<pods::OperandSigns>& operands_;
    std::vector<LayerRecord> layers_;
    std::deque<Step> steps_;
    std::unordered_map<std::uint64_t, std::size_t> step_of_;  // by address of its result
    // On-chip X and W tiles by bank and tag: ops that will read them yet.
    ReadsLeft reads_left_, w_reads_left_;
    std::vector<unsigned char> tile_;
    std::vector<std::int32_t> x_sums_, w_sums_;
    noc::NoBackwardPath no_backward_path_;
};

}  // namespace sosa::hw
