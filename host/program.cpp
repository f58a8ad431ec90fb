#include "host/program.h"

#include <algorithm>

#include "traces/error.h"

namespace sosa::host {

namespace {

// Fills the flat lists of a program from its placed layers.
class ProgramBuilder {
  public:
    ProgramBuilder(Program& program, const std::vector<Placement>& placements, std::uint32_t banks)
        : program_(program), placements_(placements), banks_(banks), next_p_tag_(banks, 0) {}

    void run(const std::vector<Workload>& tenants) {
        count_slices();
        for (std::uint32_t t = 0; t < placements_.size(); ++t)
            for (std::uint32_t copy = 0; copy < placements_[t].repeat; ++copy)
                add_copy(t, copy, tenants[t].layers);
        check_tags();
        program_.dram_bytes = dram_end_;
        sort_units();
        for (std::uint32_t s = 1; s < program_.slices(); ++s) waiting_[s] += waiting_[s - 1];
        for (std::uint32_t s = 0; s < program_.slices(); ++s)
            program_.waiting_ops[s] = static_cast<std::uint32_t>(waiting_[s]);
    }

  private:
    // The first product reads its X from DRAM; later activations are left on chip by the layers before. A
    // further copy brings all of its own.
    void add_copy(std::uint32_t tenant, std::uint32_t copy, const std::vector<Layer>& layers) {
        bool first = true;
        for (std::size_t l = 0; l < layers.size(); ++l) {
            const bool product = !layers[l].is_vector();
            add_layer(tenant, copy, layers[l], placements_[tenant].layers[l],
                      product && (copy > 0 || (first && layers[l].deps.empty())));
            if (product) first = false;
        }
    }

    // A tag is 24 bits of a tile's address.
    void check_tags() const {
        std::uint64_t most = *std::max_element(next_p_tag_.begin(), next_p_tag_.end());
        for (const auto& p : placements_)
            most = std::max(most, std::uint64_t{p.repeat} * std::max(x_tags_, w_tags_));
        if (most >= std::uint64_t{1} << noc::kTagBits)
            throw UserError("the program has " + std::to_string(most) +
                            " tiles in a bank, allowed less than 2^24; " +
                            "more pods, larger tiles or a smaller batch make it fewer");
    }

    template <class F>
    void each_layer(F f) const {
        for (const auto& placement : placements_)
            for (std::uint32_t copy = 0; copy < placement.repeat; ++copy)
                for (const auto& layer : placement.layers) f(placement.copy_offset(copy), layer);
    }

    void count_slices() {
        std::uint32_t slices = 0;
        for (const auto& p : placements_) {
            slices = std::max(slices, p.copy_offset(p.repeat - 1) + p.shift);
            x_tags_ = std::max(x_tags_, p.x_tags_end);
            w_tags_ = std::max(w_tags_, p.w_tags_end);
        }
        program_.op_begin.assign(slices + 1, 0);
        program_.post_begin.assign(slices + 1, 0);
        program_.vector_begin.assign(slices + 1, 0);
        program_.waiting_ops.assign(slices, 0);
        waiting_.assign(slices + 1, 0);
        each_layer([&](std::uint32_t offset, const PlacedLayer& layer) {
            for (const auto& op : layer.ops) ++program_.op_begin[op.slice + offset + 1];
            for (const auto& sum : layer.sums)
                for (const auto slice : sum.slice) ++program_.post_begin[slice + offset + 1];
            for (const auto& op : layer.vectors) ++program_.vector_begin[op.slice + offset + 1];
        });
        for (std::uint32_t s = 0; s < slices; ++s) {
            if (program_.op_begin[s + 1]) program_.last_main_slice = s;
            if (program_.post_begin[s + 1] || program_.op_begin[s + 1] || program_.vector_begin[s + 1])
                program_.last_post_slice = s;
            for (auto* begin : {&program_.op_begin, &program_.post_begin, &program_.vector_begin})
                (*begin)[s + 1] += (*begin)[s];
        }
        program_.ops.resize(program_.op_begin.back());
        program_.posts.resize(program_.post_begin.back());
        op_fill_ = program_.op_begin;
        post_fill_ = program_.post_begin;
        program_.vectors.resize(program_.vector_begin.back());
        vector_fill_ = program_.vector_begin;
    }

