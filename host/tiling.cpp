#include "host/tiling.h"

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
        throw UserError("layer \"" + layer.name + "\": found " + std::to_string(I) + " x " + std::to_string(J) +
                        " x " + std::to_string(L) + " tile ops, allowed 2^31 a layer");
    const std::uint64_t largest =
        std::uint64_t{partition_} * std::max(shape.rows, shape.cols) * std::max(2u, shape.psum_bytes);
}

std::uint32_t LayerTiles::x_bytes(std::uint32_t i, std::uint32_t j) const {
    return rows(i) * depth(j) / kernel_area_;
}

}  // namespace sosa::host
