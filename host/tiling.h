#pragma once
#include <cstdint>

#include "host/workload.h"

namespace sosa::host {

struct TileShape {
    std::uint32_t rows = 32;       // r: contraction rows of a pod
    std::uint32_t cols = 32;       // c: output columns of a pod
    std::uint32_t partition = 32;  // k: rows of an X tile; 0 takes all of M
    std::uint32_t psum_bytes = 2;
    // Of a post-processor: elements that it works on at a time, and cycles of a lane's operation on one.
    std::uint32_t lanes = 32, simple_cycles = 1, special_cycles = 4;

    bool same_lanes(const TileShape& other) const {
        return lanes == other.lanes && simple_cycles == other.simple_cycles &&
               special_cycles == other.special_cycles;
    }
};

// How a layer X[M,K] * W[K,N] falls into tiles: I row blocks, J contraction blocks, L column blocks; tile op
// (i,j,l) multiplies X tile (i,j) by W tile (j,l). Edge tiles are smaller (arXiv 2203.11540, section 3.3).
// A layer of groups has the column blocks of all groups one after the other, each with X tiles of its own
// group. Vector work has no tile ops; it falls into vector ops of whole rows of lanes that last about as long
// as a slice.
struct LayerTiles {
    // Throws UserError if the layer has more than 2^31 ops or a tile is larger than an address can name.
    LayerTiles(const Layer& layer, const TileShape& shape);

    std::uint32_t I = 0, J = 0, L = 0;  // L: of all groups together
    std::uint32_t groups = 1;

    std::uint32_t ops() const { return I * J * L; }
    std::uint32_t op(std::uint32_t i, std::uint32_t j, std::uint32_t l) const { return (j * I + i) * L + l; }
    std::uint32_t op_i(std::uint32_t op) const { return op / L % I; }
    std::uint32_t op_j(std::uint32_t op) const { return op / (L * I); }
    std::uint32_t op_l(std::uint32_t op) const { return op % L; }
    std::uint32_t group_blocks() const {
        return L / groups;
    }  // column blocks of a group: readers of an X tile
    std::uint32_t group(std::uint32_t l) const { return l / group_blocks(); }
    std::uint32_t x_tile(std::uint32_t i, std::uint32_t j, std::uint32_t l) const {
        return (group(l) * J + j) * I + i;
    }
    std::uint32_t w_tile(std::uint32_t j, std::uint32_t l) const { return j * L + l; }
    std::uint32_t x_tiles() const { return groups * J * I; }
    std::uint32_t w_tiles() const { return J * L; }

    std::uint32_t rows(std::uint32_t i) const { return i + 1 < I ? partition_ : last_rows_; }
    std::uint32_t depth(std::uint32_t j) const { return j + 1 < J ? shape_.rows : last_depth_; }
    std::uint32_t cols(std::uint32_t l) const {
        return (l + 1) % group_blocks() != 0 ? shape_.cols : last_cols_;
    }

    // Bytes as kept in SRAM; a convolution's im2col tile is kept as rows*depth/(kh*kw), integer division.
    std::uint32_t x_bytes(std::uint32_t i, std::uint32_t j) const;
    std::uint32_t w_bytes(std::uint32_t j, std::uint32_t l) const { return depth(j) * cols(l); }
    std::uint32_t p_bytes(std::uint32_t i, std::uint32_t l) const {
        return shape_.psum_bytes * rows(i) * cols(l);
    }

    std::uint32_t vector_ops() const { return vector_ops_; }
    std::uint32_t vector_elements(std::uint32_t op) const;
    std::uint32_t vector_cycles(std::uint32_t op) const;

  private:
    void cut_product(const Layer& layer);
    void cut_vector(const Layer& layer);

    TileShape shape_;
    std::uint32_t partition_ = 0, last_rows_ = 0, last_depth_ = 0, last_cols_ = 0, kernel_area_ = 1;
    std::uint32_t vector_ops_ = 0, row_cycles_ = 0, op_rows_ = 0;
    std::uint64_t elements_ = 0;
};

}  // namespace sosa::host
