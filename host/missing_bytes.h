#pragma once
#include <string>

#include "host/tensor_value.h"

namespace sosa::host {

// Stands in OpGraph::constants for a constant whose bytes cannot be had, and says why.
struct MissingBytes {
    std::string sentence;
    TensorValue operator()() const;  // throws it as UserError
};

}  // namespace sosa::host
