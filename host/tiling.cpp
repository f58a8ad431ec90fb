#include "host/tiling.h"

#include <algorithm>

#include "noc/payload.h"
#include "traces/error.h"

namespace sosa::host {

namespace {
std::uint32_t blocks(std::uint64_t extent, std::uint32_t size) {
    return static_cast<std::uint32_t>((extent + size - 1) / size);
}
std::uint32_t last_block(std::uint64_t extent, std::uint32_t size) {
    return static_cast<std::uint32_t>((extent - 1) % size + 1);
}
}  // namespace

LayerTiles::LayerTiles(const Layer& layer, const TileShape& shape)
    : shape_(shape),
      partition_(shape.partition ? shape.partition : static_cast<std::uint32_t>(layer.m)),
      kernel_area_(layer.kernel_h * layer.kernel_w) {
    I = blocks(layer.m, partition_);
    J = blocks(layer.k, shape.rows);
    L = blocks(layer.n, shape.cols);
    last_rows_ = last_block(layer.m, partition_);
    last_depth_ = last_block(layer.k, shape.rows);
    last_cols_ = last_block(layer.n, shape.cols);
    constexpr std::uint64_t most_ops = std::uint64_t{1} << 31;
    const std::uint64_t per_row_block = std::uint64_t{J} * L;
    if (per_row_block > most_ops || per_row_block * I > most_ops)
        throw UserError("layer \"" + layer.name + "\": found " + std::to_string(I) + " x " +
                        std::to_string(J) + " x " + std::to_string(L) + " tile ops, allowed 2^31 a layer");
    // The first tile of each kind is the largest; partial sums may be wider than what goes in.
    const std::uint64_t rows_0 = rows(0), cols_0 = cols(0), depth_0 = depth(0);
    const std::uint64_t largest =
        std::max({rows_0 * depth_0, depth_0 * cols_0, rows_0 * cols_0 * shape.psum_bytes});
    if (largest > noc::kMaxTileBytes)
        throw UserError("layer \"" + layer.name + "\": found a tile of " + std::to_string(largest) +
                        " bytes (" + std::to_string(rows_0) + " rows), allowed " +
                        std::to_string(noc::kMaxTileBytes) + ", so tiling.partition must be smaller");
}

std::uint32_t LayerTiles::x_bytes(std::uint32_t i, std::uint32_t j) const {
    return rows(i) * depth(j) / kernel_area_;
}

}  // namespace sosa::host
