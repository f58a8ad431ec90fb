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
      w_banks("w_banks", shape.banks),
      x_tags("x_tags", shape.banks),
      w_tags("w_tags", shape.banks),
      posts("posts", shape.banks),
      shape_(shape),
      operands_(operands) {
    memory.bind(no_backward_path_);
    host.bind(no_backward_path_);
    for (auto* sockets : {&x_banks, &w_banks})
        for (auto& socket : *sockets) socket.bind(no_backward_path_);
    control.bind(*this);
}

std::string Activations::push(const LayerRecord& r) {
    if (r.layer != layers_.size())
        return "found layer " + std::to_string(r.layer) + ", layer " + std::to_string(layers_.size()) +
               " comes next";
    const bool product = r.m != 0 || r.k != 0 || r.n != 0;  // else vector work
    const std::uint64_t pixels = std::uint64_t{r.out_height} * r.out_width;
    const std::uint64_t window = std::uint64_t{r.kernel_h} * r.kernel_w * r.in_channels;
    if (product && (r.m == 0 || r.k == 0 || r.n == 0 || pixels == 0 || r.m % pixels != 0 || window != r.k ||
                    r.dilation_h == 0 || r.dilation_w == 0 || r.groups == 0))
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
    return {partition, (r.m + partition - 1) / partition, (r.k + shape_.rows - 1) / shape_.rows,
            (r.n + shape_.cols - 1) / shape_.cols};
}

void Activations::gather(std::uint32_t layer, std::uint64_t address, std::vector<unsigned char>& bytes) {
    const LayerRecord& r = layers_.at(layer);
    const std::uint64_t slot = std::uint64_t{std::min(blocks(r).partition, r.m)} * std::min(shape_.rows, r.k);
    gather_tile(r, (address - r.x_tiles) / slot, bytes);
}

// X tile (i,j) of group g has the number (g * J + j) * I + i.
void Activations::gather_tile(const LayerRecord& r, std::uint64_t tile, std::vector<unsigned char>& bytes) {
    make(r.x_tensor);
    const Blocks b = blocks(r);
    const auto i = static_cast<std::uint32_t>(tile % b.I), j = static_cast<std::uint32_t>(tile / b.I % b.J);
    const auto group = static_cast<std::uint32_t>(tile / b.I / b.J);
    const std::uint32_t row = i * b.partition, column = j * shape_.rows;
    SOSA_CHECK(tile / b.I / b.J < r.groups,
               "X tile " + std::to_string(tile) + " of layer " + std::to_string(r.layer));
    const std::uint32_t rows = std::min(b.partition, r.m - row), depth = std::min(shape_.rows, r.k - column);
    bytes.resize(std::size_t{rows} * depth);
    gather_x(
        r, group, row, rows, column, depth,
        [this](std::uint64_t address, unsigned char* to, std::size_t count) {
            access(tlm::TLM_READ_COMMAND, address, to, count);
        },
        bytes.data());
}

void Activations::begin_slice(const SliceProgram& slice) {
    for (const auto& op : slice.ops)
        if (op.x_on_chip) provide(op);
}

void Activations::load_slice(const SliceProgram& slice) {
    for (const auto& op : slice.ops)
        if (op.w_on_chip) provide_weights(op);
}

// Every W tile is read by I ops.
void Activations::provide_weights(const pods::TileOp& op) {
    const LayerRecord& r = layers_.at(op.layer);
    const Blocks b = blocks(r);
    const std::uint64_t address = noc::tile_address(BankId{op.w.bank}, TileTag{op.w.tag});
    if (!w_reads_left_.try_emplace(address, b.I).second) return;
    const std::uint32_t L = b.L * r.groups, l = op.op % L, j = op.op / L / b.I;
    tile_.resize(std::size_t{op.depth} * op.cols);
    if (r.w_tensor == 0) {
        const std::uint64_t slot = std::uint64_t{std::min(shape_.rows, r.k)} * std::min(shape_.cols, r.n);
        access(tlm::TLM_READ_COMMAND, r.w_tiles + (std::uint64_t{j} * L + l) * slot, tile_.data(),
               tile_.size());
    } else {
        make(r.w_tensor);
        read_weights(r, l / b.L, j * shape_.rows, op.depth, l % b.L * shape_.cols, op.cols);
    }
    pods::debug_access(*w_banks[op.w.bank].operator->(), tlm::TLM_WRITE_COMMAND, address, tile_.data(),
                       tile_.size());
}

