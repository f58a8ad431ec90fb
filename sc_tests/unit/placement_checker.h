#pragma once
#include <array>
#include <map>
#include <string>
#include <vector>

#include "host/placement.h"
#include "sc_tests/unit/route_rule.h"

// Whether a placement can run at all, judged by the paper's rules alone: nothing here shares code with the
// policy or with noc::Topology. It does not ask whether the placement is the one a policy should have chosen.
namespace sosa::tests {

class PlacementChecker {
  public:
    PlacementChecker(std::string topology, std::uint32_t ports, const host::TileShape& shape)
        : topology_(std::move(topology)), ports_(ports), shape_(shape) {}

    // What is wrong, one sentence each; empty if nothing is.
    std::vector<std::string> check(const std::vector<host::Workload>& tenants,
                                   const std::vector<host::Placement>& placements) {
        expect(tenants.size() == placements.size(), "not one placement per tenant");
        for (std::size_t t = 0; t < std::min(tenants.size(), placements.size()); ++t)
            check_tenant(tenants[t], placements[t]);
        return wrong_;
    }

  private:
    enum What {
        x_tag,
        w_tag,
        pod,
        x_tile,
        w_tile,
        p_write,
        pin_read,
        unit,
        a_read,
        b_read,
        post_write,
        network
    };
    enum Net { x, w, pin, pout, post_a, post_b, post_out };

    void expect(bool holds, const std::string& text) {
        if (!holds) wrong_.push_back(place_ + text);
    }
    // The first owner of a thing keeps it; another one is wrong.
    void claim(std::uint32_t slice, std::uint32_t what, std::uint32_t index, std::uint32_t more,
               std::uint32_t owner, const std::string& text) {
        const auto held = owner_.try_emplace({slice, what, index, more}, owner).first->second;
        expect(held == owner,
               text + " " + std::to_string(index) + " twice in slice " + std::to_string(slice));
    }
    void once(std::uint32_t slice, What what, std::uint32_t index, const std::string& text) {
        claim(slice, what, index, 0, ++claims_, text);
    }
    void route(std::uint32_t slice, Net net, std::uint32_t bank, std::uint32_t to, const char* name) {
        const auto links = route_rule(topology_, ports_, bank, to);
        for (std::uint32_t s = 0; s < links.size(); ++s)
            claim(slice, network + net, links[s], s, bank, std::string("link of network ") + name);
    }

    static std::uint32_t blocks(std::uint64_t extent, std::uint32_t size) {
        return size == 0 ? 1 : static_cast<std::uint32_t>(extent / size + (extent % size != 0));
    }

    void check_tenant(const host::Workload& workload, const host::Placement& placement) {
        place_ = workload.name + ": ";
        expect(workload.layers.size() == placement.layers.size(), "not one placed layer per layer");
        expect(placement.repeat == workload.repeat, "other repeat");
        std::uint32_t last = 0;
        for (std::size_t i = 0; i < placement.layers.size() && i < workload.layers.size(); ++i) {
            place_ = workload.name + " layer " + std::to_string(i) + ": ";
            std::uint32_t earliest = 0;
            for (const std::uint32_t dep : workload.layers[i].deps)
                earliest = std::max(earliest, placement.layers[dep].last_slice + 1);
            expect(placement.layers[i].earliest_slice == earliest, "other earliest slice");
            check_layer(workload.layers[i], placement.layers[i], earliest);
            last = std::max(last, placement.layers[i].last_slice);
        }
        place_ = workload.name + ": ";
        expect(placement.shift == last + 1, "shift is not the slices of one copy");
        for (std::uint32_t copy = 1; copy < placement.repeat; ++copy)
            expect(placement.copy_offset(copy) > placement.copy_offset(copy - 1) + last, "copies overlap");
    }

    void check_layer(const host::Layer& layer, const host::PlacedLayer& placed, std::uint32_t earliest) {
        I_ = blocks(layer.m, shape_.partition);
        J_ = blocks(layer.k, shape_.rows);
        L_ = blocks(layer.n, shape_.cols);
        if (placed.ops.size() != std::size_t{I_} * J_ * L_) return expect(false, "other number of tile ops");
        consumed_.assign(placed.ops.size() + placed.sums.size(), 0);
        il_.clear();
        ready_.clear();
        bank_.clear();
        tile_base_ += 1u << 20;
        std::uint32_t last = 0;
        for (std::uint32_t op = 0; op < placed.ops.size(); ++op) {
            check_op(placed, op, earliest);
            last = std::max(last, placed.ops[op].slice);
        }
        for (std::uint32_t op = 0; op < placed.ops.size(); ++op) check_pin(placed.ops, op);
        for (const host::PlacedSum& sum : placed.sums) {
            check_sum(sum);
            last = std::max({last, sum.slice[0], sum.slice[1]});
        }
        expect(placed.last_slice == last, "other last slice");
        check_results();
    }

