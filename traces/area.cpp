#include "traces/area.h"

#include <algorithm>
#include <ostream>

#include "traces/error.h"
#include "traces/format.h"

namespace sosa::traces {

namespace {

AreaPart part(const std::string& name, const AreaFigure& figure, double count) {
    if (!figure.value) return {name, std::nullopt, AreaBasis::unknown, figure.source};
    return {name, *figure.value * count, figure.basis, figure.source};
}

AreaPart pods_part(const AreaTable& table, const ChipShape& shape) {
    const double pes = static_cast<double>(shape.rows) * shape.cols;
    const double published_pes = static_cast<double>(table.pod_rows) * table.pod_cols;
    AreaPart pods = part("pods", table.pod_mm2, shape.pods * (pes / published_pes));
    if (shape.rows == table.pod_rows && shape.cols == table.pod_cols) return pods;
    if (pods.mm2) pods.basis = AreaBasis::estimate;
    pods.source += " " + table.pod_scaling;
    return pods;
}

AreaPart noc_part(const AreaTable& table, const ChipShape& shape) {
    const double bits = 8.0 * shape.rows + 8.0 * shape.cols + 5.0 * shape.psum_bits * shape.cols;
    constexpr double mm2_per_um2 = 1e-6;
    return part("noc", table.noc_bit_um2, shape.noc_coefficient * bits * mm2_per_um2);
}

// A bound added to one of the other side bounds nothing.
AreaBasis weaker(AreaBasis a, AreaBasis b) {
    const bool opposed = (a == AreaBasis::lower_bound && b == AreaBasis::upper_bound) ||
                         (a == AreaBasis::upper_bound && b == AreaBasis::lower_bound);
    return opposed ? AreaBasis::estimate : std::max(a, b);
}

std::string cell(const std::optional<double>& mm2) { return mm2 ? shortest(*mm2) : "unknown"; }

}  // namespace

std::string_view word_of(AreaBasis basis) {
    switch (basis) {
        case AreaBasis::published:
            return "published";
        case AreaBasis::lower_bound:
            return "lower bound";
        case AreaBasis::upper_bound:
            return "upper bound";
        case AreaBasis::estimate:
            return "estimate";
        case AreaBasis::unknown:
            break;
    }
    return "unknown";
}

std::optional<double> ChipArea::total_mm2() const {
    if (basis() == AreaBasis::unknown) return std::nullopt;
    return known_mm2();
}

double ChipArea::known_mm2() const {
    double sum = 0;
    for (const auto& one : parts) sum += one.mm2.value_or(0);
    return sum;
}

AreaBasis ChipArea::basis() const {
    AreaBasis weakest = AreaBasis::published;
    for (const auto& one : parts) weakest = weaker(weakest, one.basis);
    return weakest;
}

std::vector<std::string> ChipArea::unknown_parts() const {
    std::vector<std::string> names;
    for (const auto& one : parts)
        if (!one.mm2) names.push_back(one.name);
    return names;
}

ChipArea chip_area(const AreaTable& table, const ChipShape& shape) {
    const double kib = static_cast<double>(shape.banks) * (static_cast<double>(shape.bank_bytes) / 1024);
    const double lanes = static_cast<double>(shape.pods) * shape.post_lanes;
    return {{pods_part(table, shape), part("sram", table.sram_kib_mm2, kib), noc_part(table, shape),
             part("post_processors", table.post_lane_mm2, lanes)},
            table.not_included};
}

void write_area_csv(const ChipArea& area, std::ostream& out) {
    out << "component,area_mm2,basis,source\n";
    for (const auto& one : area.parts)
        out << csv_field(one.name) << ',' << cell(one.mm2) << ',' << word_of(one.basis) << ','
            << csv_field(one.source) << '\n';
    out << "total," << cell(area.total_mm2()) << ',' << word_of(area.basis()) << ','
        << csv_field("Not in it: " + area.not_included) << '\n';
}

}  // namespace sosa::traces