    void add_layer(std::uint32_t tenant, std::uint32_t copy, const Layer& layer, const PlacedLayer& placed,
                   bool x_from_dram) {
        const std::uint32_t offset = placements_[tenant].copy_offset(copy);
        ProgramLayer entry;
        entry.name = copy == 0 ? layer.name : layer.name + '@' + std::to_string(copy);
        entry.tenant = tenant;
        entry.layer = layer;
        entry.x_from_dram = x_from_dram;
        entry.first_slice = entry.last_slice = placed.last_slice + offset;
        for (const auto& op : placed.ops) entry.first_slice = std::min(entry.first_slice, op.slice + offset);
        for (const auto& op : placed.vectors)
            entry.first_slice = std::min(entry.first_slice, op.slice + offset);
        const LayerTiles& tiles = placed.tiles;
        if (entry.x_from_dram)
            entry.x_address = reserve_dram(tiles.x_tiles(), tiles.rows(0) * tiles.depth(0));
        if (!layer.is_vector())
            entry.w_address = reserve_dram(tiles.w_tiles(), tiles.depth(0) * tiles.cols(0));
        layer_ = static_cast<std::uint32_t>(program_.layers.size());
        program_.layers.push_back(entry);
        name_results(placed);
        add_ops(placed, offset, copy, entry);
        add_posts(placed, offset);
        add_vectors(placed, offset);
    }

    std::uint64_t reserve_dram(std::uint64_t tiles, std::uint64_t tile_bytes) {
        const std::uint64_t at = dram_end_;
        dram_end_ += tiles * tile_bytes;
        return at;
    }

    // Every result gets a tag in its P bank, and the number of reads that will follow.
    void name_results(const PlacedLayer& placed) {
        results_.assign(placed.ops.size() + placed.sums.size(), {});
        const auto name = [&](std::size_t result, std::uint16_t bank) {
            results_[result].bank = bank;
            results_[result].tag = next_p_tag_[bank]++;
        };
        for (std::size_t i = 0; i < placed.ops.size(); ++i) name(i, placed.ops[i].p_bank);
        for (std::size_t i = 0; i < placed.sums.size(); ++i)
            name(placed.ops.size() + i, placed.sums[i].out_bank);
        for (const auto& op : placed.ops)
            if (op.pin != kNone) results_[op.pin].reads = 1;
        for (const auto& sum : placed.sums) results_[sum.a].reads = results_[sum.b].reads = 2;
    }

    void add_ops(const PlacedLayer& placed, std::uint32_t offset, std::uint32_t copy,
                 const ProgramLayer& entry) {
        const LayerTiles& tiles = placed.tiles;
        std::uint32_t index = 0;
        for (std::uint32_t j = 0; j < tiles.J; ++j)
            for (std::uint32_t i = 0; i < tiles.I; ++i)
                for (std::uint32_t l = 0; l < tiles.L; ++l, ++index) {
                    const PlacedOp& from = placed.ops[index];
                    const std::uint32_t slice = from.slice + offset;
                    pods::TileOp& op = program_.ops[op_fill_[slice]++];
                    op.layer = layer_;
                    op.op = index;
                    op.rows = tiles.rows(i);
                    op.x_bytes = std::max(1u, tiles.x_bytes(i, j));
                    op.depth = static_cast<std::uint16_t>(tiles.depth(j));
                    op.cols = static_cast<std::uint16_t>(tiles.cols(l));
                    op.pod = from.pod;
                    op.x_on_chip = entry.x_from_dram ? 0 : 1;
                    op.w_on_chip = entry.layer.w_on_chip ? 1 : 0;
                    op.x = tile(tiles.x_tile(i, j, l), placed.x_tag_base + copy * x_tags_);
                    op.w = tile(tiles.w_tile(j, l), placed.w_tag_base + copy * w_tags_);
                    if (from.pin != kNone) op.pin = results_[from.pin];
                    op.pout = results_[index];
                    ++waiting_[placed.earliest_slice + offset];
                    --waiting_[slice];
                }
    }

