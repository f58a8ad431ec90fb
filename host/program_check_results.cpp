// check_program: what happens to partial sums, from the tile op that makes one to the output tile that is
// left.
#include "host/program_check_parts.h"

namespace sosa::host {

namespace {

std::string output_tile(const LayerTiles& t, std::uint32_t il) {
    return "(i " + std::to_string(il / t.L) + ", l " + std::to_string(il % t.L) + ")";
}

// Results by id: tile op t has id t; sums follow, layer by layer, each of two post-ops 2 * sum and 2 * sum
// + 1.
class ResultCheck {
  public:
    explicit ResultCheck(const ProgramView& v)
        : v_(v), p_(v.program), op_count_(static_cast<std::uint32_t>(p_.ops.size())) {}

    void run() {
        pair_posts();
        name_results();
        // In the order of slices, so that the output tile of a sum is known before it is read.
        for (std::uint32_t s = 0; s < p_.slices(); ++s) {
            for (std::uint32_t i = p_.op_begin[s]; i < p_.op_begin[s + 1]; ++i)
                if (p_.ops[i].pin.exists()) check_pin(i);
            for (std::uint32_t i = p_.post_begin[s]; i < p_.post_begin[s + 1]; ++i) check_post(i);
        }
        check_left();
    }

  private:
    struct Result {
        std::uint32_t layer, il;         // il = i * L + l of its output tile
        std::uint32_t slice;             // the last one in which it is written
        std::uint32_t consumer = kNone;  // index of a tile op, or ops + index of a post-op
    };

    std::uint32_t half(std::uint32_t sum, std::uint32_t which) const { return posts_[2 * sum + which]; }
    std::uint32_t sum_of(const pods::PostOp& post) const { return post_begin_[post.layer] / 2 + post.op / 2; }

    std::string result_text(std::uint32_t id) const {
        if (id < op_count_) return v_.op_at(id);
        const std::uint32_t post = half(id - op_count_, 0);
        return v_.layer_text(p_.posts[post].layer) + ", sum " + std::to_string(p_.posts[post].op / 2) +
               " in slices " + std::to_string(v_.post_slice[post]) + " and " +
               std::to_string(v_.post_slice[half(id - op_count_, 1)]);
    }
    std::string consumer_text(std::uint32_t consumer) const {
        return consumer < op_count_ ? v_.op_at(consumer) : v_.post_at(consumer - op_count_);
    }

    // Fills posts_: every post-op by layer and number.
    void pair_posts() {
        post_begin_.assign(v_.tiles.size() + 1, 0);
        for (const auto& post : p_.posts) ++post_begin_[post.layer + std::size_t{1}];
        for (std::size_t l = 0; l < v_.tiles.size(); ++l) post_begin_[l + 1] += post_begin_[l];
        posts_.assign(p_.posts.size(), kNone);
        for (std::uint32_t i = 0; i < p_.posts.size(); ++i) enter_post(i);
        for (std::uint32_t l = 0; l < v_.tiles.size(); ++l)
            if ((post_begin_[l + 1] - post_begin_[l]) % 2 != 0)
                v_.fail_post(posts_[post_begin_[l + 1] - 1], "has no second half; a sum is two post-ops");
        for (std::uint32_t sum = 0; 2 * sum < posts_.size(); ++sum) check_halves(half(sum, 0), half(sum, 1));
    }

    void enter_post(std::uint32_t index) {
        const pods::PostOp& post = p_.posts[index];
        const std::uint32_t count = post_begin_[post.layer + std::size_t{1}] - post_begin_[post.layer];
        if (post.op >= count)
            v_.fail_post(index, "found number " + std::to_string(post.op) + ", allowed 0.." +
                                    std::to_string(count - 1) +
                                    "; the post-ops of a layer are numbered without gaps");
        std::uint32_t& place = posts_[post_begin_[post.layer] + post.op];
        if (place != kNone)
            v_.fail_post(index, "stands in slice " + std::to_string(v_.post_slice[place]) +
                                    " already; every post-op runs once");
        place = index;
    }

    void check_halves(std::uint32_t first, std::uint32_t second) const {
        const pods::PostOp &x = p_.posts[first], &y = p_.posts[second];
        if (!same_tile(x.a, y.b) || !same_tile(x.b, y.a))
            v_.fail_post(second, "adds " + tile_text(y.a) + " and " + tile_text(y.b) + ", allowed " +
                                     tile_text(x.b) + " and " + tile_text(x.a) +
                                     "; the halves of a sum have swapped operands");
        if (!same_tile(x.out, y.out))
            v_.fail_post(second, "writes " + tile_text(y.out) + ", allowed " + tile_text(x.out) +
                                     "; both halves of a sum write the same tile");
    }

