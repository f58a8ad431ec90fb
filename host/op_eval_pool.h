#pragma once
#include "host/op_eval_parts.h"

namespace sosa::host {

// MaxPool, AveragePool, LpPool and their Global forms; part of eval_windows().
const std::vector<EvalEntry>& eval_pools();

}  // namespace sosa::host
