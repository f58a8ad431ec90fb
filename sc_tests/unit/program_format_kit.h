#pragma once
#include <string>
#include <utility>
#include <vector>

#include "hw/program_format.h"
#include "sc_tests/unit/program_samples.h"

// Slice records written out in tests of their format.
namespace sosa::tests {

using Bytes = std::vector<unsigned char>;

// 4 pods of 8 rows and 16 columns, 16-bit partial sums
inline constexpr hw::ProgramLimits kLimits{4, 8, 16, 2};

inline pods::PostOp post_op(std::uint16_t unit) {
    pods::PostOp op;
    op.layer = 3;
    op.op = 4;
    op.tile = 12;
    op.rows = 9;
    op.cols = 16;
    op.unit = unit;
    op.a = {1, 0, 0};
    op.b = {2, 1, 0};
    op.out = {3, 2, 1};
    return op;
}

inline hw::SliceProgram slice(std::vector<pods::TileOp> ops, std::vector<pods::PostOp> posts,
                              std::vector<pods::VectorOp> vectors = {}) {
    const auto count = [](const auto& list) { return static_cast<std::uint32_t>(list.size()); };
    hw::SliceProgram s;
    s.header = {11,
                count(ops),
                count(posts),
                5,
                hw::SliceHeader::more_to_come | hw::SliceHeader::last,
                count(vectors)};
    s.ops = std::move(ops);
    s.posts = std::move(posts);
    s.vectors = std::move(vectors);
    return s;
}

inline Bytes encoded(const hw::SliceProgram& s) {
    Bytes bytes{1, 2, 3};  // what was there before goes
    encode(s, bytes);
    return bytes;
}

// What is wrong with the record, "" if it is taken.
inline std::string decoded(const Bytes& bytes) {
    hw::SliceProgram s;
    return decode(bytes.data(), bytes.size(), kLimits, s);
}
inline std::string decoded(const hw::SliceProgram& s) { return decoded(encoded(s)); }

inline std::uint32_t word(const Bytes& bytes, std::size_t at) {
    return bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 |
           static_cast<std::uint32_t>(bytes[at + 3]) << 24;
}

}  // namespace sosa::tests
