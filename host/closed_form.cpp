#include "host/closed_form.h"

#include <map>
#include <tuple>

#include "noc/topology.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

}  // namespace

ClosedForm::ClosedForm(const Workload& workload) : macs_(host::macs(workload)) {
    std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>, std::uint64_t> counts;
    for (const Layer& layer : workload.layers)  // vector work has no rows, so no tiles
        counts[{layer.m, layer.k, layer.n, layer.groups}] += workload.repeat;
    for (const auto& [size, count] : counts)
        shapes_.push_back(
            {std::get<0>(size), std::get<1>(size), std::get<2>(size), std::get<3>(size), count});
}

std::uint64_t ClosedForm::Shape::tiles(std::uint32_t rows, std::uint32_t cols) const {
    return ceil_div(m, rows) * ceil_div(k, rows) * ceil_div(n, cols) * groups;
}

std::uint64_t ClosedForm::cycles(std::uint32_t rows, std::uint32_t cols, std::uint64_t pods) const {
    SOSA_CHECK(pods > 0, "a chip without pods");
    std::uint64_t sum = 0;
    for (const Shape& shape : shapes_) sum += shape.count * ceil_div(shape.tiles(rows, cols), pods) * rows;
    return sum;
}

std::uint64_t ClosedForm::tile_ops(std::uint32_t rows, std::uint32_t cols) const {
    std::uint64_t sum = 0;
    for (const Shape& shape : shapes_) sum += shape.count * shape.tiles(rows, cols);
    return sum;
}

std::uint32_t most_pods(const traces::EnergyTable& table, std::uint32_t rows, std::uint32_t cols,
                        double power_w, std::uint64_t macro_bytes, double clock_hz) {
    const auto fits = [&](std::uint32_t pods) {
        const noc::Topology topology("butterfly-2", pods);
        return traces::peak_power(table, rows, cols, pods, topology.power_coefficient(), macro_bytes,
                                  clock_hz)
                   .total() <= power_w;
    };
    constexpr std::uint32_t limit = 1u << 20;  // pods; far above what any power allows
    std::uint32_t below = 0, above = limit;    // fits, or 0; does not fit
    while (above - below > 1) {
        const std::uint32_t middle = below + (above - below) / 2;
        (fits(middle) ? below : above) = middle;
    }
    return below;
}

}  // namespace sosa::host
