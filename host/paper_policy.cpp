// Policy `paper`: the offline schedule of arXiv 2203.11540, section 4.3, step by step. The paper has no
// vector work: each of its ops goes to the first slice and the lowest post-processor that are free.
#include "host/paper_policy.h"

#include <algorithm>
#include <set>

#include "host/slice_table.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

class LayerPlacer {
  public:
    LayerPlacer(SliceTable& slices, PlacedLayer& layer, hw::Ideal ideal)
        : slices_(slices),
          ideal_(ideal),
          t_(slices.topology),
          layer_(layer),
          tiles_(layer.tiles),
          taken_(tiles_.ops(), false) {}

    void run() {
        layer_.ops.resize(tiles_.ops());
        layer_.last_slice = layer_.earliest_slice;
        for (std::uint32_t j = 0; j < tiles_.J; ++j)
            for (std::uint32_t i = 0; i < tiles_.I; ++i)
                for (std::uint32_t l = 0; l < tiles_.L; ++l) place_op(i, j, l);
        for (std::uint32_t i = 0; i < tiles_.I; ++i)
            for (std::uint32_t l = 0; l < tiles_.L; ++l) chain(i, l);
        if (ideal_ == hw::Ideal::post_processors) return;
        for (std::uint32_t i = 0; i < tiles_.I; ++i)
            for (std::uint32_t l = 0; l < tiles_.L; ++l) queue_sums(i, l);
        for (auto& sum : layer_.sums) place_sum(sum);
        place_vectors();
    }

  private:
    // Where a result is kept and from which slice on it may be read.
    std::uint32_t bank_of(std::uint32_t result) const {
        return result < tiles_.ops() ? layer_.ops[result].p_bank
                                     : layer_.sums[result - tiles_.ops()].out_bank;
    }
    std::uint32_t ready_slice(std::uint32_t result) const {
        if (result < tiles_.ops()) return layer_.ops[result].slice + 1;
        const auto& sum = layer_.sums[result - tiles_.ops()];
        return std::max(sum.slice[0], sum.slice[1]) + 1;
    }

    // Rule 2: the first slice, the lowest pod, the lowest P bank that fit.
    void place_op(std::uint32_t i, std::uint32_t j, std::uint32_t l) {
        const std::uint32_t n = t_.ports(), x = tiles_.x_tile(i, j, l), w = tiles_.w_tile(j, l);
        const BankId x_bank{x % n}, w_bank{w % n};
        const std::uint32_t x_tag = layer_.x_tag_base + x / n, w_tag = layer_.w_tag_base + w / n;
        PlacedOp& op = layer_.ops[tiles_.op(i, j, l)];
        op.pin = kNone;
        for (op.slice = slices_.next_open(layer_.earliest_slice);;
             op.slice = slices_.next_open(op.slice + 1)) {
            MainSlice& s = slices_.main(op.slice);
            std::uint32_t& x_read = s.x_reads[x_bank.value];
            std::uint32_t& w_read = s.w_reads[w_bank.value];
            if (x_read != kNone && x_read != x_tag && ideal_ != hw::Ideal::x_banks) continue;
            if (w_read != kNone && w_read != w_tag && ideal_ != hw::Ideal::w_banks) continue;
            if (!find_pod(s, x_bank, w_bank, op)) continue;
            x_read = x_tag;
            w_read = w_tag;
            const PodId pod{op.pod};
            const BankId p_bank{op.p_bank};
            s.x.take(t_, x_bank, pod);
            s.w.take(t_, w_bank, pod);
            s.pout.take(t_, p_bank, pod);
            s.free_pods.erase(op.pod);
            if (!ideal_p_banks()) s.unwritten_p.erase(op.p_bank);
            if (++s.ops == t_.widest_slice()) slices_.close(op.slice);
            layer_.last_slice = std::max(layer_.last_slice, op.slice);
            return;
        }
    }

    bool find_pod(const MainSlice& s, BankId x_bank, BankId w_bank, PlacedOp& op) const {
        return s.free_pods.any_of([&](std::uint32_t pod) {
            if (!s.x.is_free(t_, x_bank, PodId{pod}) || !s.w.is_free(t_, w_bank, PodId{pod})) return false;
            op.pod = static_cast<std::uint16_t>(pod);
            return s.unwritten_p.any_of([&](std::uint32_t bank) {
                if (!s.pout.is_free(t_, BankId{bank}, PodId{pod})) return false;
                op.p_bank = static_cast<std::uint16_t>(bank);
                return true;
            });
        });
    }