// W[row .. row + rows)[column .. column + columns) of a group into tile_.
void Activations::read_weights(const LayerRecord& r, std::uint32_t group, std::uint32_t row,
                               std::uint32_t rows, std::uint32_t column, std::uint32_t columns) {
    tile_.resize(std::size_t{rows} * columns);
    for (std::uint32_t k = 0; k < rows; ++k) {
        const std::uint64_t from = r.w_tensor + group * r.w_group + std::uint64_t{row + k} * r.w_row +
                                   std::uint64_t{column} * r.w_col;
        unsigned char* const to = &tile_[std::size_t{k} * columns];
        if (r.w_col == 1)
            access(tlm::TLM_READ_COMMAND, from, to, columns);
        else
            for (std::uint32_t n = 0; n < columns; ++n)
                access(tlm::TLM_READ_COMMAND, from + std::uint64_t{n} * r.w_col, to + n, 1);
    }
}

// Every X tile is read by the L ops of its group.
void Activations::provide(const pods::TileOp& op) {
    const std::uint64_t address = noc::tile_address(BankId{op.x.bank}, TileTag{op.x.tag});
    const Blocks b = blocks(layers_.at(op.layer));
    const auto [left, fresh] = reads_left_.try_emplace(address, b.L);
    if (fresh) {
        const std::uint32_t groups = layers_.at(op.layer).groups, L = b.L * groups;
        const std::uint32_t i = op.op / L % b.I, j = op.op / L / b.I, group = op.op % L / b.L;
        gather_tile(layers_.at(op.layer), (std::uint64_t{group} * b.J + j) * b.I + i, tile_);
        pods::debug_access(*x_banks[op.x.bank].operator->(), tlm::TLM_WRITE_COMMAND, address, tile_.data(),
                           tile_.size());
    }
}

void Activations::end_slice(const SliceProgram& slice) {
    for (const auto& op : slice.ops) {
        if (op.x_on_chip) count_read(op.x, reads_left_, x_tags);
        if (op.w_on_chip) count_read(op.w, w_reads_left_, w_tags);
        if (op.pout.reads > 0) continue;
        const Blocks b = blocks(layers_.at(op.layer));
        const std::uint32_t L = b.L * layers_.at(op.layer).groups;
        finish(op.layer, op.op / L % b.I * L + op.op % L, op.pout, op.rows, op.cols);
    }
    // Both halves of a sum write the same tile; the second of the pair stands for both.
    for (const auto& op : slice.posts)
        if (op.out.reads == 0 && op.op % 2 == 1) finish(op.layer, op.tile, op.out, op.rows, op.cols);
}

// The last of its ops has run: the tile leaves its bank.
void Activations::count_read(const pods::TileRef& tile, ReadsLeft& reads, BankPorts& banks) {
    const auto left = reads.find(noc::tile_address(BankId{tile.bank}, TileTag{tile.tag}));
    if (--left->second > 0) return;
    banks[tile.bank]->drop(TileTag{tile.tag});
    reads.erase(left);
}

