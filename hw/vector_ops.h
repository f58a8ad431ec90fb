#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "hw/layer_record.h"

namespace sosa::hw {

// What is wrong with a step as a sentence, or "".
std::string check_step(const VectorStep& step);

// Computes a checked step; inputs[i] and out are whole tensors.
void run_step(const VectorStep& step, const std::vector<std::vector<std::int8_t>>& inputs,
              std::vector<std::int8_t>& out);

}  // namespace sosa::hw
