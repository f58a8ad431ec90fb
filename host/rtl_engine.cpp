#include "host/rtl_engine.h"

#include <algorithm>
#include <cstring>

#include "host/pod_rtl.h"
#include "pods/psum.h"
#include "traces/error.h"

namespace sosa::host {

using pods::ArrayInputs;

RtlEngine::RtlEngine(const sc_core::sc_module_name& name, const RtlLibrary& library,
                     const pods::ArrayShape& shape, const Options& options)
    : sc_core::sc_module(name),
      shape_(shape),
      options_(options),
      rtl_(make_rtl_pod(library, "rtl", options.seed)),
      pair_(*rtl_, this->name(), shape, options.period),
      x_(shape.rows),
      psum_(shape.cols) {
    SC_HAS_PROCESS(RtlEngine);
    SC_THREAD(run);
}

void RtlEngine::load(const pods::WeightTile& tile) {
    Load load{std::vector<std::uint8_t>(std::size_t{tile.depth} * shape_.cols), tile.depth, tile.is_signed};
    for (std::uint32_t i = 0; i < tile.depth; ++i)
        std::copy_n(tile.bytes + std::size_t{i} * tile.cols, tile.cols,
                    &load.bytes[std::size_t{i} * shape_.cols]);
    loads_.push_back(std::move(load));
    job_.notify(sc_core::SC_ZERO_TIME);
}

void RtlEngine::start(const pods::StreamTile& tile) {
    SOSA_CHECK(!started_, std::string(name()) + ": a second start() before the first was done");
    stream_ = tile;
    label_ = {tile.slice, tile.op, -1, std::to_string(tile.layer), {}};
    loads_before_start_ = loads_.size();
    x_row_ = result_row_ = overflows_ = 0;
    results_.assign(std::size_t{tile.rows} * tile.cols * shape_.psum_bytes(), 0);
    started_ = true;
    job_.notify(sc_core::SC_ZERO_TIME);
}

std::uint32_t RtlEngine::finish(std::uint8_t* results) {
    SOSA_CHECK(!started_ || pair_.diverged(), std::string(name()) + ": row " + std::to_string(result_row_) +
                                                  " of " + std::to_string(stream_.rows) +
                                                  " at the end of the slice: its clock is too slow");
    started_ = false;
    std::copy(results_.begin(), results_.end(), results);
    return overflows_;
}

void RtlEngine::flip_weight(std::uint32_t, std::uint32_t, std::uint8_t) {
    throw UserError(std::string(name()) +
                    ": found a fault to put into a weight, allowed only in arrays that are not RTL");
}

void RtlEngine::run() {
    ArrayInputs reset;
    reset.reset = true;
    for (int edge = 0; edge < 2; ++edge) pair_.step(reset, {});
    for (;;) {
        if (pair_.diverged() && (!busy() || pair_.seen_enough())) break;
        if (busy())
            clock_edge();
        else
            wait(job_);
    }
    divergence_ = pair_.explain(options_.timeout_cycles);
    sc_core::sc_stop();
}

// A row of X and a row of W at a time, if they are due. W may come with the row of X that swaps: it goes
// behind it through the array.
void RtlEngine::clock_edge() {
    ArrayInputs pins;
    RowLabel label = label_;
    label.row = x_row_;
    if (started_ && loads_before_start_ == 0 && x_row_ < stream_.rows) put_x(pins);
    if (!loads_.empty()) put_w(pins);
    pair_.step(pins, label);
    if (!loads_.empty() && loads_.front().row == loads_.front().depth) {
        loads_.pop_front();
        if (loads_before_start_ > 0) --loads_before_start_;
    }
    if (pair_.outputs().valid && started_) collect();
}

void RtlEngine::put_x(ArrayInputs& pins) {
    const std::uint8_t* const row = stream_.x + std::size_t{x_row_} * stream_.depth;
    std::fill(std::copy_n(row, stream_.depth, x_.begin()), x_.end(), std::uint8_t{0});
    pins.x = x_.data();
    pins.x_valid = true;
    pins.x_swap = x_row_ == 0;
    pins.x_last = x_row_ + 1 == stream_.rows;
    pins.x_signed = stream_.x_signed;
    if (stream_.psum) {
        const std::size_t bytes = std::size_t{stream_.cols} * shape_.psum_bytes();
        pods::unpack_psums(psum_.data(), stream_.psum + x_row_ * bytes, stream_.cols, shape_.psum_bytes());
        std::fill(psum_.begin() + stream_.cols, psum_.end(), 0);
        pins.psum = psum_.data();
    }
    ++x_row_;
}

void RtlEngine::put_w(ArrayInputs& pins) {
    Load& load = loads_.front();
    pins.w = &load.bytes[std::size_t{load.row} * shape_.cols];
    pins.w_valid = true;
    pins.w_first = load.row == 0;
    pins.w_signed = load.is_signed;
    ++load.row;
}

// The RTL's results, at the edge at which the model has them.
void RtlEngine::collect() {
    const std::size_t bytes = std::size_t{stream_.cols} * shape_.psum_bytes();
    std::memcpy(&results_[result_row_ * bytes], pair_.rtl_outputs().psum.data(), bytes);
    for (std::uint32_t j = 0; j < stream_.cols; ++j) overflows_ += bit_lane(pair_.rtl_outputs().overflow, j);
    if (++result_row_ == stream_.rows) started_ = false;
}

void RtlEngine::check(const std::filesystem::path& folder) {
    if (!pair_.diverged()) return;
    const Divergence d =
        divergence_ ? *divergence_ : pair_.explain(0);  // the run ended before more was known
    pair_.write_divergence(folder);
    throw UserError(sentence(d) + "; " + (folder / "divergence.vcd").string() + " and .gtkw show it");
}

}  // namespace sosa::host
