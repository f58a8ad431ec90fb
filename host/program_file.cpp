#include "host/program_file.h"

#include <algorithm>

#include "host/program_derive.h"
#include "host/program_file_line.h"
#include "hw/config.h"
#include "noc/payload.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

class ProgramParser {
  public:
    ProgramParser(std::string_view text, const std::string& source) : in_(text, source) {}

    Program run() {
        read_head();
        while (next() && !in_.accept("end")) read_line();
        read_end();
        while (in_.next()) in_.fail("nothing after the line \"end\"");
        p_.op_begin.push_back(static_cast<std::uint32_t>(p_.ops.size()));
        p_.post_begin.push_back(static_cast<std::uint32_t>(p_.posts.size()));
        sort_slices();
        derive(p_);
        return std::move(p_);
    }

  private:
    bool next() {
        if (in_.next()) return true;
        in_.fail("the end of the file", "a line \"end ...\" before it: the file is cut short");
    }

    std::uint32_t chip_number(const char* word, std::string_view config_key, std::uint32_t min_instead = 1) {
        in_.expect(word);
        const auto& keys = hw::config_keys();
        const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.path == config_key; });
        return static_cast<std::uint32_t>(in_.number(min_instead, static_cast<std::uint64_t>(key->max), "a number"));
    }

    void read_head() {
        if (next() && !(in_.accept("sosa-program") && in_.accept("1") && in_.at_end()))
            in_.fail("another first line or version", "\"sosa-program 1\"");
        next();
        in_.expect("chip");
        p_.pods = chip_number("pods", "pods.count");
        in_.expect("topology");
        for (const auto& name : noc::Topology::names())
            if (p_.topology.empty() && in_.accept(name)) p_.topology = name;
        if (p_.topology.empty()) in_.fail(traces::join(noc::Topology::names()));
        p_.shape.rows = chip_number("rows", "pods.rows");
        p_.shape.cols = chip_number("cols", "pods.cols");
        p_.shape.partition = chip_number("partition", "tiling.partition", 0);
        in_.expect("psum_bytes");
        p_.shape.psum_bytes = static_cast<std::uint32_t>(in_.number(2, 4, "a number"));
        in_.expect_end();
        next();
        in_.expect("policy");
        p_.policy = in_.quoted_name("a policy");
        in_.expect_end();
    }

    void read_line() {
        if (in_.accept("op"))
            read_op();
        else if (in_.accept("post"))
            read_post();
        else if (in_.accept("slice"))
            read_slice();
        else if (p_.op_begin.empty() && in_.accept("layer"))
            read_layer();
        else if (p_.op_begin.empty() && in_.accept("workload"))
            read_workload();
        else if (p_.op_begin.empty() && in_.accept("copy"))
            read_copy();
        else
            in_.fail(p_.op_begin.empty() ? "workload, copy, layer, slice or end" : "op, post, slice or end");
        in_.expect_end();
    }

    void end_group() {
        if (!p_.workloads.empty() && group_ == p_.layers.size())
            in_.fail("the workload or copy before without layers", "at least one line \"layer ...\" there");
        group_ = static_cast<std::uint32_t>(p_.layers.size());
    }

    void read_workload() {
        end_group();
        p_.workloads.push_back(in_.quoted_name("a workload"));
        copy_ = 0;
    }

    void read_copy() {
        if (p_.workloads.empty()) in_.fail("a copy before the first workload", "it after its workload");
        end_group();
        ++copy_;
        in_.number(copy_, copy_, "the next copy");
    }

    void read_layer() {
        if (p_.workloads.empty()) in_.fail("a layer before the first workload", "it after a line \"workload ...\"");
        const auto index = static_cast<std::uint32_t>(p_.layers.size());
        if (index == kMaxLayers) in_.fail("a further layer", std::to_string(kMaxLayers) + " layers in a file");
        in_.number(index, index, "the next layer");
        ProgramLayer entry;
        entry.tenant = static_cast<std::uint32_t>(p_.workloads.size()) - 1;
        read_shape(entry.layer);
        in_.expect("x");
        entry.x_from_dram = in_.accept("dram");
        if (!entry.x_from_dram && !in_.accept("chip")) in_.fail("dram or chip");
        if (in_.accept("deps")) read_deps(entry.layer, index);
        entry.name = copy_ == 0 ? entry.layer.name : entry.layer.name + '@' + std::to_string(copy_);
        add_tiles(entry.layer);
        p_.layers.push_back(std::move(entry));
    }

    void read_shape(Layer& layer) {
        layer.name = in_.quoted("a layer's name");
        layer.op = in_.quoted("an operator");
        const auto dimension = [&](const char* word, std::uint64_t& value) {
            in_.expect(word);
            value = in_.number(1, kMaxDimension, "a number");
        };
        dimension("m", layer.m);
        dimension("k", layer.k);
        dimension("n", layer.n);
        in_.expect("kernel");
        constexpr std::string_view form = "a kernel as in \"3x3\", each number at most";
        layer.kernel_h = static_cast<std::uint32_t>(in_.number_part(1, 65'535, form));
        in_.expect_char('x', "an x between height and width of the kernel");
        layer.kernel_w = static_cast<std::uint32_t>(in_.number(1, 65'535, form));
    }

    // Numbers of layers of the file; within the program they count from the copy's first layer.
    void read_deps(Layer& layer, std::uint32_t index) {
        if (index == group_) in_.fail("none for the first layer of a workload or copy");
        do {
            const auto dep = in_.number_part(group_, index - 1, "an earlier layer of the same workload and copy,");
            layer.deps.push_back(static_cast<std::uint32_t>(dep) - group_);
        } while (in_.accept_char(','));
    }

    void add_tiles(const Layer& layer) {
        try {
            tiles_.emplace_back(layer, p_.shape);
        } catch (const UserError& error) {
            in_.fail_with(error.what());
        }
        const LayerTiles& t = tiles_.back();
        tile_count_ += (std::uint64_t{t.I} + t.L) * t.J;
        if (layer.m * layer.k > kMaxMacs / layer.n || layer.m * layer.k * layer.n > kMaxMacs - macs_)
            in_.fail("2^62 or more multiply-accumulates in the layers up to here", "less");
        macs_ += layer.m * layer.k * layer.n;
    }

    void read_slice() {
        const auto slice = static_cast<std::uint32_t>(p_.op_begin.size());
        if (slice == 0) {
            if (p_.layers.empty()) in_.fail("a slice before the first layer", "it after the layers");
            end_group();
        }
        if (slice == kMaxProgramSlices) in_.fail("a further slice", std::to_string(slice) + " slices in a file");
        in_.number(slice, slice, "the next slice");
        p_.op_begin.push_back(static_cast<std::uint32_t>(p_.ops.size()));
        p_.post_begin.push_back(static_cast<std::uint32_t>(p_.posts.size()));
        p_.waiting_ops.push_back(0);
    }

    // "LAYER.NUMBER"; `per_tile_op`: how many of these a layer may have for each of its tile ops.
    std::uint32_t op_number(std::uint32_t& layer, std::uint32_t per_tile_op, const char* what) {
        if (p_.op_begin.empty()) in_.fail(std::string(what) + " before the first slice", "it after a line \"slice ...\"");
        layer = static_cast<std::uint32_t>(in_.number_part(0, p_.layers.size() - 1, "a layer"));
        in_.expect_char('.', "a point between layer and number");
        const std::uint64_t most = std::uint64_t{per_tile_op} * tiles_[layer].ops();
        return static_cast<std::uint32_t>(in_.number(0, std::min<std::uint64_t>(most - 1, kNone), what));
    }

    std::uint16_t unit(const char* word) {
        in_.expect(word);
        return static_cast<std::uint16_t>(in_.number(0, p_.pods - 1, word));
    }

    pods::TileRef tile(const char* word) {
        in_.expect(word);
        return tile_after(word);
    }
    pods::TileRef tile_after(const char* word) {
        pods::TileRef tile;
        tile.bank = static_cast<std::uint16_t>(in_.number_part(0, p_.pods - 1, "a bank"));
        in_.expect_char('.', "a point between bank and tag");
        tile.tag = static_cast<std::uint32_t>(in_.number(0, (1u << noc::kTagBits) - 1, "a tag"));
        if (tile.tag >= highest_tag_) {
            highest_tag_ = tile.tag;
            highest_tag_line_ = in_.line();
            highest_tag_word_ = word;
        }
        return tile;
    }

    void read_op() {
        pods::TileOp op;
        op.op = op_number(op.layer, 1, "a tile op of the layer,");
        op.pod = unit("pod");
        op.x = tile("x");
        op.w = tile("w");
        if (in_.accept("pin")) op.pin = tile_after("pin");
        op.pout = tile("out");
        p_.ops.push_back(op);
    }

    void read_post() {
        pods::PostOp post;
        post.op = op_number(post.layer, 2, "a post-op of the layer,");
        post.unit = unit("unit");
        post.a = tile("a");
        post.b = tile("b");
        post.out = tile("out");
        p_.posts.push_back(post);
    }

    void read_end() {
        if (p_.op_begin.empty()) in_.fail("no slices", "at least one line \"slice ...\" before the end");
        const auto count = [&](const char* word, std::size_t stand_above) {
            in_.expect(word);
            in_.number(stand_above, stand_above, std::string("the ") + word + " that stand above,");
        };
        count("layers", p_.layers.size());
        count("slices", p_.op_begin.size());
        count("ops", p_.ops.size());
        count("posts", p_.posts.size());
        in_.expect_end();
        // Banks keep a table by tag, so tags must not be wasted.
        const std::uint64_t below = p_.ops.size() + p_.posts.size() + tile_count_;
        if (highest_tag_ >= below)
            in_.fail_at(highest_tag_line_, std::string(highest_tag_word_) + " tag " + std::to_string(highest_tag_),
                        "a tag below " + std::to_string(below) + ", the ops, posts, X and W tiles of the file");
    }

    void sort_slices() {
        const auto sort = [](auto& ops, const auto& begin, auto unit_of) {
            const auto less = [&](const auto& a, const auto& b) { return unit_of(a) < unit_of(b); };
            for (std::size_t s = 0; s + 1 < begin.size(); ++s)
                if (!std::is_sorted(ops.begin() + begin[s], ops.begin() + begin[s + 1], less))
                    std::stable_sort(ops.begin() + begin[s], ops.begin() + begin[s + 1], less);
        };
        sort(p_.ops, p_.op_begin, [](const pods::TileOp& op) { return op.pod; });
        sort(p_.posts, p_.post_begin, [](const pods::PostOp& post) { return post.unit; });
    }

    LineReader in_;
    Program p_;
    std::vector<LayerTiles> tiles_;
    std::uint64_t tile_count_ = 0, macs_ = 0;
    std::uint32_t group_ = 0, copy_ = 0;  // the first layer of the workload's copy being read; which copy
    std::uint32_t highest_tag_ = 0;
    std::size_t highest_tag_line_ = 0;
    const char* highest_tag_word_ = "";
};

}  // namespace

Program parse_program(std::string_view text, const std::string& source) { return ProgramParser(text, source).run(); }

Program read_program(const std::filesystem::path& path) {
    return parse_program(traces::read_file(path), path.string());
}

}  // namespace sosa::host
