#pragma once
#include "pods/array_kernels.h"

namespace sosa::pods {

// The array, register by register as pods/README.md ("Inside the array") describes it: whatever comes in at
// the pins, what stands at them after each edge is what rtl/sosa_pod.sv shows.
//
// A register of the hardware has no place of its own here. Samples and partial sums stay where they are, in
// rings that are indexed by the edge that sampled them; which register holds them follows from their age.
class SystolicArray {
  public:
    explicit SystolicArray(const ArrayShape& shape, const ArrayKernels& kernels = *array_kernels().front());
    SystolicArray(const SystolicArray&) = delete;
    SystolicArray& operator=(const SystolicArray&) = delete;

    const ArrayShape& shape() const { return shape_; }

    // One clock edge. Incoming partial sums are numbers of psum_bits.
    void step(const ArrayInputs& in) { run(&in, &outputs_, 1); }
    const ArrayOutputs& outputs() const { return outputs_; }

    // `n` clock edges, at most batch_edges(); out[i] is what stands at the pins after edge i, its pointers
    // hold until the next call. Faster than single steps: it need not wait for bytes that were just stored.
    void run(const ArrayInputs* in, ArrayOutputs* out, std::size_t n);
    std::size_t batch_edges() const { return batch_; }

    // Nine bits, as the registers hold them.
    std::int32_t active_weight(std::uint32_t row, std::uint32_t col) const;
    std::int32_t shadow_weight(std::uint32_t row, std::uint32_t col) const;
    // A fault: inverts bits of the lower eight.
    void flip_shadow_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits);

  private:
    static constexpr std::int32_t kNoRow = -1;
    struct Sample {
        bool valid = false, last = false;
        std::int32_t w_row = kNoRow;  // where its row of W goes
        std::uint32_t w_rows = 0;
    };

    void push(const ArrayInputs& in);
    void push_x(const ArrayInputs& in);
    void push_psum(const ArrayInputs& in);
    void push_w(const ArrayInputs& in, Sample& sample);
    void push_window();
    void slide_windows();
    void edge();
    void swap_weights();
    void write_weights();
    void collect();
    void show();
    void reset();
    std::size_t slot(std::uint64_t time) const { return static_cast<std::size_t>(time & mask_); }
    std::size_t weight_at(std::uint32_t row, std::uint32_t col) const;

    const ArrayShape shape_;
    const ArrayPlan plan_;
    const ArrayKernels::Edge kernel_;
    const std::uint64_t latency_;
    std::size_t batch_;
    std::uint64_t mask_;  // of the rings, whose rows are indexed by time

    std::uint64_t time_ = 0;    // enabled edges so far
    std::uint64_t pushed_ = 0;  // of them sampled: ahead of time_ within run()
    std::uint32_t turn_ = 0;    // time_ mod row groups
    std::uint32_t next_w_row_ = 0;
    std::uint32_t valid_inside_ = 0;
    std::uint64_t w_settled_ = 0;       // from this time on no row of W is on its way
    std::vector<std::uint64_t> swaps_;  // times of the rows with x_swap that are on their way

    LineVector<Sample> samples_;
    LineVector<std::int16_t> x_, w_;            // rings of samples
    LineVector<std::int32_t> psum_, results_;   // rings: what enters at the top, what leaves
    LineVector<std::uint8_t> overflow_;         // ring
    LineVector<std::int16_t> active_, shadow_;  // weights, at plan_.weight()
    LineVector<std::int32_t> sums_, spills_;    // see EdgeJob
    std::vector<std::uint32_t> operand_of_row_, group_of_col_;

    // Unless plan_.whole_vectors: per pair of rows the pairs sampled so far, the newest first, each for
    // shape_.multicast_cols columns, from window_ * multicast_cols on.
    LineVector<std::int16_t> windows_;
    std::size_t window_ = 0, window_slots_ = 0, window_stride_ = 0;

    LineVector<std::int32_t> no_results_;
    LineVector<std::uint8_t> no_overflow_;
    ArrayOutputs outputs_;
};

}  // namespace sosa::pods
