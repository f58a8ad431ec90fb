#pragma once
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "host/placement.h"
#include "sc_tests/unit/route_rule.h"

// The paper's offline schedule (arXiv 2203.11540, section 4.3) restated as slowly and plainly as it reads:
// sets of everything, no index arrays, no shortcuts. Tests hold policy `paper` against it.
namespace sosa::tests {

class NaivePlacement {
  public:
    NaivePlacement(std::string topology, std::uint32_t ports)
        : topology_(std::move(topology)), ports_(ports) {}

    struct Sum {
        std::uint32_t a, b, il;
        std::uint32_t slice[2], unit[2], out_bank;
    };
    struct Op {
        std::uint32_t slice, pin, pod, p_bank;
    };
    struct Layer {
        std::vector<Op> ops;  // j outer, i, l inner
        std::vector<Sum> sums;
        std::uint32_t last = 0;
    };
    // How often a clause decided; a test demands that each one did.
    std::map<std::string, int> because;

    // I x J x L tile ops, after the layers before.
    Layer place(std::uint32_t I, std::uint32_t J, std::uint32_t L, std::uint32_t earliest) {
        Layer layer;
        ++layers_;
        for (std::uint32_t j = 0; j < J; ++j)
            for (std::uint32_t i = 0; i < I; ++i)
                for (std::uint32_t l = 0; l < L; ++l)
                    layer.ops.push_back(place_op(j * I + i, j * L + l, earliest));
        const auto op = [&](std::uint32_t i, std::uint32_t j, std::uint32_t l) {
            return (j * I + i) * L + l;
        };
        std::set<std::uint32_t> used;
        for (std::uint32_t i = 0; i < I; ++i)
            for (std::uint32_t l = 0; l < L; ++l)
                for (std::uint32_t j1 = 0; j1 < J; ++j1)
                    for (std::uint32_t j2 = 0; j2 < J; ++j2)
                        if (chain(layer.ops, op(i, j1, l), op(i, j2, l))) {
                            used.insert(op(i, j1, l));
                            break;
                        }
        for (std::uint32_t i = 0; i < I; ++i)
            for (std::uint32_t l = 0; l < L; ++l) {
                std::vector<std::uint32_t> queue;
                for (std::uint32_t j = 0; j < J; ++j)
                    if (!used.count(op(i, j, l))) queue.push_back(op(i, j, l));
                while (queue.size() >= 2) {
                    queue.push_back(I * J * L + static_cast<std::uint32_t>(layer.sums.size()));
                    layer.sums.push_back({queue[0], queue[1], i * L + l, {}, {}, 0});
                    queue.erase(queue.begin(), queue.begin() + 2);
                }
            }
        for (Sum& sum : layer.sums) place_sum(layer, sum);
        for (const Op& o : layer.ops) layer.last = std::max(layer.last, o.slice);
        for (const Sum& sum : layer.sums) layer.last = std::max({layer.last, sum.slice[0], sum.slice[1]});
        return layer;
    }

  private:
    using Key =
        std::tuple<std::string, std::uint32_t, std::uint32_t, std::uint32_t>;  // what, slice, index, stage

    bool is_free(const std::string& net, std::uint32_t slice, std::uint32_t bank, std::uint32_t to) const {
        const auto links = route_rule(topology_, ports_, bank, to);
        for (std::uint32_t s = 0; s < links.size(); ++s) {
            const auto held = held_.find({net, slice, links[s], s});
            if (held != held_.end() && held->second != bank) return false;
        }
        return true;
    }
    void take(const std::string& net, std::uint32_t slice, std::uint32_t bank, std::uint32_t to) {
        const auto links = route_rule(topology_, ports_, bank, to);
        for (std::uint32_t s = 0; s < links.size(); ++s) held_[{net, slice, links[s], s}] = bank;
    }
    bool used(const std::string& what, std::uint32_t slice, std::uint32_t index) const {
        return held_.count({what, slice, index, 0}) > 0;
    }
    void use(const std::string& what, std::uint32_t slice, std::uint32_t index, std::uint32_t by = 0) {
        held_[{what, slice, index, 0}] = by;
    }
    bool used_by_other(const std::string& what, std::uint32_t slice, std::uint32_t index,
                       std::uint32_t by) const {
        const auto held = held_.find({what, slice, index, 0});
        return held != held_.end() && held->second != by;
    }
    bool count(const char* clause) { return ++because[clause] > 0; }

