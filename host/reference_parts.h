#pragma once
#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "host/program.h"
#include "host/program_tile_index.h"
#include "hw/layer_record.h"

// The parts of compute_reference.
namespace sosa::host {

// The X matrix of a layer, gathered from its tensor.
class XMatrix {
  public:
    XMatrix(const hw::LayerRecord& record, const std::uint8_t* tensor);
    // X[row][begin .. begin + count) of a group.
    void gather(std::uint32_t group, std::uint64_t row, std::uint64_t begin, std::uint64_t count,
                std::int16_t* to) const;

  private:
    const hw::LayerRecord& r_;
    std::vector<std::int16_t> tensor_;
    std::int16_t pad_;
};

inline std::int16_t widened(std::uint8_t byte, bool is_signed) {
    return static_cast<std::int16_t>(is_signed ? static_cast<std::int8_t>(byte) : int{byte});
}

// Where the weights of a layer stand: W[k][n] of tile (k / rows, n / cols).
struct WeightTiles {
    const LayerTiles& tiles;
    const std::uint8_t* bytes;
    const std::uint8_t* tile(std::uint32_t j, std::uint32_t l) const {
        return bytes + std::uint64_t{tiles.w_tile(j, l)} * tiles.depth(0) * tiles.cols(0);
    }
};

// Takes the sums of one row of results.
class SumSink {
  public:
    virtual ~SumSink() = default;
    virtual void take(std::uint32_t group, std::uint64_t row, const std::int64_t* sums) = 0;
};

// Exact sums over the whole of K.
void exact_sums(const hw::LayerRecord& record, const XMatrix& x, const WeightTiles& w, SumSink& sink);

// Sums in a program's order of adding, which saturate at psum_bits after every group of array rows.
class SaturatingSums {
  public:
    SaturatingSums(const Program& program, std::uint32_t fanin_rows, std::uint32_t psum_bits);
    void run(const hw::LayerRecord& record, const XMatrix& x, const WeightTiles& w, SumSink& sink);

  private:
    struct Tile {
        std::uint32_t i = 0, l = 0;
        std::vector<std::int32_t> sums{};  // [rows][cols]
    };
    struct Work {
        bool post;
        std::uint32_t index;  // into the program's ops or posts
    };
    std::uint32_t id(const pods::TileRef& tile) const;
    Tile take(const pods::TileRef& tile);
    void add_op(const hw::LayerRecord& r, const XMatrix& x, const WeightTiles& w, const pods::TileOp& op);
    void add_post(const pods::PostOp& op);
    std::int32_t saturated(std::int64_t a, std::int64_t b) const {
        return static_cast<std::int32_t>(std::min(std::max(a + b, low_), high_));
    }

    const Program& program_;
    const std::uint32_t fanin_rows_;
    const std::int64_t low_, high_;
    const TileIndex index_;
    std::vector<std::vector<Work>> work_;           // by layer, in the order of slices
    std::unordered_map<std::uint32_t, Tile> live_;  // results that are not used up, by id
};

// The tensor that a vector step makes of its inputs' bytes.
std::vector<std::uint8_t> step_result(const hw::VectorStep& step,
                                      const std::vector<const std::uint8_t*>& inputs);

}  // namespace sosa::host
