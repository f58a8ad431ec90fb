#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/graph_product.h"
#include "host/program.h"
#include "hw/config.h"
#include "hw/layer_record.h"

// What the chip is told of a product that runs with data of its own.
namespace sosa::host {

// All but addresses. `x_signed` ...: of the operands' and the result's types.
struct ProductSigns {
    bool x, w, y;
};
hw::LayerRecord product_record(const GraphProduct& product, const ProgramLayer& layer, std::uint32_t index,
                               const ProductSigns& signs);

// Of a layer without data of its own: vector work, or a product that the host computes while pods multiply
// what nobody wrote. Its results fall on each other in memory that nobody reads.
hw::LayerRecord idle_record(const ProgramLayer& layer, std::uint32_t index);

// Weights [k][column of all groups], tile after tile as DMA reads them.
std::vector<std::uint8_t> weight_tiles(const GraphProduct& product, const LayerTiles& tiles,
                                       const std::vector<std::uint8_t>& weights);

// The largest partial sum that the weights, or any if there are none, allow.
std::int64_t largest_sum(const GraphProduct& product, const std::vector<std::uint8_t>& weights,
                         const ProductSigns& signs);

// One entry a column. Where the weights are known, their part of the zero points goes into the bias; what is
// left to be taken out of the sums, record.zeros says.
std::vector<hw::FinishEntry> finish_table(const GraphProduct& product,
                                          const std::vector<std::uint8_t>& weights, hw::LayerRecord& record);

}  // namespace sosa::host