    // Rule 3: results become the incoming partial sums of later tile ops of the same output tile.
    void chain(std::uint32_t i, std::uint32_t l) {
        for (std::uint32_t j1 = 0; j1 < tiles_.J; ++j1) {
            const std::uint32_t from = tiles_.op(i, j1, l);
            const PlacedOp& producer = layer_.ops[from];
            const BankId bank{producer.p_bank};
            for (std::uint32_t j2 = 0; j2 < tiles_.J; ++j2) {
                PlacedOp& consumer = layer_.ops[tiles_.op(i, j2, l)];
                if (consumer.pin != kNone || consumer.slice <= producer.slice) continue;
                PinSlice& s = slices_.pin(consumer.slice);
                if ((s.read_p.has(bank.value) && !ideal_p_banks()) ||
                    !s.pin.is_free(t_, bank, PodId{consumer.pod}))
                    continue;
                s.read_p.insert(bank.value);
                s.pin.take(t_, bank, PodId{consumer.pod});
                consumer.pin = from;
                taken_[from] = true;
                break;
            }
        }
    }

    // Rule 4, first half: what is left of an output tile is added up two by two.
    void queue_sums(std::uint32_t i, std::uint32_t l) {
        std::vector<std::uint32_t> queue;
        for (std::uint32_t j = 0; j < tiles_.J; ++j)
            if (const std::uint32_t op = tiles_.op(i, j, l); !taken_[op]) queue.push_back(op);
        for (std::size_t front = 0; queue.size() - front >= 2; front += 2) {
            PlacedSum sum{};
            sum.a = queue[front];
            sum.b = queue[front + 1];
            sum.il = i * tiles_.L + l;
            queue.push_back(tiles_.ops() + static_cast<std::uint32_t>(layer_.sums.size()));
            layer_.sums.push_back(sum);
        }
    }

    // Rule 4, second half: both post-ops of a sum, the second with the operands swapped and the bank given.
    void place_sum(PlacedSum& sum) {
        const std::uint32_t from = std::max(ready_slice(sum.a), ready_slice(sum.b));
        const BankId a{bank_of(sum.a)}, b{bank_of(sum.b)};
        place_half(sum, 0, from, a, b);
        place_half(sum, 1, from, b, a);
        layer_.last_slice = std::max({layer_.last_slice, sum.slice[0], sum.slice[1]});
    }

    void place_half(PlacedSum& sum, int half, std::uint32_t from, BankId a, BankId b) {
        for (std::uint32_t slice = from;; ++slice) {
            PostSlice& s = slices_.post(slice);
            if (s.ops == t_.widest_slice()) continue;
            if (!ideal_p_banks() && (s.read_a.has(a.value) || s.read_b.has(b.value))) continue;
            if (half == 1 && !s.unwritten_p.has(sum.out_bank)) continue;
            std::uint32_t unit = 0, out = sum.out_bank;
            const bool found = s.free_units.any_of([&](std::uint32_t u) {
                unit = u;
                if (!s.a.is_free(t_, a, PodId{u}) || !s.b.is_free(t_, b, PodId{u})) return false;
                if (half == 1) return s.out.is_free(t_, BankId{out}, PodId{u});
                return s.unwritten_p.any_of([&](std::uint32_t bank) {
                    out = bank;
                    return s.out.is_free(t_, BankId{bank}, PodId{u});
                });
            });
            if (!found) continue;
            s.a.take(t_, a, PodId{unit});
            s.b.take(t_, b, PodId{unit});
            s.out.take(t_, BankId{out}, PodId{unit});
            s.free_units.erase(unit);
            if (!ideal_p_banks()) s.unwritten_p.erase(out);
            s.read_a.insert(a.value);
            s.read_b.insert(b.value);
            ++s.ops;
            sum.slice[half] = slice;
            sum.unit[half] = static_cast<std::uint16_t>(unit);
            sum.out_bank = static_cast<std::uint16_t>(out);
            return;
        }
    }

    void place_vectors() {
        layer_.vectors.resize(tiles_.vector_ops());
        std::uint32_t slice = layer_.earliest_slice;
        for (auto& op : layer_.vectors) {
            while (!slices_.post(slice).free_units.any_of([&](std::uint32_t unit) {
                op.unit = static_cast<std::uint16_t>(unit);
                return true;
            }))
                ++slice;
            op.slice = slice;
            slices_.post(slice).free_units.erase(op.unit);
        }
        layer_.last_slice = std::max(layer_.last_slice, slice);
    }

    bool ideal_p_banks() const { return ideal_ == hw::Ideal::p_banks; }

    SliceTable& slices_;
    const hw::Ideal ideal_;
    const noc::Topology& t_;
    PlacedLayer& layer_;
    const LayerTiles& tiles_;
    std::vector<bool> taken_;  // results that are some op's incoming partial sum
};

// The next free tag in every bank, per kind; tags never repeat, so that a tag names one tile of a bank.
struct Tags {
    std::uint32_t x = 0, w = 0;
};

