// check_program: numbers that exist, every tile op once, and where its X and W tiles are.
#include <algorithm>

#include "host/program_check_parts.h"

namespace sosa::host {

namespace {

std::string below(std::uint32_t end) { return "allowed 0.." + std::to_string(end - 1); }

// What is wrong with a tile's bank or tag, or "".
std::string tile_fault(const ProgramView& v, const char* field, const pods::TileRef& tile) {
    if (tile.bank >= v.program.pods)
        return std::string(field) + ": found bank " + std::to_string(tile.bank) + ", " +
               below(v.program.pods);
    if (tile.tag >= v.tags_end)
        return std::string(field) + ": found tag " + std::to_string(tile.tag) + ", " + below(v.tags_end) +
               ", as many as the program has ops and tiles";
    return {};
}

std::string layer_fault(const ProgramView& v, std::uint32_t layer, std::uint32_t number,
                        std::uint64_t numbers) {
    const auto layers = static_cast<std::uint32_t>(v.tiles.size());
    if (layer >= layers) return "found layer " + std::to_string(layer) + ", " + below(layers);
    if (number < numbers) return {};
    return "found number " + std::to_string(number) + ", allowed 0.." + std::to_string(numbers - 1) +
           " in this layer";
}

std::string op_fault(const ProgramView& v, const pods::TileOp& op) {
    const std::uint64_t numbers = op.layer < v.tiles.size() ? v.tiles[op.layer].ops() : 0;
    if (auto fault = layer_fault(v, op.layer, op.op, numbers); !fault.empty()) return fault;
    if (op.pod >= v.program.pods) return "found pod " + std::to_string(op.pod) + ", " + below(v.program.pods);
    if (auto fault = tile_fault(v, "x", op.x); !fault.empty()) return fault;
    if (auto fault = tile_fault(v, "w", op.w); !fault.empty()) return fault;
    if (op.pin.exists())
        if (auto fault = tile_fault(v, "pin", op.pin); !fault.empty()) return fault;
    return tile_fault(v, "pout", op.pout);
}

std::string post_fault(const ProgramView& v, const pods::PostOp& post) {
    const std::uint64_t numbers =
        post.layer < v.tiles.size() ? 2 * std::uint64_t{v.tiles[post.layer].ops()} : 0;
    if (auto fault = layer_fault(v, post.layer, post.op, numbers); !fault.empty()) return fault;
    if (post.unit >= v.program.pods)
        return "found post-processor " + std::to_string(post.unit) + ", " + below(v.program.pods);
    if (auto fault = tile_fault(v, "a", post.a); !fault.empty()) return fault;
    if (auto fault = tile_fault(v, "b", post.b); !fault.empty()) return fault;
    return tile_fault(v, "out", post.out);
}

std::string vector_fault(const ProgramView& v, const pods::VectorOp& op) {
    const std::uint64_t numbers = op.layer < v.tiles.size() ? v.tiles[op.layer].vector_ops() : 0;
    if (auto fault = layer_fault(v, op.layer, op.op, numbers); !fault.empty()) return fault;
    if (op.unit >= v.program.pods)
        return "found post-processor " + std::to_string(op.unit) + ", " + below(v.program.pods);
    return {};
}

// Every vector op once.
void check_vectors(const ProgramView& v) {
    std::vector<std::size_t> begin(v.tiles.size() + 1, 0);
    for (std::size_t l = 0; l < v.tiles.size(); ++l) begin[l + 1] = begin[l] + v.tiles[l].vector_ops();
    std::vector<std::uint32_t> op_of(v.program.vectors.empty() ? 0 : begin.back(), kNone);
    for (std::uint32_t i = 0; i < v.program.vectors.size(); ++i) {
        const pods::VectorOp& op = v.program.vectors[i];
        std::uint32_t& first = op_of[begin[op.layer] + op.op];
        if (first != kNone)
            v.fail_vector(i, "stands in slice " + std::to_string(v.vector_slice[first]) +
                                 " already; every vector op runs once");
        first = i;
    }
    for (std::uint32_t l = 0; l < v.tiles.size(); ++l)
        for (std::uint32_t op = 0; op < v.tiles[l].vector_ops(); ++op)
            if (op_of.empty() || op_of[begin[l] + op] == kNone)
                v.fail_layer(l, "vector op " + std::to_string(op) +
                                    " is missing; every vector op of a layer runs once");
}

// The op of every (i,j,l). Its arrays are no larger than the program, however many tile ops a layer asks for.
class PresenceCheck {
  public:
    explicit PresenceCheck(const ProgramView& v) : v_(v), by_layer_(v.tiles.size() + 1, 0) {}

    void run() {
        const auto& ops = v_.program.ops;
        for (const auto& op : ops) ++by_layer_[op.layer + std::size_t{1}];
        for (std::size_t l = 0; l < v_.tiles.size(); ++l) by_layer_[l + 1] += by_layer_[l];
        std::vector<std::uint32_t> at = sorted();
        for (std::uint32_t l = 0; l < v_.tiles.size(); ++l) check_layer(l, at);
    }

  private:
    // Ops by layer, within a layer by number.
    std::vector<std::uint32_t> sorted() const {
        const auto& ops = v_.program.ops;
        std::vector<std::uint32_t> at(ops.size());
        std::vector<std::size_t> fill(by_layer_.begin(), by_layer_.end() - 1);
        for (std::uint32_t i = 0; i < ops.size(); ++i) at[fill[ops[i].layer]++] = i;
        for (std::size_t l = 0; l < v_.tiles.size(); ++l)
            std::sort(at.begin() + static_cast<std::ptrdiff_t>(by_layer_[l]),
                      at.begin() + static_cast<std::ptrdiff_t>(by_layer_[l + 1]),
                      [&](std::uint32_t a, std::uint32_t b) {
                          return std::pair(ops[a].op, a) < std::pair(ops[b].op, b);
                      });
        return at;
    }

