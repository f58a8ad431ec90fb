#include "traces/power_meter.h"

#include <string_view>

#include "traces/error.h"

namespace sosa::traces {

namespace {

constexpr double kExactCounts = 9007199254740992.0;  // 2^53: rows count in doubles

bool belongs(const EnergyRow& row, const PowerPart& part) { return row.component.rfind(part.rows, 0) == 0; }

PartRates energies(const PartCounts& counts, const PartRates& rates) {
    PartRates pj;
    for (std::size_t part = 0; part < power_parts; ++part)
        if (rates[part]) pj[part] = static_cast<double>(counts[part]) * *rates[part];
    return pj;
}

double sum_of_known(const PartRates& values) {
    double sum = 0;
    for (const auto& value : values) sum += value.value_or(0);
    return sum;
}

// pJ in a time in ps are W.
double over(double pj, const PowerWindow& window) {
    return window.end_ps > window.start_ps ? pj / static_cast<double>(window.end_ps - window.start_ps) : 0;
}

}  // namespace

PartCounts part_counts(const std::vector<EnergyRow>& rows) {
    PartCounts counts{};
    for (std::size_t part = 0; part < power_parts; ++part)
        for (const auto& row : rows) {
            if (!belongs(row, kPowerParts[part])) continue;
            SOSA_CHECK(row.count >= 0 && row.count <= kExactCounts, row.component + " counts too much");
            counts[part] += static_cast<std::uint64_t>(row.count);
        }
    return counts;
}

PartRates part_rates(const std::vector<EnergyRow>& rows) {
    PartRates rates;
    for (std::size_t part = 0; part < power_parts; ++part) {
        const EnergyRow* first = nullptr;
        for (const auto& row : rows) {
            if (!belongs(row, kPowerParts[part])) continue;
            if (!first) first = &row;
            SOSA_CHECK(row.pj_each == first->pj_each,
                       row.component + " and " + first->component + " cost differently");
        }
        if (first) rates[part] = first->pj_each;
    }
    return rates;
}

double known_pj(const PartCounts& counts, const PartRates& rates) {
    return sum_of_known(energies(counts, rates));
}

std::optional<double> PowerWindow::watts(std::size_t part) const {
    if (!pj[part]) return std::nullopt;
    return over(*pj[part], *this);
}

double PowerWindow::total_pj() const { return sum_of_known(pj); }

double PowerWindow::total_watts() const { return over(total_pj(), *this); }

PowerMeter::PowerMeter(std::size_t most) : most_(most) {
    SOSA_CHECK(most >= 2 && most % 2 == 0, std::to_string(most) + " windows cannot be joined two by two");
}

bool PowerMeter::close(std::uint64_t end_ps, const std::vector<EnergyRow>& rows) {
    if (windows_.empty()) rates_ = part_rates(rows);
    const std::uint64_t start_ps = windows_.empty() ? 0 : windows_.back().end_ps;
    SOSA_CHECK(end_ps >= start_ps, "a window that ends before it starts");
    if (windows_.empty() || end_ps > start_ps) windows_.push_back({start_ps, end_ps});
    const PartCounts now = part_counts(rows);
    PowerWindow& window = windows_.back();
    for (std::size_t part = 0; part < power_parts; ++part) window.counts[part] += now[part] - before_[part];
    window.pj = energies(window.counts, rates_);
    window.cumulative_pj = traces::total_pj(rows);
    before_ = now;
    if (windows_.size() < most_) return false;
    join_pairs();
    return true;
}

void PowerMeter::join_pairs() {
    for (std::size_t i = 0; i < windows_.size() / 2; ++i) {
        const PowerWindow &first = windows_[2 * i], &second = windows_[2 * i + 1];
        PowerWindow both = second;
        both.start_ps = first.start_ps;
        for (std::size_t part = 0; part < power_parts; ++part) both.counts[part] += first.counts[part];
        both.pj = energies(both.counts, rates_);
        windows_[i] = both;
    }
    windows_.resize(windows_.size() / 2);
}

}  // namespace sosa::traces
