// check_program: the order of layers, and what units, banks and links do in each slice.
#include "host/program_check_parts.h"
#include "noc/route_table.h"

namespace sosa::host {

namespace {

// Which op uses each bank of a kind in a slice.
class BankUse {
  public:
    explicit BankUse(std::uint32_t banks) : last_(banks) {}

    // The op that used the bank before in this slice; kNone if none did, and then `op` does.
    std::uint32_t claim(std::uint16_t bank, std::uint32_t slice, std::uint32_t op) {
        Use& use = last_[bank];
        if (use.op != kNone && use.slice == slice) return use.op;
        use = {slice, op};
        return kNone;
    }

  private:
    struct Use {
        std::uint32_t slice = 0, op = kNone;
    };
    std::vector<Use> last_;
};

class SliceCheck {
  public:
    explicit SliceCheck(const ProgramView& v) : v_(v), p_(v.program), routes_(v.topology) {}

    void run() {
        for (slice_ = 0; slice_ < p_.slices(); ++slice_) {
            check_ops();
            check_posts();
            check_vectors();
        }
    }

  private:
    using TileField = pods::TileRef pods::TileOp::*;
    using PostField = pods::TileRef pods::PostOp::*;

    void check_ops() {
        const std::uint32_t begin = p_.op_begin[slice_], end = p_.op_begin[slice_ + 1];
        for (std::uint32_t i = begin; i < end; ++i) {
            const pods::TileOp& op = p_.ops[i];
            if (i > begin && p_.ops[i - 1].pod >= op.pod) fail_unit(i, p_.ops[i - 1].pod == op.pod);
            read_input(i, x_, op.x, &pods::TileOp::x, "X");
            read_input(i, w_, op.w, &pods::TileOp::w, "W");
            if (op.pin.exists())
                once(i, pin_, op.pin, "reads P bank ", "pin; it is read once a slice over that network");
            once(i, pout_, op.pout, "writes P bank ", "pout; a tile op writes it once a slice");
        }
        check_routes("x", begin, end, &pods::TileOp::x);
        check_routes("w", begin, end, &pods::TileOp::w);
        check_routes("pin", begin, end, &pods::TileOp::pin);
        check_routes("pout", begin, end, &pods::TileOp::pout);
    }

    void check_posts() {
        const std::uint32_t begin = p_.post_begin[slice_], end = p_.post_begin[slice_ + 1];
        for (std::uint32_t i = begin; i < end; ++i) {
            const pods::PostOp& post = p_.posts[i];
            if (i > begin && p_.posts[i - 1].unit >= post.unit)
                fail_post_unit(i, p_.posts[i - 1].unit == post.unit);
            once_post(i, post_a_, post.a, "reads P bank ",
                      "post_a; it is read once a slice over that network");
            once_post(i, post_b_, post.b, "reads P bank ",
                      "post_b; it is read once a slice over that network");
            once_post(i, post_out_, post.out, "writes P bank ", "post_out; a post-op writes it once a slice");
        }
        check_post_routes("post_a", begin, end, &pods::PostOp::a);
        check_post_routes("post_b", begin, end, &pods::PostOp::b);
        check_post_routes("post_out", begin, end, &pods::PostOp::out);
    }

    void check_vectors() {
        std::uint32_t post = p_.post_begin[slice_];
        const std::uint32_t begin = p_.vector_begin[slice_], end = p_.vector_begin[slice_ + 1];
        for (std::uint32_t i = begin; i < end; ++i) {
            const std::uint32_t unit = p_.vectors[i].unit;
            const auto named = "post-processor " + std::to_string(unit);
            if (i > begin && p_.vectors[i - 1].unit == unit)
                v_.fail_vector(i, named + " runs " + v_.vector_text(i - 1) +
                                      " already; a post-processor runs one op a slice");
            if (i > begin && p_.vectors[i - 1].unit > unit)
                v_.fail_vector(i, named + " stands after that of " + v_.vector_text(i - 1) +
                                      "; vector ops stand by ascending post-processor");
            while (post < p_.post_begin[slice_ + 1] && p_.posts[post].unit < unit) ++post;
            if (post < p_.post_begin[slice_ + 1] && p_.posts[post].unit == unit)
                v_.fail_vector(i, named + " runs " + v_.post_text(post) +
                                      " already; a post-processor runs one op a slice");
        }
    }

    [[noreturn]] void fail_unit(std::uint32_t i, bool same) const {
        v_.fail_op(i,
                   "pod " + std::to_string(p_.ops[i].pod) + (same ? " runs " : " stands after that of ") +
                       v_.op_text(i - 1) +
                       (same ? " already; a pod runs one tile op a slice" : "; ops stand by ascending pod"));
    }
    [[noreturn]] void fail_post_unit(std::uint32_t i, bool same) const {
        v_.fail_post(i, "post-processor " + std::to_string(p_.posts[i].unit) +
                            (same ? " runs " : " stands after that of ") + v_.post_text(i - 1) +
                            (same ? " already; a post-processor runs one post-op a slice"
                                  : "; post-ops stand by ascending post-processor"));
    }