    Op place_op(std::uint32_t x_tile, std::uint32_t w_tile, std::uint32_t earliest) {
        const std::uint32_t x = x_tile % ports_, w = w_tile % ports_;
        const std::uint32_t x_name = layers_ * 100'000 + x_tile, w_name = layers_ * 100'000 + w_tile;
        for (std::uint32_t s = earliest;; ++s) {
            if (used_by_other("x bank", s, x, x_name) && count("X bank read for another tile")) continue;
            if (used_by_other("w bank", s, w, w_name) && count("W bank read for another tile")) continue;
            for (std::uint32_t pod = 0; pod < ports_; ++pod) {
                if (used("pod", s, pod)) continue;
                if (!is_free("x", s, x, pod) && count("x route blocked")) continue;
                if (!is_free("w", s, w, pod) && count("w route blocked")) continue;
                for (std::uint32_t p = 0; p < ports_; ++p) {
                    if (used("p write", s, p)) continue;
                    if (!is_free("pout", s, p, pod) && count("pout route blocked")) continue;
                    use("pod", s, pod);
                    use("p write", s, p);
                    use("x bank", s, x, x_name);
                    use("w bank", s, w, w_name);
                    take("x", s, x, pod);
                    take("w", s, w, pod);
                    take("pout", s, p, pod);
                    return {s, host::kNone, pod, p};
                }
            }
        }
    }

    bool chain(std::vector<Op>& ops, std::uint32_t from, std::uint32_t to) {
        if (ops[to].pin != host::kNone || ops[to].slice <= ops[from].slice) return false;
        const std::uint32_t s = ops[to].slice, bank = ops[from].p_bank;
        if (used("pin", s, bank) && count("P bank read over pin already")) return false;
        if (!is_free("pin route", s, bank, ops[to].pod) && count("pin route blocked")) return false;
        use("pin", s, bank);
        take("pin route", s, bank, ops[to].pod);
        ops[to].pin = from;
        return true;
    }

    void place_sum(const Layer& layer, Sum& sum) {
        const auto sums_from = static_cast<std::uint32_t>(layer.ops.size());
        const auto last_of = [&](std::uint32_t r) {
            if (r < sums_from) return layer.ops[r].slice;
            return std::max(layer.sums[r - sums_from].slice[0], layer.sums[r - sums_from].slice[1]);
        };
        const auto bank_of = [&](std::uint32_t r) {
            return r < sums_from ? layer.ops[r].p_bank : layer.sums[r - sums_from].out_bank;
        };
        const std::uint32_t from = 1 + std::max(last_of(sum.a), last_of(sum.b));
        place_half(sum, 0, from, bank_of(sum.a), bank_of(sum.b));
        place_half(sum, 1, from, bank_of(sum.b), bank_of(sum.a));
        if (sum.slice[1] < sum.slice[0]) count("second half before the first");
    }

    void place_half(Sum& sum, int half, std::uint32_t from, std::uint32_t a, std::uint32_t b) {
        for (std::uint32_t s = from;; ++s) {
            if (used("read a", s, a) && count("P bank read over post_a already")) continue;
            if (used("read b", s, b) && count("P bank read over post_b already")) continue;
            for (std::uint32_t unit = 0; unit < ports_; ++unit) {
                if (used("unit", s, unit)) continue;
                if (!is_free("post_a", s, a, unit) && count("post_a route blocked")) continue;
                if (!is_free("post_b", s, b, unit) && count("post_b route blocked")) continue;
                for (std::uint32_t p = 0; p < ports_; ++p) {
                    if (half == 1 && p != sum.out_bank) continue;
                    if (used("post write", s, p) && (half == 0 || count("second half's bank written")))
                        continue;
                    if (!is_free("post_out", s, p, unit) && count("post_out route blocked")) continue;
                    for (const auto& [what, index] :
                         {std::pair{"unit", unit}, {"read a", a}, {"read b", b}, {"post write", p}})
                        use(what, s, index);
                    take("post_a", s, a, unit);
                    take("post_b", s, b, unit);
                    take("post_out", s, p, unit);
                    sum.slice[half] = s;
                    sum.unit[half] = unit;
                    sum.out_bank = p;
                    return;
                }
            }
        }
    }

    const std::string topology_;
    const std::uint32_t ports_;
    std::uint32_t layers_ = 0;  // placed so far, of all tenants
    std::map<Key, std::uint32_t> held_;
};

}  // namespace sosa::tests
