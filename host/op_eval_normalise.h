#pragma once
#include <cmath>
#include <vector>

#include "host/op_eval_move.h"
#include "host/op_eval_product.h"

// Means and sums are taken in double, in the order of the elements, and results are rounded to their type
// once; where an operator's comment names another order, in that.
namespace sosa::host {

struct Moments {
    double mean = 0, variance = 0;
};

// Of `count` (1 or more) elements; the variance of their distances from the mean.
template <class S>
Moments moments_of(const S* from, std::int64_t count) {
    Moments moments;
    for (std::int64_t i = 0; i < count; ++i) moments.mean += static_cast<double>(load(from[i]));
    moments.mean /= static_cast<double>(count);
    for (std::int64_t i = 0; i < count; ++i) {
        const double distance = static_cast<double>(load(from[i])) - moments.mean;
        moments.variance += distance * distance;
    }
    moments.variance /= static_cast<double>(count);
    return moments;
}

std::vector<double> real_values(const TensorValue& tensor);  // of a type of real_types()

// Softmax and its like, LpNormalization, MeanVarianceNormalization; part of eval_normalisation().
const std::vector<EvalEntry>& normalisation_lines();

}  // namespace sosa::host
