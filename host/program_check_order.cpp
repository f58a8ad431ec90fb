// check_program: the order of layers, and what derive() gives.
#include <cstring>

#include "host/program_check_parts.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

// By layer: the last slice of its ops.
std::vector<std::uint32_t> last_slices(const ProgramView& v) {
    std::vector<std::uint32_t> last(v.tiles.size(), 0);
    for (std::uint32_t i = 0; i < v.program.ops.size(); ++i) last[v.program.ops[i].layer] = v.op_slice[i];
    for (std::uint32_t i = 0; i < v.program.posts.size(); ++i) {
        std::uint32_t& slice = last[v.program.posts[i].layer];
        slice = std::max(slice, v.post_slice[i]);
    }
    for (std::uint32_t i = 0; i < v.program.vectors.size(); ++i)
        last[v.program.vectors[i].layer] = v.vector_slice[i];
    return last;
}

// By layer: the one among those it waits for that ends last, or kNone.
std::vector<std::uint32_t> latest_deps(const ProgramView& v, const std::vector<std::uint32_t>& last) {
    const auto& layers = v.program.layers;
    std::vector<std::uint32_t> wait(layers.size(), kNone);
    std::uint32_t copy_end = kNone,
                  copy_before = kNone;  // the layers that end last, of this copy and the one before
    const auto later = [&](std::uint32_t a, std::uint32_t b) {
        return a == kNone || last[b] > last[a] ? b : a;
    };
    for (std::uint32_t l = 0; l < layers.size(); ++l) {
        if (v.copy_begin[l] == l) {
            copy_before = copy_of(layers[l]) == 0 ? kNone : copy_end;
            copy_end = kNone;
        }
        copy_end = later(copy_end, l);
        wait[l] = copy_before;
        for (const auto dep : layers[l].layer.deps) wait[l] = later(wait[l], v.copy_begin[l] + dep);
    }
    return wait;
}

using Fields = std::vector<std::pair<const char*, std::uint64_t>>;

Fields fields(const pods::TileOp& op) {
    return {{"rows", op.rows},           {"x_bytes", op.x_bytes},
            {"depth", op.depth},         {"cols", op.cols},
            {"x_on_chip", op.x_on_chip}, {"w_on_chip", op.w_on_chip},
            {"x.reads", op.x.reads},     {"w.reads", op.w.reads},
            {"pin.reads", op.pin.reads}, {"pout.reads", op.pout.reads}};
}
Fields fields(const pods::PostOp& post) {
    return {{"rows", post.rows},       {"cols", post.cols},       {"tile", post.tile},
            {"a.reads", post.a.reads}, {"b.reads", post.b.reads}, {"out.reads", post.out.reads}};
}
Fields fields(const pods::VectorOp& op) { return {{"elements", op.elements}, {"cycles", op.cycles}}; }
Fields fields(const ProgramLayer& layer) {
    return {{"x_address", layer.x_address},
            {"w_address", layer.w_address},
            {"first_slice", layer.first_slice},
            {"last_slice", layer.last_slice}};
}

// "rows: found 5, allowed 32" for the first field that differs, or "".
std::string difference(const Fields& found, const Fields& allowed) {
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i].second != allowed[i].second)
            return std::string(found[i].first) + ": found " + std::to_string(found[i].second) + ", allowed " +
                   std::to_string(allowed[i].second);
    return {};
}

template <class Op>
bool same_bytes(const Op& a, const Op& b) {
    return std::memcmp(&a, &b, sizeof a) == 0;  // ops have no padding
}

std::string runs_before(const ProgramView& v, std::uint32_t layer, std::uint32_t dep, std::uint32_t last) {
    const bool same_copy = v.copy_begin[dep] == v.copy_begin[layer];
    return "runs before " + v.layer_text(dep) + " ends in slice " + std::to_string(last) +
           (same_copy ? "; a layer starts after the layers it depends on"
                      : "; a copy starts after the copy before");
}

void check_slice_values(const ProgramView& v, const Program& derived) {
    const Program& p = v.program;
    const auto expect = [&](const std::string& what, std::uint32_t found, std::uint32_t allowed) {
        if (found != allowed)
            v.fail(what + ": found " + std::to_string(found) + ", allowed " + std::to_string(allowed));
    };
    for (std::uint32_t s = 0; s < p.slices(); ++s)
        expect("slice " + std::to_string(s) + ", waiting_ops", p.waiting_ops[s], derived.waiting_ops[s]);
    expect("last slice with a tile op", p.last_main_slice, derived.last_main_slice);
    expect("last slice with an op", p.last_post_slice, derived.last_post_slice);
    expect("slices after the last op", p.slices() - 1 - derived.last_post_slice, 0);
}

}  // namespace

void check_dependencies(const ProgramView& v) {
    const auto last = last_slices(v);
    const auto wait = latest_deps(v, last);
    for (std::uint32_t i = 0; i < v.program.ops.size(); ++i) {
        const std::uint32_t layer = v.program.ops[i].layer, dep = wait[layer];
        if (dep == kNone) continue;
        const bool w_on_chip = v.program.layers[layer].layer.w_on_chip;
        if (v.op_slice[i] >= last[dep] + slices_after_deps(v.program.layers[layer].layer)) continue;
        v.fail_op(i, w_on_chip && v.op_slice[i] > last[dep]
                         ? "runs right after " + v.layer_text(dep) + " ends in slice " +
                               std::to_string(last[dep]) +
                               "; weights that are results load a slice before they are used"
                         : runs_before(v, layer, dep, last[dep]));
    }
    for (std::uint32_t i = 0; i < v.program.vectors.size(); ++i) {
        const std::uint32_t layer = v.program.vectors[i].layer, dep = wait[layer];
        if (dep != kNone && v.vector_slice[i] <= last[dep])
            v.fail_vector(i, runs_before(v, layer, dep, last[dep]));
    }
}

void check_derived(const ProgramView& v) {
    const Program& p = v.program;
    Program derived = p;
    derive(derived);
    for (std::uint32_t i = 0; i < p.ops.size(); ++i)
        if (!same_bytes(p.ops[i], derived.ops[i]))
            v.fail_op(i, difference(fields(p.ops[i]), fields(derived.ops[i])));
    for (std::uint32_t i = 0; i < p.posts.size(); ++i)
        if (!same_bytes(p.posts[i], derived.posts[i]))
            v.fail_post(i, difference(fields(p.posts[i]), fields(derived.posts[i])));
    for (std::uint32_t i = 0; i < p.vectors.size(); ++i)
        if (!same_bytes(p.vectors[i], derived.vectors[i]))
            v.fail_vector(i, difference(fields(p.vectors[i]), fields(derived.vectors[i])));
    for (std::uint32_t l = 0; l < p.layers.size(); ++l)
        if (const auto wrong = difference(fields(p.layers[l]), fields(derived.layers[l])); !wrong.empty())
            v.fail_layer(l, wrong);
    check_slice_values(v, derived);
    std::uint64_t macs = 0;
    for (const auto& op : p.ops) macs += std::uint64_t{op.rows} * op.depth * op.cols;
    SOSA_CHECK(macs == p.macs(), std::to_string(macs) + " of " + std::to_string(p.macs()));
}

}  // namespace sosa::host