    void add_posts(const PlacedLayer& placed, std::uint32_t offset) {
        const LayerTiles& tiles = placed.tiles;
        for (std::uint32_t i = 0; i < placed.sums.size(); ++i) {
            const PlacedSum& sum = placed.sums[i];
            for (std::uint32_t half = 0; half < 2; ++half) {
                pods::PostOp& op = program_.posts[post_fill_[sum.slice[half] + offset]++];
                op.layer = layer_;
                op.op = 2 * i + half;
                op.tile = sum.il;
                op.rows = tiles.rows(sum.il / tiles.L);
                op.cols = static_cast<std::uint16_t>(tiles.cols(sum.il % tiles.L));
                op.unit = sum.unit[half];
                op.a = results_[half == 0 ? sum.a : sum.b];
                op.b = results_[half == 0 ? sum.b : sum.a];
                op.out = results_[placed.ops.size() + i];
            }
        }
    }

    void add_vectors(const PlacedLayer& placed, std::uint32_t offset) {
        for (std::uint32_t i = 0; i < placed.vectors.size(); ++i) {
            pods::VectorOp& op = program_.vectors[vector_fill_[placed.vectors[i].slice + offset]++];
            op.layer = layer_;
            op.op = i;
            op.elements = placed.tiles.vector_elements(i);
            op.cycles = placed.tiles.vector_cycles(i);
            op.unit = placed.vectors[i].unit;
        }
    }

    pods::TileRef tile(std::uint32_t index, std::uint32_t tag_base) const {
        pods::TileRef ref;
        ref.bank = static_cast<std::uint16_t>(index % banks_);
        ref.tag = tag_base + index / banks_;
        return ref;
    }

    void sort_units() {
        for (std::uint32_t s = 0; s < program_.slices(); ++s) {
            std::sort(program_.ops.begin() + program_.op_begin[s],
                      program_.ops.begin() + program_.op_begin[s + 1],
                      [](const auto& a, const auto& b) { return a.pod < b.pod; });
            std::sort(program_.posts.begin() + program_.post_begin[s],
                      program_.posts.begin() + program_.post_begin[s + 1],
                      [](const auto& a, const auto& b) { return a.unit < b.unit; });
            std::sort(program_.vectors.begin() + program_.vector_begin[s],
                      program_.vectors.begin() + program_.vector_begin[s + 1],
                      [](const auto& a, const auto& b) { return a.unit < b.unit; });
        }
    }

