#include "hw/activations.h"

#include <algorithm>

#include "hw/im2col.h"
#include "hw/program_format.h"
#include "hw/vector_ops.h"
#include "traces/error.h"

namespace sosa::hw {

Activations::Activations(sc_core::sc_module_name name, const Shape& shape,
                         std::vector<pods::OperandSigns>& operands)
    : sc_module(name),
      x_banks("x_banks", shape.banks),
      x_tags("x_tags", shape.banks),
      posts("posts", shape.banks),
      shape_(shape),
      operands_(operands) {
    memory.bind(no_backward_path_);
    for (auto& socket : x_banks) socket.bind(no_backward_path_);
    control.bind(*this);
}

std::string Activations::push(const LayerRecord& r) {
    if (r.layer != layers_.size())
        return "found layer " + std::to_string(r.layer) + ", layer " + std::to_string(layers_.size()) +
               " comes next";
    const std::uint64_t pixels = std::uint64_t{r.out_height} * r.out_width;
    const std::uint64_t window = std::uint64_t{r.kernel_h} * r.kernel_w * r.in_channels;
    if (r.m == 0 || r.k == 0 || r.n == 0 || pixels == 0 || r.m % pixels != 0 || window != r.k ||
        r.dilation_h == 0 || r.dilation_w == 0)
        return "layer " + std::to_string(r.layer) + ": a window of " + std::to_string(window) +
               " elements at " + std::to_string(pixels) + " places does not make a matrix of " +
               std::to_string(r.m) + " x " + std::to_string(r.k);
    layers_.push_back(r);
    operands_.push_back({r.x_signed != 0, r.w_signed != 0});
    return {};
}

std::string Activations::push(VectorStep step) {
    std::string error = check_step(step);
    if (error.empty() && !step_of_.emplace(step.out.address, steps_.size()).second)
        error = "its result is made twice";
    if (!error.empty()) return "vector step " + std::to_string(steps_.size()) + ": " + error;
    steps_.push_back({std::move(step)});
    return {};
}

void Activations::access(tlm::tlm_command command, std::uint64_t address, void* bytes, std::size_t count) {
    pods::debug_access(*memory.operator->(), command, address, static_cast<unsigned char*>(bytes), count);
}

Activations::Blocks Activations::blocks(const LayerRecord& r) const {
    const std::uint32_t partition = shape_.partition ? shape_.partition : r.m;
    return {partition, (r.m + partition - 1) / partition, (r.n + shape_.cols - 1) / shape_.cols};
}

void Activations::gather(std::uint32_t layer, std::uint64_t address, std::vector<unsigned char>& bytes) {
    const LayerRecord& r = layers_.at(layer);
    const std::uint64_t slot = std::uint64_t{std::min(blocks(r).partition, r.m)} * std::min(shape_.rows, r.k);
    gather_tile(r, (address - r.x_tiles) / slot, bytes);
}

// X tile (i,j) has the number j * I + i.
void Activations::gather_tile(const LayerRecord& r, std::uint64_t tile, std::vector<unsigned char>& bytes) {
    make(r.x_tensor);
    const Blocks b = blocks(r);
    const auto i = static_cast<std::uint32_t>(tile % b.I), j = static_cast<std::uint32_t>(tile / b.I);
    const std::uint32_t row = i * b.partition, column = j * shape_.rows;
    SOSA_CHECK(tile / b.I < r.k && column < r.k,
               "X tile " + std::to_string(tile) + " of layer " + std::to_string(r.layer));
    const std::uint32_t rows = std::min(b.partition, r.m - row), depth = std::min(shape_.rows, r.k - column);
    bytes.resize(std::size_t{rows} * depth);
    gather_x(
        r, row, rows, column, depth,
        [this](std::uint64_t address, unsigned char* to, std::size_t count) {
            access(tlm::TLM_READ_COMMAND, address, to, count);
        },
        bytes.data());
}

void Activations::begin_slice(const SliceProgram& slice) {
    for (const auto& op : slice.ops)
        if (op.x_on_chip) provide(op);
}

// Every X tile is read by L ops.
void Activations::provide(const pods::TileOp& op) {
    const std::uint64_t address = noc::tile_address(BankId{op.x.bank}, TileTag{op.x.tag});
    const Blocks b = blocks(layers_.at(op.layer));
    const auto [left, fresh] = reads_left_.try_emplace(address, b.L);
    if (fresh) {
        gather_tile(layers_.at(op.layer), op.op / b.L, tile_);
        pods::debug_access(*x_banks[op.x.bank].operator->(), tlm::TLM_WRITE_COMMAND, address, tile_.data(),
                           tile_.size());
    }
}

void Activations::end_slice(const SliceProgram& slice) {
    for (const auto& op : slice.ops) {
        if (op.x_on_chip) {
            const auto left = reads_left_.find(noc::tile_address(BankId{op.x.bank}, TileTag{op.x.tag}));
            if (--left->second == 0) {
                x_tags[op.x.bank]->drop(TileTag{op.x.tag});
                reads_left_.erase(left);
            }
        }
        if (op.pout.reads > 0) continue;
        const Blocks b = blocks(layers_.at(op.layer));
        finish(op.layer, op.op / b.L % b.I * b.L + op.op % b.L, op.pout, op.rows, op.cols);
    }
    // Both halves of a sum write the same tile; the second of the pair stands for both.
    for (const auto& op : slice.posts)
        if (op.out.reads == 0 && op.op % 2 == 1) finish(op.layer, op.tile, op.out, op.rows, op.cols);
}

void Activations::finish(std::uint32_t layer, std::uint32_t tile, const pods::TileRef& ref,
                         std::uint32_t rows, std::uint32_t cols) {
    const LayerRecord& r = layers_.at(layer);
    const Blocks b = blocks(r);
    const std::uint64_t column = std::uint64_t{tile % b.L} * shape_.cols;
    pods::FinishOp op;
    op.tile = ref;
    op.layer = layer;
    op.rows = rows;
    op.cols = cols;
    op.table = r.finish_table + column * sizeof(FinishEntry);
    op.y = r.y_tensor + std::uint64_t{tile / b.L} * b.partition * r.n + column;
    op.y_pitch = r.n;
    op.y_zero = r.y_zero;
    op.y_signed = r.y_signed != 0;
    op.relu = r.relu != 0;
    posts[ref.bank]->finish(op);
}

void Activations::make(std::uint64_t tensor) {
    const auto step = step_of_.find(tensor);
    if (step != step_of_.end() && !steps_[step->second].done) work(steps_[step->second]);
}

void Activations::work(Step& step) {
    step.done = true;
    std::vector<std::vector<std::int8_t>> inputs;
    for (const auto& input : step.step.inputs) {
        make(input.address);
        inputs.emplace_back(input.bytes());
        access(tlm::TLM_READ_COMMAND, input.address, inputs.back().data(), inputs.back().size());
    }
    std::vector<std::int8_t> out;
    run_step(step.step, inputs, out);
    access(tlm::TLM_WRITE_COMMAND, step.step.out.address, out.data(), out.size());
}

void Activations::end_run() {
    for (auto& step : steps_)
        if (!step.done) work(step);
}

}  // namespace sosa::hw