    void name_results() {
        std::vector<pods::TileRef> written;
        written.reserve(op_count_ + posts_.size() / 2);
        results_.reserve(written.capacity());
        for (std::uint32_t i = 0; i < op_count_; ++i) {
            const pods::TileOp& op = p_.ops[i];
            const LayerTiles& t = v_.tiles[op.layer];
            written.push_back(op.pout);
            results_.push_back({op.layer, t.op_i(op.op) * t.L + t.op_l(op.op), v_.op_slice[i]});
        }
        for (std::uint32_t sum = 0; 2 * sum < posts_.size(); ++sum) {
            const pods::PostOp& post = p_.posts[half(sum, 0)];
            written.push_back(post.out);
            results_.push_back(
                {post.layer, kNone, std::max(v_.post_slice[half(sum, 0)], v_.post_slice[half(sum, 1)])});
        }
        index_.emplace(p_.pods, written);
        if (const auto shared = index_->duplicate())
            v_.fail("two results are written to P " + tile_text(written[shared->first]) + ", by " +
                    result_text(shared->first) + " and by " + result_text(shared->second) +
                    "; bank and tag name one result");
    }

    // The result that an op reads in `slice`, if it may; `fail` takes what is wrong.
    template <class Fail>
    std::uint32_t operand(const pods::TileRef& tile, const char* field, std::uint32_t slice,
                          Fail fail) const {
        const std::uint32_t id = index_->find(tile);
        if (id == kNone) fail(std::string(field) + " reads P " + tile_text(tile) + ", which no op writes");
        if (results_[id].slice >= slice)
            fail(std::string(field) + " reads the result of " + result_text(id) +
                 "; it must come from an earlier slice");
        return id;
    }

    template <class Fail>
    void expect_layer(std::uint32_t id, std::uint32_t layer, const char* field, Fail fail) const {
        if (results_[id].layer != layer)
            fail(std::string(field) + " reads the result of " + result_text(id) +
                 "; it must be of the same layer");
    }

    template <class Fail>
    void expect_tile(std::uint32_t id, std::uint32_t il, const char* field, Fail fail) const {
        if (results_[id].il == il) return;
        const LayerTiles& t = v_.tiles[results_[id].layer];
        fail(std::string(field) + " reads the result of " + result_text(id) + " for output tile " +
             output_tile(t, results_[id].il) + ", allowed are results for " + output_tile(t, il));
    }

    template <class Fail>
    void consume(std::uint32_t id, std::uint32_t consumer, const char* field, Fail fail) {
        if (results_[id].consumer != kNone)
            fail(std::string(field) + " reads the result of " + result_text(id) + ", which " +
                 consumer_text(results_[id].consumer) + " consumes; a result is consumed once");
        results_[id].consumer = consumer;
    }

    void check_pin(std::uint32_t i) {
        const auto fail = [&](const std::string& rule) { v_.fail_op(i, rule); };
        const std::uint32_t id = operand(p_.ops[i].pin, "pin", v_.op_slice[i], fail);
        expect_layer(id, p_.ops[i].layer, "pin", fail);
        expect_tile(id, results_[i].il, "pin", fail);
        consume(id, i, "pin", fail);
    }

    void check_post(std::uint32_t i) {
        const pods::PostOp& post = p_.posts[i];
        const auto fail = [&](const std::string& rule) { v_.fail_post(i, rule); };
        const std::uint32_t a = operand(post.a, "a", v_.post_slice[i], fail);
        const std::uint32_t b = operand(post.b, "b", v_.post_slice[i], fail);
        expect_layer(a, post.layer, "a", fail);
        expect_layer(b, post.layer, "b", fail);
        expect_tile(b, results_[a].il, "b", fail);
        results_[op_count_ + sum_of(post)].il = results_[a].il;
        if (post.op % 2 != 0) return;
        consume(a, op_count_ + i, "a", fail);
        consume(b, op_count_ + i, "b", fail);
    }

    void check_left() const {
        std::vector<std::size_t> base(v_.tiles.size() + 1, 0);
        for (std::size_t l = 0; l < v_.tiles.size(); ++l)
            base[l + 1] = base[l] + std::size_t{v_.tiles[l].I} * v_.tiles[l].L;
        std::vector<std::uint32_t> left(base.back(), kNone);
        for (std::uint32_t id = 0; id < results_.size(); ++id) {
            const Result& r = results_[id];
            if (r.consumer != kNone) continue;
            std::uint32_t& other = left[base[r.layer] + r.il];
            if (other != kNone)
                v_.fail_layer(r.layer, "output tile " + output_tile(v_.tiles[r.layer], r.il) +
                                           " is left in parts, the results of " + result_text(other) +
                                           " and of " + result_text(id) +
                                           "; one result is left of every output tile");
            other = id;
        }
    }

    const ProgramView& v_;
    const Program& p_;
    const std::uint32_t op_count_;
    std::vector<std::uint32_t> post_begin_, posts_;
    std::vector<Result> results_;
    std::optional<TileIndex> index_;
};

}  // namespace

void check_results(const ProgramView& view) { ResultCheck(view).run(); }

}  // namespace sosa::host