    void check_op(const host::PlacedLayer& placed, std::uint32_t index, std::uint32_t earliest) {
        const host::PlacedOp& op = placed.ops[index];
        const std::uint32_t l = index % L_, i = index / L_ % I_, j = index / L_ / I_;
        const std::uint32_t x_number = j * I_ + i, w_number = j * L_ + l;
        const std::uint32_t x_bank = x_number % ports_, w_bank = w_number % ports_;
        expect(op.slice >= earliest, "tile op " + std::to_string(index) + " before its layer may start");
        expect(op.pod < ports_ && op.p_bank < ports_, "no such pod or bank");
        once(op.slice, pod, op.pod, "pod");
        once(op.slice, p_write, op.p_bank, "write of P bank");
        claim(op.slice, x_tile, x_bank, 0, tile_base_ + x_number, "two tiles of X bank");
        claim(op.slice, w_tile, w_bank, 0, tile_base_ + w_number, "two tiles of W bank");
        claim(placed.x_tag_base + x_number / ports_, x_tag, x_bank, 0, tile_base_ + x_number,
              "tag in X bank");
        claim(placed.w_tag_base + w_number / ports_, w_tag, w_bank, 0, tile_base_ + w_number,
              "tag in W bank");
        route(op.slice, x, x_bank, op.pod, "x");
        route(op.slice, w, w_bank, op.pod, "w");
        route(op.slice, pout, op.p_bank, op.pod, "pout");
        il_.push_back(i * L_ + l);
        ready_.push_back(op.slice + 1);
        bank_.push_back(op.p_bank);
    }

    void consume(std::uint32_t result, std::uint32_t il, std::uint32_t slice) {
        if (result >= il_.size()) return expect(false, "an operand that does not exist yet");
        expect(il_[result] == il, "an operand of another output tile");
        expect(ready_[result] <= slice, "an operand of slice " + std::to_string(slice) + " is not ready");
        expect(++consumed_[result] == 1, "result " + std::to_string(result) + " used twice");
    }

    void check_pin(const std::vector<host::PlacedOp>& ops, std::uint32_t index) {
        const host::PlacedOp& op = ops[index];
        if (op.pin == host::kNone) return;
        if (op.pin >= ops.size()) return expect(false, "an incoming partial sum that no tile op makes");
        consume(op.pin, il_[index], op.slice);
        once(op.slice, pin_read, ops[op.pin].p_bank, "pin read of P bank");
        route(op.slice, pin, ops[op.pin].p_bank, op.pod, "pin");
    }

    void check_sum(const host::PlacedSum& sum) {
        consume(sum.a, sum.il, std::min(sum.slice[0], sum.slice[1]));
        consume(sum.b, sum.il, std::min(sum.slice[0], sum.slice[1]));
        if (std::max(sum.a, sum.b) >= bank_.size()) return;
        for (int half = 0; half < 2; ++half) {
            const std::uint32_t a = bank_[half ? sum.b : sum.a], b = bank_[half ? sum.a : sum.b];
            const std::uint32_t slice = sum.slice[half], at = sum.unit[half];
            expect(at < ports_ && sum.out_bank < ports_, "no such post-processor or bank");
            once(slice, unit, at, "post-processor");
            once(slice, a_read, a, "post_a read of P bank");
            once(slice, b_read, b, "post_b read of P bank");
            once(slice, post_write, sum.out_bank, "post-op write of P bank");
            route(slice, post_a, a, at, "post_a");
            route(slice, post_b, b, at, "post_b");
            route(slice, post_out, sum.out_bank, at, "post_out");
        }
        il_.push_back(sum.il);
        ready_.push_back(std::max(sum.slice[0], sum.slice[1]) + 1);
        bank_.push_back(sum.out_bank);
    }

    // Of every output tile one result is left: the layer's output.
    void check_results() {
        std::map<std::uint32_t, int> left;
        for (std::size_t result = 0; result < il_.size(); ++result)
            left[il_[result]] += consumed_[result] == 0;
        for (const auto& [il, count] : left)
            expect(count == 1, std::to_string(count) + " results left of output tile " + std::to_string(il));
    }

    const std::string topology_;
    const std::uint32_t ports_;
    const host::TileShape shape_;
    std::vector<std::string> wrong_;
    std::string place_;
    std::map<std::array<std::uint32_t, 4>, std::uint32_t> owner_;  // {slice or tag, what, index, stage}
    std::uint32_t claims_ = 0, tile_base_ = 0;
    // Of the layer at hand; by result: uses, output tile, first slice that may read it, bank.
    std::uint32_t I_ = 0, J_ = 0, L_ = 0;
    std::vector<std::uint32_t> consumed_, il_, ready_, bank_;
};

inline std::vector<std::string> check_placement(const std::vector<host::Workload>& tenants,
                                                const std::vector<host::Placement>& placements,
                                                const noc::Topology& topology, const host::TileShape& shape) {
    return PlacementChecker(topology.name(), topology.ports(), shape).check(tenants, placements);
}

}  // namespace sosa::tests