    Program& program_;
    const std::vector<Placement>& placements_;
    const std::uint32_t banks_;
    std::uint32_t x_tags_ = 0, w_tags_ = 0;  // of one copy of all tenants
    std::uint32_t layer_ = 0;
    std::uint64_t dram_end_ = 0;
    std::vector<std::uint32_t> next_p_tag_, op_fill_, post_fill_, vector_fill_;
    std::vector<std::int64_t> waiting_;
    std::vector<pods::TileRef> results_;  // of the layer
};

}  // namespace

Program make_program(const std::vector<Workload>& tenants, const std::vector<Placement>& placements,
                     const noc::Topology& topology, const TileShape& shape, const std::string& policy) {
    Program program;
    program.pods = topology.ports();
    program.topology = topology.name();
    program.shape = shape;
    program.policy = policy;
    for (const auto& tenant : tenants) program.workloads.push_back(tenant.name);
    ProgramBuilder(program, placements, topology.ports()).run(tenants);
    return program;
}

TileShape tile_shape(const hw::Config& c) {
    return {c.pods.rows,
            c.pods.cols,
            c.tiling.partition_rows,
            c.pods.psum_bits / 8,
            c.post.lanes ? c.post.lanes : c.pods.cols,
            c.post.simple_cycles,
            c.post.special_cycles};
}

std::uint64_t Program::macs() const {
    std::uint64_t sum = 0;
    for (const auto& layer : layers) sum += layer.layer.macs();
    return sum;
}

bool Program::fits(const hw::Config& c) const {
    return pods == c.pods.count && topology == hw::chip_topology(c).name() && shape.rows == c.pods.rows &&
           shape.cols == c.pods.cols && shape.partition == c.tiling.partition_rows &&
           shape.psum_bytes == c.pods.psum_bits / 8 && (vectors.empty() || shape.same_lanes(tile_shape(c)));
}

void Program::slice_record(std::uint32_t slice, hw::SliceProgram& record) const {
    record.ops.assign(ops.begin() + op_begin[slice], ops.begin() + op_begin[slice + 1]);
    record.posts.assign(posts.begin() + post_begin[slice], posts.begin() + post_begin[slice + 1]);
    record.vectors.assign(vectors.begin() + vector_begin[slice], vectors.begin() + vector_begin[slice + 1]);
    record.header.slice = slice;
    record.header.tile_ops = static_cast<std::uint32_t>(record.ops.size());
    record.header.post_ops = static_cast<std::uint32_t>(record.posts.size());
    record.header.vector_ops = static_cast<std::uint32_t>(record.vectors.size());
    record.header.waiting_ops = waiting_ops[slice];
    record.header.flags = (slice < last_main_slice ? hw::SliceHeader::more_to_come : 0) |
                          (slice + 1 == slices() ? hw::SliceHeader::last : 0);
}

void Program::fetch_list(std::uint32_t slice, std::vector<hw::Fetch>& list) const {
    list.clear();
    const auto begin = ops.begin() + op_begin[slice], end = ops.begin() + op_begin[slice + 1];
    if (begin == end) return;
    std::uint32_t layer = begin->layer;
    LayerTiles of_layer = tiles(layer);
    // A bank is read for one tile in a slice, however many pods share it.
    std::vector<bool> w_listed(pods, false), x_listed(pods, false);
    const auto use = [&](const pods::TileOp& op) -> const LayerTiles& {
        if (op.layer != layer) of_layer = tiles(layer = op.layer);
        return of_layer;
    };
    for (auto op = begin; op != end; ++op) {
        if (op->w_on_chip || w_listed[op->w.bank]) continue;
        w_listed[op->w.bank] = true;
        const LayerTiles& t = use(*op);
        const std::uint64_t index = t.w_tile(t.op_j(op->op), t.op_l(op->op));
        list.push_back({layers[op->layer].w_address + index * t.depth(0) * t.cols(0),
                        std::uint32_t{op->depth} * op->cols, op->w.tag, op->w.bank, hw::BankKind::w, 0,
                        op->layer});
    }
    for (auto op = begin; op != end; ++op) {
        if (op->x_on_chip || x_listed[op->x.bank]) continue;
        x_listed[op->x.bank] = true;
        const LayerTiles& t = use(*op);
        const std::uint64_t index = t.x_tile(t.op_i(op->op), t.op_j(op->op), t.op_l(op->op));
        list.push_back({layers[op->layer].x_address + index * t.rows(0) * t.depth(0), op->x_bytes, op->x.tag,
                        op->x.bank, hw::BankKind::x, 0, op->layer});
    }
}

Workload expand_repeat(const Workload& workload) {
    Workload all = workload;
    all.repeat = 1;
    all.tail_layers = 0;
    all.layers.clear();
    const auto body = static_cast<std::uint32_t>(workload.layers.size()) - workload.tail_layers;
    // What the next copy waits for: what the tail would wait for, else every layer that no other one uses.
    std::vector<std::uint32_t> outputs;
    if (workload.tail_layers > 0) {
        outputs = workload.layers[body].deps;
    } else {
        std::vector<bool> used(body, false);
        for (const auto& layer : workload.layers)
            for (const auto dep : layer.deps) used[dep] = true;
        for (std::uint32_t i = 0; i < body; ++i)
            if (!used[i]) outputs.push_back(i);
    }
    for (std::uint32_t copy = 0; copy < workload.repeat; ++copy) {
        const std::uint32_t base = copy * body;
        const bool last = copy + 1 == workload.repeat;
        const std::uint32_t count = last ? static_cast<std::uint32_t>(workload.layers.size()) : body;
        for (std::uint32_t i = 0; i < count; ++i) {
            Layer layer = workload.layers[i];
            for (auto& dep : layer.deps) dep += base;
            if (copy > 0) {
                layer.name += '@' + std::to_string(copy);
                if (layer.deps.empty())
                    for (const auto output : outputs) layer.deps.push_back(base - body + output);
            }
            all.layers.push_back(std::move(layer));
        }
    }
    return all;
}

}  // namespace sosa::host
