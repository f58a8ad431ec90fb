#pragma once
#include <cstdint>

#include "host/workload.h"

namespace sosa::host {

struct TileShape {
    std::uint32_t rows = 32;       // r: contraction rows of a pod
    std::uint32_t cols = 32;       // c: output columns of a pod
    std::uint32_t partition = 32;  // k: rows of an X tile; 0 takes all of M
    std::uint32_t psum_bytes = 2;
};

// How a layer X[M,K] * W[K,N] falls into tiles: I row blocks, J contraction blocks, L column blocks; tile op
// (i,j,l) multiplies X tile (i,j) by W tile (j,l). Edge tiles are smaller (arXiv 2203.11540, section 3.3).
struct LayerTiles {
    // Throws UserError if the layer has more than 2^31 tile ops or a tile is larger than an address can name.
    LayerTiles(const Layer& layer, const TileShape& shape);

    std::uint32_t I, J, L;

    std::uint32_t ops() const { return I * J * L; }
    std::uint32_t op(std::uint32_t i, std::uint32_t j, std::uint32_t l) const { return (j * I + i) * L + l; }
    std::uint32_t op_i(std::uint32_t op) const { return op / L % I; }
    std::uint32_t op_j(std::uint32_t op) const { return op / (L * I); }
    std::uint32_t op_l(std::uint32_t op) const { return op % L; }
    std::uint32_t x_tile(std::uint32_t i, std::uint32_t j) const { return j * I + i; }
    std::uint32_t w_tile(std::uint32_t j, std::uint32_t l) const { return j * L + l; }

    std::uint32_t rows(std::uint32_t i) const { return i + 1 < I ? partition_ : last_rows_; }
    std::uint32_t depth(std::uint32_t j) const { return j + 1 < J ? shape_.rows : last_depth_; }
    std::uint32_t cols(std::uint32_t l) const { return l + 1 < L ? shape_.cols : last_cols_; }

    // Bytes as kept in SRAM; a convolution's im2col tile is kept as rows*depth/(kh*kw), integer division.
    std::uint32_t x_bytes(std::uint32_t i, std::uint32_t j) const;
    std::uint32_t w_bytes(std::uint32_t j, std::uint32_t l) const { return depth(j) * cols(l); }
    std::uint32_t p_bytes(std::uint32_t i, std::uint32_t l) const {
        return shape_.psum_bytes * rows(i) * cols(l);
    }

  private:
    TileShape shape_;
    std::uint32_t partition_, last_rows_, last_depth_, last_cols_, kernel_area_;
};

}  // namespace sosa::host
