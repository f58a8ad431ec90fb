#include "host/layer_account.h"

#include <algorithm>

#include "host/loss_parts.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

// The tile ops of one slice, by layer.
class SliceLayers {
  public:
    explicit SliceLayers(std::size_t layers) : counts_(layers) {}

    void add(const pods::TileOp& op) {
        Count& count = counts_[op.layer];
        if (count.ops++ == 0) seen_.push_back(op.layer);
        count.macs += std::uint64_t{op.rows} * op.depth * op.cols;
    }
    template <class Take>
    void take_all(Take take) {
        for (const std::uint32_t layer : seen_) {
            take(layer, counts_[layer].ops, counts_[layer].macs);
            counts_[layer] = {};
        }
        seen_.clear();
    }

  private:
    struct Count {
        std::uint32_t ops = 0;
        std::uint64_t macs = 0;
    };
    std::vector<Count> counts_;
    std::vector<std::uint32_t> seen_;
};

LayerId oldest_layer(const Program& program, std::size_t slice) {
    LayerId oldest = kNoLayer;
    const auto look = [&](const auto& ops, const auto& begin) {
        for (std::uint32_t i = begin[slice]; i < begin[slice + 1]; ++i)
            oldest = std::min(oldest, LayerId{ops[i].layer});
    };
    look(program.ops, program.op_begin);
    look(program.posts, program.post_begin);
    look(program.vectors, program.vector_begin);
    return oldest;
}

LayerCost& cost_of(LayerId layer, LayerAccount& account) {
    return layer == kNoLayer ? account.outside : account.layers[layer.value];
}

hw::CycleLoss sum_of(const LayerAccount& account) {
    hw::CycleLoss sum = account.outside.loss;
    for (const auto& layer : account.layers) sum += layer.loss;
    return sum;
}

// What the run's account has more than its slices: before slice 0 its tiles were fetched and its weights
// loaded; the last results travelled.
void add_ends(const Program& program, const hw::CycleLoss& whole, LayerAccount& account) {
    const hw::CycleLoss slices = sum_of(account);
    const auto rest = [&](std::uint64_t hw::CycleLoss::*part) {
        SOSA_CHECK(whole.*part >= slices.*part, "slices lost more than the run");
        return whole.*part - slices.*part;
    };
    const LayerId first = program.slices() > 0 ? oldest_layer(program, 0) : kNoLayer;
    cost_of(first, account).loss.memory_stall += rest(&hw::CycleLoss::memory_stall);
    account.outside.loss.weight_load += rest(&hw::CycleLoss::weight_load);
    account.outside.loss.fill_drain += rest(&hw::CycleLoss::fill_drain);
}

}  // namespace

double LayerCost::known_pj(const traces::PartRates& rates) const {
    traces::PartCounts counts{};
    counts[traces::power_pods] = loss.useful;
    counts[traces::power_sram] = sram_bytes;
    counts[traces::power_noc] = link_bytes;
    counts[traces::power_dram] = dram_bytes;
    return traces::known_pj(counts, rates);
}

LayerAccount account_layers(const Program& program, const std::vector<hw::SliceFacts>& slices,
                            const hw::CycleLoss& whole, std::uint32_t pods, std::uint32_t pes_per_pod) {
    SOSA_CHECK(slices.size() <= program.slices(), "more slices have run than the program has");
    const hw::CycleAccount cycles(pods, pes_per_pod);
    LayerAccount account;
    account.layers.resize(program.layers.size());
    for (std::size_t s = 0; s < slices.size(); ++s) account.slice_layers.push_back(oldest_layer(program, s));
    SliceLayers in_slice(program.layers.size());
    for (std::size_t s = 0; s < slices.size(); ++s) {
        const hw::SliceFacts& facts = slices[s];
        for (std::uint32_t i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i)
            in_slice.add(program.ops[i]);
        in_slice.take_all([&](std::uint32_t layer, std::uint32_t ops, std::uint64_t macs) {
            account.layers[layer].loss += cycles.of_ops(facts, ops, macs);
        });
        cost_of(account.slice_layers[s], account).loss += cycles.of_free_pods(facts);
        if (facts.stall_cycles == 0) continue;
        const LayerId next = s + 1 < slices.size()      ? account.slice_layers[s + 1]
                             : s + 1 < program.slices() ? oldest_layer(program, s + 1)
                                                        : kNoLayer;
        cost_of(next, account).loss.memory_stall += cycles.of_all(facts.stall_cycles);
    }
    add_ends(program, whole, account);
    const hw::CycleLoss sum = sum_of(account);
    for (const LossPart& part : kLossParts)
        SOSA_CHECK(sum.*part.part == whole.*part.part, std::string(part.key) + " of the layers is " +
                                                           std::to_string(sum.*part.part) + ", of the run " +
                                                           std::to_string(whole.*part.part));
    return account;
}

void account_bytes(const hw::LayerTraffic& traffic, LayerAccount& account) {
    const auto share = [&](const hw::LayerTraffic::Part& part, std::uint64_t LayerCost::*bytes) {
        std::uint64_t known = 0;
        const std::size_t layers = std::min(part.by_layer.size(), account.layers.size());
        for (std::size_t i = 0; i < layers; ++i) known += account.layers[i].*bytes = part.by_layer[i];
        SOSA_CHECK(known <= part.all, "layers moved more bytes than the chip");
        account.outside.*bytes = part.all - known;
    };
    share(traffic.sram, &LayerCost::sram_bytes);
    share(traffic.links, &LayerCost::link_bytes);
    share(traffic.dram, &LayerCost::dram_bytes);
}

LayerAccount account_run(const Program& program, const hw::Accelerator& chip) {
    const hw::PodConfig& pods = chip.config().pods;
    LayerAccount account =
        account_layers(program, chip.scheduler().slice_facts(), chip.scheduler().counters().loss, pods.count,
                       pods.rows * pods.cols);
    account_bytes(chip.layer_traffic(), account);
    return account;
}

}  // namespace sosa::host