std::uint32_t tags_per_bank(std::uint32_t tiles, std::uint32_t banks) { return (tiles + banks - 1) / banks; }

void check_copies(const Workload& tenant, std::uint32_t slices) {
    const std::uint64_t all = std::uint64_t{tenant.repeat} * slices + 1;
    if (all >= kNone)
        throw UserError("workload \"" + tenant.name + "\": found " + std::to_string(tenant.repeat) +
                        " copies of " + std::to_string(slices) + " slices, allowed 2^32 - 2 slices in all");
}

std::vector<Workload> without_dependencies(std::vector<Workload> tenants) {
    for (auto& tenant : tenants)
        for (auto& layer : tenant.layers) layer.deps.clear();
    return tenants;
}

// The first slice that layers yet to be placed may use. A layer whose dependencies are not all placed comes
// after one of those whose are.
class Horizon {
  public:
    explicit Horizon(const Workload& workload)
        : layers_(workload.layers.size()), users_(workload.layers.size()) {
        for (std::uint32_t i = 0; i < layers_.size(); ++i) {
            layers_[i].missing = workload.layers[i].deps.size();
            for (const std::uint32_t dep : workload.layers[i].deps) users_[dep].push_back(i);
            if (layers_[i].missing == 0) ready_.insert(0);
        }
    }
    void placed(std::uint32_t layer, std::uint32_t last_slice) {
        ready_.erase(ready_.find(layers_[layer].earliest));
        for (const std::uint32_t user : users_[layer]) {
            layers_[user].earliest = std::max(layers_[user].earliest, last_slice + 1);
            if (--layers_[user].missing == 0) ready_.insert(layers_[user].earliest);
        }
    }
    std::uint32_t slice() const { return ready_.empty() ? 0 : *ready_.begin(); }

  private:
    struct Layer {
        std::size_t missing = 0;  // dependencies not placed yet
        std::uint32_t earliest = 0;
    };
    std::vector<Layer> layers_;
    std::vector<std::vector<std::uint32_t>> users_;
    std::multiset<std::uint32_t> ready_;  // earliest slices of the layers that might be placed next
};

}  // namespace

std::vector<Placement> PaperPolicy::place(const std::vector<Workload>& tenants, const noc::Topology& topology,
                                          const TileShape& shape, const Progress& progress) const {
    SliceTable slices(topology);
    Tags tags;
    std::size_t done = 0, all = 0;
    for (const auto& tenant : tenants) {
        SOSA_CHECK(tenants.size() == 1 || tenant.repeat == 1, "tenant " + tenant.name + " with " +
                                                                  std::to_string(tenant.repeat) +
                                                                  " copies that others would meet");
        all += tenant.layers.size();
    }
    const auto freed =
        ideal_ == hw::Ideal::dependencies ? without_dependencies(tenants) : std::vector<Workload>{};
    std::vector<Placement> placements;
    for (const auto& tenant : freed.empty() ? tenants : freed) {
        Placement placement;
        placement.repeat = tenant.repeat;
        std::uint32_t last = 0;
        Horizon horizon(tenant);
        for (const auto& layer : tenant.layers) {
            PlacedLayer placed{LayerTiles(layer, shape)};
            for (const std::uint32_t dep : layer.deps)
                placed.earliest_slice = std::max(placed.earliest_slice,
                                                 placement.layers[dep].last_slice + slices_after_deps(layer));
            placed.x_tag_base = tags.x;
            placed.w_tag_base = tags.w;
            tags.x += tags_per_bank(placed.tiles.x_tiles(), topology.ports());
            tags.w += tags_per_bank(placed.tiles.w_tiles(), topology.ports());
            LayerPlacer(slices, placed, ideal_).run();
            last = std::max(last, placed.last_slice);
            horizon.placed(static_cast<std::uint32_t>(placement.layers.size()), placed.last_slice);
            // Further tenants start from slice 0 again.
            if (placements.size() + 1 == tenants.size()) slices.retire_before(horizon.slice());
            placement.layers.push_back(std::move(placed));
            if (progress) progress(++done, all);
        }
        placement.shift = last + 1;
        placement.x_tags_end = tags.x;
        placement.w_tags_end = tags.w;
        check_copies(tenant, placement.shift);
        placements.push_back(std::move(placement));
    }
    return placements;
}

const std::vector<PolicyEntry>& policy_entries() {
    static const std::vector<PolicyEntry> all = {
        {"paper", "the offline schedule of arXiv 2203.11540: first slice, lowest pod, lowest bank that fit"}};
    return all;
}

std::unique_ptr<Policy> make_policy(const std::string& name, hw::Ideal ideal) {
    if (name == "paper") return std::make_unique<PaperPolicy>(ideal);
    throw UserError("--policy: found \"" + name + "\", allowed paper");
}

}  // namespace sosa::host
