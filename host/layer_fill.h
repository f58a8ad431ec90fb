#pragma once
#include <string>
#include <vector>

#include "host/program.h"
#include "host/tiling.h"

// How much of the array the tiles of a layer use.
namespace sosa::host {

// PEs that hold a weight, of those of the arrays: depth * columns of a tile op over rows * columns of a pod,
// on the average of the layer's tile ops. 0 of vector work.
double array_fill(const Layer& layer, const TileShape& shape);

// A sentence that names the layers of which less than a quarter is filled, if there are any, the first few
// with their fill.
std::vector<std::string> fill_warnings(const Workload& workload, const TileShape& shape);

// The same of each workload of a program, layers of further copies left out.
std::vector<std::string> fill_warnings(const Program& program);

}  // namespace sosa::host
