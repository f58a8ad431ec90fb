#include "host/program_derive.h"

#include <algorithm>
#include <charconv>

#include "traces/error.h"

namespace sosa::host {

std::uint32_t copy_of(const ProgramLayer& layer) {
    const std::string& base = layer.layer.name;
    if (layer.name == base) return 0;
    std::uint32_t copy = 0;
    const char* const end = layer.name.data() + layer.name.size();
    const bool named = layer.name.size() > base.size() + 1 && layer.name.compare(0, base.size(), base) == 0 &&
                       layer.name[base.size()] == '@';
    const auto read =
        named ? std::from_chars(layer.name.data() + base.size() + 1, end, copy) : std::from_chars_result{};
    SOSA_CHECK(named && read.ptr == end && copy > 0, "program layer " + layer.name + " of layer " + base);
    return copy;
}

std::vector<std::uint32_t> copy_begins(const Program& program) {
    std::vector<std::uint32_t> begins(program.layers.size(), 0);
    std::uint32_t copy = 0;
    for (std::uint32_t l = 0; l < begins.size(); ++l) {
        const std::uint32_t before = copy;
        copy = copy_of(program.layers[l]);
        const bool same = l > 0 && copy == before && program.layers[l].tenant == program.layers[l - 1].tenant;
        begins[l] = same ? begins[l - 1] : l;
    }
    return begins;
}

std::vector<LayerTiles> tiles_of(const Program& program) {
    std::vector<LayerTiles> tiles;
    tiles.reserve(program.layers.size());
    for (const auto& layer : program.layers) tiles.emplace_back(layer.layer, program.shape);
    return tiles;
}

std::vector<std::uint32_t> slices_of(const std::vector<std::uint32_t>& begin) {
    std::vector<std::uint32_t> slices(begin.back());
    for (std::uint32_t s = 0; s + 1 < begin.size(); ++s)
        std::fill(slices.begin() + begin[s], slices.begin() + begin[s + 1], s);
    return slices;
}

namespace {

class Deriver {
  public:
    explicit Deriver(Program& program)
        : p_(program),
          tiles_(tiles_of(program)),
          op_slices_(slices_of(p_.op_begin)),
          post_slices_(slices_of(p_.post_begin)),
          vector_slices_(slices_of(p_.vector_begin)) {}

    void run() {
        place_in_dram();
        set_slices();
        set_waiting();
        size_ops();
        size_vectors();
        follow_results();
    }

  private:
    // Layer by layer, X tiles before W tiles, each tile in a slot of a full one.
    void place_in_dram() {
        std::uint64_t end = 0;
        const auto reserve = [&end](std::uint64_t tiles, std::uint64_t bytes) {
            const std::uint64_t at = end;
            end += tiles * bytes;
            return at;
        };
        for (std::size_t l = 0; l < tiles_.size(); ++l) {
            const LayerTiles& t = tiles_[l];
            ProgramLayer& layer = p_.layers[l];
            layer.x_address = layer.x_from_dram ? reserve(t.x_tiles(), t.rows(0) * t.depth(0)) : 0;
            layer.w_address = t.ops() > 0 ? reserve(t.w_tiles(), t.depth(0) * t.cols(0)) : 0;
        }
        p_.dram_bytes = end;
    }

    void set_slices() {
        std::vector<bool> seen(p_.layers.size(), false);
        for (auto& layer : p_.layers) layer.first_slice = layer.last_slice = 0;
        for (std::size_t i = 0; i < p_.ops.size(); ++i) {  // by rising slice
            ProgramLayer& layer = p_.layers[p_.ops[i].layer];
            if (!seen[p_.ops[i].layer]) layer.first_slice = op_slices_[i];
            seen[p_.ops[i].layer] = true;
            layer.last_slice = op_slices_[i];
        }
        for (std::size_t i = 0; i < p_.posts.size(); ++i) {
            auto& last = p_.layers[p_.posts[i].layer].last_slice;
            last = std::max(last, post_slices_[i]);
        }
        for (std::size_t i = 0; i < p_.vectors.size(); ++i) {  // of layers without other ops
            ProgramLayer& layer = p_.layers[p_.vectors[i].layer];
            if (!seen[p_.vectors[i].layer]) layer.first_slice = vector_slices_[i];
            seen[p_.vectors[i].layer] = true;
            layer.last_slice = vector_slices_[i];
        }
        p_.last_main_slice = op_slices_.empty() ? 0 : op_slices_.back();
        p_.last_post_slice = p_.last_main_slice;
        for (const auto* slices : {&post_slices_, &vector_slices_})
            if (!slices->empty()) p_.last_post_slice = std::max(p_.last_post_slice, slices->back());
    }