    void check_layer(std::uint32_t layer, const std::vector<std::uint32_t>& at) const {
        const auto& ops = v_.program.ops;
        std::uint32_t next = 0;  // the number that should follow
        for (std::size_t i = by_layer_[layer]; i < by_layer_[layer + std::size_t{1}]; ++i, ++next) {
            if (ops[at[i]].op > next) break;
            if (ops[at[i]].op < next)
                v_.fail_op(at[i], "stands in slice " + std::to_string(v_.op_slice[at[i - 1]]) +
                                      " already; every tile op runs once");
        }
        const LayerTiles& t = v_.tiles[layer];
        if (next < t.ops())
            v_.fail_layer(layer, "tile op " + std::to_string(next) + " (i " + std::to_string(t.op_i(next)) +
                                     ", j " + std::to_string(t.op_j(next)) + ", l " +
                                     std::to_string(t.op_l(next)) +
                                     ") is missing; every tile op of a layer runs once");
    }

    const ProgramView& v_;
    std::vector<std::size_t> by_layer_;
};

// The X tiles of all layers, or the W tiles: which bank and tag each has.
class InputTileCheck {
  public:
    InputTileCheck(const ProgramView& v, const char* kind) : v_(v), kind_(kind) {}

    // `ref(op)` is the op's tile, `tile(op)` its number in the layer, `count(tiles)` the numbers of a layer.
    template <class Ref, class Tile, class Count>
    void run(Ref ref, Tile tile, Count count) {
        std::vector<std::size_t> base(v_.tiles.size() + 1, 0);
        for (std::size_t l = 0; l < v_.tiles.size(); ++l) base[l + 1] = base[l] + count(v_.tiles[l]);
        tiles_.resize(base.back());
        user_.resize(base.back());
        for (std::uint32_t i = 0; i < v_.program.ops.size(); ++i) {
            const pods::TileOp& op = v_.program.ops[i];
            check_tile(i, ref(op), tile(op), base[op.layer] + tile(op));
        }
        const auto shared = TileIndex(v_.program.pods, tiles_).duplicate();
        if (!shared) return;
        const std::uint32_t a = user_[shared->first], b = user_[shared->second];
        const std::uint32_t later = std::max(a, b), earlier = std::min(a, b);
        v_.fail_op(later, std::string("reads its ") + kind_ + " tile from " +
                              tile_text(tiles_[shared->first]) + ", which names another tile for " +
                              v_.op_at(earlier) + "; bank and tag name one tile");
    }

  private:
    void check_tile(std::uint32_t op, const pods::TileRef& ref, std::uint32_t number, std::size_t id) {
        const std::uint32_t bank = number % v_.program.pods;
        if (ref.bank != bank)
            v_.fail_op(op, std::string("found ") + kind_ + " bank " + std::to_string(ref.bank) +
                               ", allowed " + std::to_string(bank) + "; " + kind_ + " tile " +
                               std::to_string(number) +
                               " of a layer is in the bank of its number modulo the banks");
        if (!tiles_[id].exists()) {
            tiles_[id] = ref;
            user_[id] = op;
        } else if (!same_tile(tiles_[id], ref)) {
            v_.fail_op(op, std::string("reads ") + kind_ + " tile " + std::to_string(number) + " from " +
                               tile_text(ref) + ", " + v_.op_at(user_[id]) + " reads it from " +
                               tile_text(tiles_[id]) + "; a tile has one bank and tag");
        }
    }

    const ProgramView& v_;
    const char* const kind_;
    std::vector<pods::TileRef> tiles_;
    std::vector<std::uint32_t> user_;  // the first op that reads it
};

}  // namespace

void check_numbers(const ProgramView& v) {
    for (std::uint32_t i = 0; i < v.program.ops.size(); ++i)
        if (const auto fault = op_fault(v, v.program.ops[i]); !fault.empty()) v.fail_op(i, fault);
    for (std::uint32_t i = 0; i < v.program.posts.size(); ++i)
        if (const auto fault = post_fault(v, v.program.posts[i]); !fault.empty()) v.fail_post(i, fault);
    for (std::uint32_t i = 0; i < v.program.vectors.size(); ++i)
        if (const auto fault = vector_fault(v, v.program.vectors[i]); !fault.empty()) v.fail_vector(i, fault);
}

void check_tile_ops(const ProgramView& v) {
    PresenceCheck(v).run();
    check_vectors(v);
    const auto& t = v.tiles;
    InputTileCheck(v, "X").run([](const auto& op) { return op.x; },
                               [&](const auto& op) {
                                   const LayerTiles& lt = t[op.layer];
                                   return lt.x_tile(lt.op_i(op.op), lt.op_j(op.op), lt.op_l(op.op));
                               },
                               [](const LayerTiles& lt) { return std::size_t{lt.x_tiles()}; });
    InputTileCheck(v, "W").run([](const auto& op) { return op.w; },
                               [&](const auto& op) {
                                   const LayerTiles& lt = t[op.layer];
                                   return lt.w_tile(lt.op_j(op.op), lt.op_l(op.op));
                               },
                               [](const LayerTiles& lt) { return std::size_t{lt.w_tiles()}; });
}

}  // namespace sosa::host
