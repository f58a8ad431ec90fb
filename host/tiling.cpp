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

constexpr std::uint64_t most_ops = std::uint64_t{1} << 31;

LayerTiles::LayerTiles(const Layer& layer, const TileShape& shape)
    : groups(layer.groups), shape_(shape), kernel_area_(layer.kernel_h * layer.kernel_w) {
    if (layer.is_vector())
        cut_vector(layer);
    else
        cut_product(layer);
}

void LayerTiles::cut_product(const Layer& layer) {
    const TileShape& shape = shape_;
    partition_ = shape.partition ? shape.partition : static_cast<std::uint32_t>(layer.m);
    I = blocks(layer.m, partition_);
    J = blocks(layer.k, shape.rows);
    const std::uint64_t columns = std::uint64_t{blocks(layer.n, shape.cols)} * groups;
    last_rows_ = last_block(layer.m, partition_);
    last_depth_ = last_block(layer.k, shape.rows);
    last_cols_ = last_block(layer.n, shape.cols);
    const std::uint64_t x_tiles = std::uint64_t{J} * groups;
    if (columns > most_ops || J * columns > most_ops || J * columns * I > most_ops || x_tiles * I > most_ops)
        throw UserError("layer \"" + layer.name + "\": found " + std::to_string(I) + " x " +
                        std::to_string(J) + " x " + std::to_string(columns) +
                        " tile ops, allowed 2^31 a layer");
    L = static_cast<std::uint32_t>(columns);
    // The first tile of each kind is the largest; partial sums may be wider than what goes in.
    const std::uint64_t rows_0 = rows(0), cols_0 = cols(0), depth_0 = depth(0);
    const std::uint64_t largest =
        std::max({rows_0 * depth_0, depth_0 * cols_0, rows_0 * cols_0 * shape.psum_bytes});
    if (largest > noc::kMaxTileBytes)
        throw UserError("layer \"" + layer.name + "\": found a tile of " + std::to_string(largest) +
                        " bytes (" + std::to_string(rows_0) + " rows), allowed " +
                        std::to_string(noc::kMaxTileBytes) + ", so tiling.partition must be smaller");
}

void LayerTiles::cut_vector(const Layer& layer) {
    elements_ = layer.vector.elements;
    const std::uint64_t row_cycles = std::uint64_t{layer.vector.simple} * shape_.simple_cycles +
                                     std::uint64_t{layer.vector.special} * shape_.special_cycles;
    row_cycles_ = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, row_cycles));
    const std::uint32_t slice_cycles = shape_.partition ? shape_.partition : shape_.rows;
    op_rows_ = std::max(1u, slice_cycles / row_cycles_);
    const std::uint64_t per_op = std::uint64_t{op_rows_} * shape_.lanes,
                        ops = (elements_ + per_op - 1) / per_op;
    if (ops > most_ops || row_cycles > noc::kMaxTileBytes)
        throw UserError("layer \"" + layer.name + "\": found " + std::to_string(ops) + " vector ops of " +
                        std::to_string(row_cycles) + " cycles a row, allowed 2^31 of " +
                        std::to_string(noc::kMaxTileBytes));
    vector_ops_ = static_cast<std::uint32_t>(ops);
}

std::uint32_t LayerTiles::vector_elements(std::uint32_t op) const {
    const std::uint64_t per_op = std::uint64_t{op_rows_} * shape_.lanes;
    return static_cast<std::uint32_t>(std::min(per_op, elements_ - op * per_op));
}

std::uint32_t LayerTiles::vector_cycles(std::uint32_t op) const {
    return blocks(vector_elements(op), shape_.lanes) * row_cycles_;
}

std::uint32_t LayerTiles::x_bytes(std::uint32_t i, std::uint32_t j) const {
    return rows(i) * depth(j) / kernel_area_;
}

}  // namespace sosa::host