void Activations::finish(std::uint32_t layer, std::uint32_t tile, const pods::TileRef& ref,
                         std::uint32_t rows, std::uint32_t cols) {
    const LayerRecord& r = layers_.at(layer);
    const Blocks b = blocks(r);
    const std::uint32_t L = b.L * r.groups, group = tile % L / b.L;
    const std::uint32_t row = tile / L * b.partition, column = tile % b.L * shape_.cols;
    const std::uint64_t element_bytes = r.wide ? 4 : 1;
    pods::FinishOp op;
    op.tile = ref;
    op.layer = layer;
    op.rows = rows;
    op.cols = cols;
    op.table = r.finish_table + (std::uint64_t{group} * r.n + column) * sizeof(FinishEntry);
    op.y_pitch = r.row_elements() * element_bytes;
    op.y = r.y_tensor + group * r.y_group + row * op.y_pitch + column * element_bytes;
    op.wide = r.wide != 0;
    if (r.zeros) {
        op.x_zero = r.x_signed ? static_cast<std::int8_t>(r.x_pad) : r.x_pad;
        op.k = r.k;
        sum_x(r, group, row, rows);
        op.x_sums = x_sums_.data();
        if (r.w_tensor != 0) {
            sum_w(r, group, column, cols);
            op.w_sums = w_sums_.data();
        }
    }
    op.y_zero = r.y_zero;
    op.y_signed = r.y_signed != 0;
    op.relu = r.relu != 0;
    posts[ref.bank]->finish(op);
}

namespace {
std::int32_t widened(unsigned char byte, bool is_signed) {
    return is_signed ? static_cast<std::int8_t>(byte) : std::int32_t{byte};
}
}  // namespace

void Activations::sum_x(const LayerRecord& r, std::uint32_t group, std::uint32_t row, std::uint32_t rows) {
    x_sums_.assign(rows, 0);
    tile_.resize(r.k);
    for (std::uint32_t i = 0; i < rows; ++i) {
        gather_x(
            r, group, row + i, 1, 0, r.k,
            [this](std::uint64_t address, unsigned char* to, std::size_t count) {
                access(tlm::TLM_READ_COMMAND, address, to, count);
            },
            tile_.data());
        for (const unsigned char byte : tile_) x_sums_[i] += widened(byte, r.x_signed != 0);
    }
}

void Activations::sum_w(const LayerRecord& r, std::uint32_t group, std::uint32_t column, std::uint32_t cols) {
    w_sums_.assign(cols, 0);
    read_weights(r, group, 0, r.k, column, cols);
    for (std::size_t at = 0; at < tile_.size(); ++at)
        w_sums_[at % cols] += widened(tile_[at], r.w_signed != 0);
}

void Activations::make(std::uint64_t tensor) {
    const auto step = step_of_.find(tensor);
    if (step != step_of_.end() && !steps_[step->second].done) work(steps_[step->second]);
}

void Activations::work(Step& step) {
    step.done = true;
    for (const auto& input : step.step.inputs) make(input.address);
    if (step.step.op == VectorOp::host) {
        unsigned char done = 0;
        pods::debug_access(*host.operator->(), tlm::TLM_WRITE_COMMAND, step.step.host_step, &done, 1);
        return;
    }
    if (step.step.op == VectorOp::lanes) return work_lanes(step.step);
    std::vector<std::vector<std::int8_t>> inputs;
    for (const auto& input : step.step.inputs) {
        inputs.emplace_back(input.bytes());
        access(tlm::TLM_READ_COMMAND, input.address, inputs.back().data(), inputs.back().size());
    }
    std::vector<std::int8_t> out;
    run_step(step.step, inputs, out);
    access(tlm::TLM_WRITE_COMMAND, step.step.out.address, out.data(), out.size());
}

// Every post-processor works on a part.
void Activations::work_lanes(const VectorStep& step) {
    const std::size_t in_bytes = pods::lane_bytes(step.lane.in), out_bytes = pods::lane_bytes(step.lane.out);
    const std::size_t count = step.out.bytes() / out_bytes, part = (count + posts.size() - 1) / posts.size();
    pods::LaneJob job;
    job.op = step.lane;
    for (std::size_t begin = 0, unit = 0; begin < count; begin += part, ++unit) {
        job.count = std::min(part, count - begin);
        job.a = step.inputs[0].address + begin * in_bytes;
        job.b = step.inputs.size() > 1 ? step.inputs[1].address + begin * in_bytes : 0;
        job.out = step.out.address + begin * out_bytes;
        posts[unit]->compute(job);
    }
}

void Activations::end_run() {
    for (auto& step : steps_)
        if (!step.done) work(step);
}

}  // namespace sosa::hw
