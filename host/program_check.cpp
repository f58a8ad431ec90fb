#include "host/program_check.h"

#include <algorithm>

#include "host/program_check_parts.h"
#include "host/workload_reader.h"
#include "noc/payload.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

// What make_program and parse_program guarantee.
void check_lists(const Program& p) {
    const auto covers = [&](const std::vector<std::uint32_t>& begin, std::size_t size) {
        return begin.size() == p.slices() + std::size_t{1} && begin.front() == 0 && begin.back() == size &&
               std::is_sorted(begin.begin(), begin.end());
    };
    SOSA_CHECK(p.slices() > 0 && covers(p.op_begin, p.ops.size()) && covers(p.post_begin, p.posts.size()) &&
                   covers(p.vector_begin, p.vectors.size()),
               std::to_string(p.slices()) + " slices, " + std::to_string(p.ops.size()) + " ops, " +
                   std::to_string(p.posts.size()) + " posts");
    SOSA_CHECK(!p.layers.empty(), "no layers");
    std::uint32_t tenant = 0;
    for (const auto& layer : p.layers) {
        SOSA_CHECK(layer.tenant < p.workloads.size() && layer.tenant >= tenant, layer.name);
        tenant = layer.tenant;
    }
}

bool same_layer(const Layer& a, const Layer& b) {
    return a.name == b.name && a.op == b.op && a.m == b.m && a.k == b.k && a.n == b.n &&
           a.kernel_h == b.kernel_h && a.kernel_w == b.kernel_w && a.deps == b.deps && a.groups == b.groups &&
           a.w_on_chip == b.w_on_chip && a.vector.elements == b.vector.elements &&
           a.vector.simple == b.vector.simple && a.vector.special == b.vector.special;
}

// Every copy of a repeated workload has the layers of copy 0.
void check_copies(const ProgramView& v) {
    const auto& layers = v.program.layers;
    std::uint32_t copy_0 = 0;
    for (std::uint32_t l = 0; l < layers.size(); ++l) {
        const std::uint32_t begin = v.copy_begin[l], at = copy_0 + (l - begin);
        for (const auto dep : layers[l].layer.deps) SOSA_CHECK(dep < l - begin, layers[l].name);
        if (copy_of(layers[l]) == 0) {
            copy_0 = begin;
            continue;
        }
        const bool has_original = layers[at].tenant == layers[l].tenant && copy_of(layers[at]) == 0;
        if (!has_original || !same_layer(layers[at].layer, layers[l].layer))
            v.fail_layer(
                l, "found a layer that copy 0 does not have there, allowed the same layers in every copy");
        const bool ends = l + 1 == layers.size() || v.copy_begin[l + 1] != begin;
        if (ends && v.copy_begin[at + 1] == copy_0)
            v.fail_layer(
                l, "found the end of its copy, allowed the same layers in every copy and copy 0 has more");
    }
}

std::uint32_t end_of_tags(const Program& program, const std::vector<LayerTiles>& tiles) {
    std::uint64_t count = program.ops.size() + program.posts.size();
    for (const auto& t : tiles) count += std::uint64_t{t.x_tiles()} + t.w_tiles();
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, 1u << noc::kTagBits));
}

}  // namespace

ProgramView::ProgramView(const Program& p, const std::string& source_name)
    : program(p),
      source(source_name),
      topology(p.topology, p.pods),
      tiles(tiles_of(p)),
      copy_begin(copy_begins(p)),
      op_slice(slices_of(p.op_begin)),
      post_slice(slices_of(p.post_begin)),
      vector_slice(slices_of(p.vector_begin)),
      tags_end(end_of_tags(p, tiles)) {}

std::string ProgramView::layer_text(std::uint32_t layer) const {
    return layer < tiles.size() ? "layer " + in_quotes(program.layers[layer].name)
                                : "layer " + std::to_string(layer);
}

std::string ProgramView::op_text(std::uint32_t index) const {
    const pods::TileOp& op = program.ops[index];
    std::string text = layer_text(op.layer) + ", tile op " + std::to_string(op.op);
    if (op.layer >= tiles.size()) return text;
    const LayerTiles& t = tiles[op.layer];
    return text + " (i " + std::to_string(t.op_i(op.op)) + ", j " + std::to_string(t.op_j(op.op)) + ", l " +
           std::to_string(t.op_l(op.op)) + ")";
}

std::string ProgramView::post_text(std::uint32_t index) const {
    const pods::PostOp& post = program.posts[index];
    return layer_text(post.layer) + ", post-op " + std::to_string(post.op);
}

std::string ProgramView::vector_text(std::uint32_t index) const {
    const pods::VectorOp& op = program.vectors[index];
    return layer_text(op.layer) + ", vector op " + std::to_string(op.op);
}

void ProgramView::fail(const std::string& rule) const { throw UserError(source + ": " + rule); }

void ProgramView::fail_layer(std::uint32_t layer, const std::string& rule) const {
    fail(layer_text(layer) + ": " + rule);
}

void ProgramView::fail_op(std::uint32_t op, const std::string& rule) const {
    fail("slice " + std::to_string(op_slice[op]) + ", " + op_text(op) + ": " + rule);
}

void ProgramView::fail_post(std::uint32_t post, const std::string& rule) const {
    fail("slice " + std::to_string(post_slice[post]) + ", " + post_text(post) + ": " + rule);
}

void ProgramView::fail_vector(std::uint32_t op, const std::string& rule) const {
    fail("slice " + std::to_string(vector_slice[op]) + ", " + vector_text(op) + ": " + rule);
}

std::string tile_text(const pods::TileRef& tile) {
    return "bank " + std::to_string(tile.bank) + " tag " + std::to_string(tile.tag);
}

void check_program(const Program& program, const std::string& source) {
    check_lists(program);
    const ProgramView view(program, source);
    check_copies(view);
    check_numbers(view);
    check_tile_ops(view);
    check_results(view);
    check_dependencies(view);
    check_slices(view);
    check_derived(view);
}

void check_fits(const Program& program, const hw::Config& config, const std::string& source) {
    std::vector<std::string> wrong;
    const auto compare = [&](const char* key, const std::string& made_for, const std::string& found) {
        if (made_for != found) wrong.push_back(std::string(key) + " " + found + " instead of " + made_for);
    };
    const auto number = [](std::uint32_t value) { return std::to_string(value); };
    const auto partition = [](std::uint32_t rows) {
        return rows == 0 ? std::string("none") : std::to_string(rows);
    };
    compare("pods.count", number(program.pods), number(config.pods.count));
    compare("pods.rows", number(program.shape.rows), number(config.pods.rows));
    compare("pods.cols", number(program.shape.cols), number(config.pods.cols));
    compare("pods.psum_bits", number(8 * program.shape.psum_bytes), number(config.pods.psum_bits));
    compare("noc.topology", program.topology, hw::chip_topology(config).name());
    compare("tiling.partition", partition(program.shape.partition), partition(config.tiling.partition_rows));
    if (!program.vectors.empty()) {
        const TileShape made_for = program.shape, found = tile_shape(config);
        compare("post.lanes", number(made_for.lanes), number(found.lanes));
        compare("post.simple_cycles", number(made_for.simple_cycles), number(found.simple_cycles));
        compare("post.special_cycles", number(made_for.special_cycles), number(found.special_cycles));
    }
    if (wrong.empty()) return;
    throw UserError(source + ": the program was made for another chip: config \"" + config.name + "\" has " +
                    traces::join(wrong));
}

}  // namespace sosa::host
