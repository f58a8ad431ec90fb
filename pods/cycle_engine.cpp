#include "pods/cycle_engine.h"

#include <algorithm>

#include "pods/psum.h"
#include "traces/error.h"

namespace sosa::pods {

namespace {
std::string text(std::uint32_t rows, std::uint32_t cols) {
    return std::to_string(rows) + " x " + std::to_string(cols);
}
}  // namespace

CycleEngine::CycleEngine(const ArrayShape& shape, const ArrayKernels& kernels) : array_(shape, kernels) {
    const std::size_t batch = array_.batch_edges();
    in_.resize(batch);
    out_.resize(batch);
    x_.resize(batch * shape.rows);
    psum_.resize(batch * shape.cols);
    w_.resize(std::size_t{shape.rows} * shape.cols);
}

void CycleEngine::load(const WeightTile& tile) {
    const ArrayShape& shape = array_.shape();
    SOSA_CHECK(
        tile.depth >= 1 && tile.depth <= shape.rows && tile.cols >= 1 && tile.cols <= shape.cols,
        "weights of " + text(tile.depth, tile.cols) + " in an array of " + text(shape.rows, shape.cols));
    if (tile.cols == shape.cols) {
        std::copy_n(tile.bytes, std::size_t{tile.depth} * tile.cols, w_.begin());
    } else {
        std::fill(w_.begin(), w_.end(), std::uint8_t{0});
        for (std::uint32_t i = 0; i < tile.depth; ++i) {
            std::copy_n(tile.bytes + std::size_t{i} * tile.cols, tile.cols,
                        w_.data() + std::size_t{i} * shape.cols);
        }
    }
    w_rows_ = tile.depth;
    w_signed_ = tile.is_signed;
    loaded_depth_ = tile.depth;
    loaded_cols_ = tile.cols;
    flips_.clear();
}

void CycleEngine::start(const StreamTile& tile) {
    SOSA_CHECK(!started_, "a second start() before finish()");
    if (w_rows_ != 0) {
        run({nullptr, w_rows_}, nullptr);
        w_rows_ = 0;
    }
    apply_flips();
    active_depth_ = loaded_depth_;
    active_cols_ = loaded_cols_;
    SOSA_CHECK(tile.rows >= 1 && tile.depth == active_depth_ && tile.cols == active_cols_,
               "a stream of " + text(tile.rows, tile.depth) + " past weights of " +
                   text(active_depth_, active_cols_) + ", to " + std::to_string(tile.cols) + " columns");
    stream_ = tile;
    started_ = true;
}

std::uint32_t CycleEngine::finish(std::uint8_t* results) {
    SOSA_CHECK(started_, "finish() without start()");
    started_ = false;
    const std::uint32_t overflows = run({&stream_, w_rows_}, results);
    w_rows_ = 0;
    apply_flips();
    return overflows;
}

// Until they are in the array, faults wait with the weights; those that a stream has yet to swap in are not
// meant.
void CycleEngine::flip_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) {
    const ArrayShape& shape = array_.shape();
    SOSA_CHECK(row < shape.rows && col < shape.cols,
               "PE (" + std::to_string(row) + ", " + std::to_string(col) + ")");
    flips_.push_back({row, col, bits});
}

void CycleEngine::apply_flips() {
    for (const Flip& flip : flips_) array_.flip_shadow_weight(flip.row, flip.col, flip.bits);
    flips_.clear();
}

std::uint32_t CycleEngine::edges_of(const Flow& flow) const {
    const ArrayShape& shape = array_.shape();
    const std::uint32_t x = flow.stream == nullptr ? 0 : flow.stream->rows + shape.latency_cycles() - 1;
    const std::uint32_t w = flow.w_rows == 0 ? 0 : flow.w_rows + shape.col_groups() - 1;
    return std::max(x, w);
}

std::uint32_t CycleEngine::run(const Flow& flow, std::uint8_t* results) {
    const std::uint32_t edges = edges_of(flow), batch = static_cast<std::uint32_t>(array_.batch_edges());
    std::uint32_t overflows = 0;
    for (std::uint32_t first = 0; first < edges; first += batch) {
        const std::uint32_t n = std::min(batch, edges - first);
        drive(flow, first, n);
        array_.run(in_.data(), out_.data(), n);
        cycles_ += n;
        if (recording_) record(n);
        if (flow.stream != nullptr) overflows += take_results(*flow.stream, first, n, results);
    }
    return overflows;
}

