#include "host/program_file.h"

#include <algorithm>

#include "host/program_derive.h"
#include "host/program_file_parts.h"
#include "noc/payload.h"
#include "traces/files.h"

namespace sosa::host {

namespace {

class ProgramParser {
  public:
    explicit ProgramParser(LineReader& in) : in_(in), head_(parse_head(in)), p_(head_.program) {}

    Program run() {
        read_slice();
        for (next_statement(in_); !in_.accept("end"); next_statement(in_)) read_line();
        read_end();
        while (in_.next()) in_.fail("nothing after the line \"end\"");
        p_.op_begin.push_back(static_cast<std::uint32_t>(p_.ops.size()));
        p_.post_begin.push_back(static_cast<std::uint32_t>(p_.posts.size()));
        p_.vector_begin.push_back(static_cast<std::uint32_t>(p_.vectors.size()));
        sort_slices();
        derive(p_);
        return std::move(p_);
    }

  private:
    void read_line() {
        if (in_.accept("op"))
            read_op();
        else if (in_.accept("post"))
            read_post();
        else if (in_.accept("vector"))
            read_vector();
        else if (in_.accept("slice"))
            read_slice();
        else
            in_.fail("op, post, vector, slice or end");
    }

    // After the word "slice".
    void read_slice() {
        const auto slice = static_cast<std::uint32_t>(p_.op_begin.size());
        if (slice == kMaxProgramSlices)
            in_.fail("a further slice", std::to_string(kMaxProgramSlices) + " slices in a file");
        in_.number(slice, slice, "the next slice");
        in_.expect_end();
        p_.op_begin.push_back(static_cast<std::uint32_t>(p_.ops.size()));
        p_.post_begin.push_back(static_cast<std::uint32_t>(p_.posts.size()));
        p_.vector_begin.push_back(static_cast<std::uint32_t>(p_.vectors.size()));
        p_.waiting_ops.push_back(0);
    }

    // "LAYER.NUMBER"; `numbers(tiles)`: how many of these a layer may have.
    template <class Numbers>
    std::uint32_t op_number(std::uint32_t& layer, Numbers numbers, const char* kind) {
        layer = static_cast<std::uint32_t>(in_.number_part(0, p_.layers.size() - 1, "a layer"));
        in_.expect_char('.', "a point between layer and number");
        const std::uint64_t most = numbers(head_.tiles[layer]);
        if (most == 0)
            in_.fail(std::string("a ") + kind + " of layer " + std::to_string(layer),
                     "vector ops of vector work, tile ops and post-ops of products");
        return static_cast<std::uint32_t>(in_.number(0, std::min<std::uint64_t>(most - 1, kNone),
                                                     std::string("a ") + kind + " of the layer,"));
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
        op.op = op_number(
            op.layer, [](const LayerTiles& t) { return std::uint64_t{t.ops()}; }, "tile op");
        op.pod = unit("pod");
        op.x = tile("x");
        op.w = tile("w");
        if (in_.accept("pin")) op.pin = tile_after("pin");
        op.pout = tile("out");
        in_.expect_end();
        p_.ops.push_back(op);
    }

    void read_post() {
        pods::PostOp post;
        post.op = op_number(
            post.layer, [](const LayerTiles& t) { return 2 * std::uint64_t{t.ops()}; }, "post-op");
        post.unit = unit("unit");
        post.a = tile("a");
        post.b = tile("b");
        post.out = tile("out");
        in_.expect_end();
        p_.posts.push_back(post);
    }

    void read_vector() {
        pods::VectorOp op;
        op.op = op_number(
            op.layer, [](const LayerTiles& t) { return std::uint64_t{t.vector_ops()}; }, "vector op");
        op.unit = unit("unit");
        in_.expect_end();
        p_.vectors.push_back(op);
    }

    void read_end() {
        const auto count = [&](const char* word, std::size_t stand_above) {
            in_.expect(word);
            in_.number(stand_above, stand_above, std::string("the ") + word + " that stand above,");
        };
        count("layers", p_.layers.size());
        count("slices", p_.op_begin.size());
        count("ops", p_.ops.size());
        count("posts", p_.posts.size());
        if (!p_.vectors.empty()) count("vectors", p_.vectors.size());
        in_.expect_end();
        // Banks keep a table by tag, so tags must not be wasted.
        const std::uint64_t below = p_.ops.size() + p_.posts.size() + head_.tile_count;
        if (highest_tag_line_ != 0 && highest_tag_ >= below)
            in_.fail_at(
                highest_tag_line_, std::string(highest_tag_word_) + " tag " + std::to_string(highest_tag_),
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
        sort(p_.vectors, p_.vector_begin, [](const pods::VectorOp& op) { return op.unit; });
    }

    LineReader& in_;
    ProgramHead head_;
    Program& p_;
    std::uint32_t highest_tag_ = 0;
    std::size_t highest_tag_line_ = 0;
    const char* highest_tag_word_ = "";
};

}  // namespace

Program parse_program(std::string_view text, const std::string& source) {
    LineReader in(text, source);
    return ProgramParser(in).run();
}

Program read_program(const std::filesystem::path& path) {
    return parse_program(traces::read_file(path), path.string());
}

}  // namespace sosa::host
