#include "host/op_eval_elementwise.h"

namespace sosa::host {

const std::vector<EvalEntry>& eval_elementwise() {
    static const std::vector<EvalEntry> entries = [] {
        std::vector<EvalEntry> all;
        for (const auto* part :
             {&eval_elementwise_real(), &eval_elementwise_unary(), &eval_elementwise_binary(),
              &eval_elementwise_logic(), &eval_elementwise_clip(), &eval_elementwise_cast()}) {
            all.insert(all.end(), part->begin(), part->end());
        }
        return all;
    }();
    return entries;
}

}  // namespace sosa::host