void CycleEngine::drive(const Flow& flow, std::uint32_t first, std::uint32_t edges) {
    for (std::uint32_t k = 0; k < edges; ++k) {
        const std::uint32_t row = first + k;
        in_[k] = ArrayInputs();
        if (flow.stream != nullptr && row < flow.stream->rows) drive_x(*flow.stream, row, k);
        if (row < flow.w_rows) {
            in_[k].w_valid = true;
            in_[k].w_first = row == 0;
            in_[k].w_signed = w_signed_;
            in_[k].w = w_.data() + std::size_t{row} * array_.shape().cols;
        }
    }
}

void CycleEngine::drive_x(const StreamTile& tile, std::uint32_t row, std::uint32_t slot) {
    const ArrayShape& shape = array_.shape();
    ArrayInputs& in = in_[slot];
    in.x_valid = true;
    in.x_swap = row == 0;
    in.x_last = row + 1 == tile.rows;
    in.x_signed = tile.x_signed;
    in.x = tile.x + std::size_t{row} * tile.depth;
    if (tile.depth < shape.rows) {
        std::uint8_t* x = x_.data() + std::size_t{slot} * shape.rows;
        std::fill(std::copy_n(in.x, tile.depth, x), x + shape.rows, std::uint8_t{0});
        in.x = x;
    }
    if (tile.psum != nullptr) {
        std::int32_t* psum = psum_.data() + std::size_t{slot} * shape.cols;
        const std::uint32_t bytes = shape.psum_bytes();
        unpack_psums(psum, tile.psum + std::size_t{row} * tile.cols * bytes, tile.cols, bytes);
        std::fill(psum + tile.cols, psum + shape.cols, 0);
        in.psum = psum;
    }
}

std::uint32_t CycleEngine::take_results(const StreamTile& tile, std::uint32_t first, std::uint32_t edges,
                                        std::uint8_t* results) const {
    const std::uint32_t bytes = array_.shape().psum_bytes(), fill = array_.shape().latency_cycles() - 1;
    std::uint32_t overflows = 0;
    for (std::uint32_t k = 0; k < edges; ++k) {
        const ArrayOutputs& out = out_[k];
        const std::uint32_t edge = first + k;
        const bool due = edge >= fill && edge - fill < tile.rows;
        SOSA_CHECK(out.valid == due && out.last == (edge + 1 == tile.rows + fill),
                   "edge " + std::to_string(edge) + " of " + std::to_string(tile.rows) + " rows: valid " +
                       std::to_string(out.valid) + ", last " + std::to_string(out.last));
        if (!due) continue;
        pack_psums(results + std::size_t{edge - fill} * tile.cols * bytes, out.psum, tile.cols, bytes);
        for (std::uint32_t j = 0; j < tile.cols; ++j) overflows += out.overflow[j];
    }
    return overflows;
}

void CycleEngine::record(std::uint32_t edges) {
    const std::uint32_t rows = array_.shape().rows, cols = array_.shape().cols;
    for (std::uint32_t k = 0; k < edges; ++k) {
        PinRecord pins{in_[k], out_[k], {}, {}, {}, {}, {}};
        if (pins.in.x_valid) pins.x.assign(pins.in.x, pins.in.x + rows);
        if (pins.in.w_valid) pins.w.assign(pins.in.w, pins.in.w + cols);
        if (pins.in.psum != nullptr) pins.psum_in.assign(pins.in.psum, pins.in.psum + cols);
        if (pins.out.valid) {
            pins.psum_out.assign(pins.out.psum, pins.out.psum + cols);
            pins.overflow.assign(pins.out.overflow, pins.out.overflow + cols);
        }
        pins.in.x = pins.in.w = pins.out.overflow = nullptr;
        pins.in.psum = pins.out.psum = nullptr;
        pins_.push_back(std::move(pins));
    }
}

std::unique_ptr<ArrayEngine> make_cycle_engine(const ArrayShape& shape) {
    return std::make_unique<CycleEngine>(shape);
}

}  // namespace sosa::pods