    // Copy t > 0 may run from slice t * (S + 1) + 1 on, S the last slice of copy 0 (the paper's repeat).
    void set_waiting() {
        const auto begins = copy_begins(p_);
        std::vector<std::uint32_t> copy_0_last(p_.workloads.size(), 0), earliest(tiles_.size(), 0);
        for (std::size_t l = 0; l < tiles_.size(); ++l) {
            const ProgramLayer& layer = p_.layers[l];
            const std::uint64_t copy = copy_of(layer);
            std::uint32_t& last = copy_0_last[layer.tenant];
            if (copy == 0) last = std::max(last, layer.last_slice);
            std::uint64_t from = copy == 0 ? 0 : copy * (last + std::uint64_t{1}) + 1;
            for (const auto dep : layer.layer.deps)
                from = std::max<std::uint64_t>(from, p_.layers[begins[l] + dep].last_slice +
                                                         std::uint64_t{slices_after_deps(layer.layer)});
            earliest[l] = static_cast<std::uint32_t>(std::min<std::uint64_t>(from, layer.first_slice));
        }
        std::vector<std::int64_t> change(p_.slices() + std::size_t{1}, 0);
        for (std::size_t i = 0; i < p_.ops.size(); ++i) {
            ++change[earliest[p_.ops[i].layer]];
            --change[op_slices_[i]];
        }
        std::int64_t waiting = 0;
        for (std::uint32_t s = 0; s < p_.slices(); ++s)
            p_.waiting_ops[s] = static_cast<std::uint32_t>(waiting += change[s]);
    }

    void size_ops() {
        for (auto& op : p_.ops) {
            const LayerTiles& t = tiles_[op.layer];
            const std::uint32_t i = t.op_i(op.op), j = t.op_j(op.op);
            op.rows = t.rows(i);
            op.x_bytes = std::max(1u, t.x_bytes(i, j));
            op.depth = static_cast<std::uint16_t>(t.depth(j));
            op.cols = static_cast<std::uint16_t>(t.cols(t.op_l(op.op)));
            op.x_on_chip = p_.layers[op.layer].x_from_dram ? 0 : 1;
            op.w_on_chip = p_.layers[op.layer].layer.w_on_chip ? 1 : 0;
            op.x.reads = op.w.reads = 0;
        }
    }

    void size_vectors() {
        for (auto& op : p_.vectors) {
            op.elements = tiles_[op.layer].vector_elements(op.op);
            op.cycles = tiles_[op.layer].vector_cycles(op.op);
        }
    }

    // A result by id: tile op t has id t, post-op s has id ops + s. A sum goes by its first half.
    struct Result {
        std::uint32_t layer, il = kNone;  // il = i * L + l of its output tile
        std::uint16_t reads = 0;
    };

    void follow_results() {
        std::vector<pods::TileRef> written;
        std::vector<std::uint32_t> id;
        for (std::uint32_t i = 0; i < p_.ops.size(); ++i) written.push_back(p_.ops[i].pout), id.push_back(i);
        const auto ops = static_cast<std::uint32_t>(p_.ops.size());
        for (std::uint32_t i = 0; i < p_.posts.size(); ++i)
            if (p_.posts[i].op % 2 == 0) written.push_back(p_.posts[i].out), id.push_back(ops + i);
        const TileIndex index(p_.pods, written);
        std::vector<Result> results;
        results.reserve(ops + p_.posts.size());
        for (const auto& op : p_.ops) {
            const LayerTiles& t = tiles_[op.layer];
            results.push_back({op.layer, t.op_i(op.op) * t.L + t.op_l(op.op)});
        }
        for (const auto& post : p_.posts) results.push_back({post.layer});
        const auto find = [&](const pods::TileRef& tile) -> Result* {
            const std::uint32_t at = tile.exists() ? index.find(tile) : kNone;
            return at == kNone ? nullptr : &results[id[at]];
        };
        for (std::uint32_t i = 0; i < p_.posts.size(); ++i)
            size_post(p_.posts[i], results[ops + i], find(p_.posts[i].a));
        count_reads(find);
    }

    void size_post(pods::PostOp& post, Result& sum, const Result* a) {
        post.rows = post.tile = 0;
        post.cols = 0;
        if (!a || a->layer != post.layer || a->il == kNone) return;
        const LayerTiles& t = tiles_[post.layer];
        sum.il = post.tile = a->il;
        post.rows = t.rows(sum.il / t.L);
        post.cols = static_cast<std::uint16_t>(t.cols(sum.il % t.L));
    }

    template <class Find>
    void count_reads(Find find) {
        const auto count = [&](const pods::TileRef& tile) {
            if (Result* r = find(tile)) ++r->reads;
        };
        for (const auto& op : p_.ops) count(op.pin);
        for (const auto& post : p_.posts) count(post.a), count(post.b);
        const auto tell = [&](pods::TileRef& tile) {
            const Result* r = find(tile);
            tile.reads = r ? r->reads : std::uint16_t{0};
        };
        for (auto& op : p_.ops) tell(op.pin), tell(op.pout);
        for (auto& post : p_.posts) tell(post.a), tell(post.b), tell(post.out);
    }

    Program& p_;
    const std::vector<LayerTiles> tiles_;
    const std::vector<std::uint32_t> op_slices_, post_slices_, vector_slices_;
};

}  // namespace

void derive(Program& program) { Deriver(program).run(); }

}  // namespace sosa::host
