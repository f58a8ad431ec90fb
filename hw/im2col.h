#pragma once
#include <cstdint>
#include <functional>

#include "hw/layer_record.h"

namespace sosa::hw {

using ReadMemory = std::function<void(std::uint64_t address, unsigned char* bytes, std::size_t count)>;

// Rows [row, row + rows) and columns [column, column + columns) of the X matrix of a group, row-major,
// gathered from the NHWC tensor that the record names; outside the tensor stands x_pad. Reads the longest
// contiguous runs.
void gather_x(const LayerRecord& layer, std::uint32_t group, std::uint32_t row, std::uint32_t rows,
              std::uint32_t column, std::uint32_t columns, const ReadMemory& read, unsigned char* x);

}  // namespace sosa::hw
