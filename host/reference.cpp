#include "host/reference.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "host/reference_parts.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

using Bytes = std::vector<std::uint8_t>;

// Makes y of sums: cut to psum_bits, bias, scale, rounding, zero point, ReLU.
class Finisher : public SumSink {
  public:
    Finisher(const hw::LayerRecord& record, const std::uint8_t* table, std::uint32_t psum_bits, Bytes& y)
        : r_(record), table_(std::size_t{record.n} * record.groups), psum_bits_(psum_bits), y_(y) {
        std::memcpy(table_.data(), table, table_.size() * sizeof table_[0]);
        y_.resize(record.y_bytes());
    }

    void take(std::uint32_t group, std::uint64_t row, const std::int64_t* sums) override {
        std::uint8_t* const y = &y_[group * r_.y_group + row * r_.row_elements()];
        const hw::FinishEntry* const table = &table_[std::size_t{group} * r_.n];
        for (std::uint64_t n = 0; n < r_.n; ++n) y[n] = finished(sums[n], table[n]);
    }

  private:
    std::uint8_t finished(std::int64_t exact, const hw::FinishEntry& entry) const {
        const auto sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(exact) << (64 - psum_bits_)) >>
                         (64 - psum_bits_);
        const auto biased = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) +
                                                      static_cast<std::uint32_t>(entry.bias));
        const float scaled = static_cast<float>(biased) * entry.scale;
        const double y = std::nearbyint(static_cast<double>(scaled)) + r_.y_zero;  // ties go to even
        const double kept = r_.y_signed ? std::clamp(y, -128.0, 127.0) : std::clamp(y, 0.0, 255.0);
        const int result = static_cast<int>(kept);
        return static_cast<std::uint8_t>(r_.relu ? std::max(result, r_.y_zero) : result);
    }

    const hw::LayerRecord& r_;
    std::vector<hw::FinishEntry> table_;
    const std::uint32_t psum_bits_;
    Bytes& y_;
};

// Tensors by address. Layers run in the program's order, vector steps as soon as their inputs are there.
class ReferenceRun {
  public:
    ReferenceRun(const Program& program, const hw::PodConfig& pods, const TensorData& data)
        : program_(program), psum_bits_(pods.psum_bits), data_(data), made_(data.steps.size()) {
        if (pods.psum_overflow == hw::PsumOverflow::saturate)
            saturating_.emplace(program, pods.fanin_rows, pods.psum_bits);
        for (std::size_t s = 0; s < data.steps.size(); ++s) {
            missing_.push_back(data.steps[s].inputs.size());
            for (const auto& input : data.steps[s].inputs) waiting_[input.address].push_back(s);
        }
        for (const auto& image : data.images) publish(image.address, image.bytes);
    }

    std::vector<Bytes> run() {
        std::vector<Bytes> results(data_.layers.size());
        for (std::size_t l = 0; l < data_.layers.size(); ++l) {
            if (data_.layers[l].m == 0) continue;  // vector work
            compute(data_.layers[l], results[l]);
            publish(data_.layers[l].y_tensor, results[l]);
        }
        return results;
    }

  private:
    const std::uint8_t* at(std::uint64_t address, std::uint64_t bytes) const {
        const auto found = tensors_.find(address);
        SOSA_CHECK(found != tensors_.end() && found->second->size() >= bytes,
                   std::to_string(bytes) + " bytes at " + std::to_string(address));
        return found->second->data();
    }

    void compute(const hw::LayerRecord& r, Bytes& y) {
        const XMatrix x(r, at(r.x_tensor, r.x_bytes()));
        const LayerTiles tiles = program_.tiles(r.layer);
        const std::uint64_t slots = std::uint64_t{tiles.w_tiles()} * tiles.depth(0) * tiles.cols(0);
        const WeightTiles w{tiles, at(program_.layers[r.layer].w_address, slots)};
        Finisher finisher(r, at(r.finish_table, std::uint64_t{r.n} * r.groups * sizeof(hw::FinishEntry)),
                          psum_bits_, y);
        if (saturating_)
            saturating_->run(r, x, w, finisher);
        else
            exact_sums(r, x, w, finisher);
    }

    // The tensor stands at `address` from now on; so do the results of steps that waited for it alone.
    void publish(std::uint64_t address, const Bytes& bytes) {
        tensors_[address] = &bytes;
        std::vector<std::uint64_t> open{address};
        while (!open.empty()) {
            const auto waiting = waiting_.find(open.back());
            open.pop_back();
            if (waiting == waiting_.end()) continue;
            for (const std::size_t s : waiting->second)
                if (--missing_[s] == 0) open.push_back(run_step(s));
            waiting_.erase(waiting);
        }
    }

    std::uint64_t run_step(std::size_t index) {
        const hw::VectorStep& step = data_.steps[index];
        std::vector<const std::uint8_t*> inputs;
        for (const auto& input : step.inputs) inputs.push_back(at(input.address, input.bytes()));
        made_[index] = step_result(step, inputs);
        tensors_[step.out.address] = &made_[index];
        return step.out.address;
    }

    const Program& program_;
    const std::uint32_t psum_bits_;
    const TensorData& data_;
    std::optional<SaturatingSums> saturating_;
    std::vector<Bytes> made_;           // by step
    std::vector<std::size_t> missing_;  // by step: inputs that do not stand yet
    std::unordered_map<std::uint64_t, const Bytes*> tensors_;
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> waiting_;  // steps by an input's address
};

}  // namespace

std::vector<std::vector<std::uint8_t>> compute_reference(const Program& program, const hw::PodConfig& pods,
                                                         const TensorData& data) {
    return ReferenceRun(program, pods, data).run();
}

}  // namespace sosa::host