    void read_input(std::uint32_t i, BankUse& use, const pods::TileRef& tile, TileField field,
                    const char* kind) {
        const std::uint32_t other = use.claim(tile.bank, slice_, i);
        if (other == kNone || same_tile(p_.ops[other].*field, tile)) return;
        v_.fail_op(i, "reads tag " + std::to_string(tile.tag) + " of " + kind + " bank " +
                          std::to_string(tile.bank) + ", from which " + v_.op_text(other) + " reads tag " +
                          std::to_string((p_.ops[other].*field).tag) +
                          "; a bank is read for one tile a slice");
    }

    void once(std::uint32_t i, BankUse& use, const pods::TileRef& tile, const char* what, const char* rule) {
        const std::uint32_t other = use.claim(tile.bank, slice_, i);
        if (other != kNone)
            v_.fail_op(i, what + std::to_string(tile.bank) + " like " + v_.op_text(other) + " over " + rule);
    }
    void once_post(std::uint32_t i, BankUse& use, const pods::TileRef& tile, const char* what,
                   const char* rule) {
        const std::uint32_t other = use.claim(tile.bank, slice_, i);
        if (other != kNone)
            v_.fail_post(i,
                         what + std::to_string(tile.bank) + " like " + v_.post_text(other) + " over " + rule);
    }

    // The first op of begin..end whose route is not free after those before it, or kNone. Few ops are
    // compared with each other, so that a large chip's table is not cleared for them.
    template <class Bank, class Unit>
    std::uint32_t first_blocked(std::uint32_t begin, std::uint32_t end, Bank bank, Unit unit) {
        const std::uint64_t count = end - begin;
        const bool few = 16 * count * count < v_.topology.lines();
        if (!few) routes_.clear();
        for (std::uint32_t i = begin; i < end; ++i) {
            if (bank(i) == pods::kNoBank) continue;
            const BankId b{bank(i)};
            const PodId u{unit(i)};
            if (few ? blocker(begin, i, bank, unit) != i : !routes_.is_free(v_.topology, b, u)) return i;
            if (!few) routes_.take(v_.topology, b, u);
        }
        return kNone;
    }

    // The first stage after which the routes of two ops share a link though their banks differ; else the
    // stages.
    template <class Bank, class Unit>
    std::uint32_t meeting_stage(std::uint32_t i, std::uint32_t other, Bank bank, Unit unit) const {
        const auto& t = v_.topology;
        if (bank(other) == pods::kNoBank || bank(other) == bank(i)) return t.stages();
        std::uint32_t s = 0;
        while (s < t.stages() && t.link(s, BankId{bank(i)}, PodId{unit(i)}) !=
                                     t.link(s, BankId{bank(other)}, PodId{unit(other)}))
            ++s;
        return s;
    }

    // The first op from `begin` on whose route meets that of op i; i if there is none.
    template <class Bank, class Unit>
    std::uint32_t blocker(std::uint32_t begin, std::uint32_t i, Bank bank, Unit unit) const {
        std::uint32_t other = begin;
        while (other < i && meeting_stage(i, other, bank, unit) == v_.topology.stages()) ++other;
        return other;
    }

    template <class Bank, class Unit>
    std::string meeting(const char* network, std::uint32_t i, std::uint32_t other, Bank bank,
                        Unit unit) const {
        const auto route = [&](std::uint32_t op) {
            return "bank " + std::to_string(bank(op)) + " - unit " + std::to_string(unit(op));
        };
        const std::uint32_t stage = meeting_stage(i, other, bank, unit);
        return std::string("network ") + network + ": route " + route(i) + " meets route " + route(other) +
               " on link " + std::to_string(v_.topology.link(stage, BankId{bank(i)}, PodId{unit(i)})) +
               " after stage " + std::to_string(stage + 1) + ", of ";
    }

    void check_routes(const char* network, std::uint32_t begin, std::uint32_t end, TileField field) {
        const auto bank = [&](std::uint32_t i) { return (p_.ops[i].*field).bank; };
        const auto unit = [&](std::uint32_t i) { return p_.ops[i].pod; };
        const std::uint32_t i = first_blocked(begin, end, bank, unit);
        if (i == kNone) return;
        const std::uint32_t other = blocker(begin, i, bank, unit);
        v_.fail_op(i, meeting(network, i, other, bank, unit) + v_.op_text(other) + kLinkRule);
    }
    void check_post_routes(const char* network, std::uint32_t begin, std::uint32_t end, PostField field) {
        const auto bank = [&](std::uint32_t i) { return (p_.posts[i].*field).bank; };
        const auto unit = [&](std::uint32_t i) { return p_.posts[i].unit; };
        const std::uint32_t i = first_blocked(begin, end, bank, unit);
        if (i == kNone) return;
        const std::uint32_t other = blocker(begin, i, bank, unit);
        v_.fail_post(i, meeting(network, i, other, bank, unit) + v_.post_text(other) + kLinkRule);
    }

    static constexpr const char* kLinkRule = "; routes of different banks share no link";
    const ProgramView& v_;
    const Program& p_;
    std::uint32_t slice_ = 0;
    noc::RouteTable routes_;  // of one network in one slice, one after the other
    BankUse x_{p_.pods}, w_{p_.pods}, pin_{p_.pods}, pout_{p_.pods};
    BankUse post_a_{p_.pods}, post_b_{p_.pods}, post_out_{p_.pods};
};

}  // namespace

void check_slices(const ProgramView& view) { SliceCheck(view).run(); }

}  // namespace sosa::host
