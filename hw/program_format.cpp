#include "hw/program_format.h"

#include <cstring>

namespace sosa::hw {

namespace {

template <class T>
void append(std::vector<unsigned char>& bytes, const T* items, std::size_t count) {
    const std::size_t at = bytes.size();
    bytes.resize(at + count * sizeof(T));
    if (count != 0) std::memcpy(bytes.data() + at, items, count * sizeof(T));
}

template <class T>
void take(const unsigned char*& bytes, T* items, std::size_t count) {
    if (count != 0) std::memcpy(items, bytes, count * sizeof(T));
    bytes += count * sizeof(T);
}

std::string length_error(std::size_t found, std::size_t wanted) {
    return "the record has " + std::to_string(found) + " bytes, its header asks for " +
           std::to_string(wanted);
}

bool in_bank(const pods::TileRef& tile, const ProgramLimits& limits) {
    return tile.bank < limits.pods && tile.tag < (1u << noc::kTagBits) && tile.reads <= TileStore::most_reads;
}

std::string name(const char* what, std::uint32_t op, std::uint32_t layer) {
    return what + std::to_string(op) + " of layer " + std::to_string(layer) + ": ";
}

std::string check(const pods::TileOp& op, const ProgramLimits& limits) {
    const auto who = [&] { return name("tile op ", op.op, op.layer); };
    if (op.pod >= limits.pods) return who() + "pod " + std::to_string(op.pod) + " does not exist";
    if (op.rows == 0 || op.depth == 0 || op.depth > limits.rows || op.cols == 0 || op.cols > limits.cols)
        return who() + "a tile of " + std::to_string(op.rows) + " x " + std::to_string(op.depth) + " x " +
               std::to_string(op.cols) + " does not fit the pod";
    if (std::uint64_t{op.rows} * std::max<std::uint32_t>(op.depth, limits.psum_bytes * op.cols) >
        noc::kMaxTileBytes)
        return who() + "a tile is larger than 16 MiB";
    if (!in_bank(op.x, limits) || !in_bank(op.w, limits) || !in_bank(op.pout, limits) ||
        (op.pin.exists() && !in_bank(op.pin, limits)))
        return who() + "a tile lies in a bank or at a tag that does not exist, or is read more than 15 times";
    return {};
}

std::string check(const pods::PostOp& op, const ProgramLimits& limits) {
    const auto who = [&] { return name("post-op ", op.op, op.layer); };
    if (op.unit >= limits.pods)
        return who() + "post-processor " + std::to_string(op.unit) + " does not exist";
    if (op.rows == 0 || op.cols == 0 || op.cols > limits.cols ||
        std::uint64_t{op.rows} * limits.psum_bytes * op.cols > noc::kMaxTileBytes)
        return who() + "a tile of " + std::to_string(op.rows) + " x " + std::to_string(op.cols) +
               " is not possible";
    if (!in_bank(op.a, limits) || !in_bank(op.b, limits) || !in_bank(op.out, limits))
        return who() + "a tile lies in a bank or at a tag that does not exist, or is read more than 15 times";
    return {};
}

std::string check(const pods::VectorOp& op, const ProgramLimits& limits) {
    const auto who = [&] { return name("vector op ", op.op, op.layer); };
    if (op.unit >= limits.pods)
        return who() + "post-processor " + std::to_string(op.unit) + " does not exist";
    if (op.elements == 0 || op.cycles == 0 || op.cycles > noc::kMaxTileBytes)
        return who() + std::to_string(op.elements) + " elements in " + std::to_string(op.cycles) +
               " cycles are not possible";
    return {};
}

// A post-processor has a post-op or a vector op.
std::string check_shared_units(const SliceProgram& slice) {
    auto post = slice.posts.begin();
    for (const auto& op : slice.vectors) {
        while (post != slice.posts.end() && post->unit < op.unit) ++post;
        if (post != slice.posts.end() && post->unit == op.unit)
            return "post-processor " + std::to_string(op.unit) +
                   " has a post-op and a vector op; each takes one op a slice";
    }
    return {};
}

template <class Op, class Unit>
std::string check_units(const std::vector<Op>& ops, Unit unit, const char* what) {
    for (std::size_t i = 1; i < ops.size(); ++i)
        if (unit(ops[i - 1]) >= unit(ops[i]))
            return std::string(what) + " " + std::to_string(unit(ops[i])) +
                   " stands after a higher or equal one; each takes one op a slice, in ascending order";
    return {};
}

}  // namespace

void encode(const SliceProgram& slice, std::vector<unsigned char>& bytes) {
    bytes.clear();
    append(bytes, &slice.header, 1);
    append(bytes, slice.ops.data(), slice.ops.size());
    append(bytes, slice.posts.data(), slice.posts.size());
    append(bytes, slice.vectors.data(), slice.vectors.size());
}

void encode(std::uint32_t slice, const std::vector<Fetch>& fetches, std::vector<unsigned char>& bytes) {
    const FetchHeader header{slice, static_cast<std::uint32_t>(fetches.size())};
    bytes.clear();
    append(bytes, &header, 1);
    append(bytes, fetches.data(), fetches.size());
}

std::string decode(const unsigned char* bytes, std::size_t size, const ProgramLimits& limits,
                   SliceProgram& slice) {
    if (size < sizeof(SliceHeader)) return length_error(size, sizeof(SliceHeader));
    take(bytes, &slice.header, 1);
    const SliceHeader& h = slice.header;
    const std::size_t wanted = sizeof h + h.tile_ops * sizeof(pods::TileOp) +
                               h.post_ops * sizeof(pods::PostOp) + h.vector_ops * sizeof(pods::VectorOp);
    if (size != wanted) return length_error(size, wanted);
    slice.ops.resize(h.tile_ops);
    slice.posts.resize(h.post_ops);
    slice.vectors.resize(h.vector_ops);
    take(bytes, slice.ops.data(), h.tile_ops);
    take(bytes, slice.posts.data(), h.post_ops);
    take(bytes, slice.vectors.data(), h.vector_ops);
    for (const auto& op : slice.ops)
        if (auto error = check(op, limits); !error.empty()) return error;
    for (const auto& op : slice.posts)
        if (auto error = check(op, limits); !error.empty()) return error;
    for (const auto& op : slice.vectors)
        if (auto error = check(op, limits); !error.empty()) return error;
    auto error = check_units(
        slice.ops, [](const pods::TileOp& op) { return op.pod; }, "pod");
    if (!error.empty()) return error;
    error = check_units(
        slice.posts, [](const pods::PostOp& op) { return op.unit; }, "post-processor");
    if (!error.empty()) return error;
    error = check_units(
        slice.vectors, [](const pods::VectorOp& op) { return op.unit; }, "post-processor");
    return error.empty() ? check_shared_units(slice) : error;
}

std::string decode(const unsigned char* bytes, std::size_t size, const ProgramLimits& limits,
                   FetchHeader& header, std::vector<Fetch>& fetches) {
    if (size < sizeof header) return length_error(size, sizeof header);
    take(bytes, &header, 1);
    const std::size_t wanted = sizeof header + header.fetches * sizeof(Fetch);
    if (size != wanted) return length_error(size, wanted);
    fetches.resize(header.fetches);
    take(bytes, fetches.data(), header.fetches);
    for (const auto& f : fetches)
        if (f.bank >= limits.pods || f.tag >= (1u << noc::kTagBits) || f.bytes == 0 ||
            f.bytes > noc::kMaxTileBytes || (f.kind != BankKind::x && f.kind != BankKind::w))
            return "a fetch of " + std::to_string(f.bytes) + " bytes into bank " + std::to_string(f.bank) +
                   ", tag " + std::to_string(f.tag) + " is not possible";
    return {};
}

}  // namespace sosa::hw
