#include "traces/energy.h"

#include <cmath>
#include <ostream>

#include "traces/error.h"
#include "traces/format.h"

namespace sosa::traces {

double EnergyTable::sram_byte_pj(std::uint64_t macro_bytes) const {
    SOSA_CHECK(!sram_macros.empty(), "energy table " + name + " lists no SRAM macro");
    for (const auto& macro : sram_macros)
        if (macro.bytes >= macro_bytes) return macro.byte_pj;
    return sram_macros.back().byte_pj;
}

double EnergyTable::noc_route_byte_pj(double coefficient, std::uint32_t pods) const {
    SOSA_CHECK(pods > 0, "a network of no lines");
    return noc_byte_pj * coefficient / pods;
}

double total_pj(const std::vector<EnergyRow>& rows) {
    double sum = 0;
    for (const auto& row : rows)
        if (row.pj_each) sum += row.count * *row.pj_each;
    return sum;
}

void write_energy_csv(const std::vector<EnergyRow>& rows, std::ostream& out) {
    out << "component,counter,count,pj_each,energy_pj,source\n";
    for (const auto& row : rows) {
        SOSA_CHECK(std::isfinite(row.count) && row.count >= 0,
                   row.component + "." + row.counter + " counts " + shortest(row.count));
        out << csv_field(row.component) << ',' << csv_field(row.counter) << ',' << shortest(row.count) << ','
            << (row.pj_each ? shortest(*row.pj_each) : "unknown") << ','
            << (row.pj_each ? shortest(row.count * *row.pj_each) : "unknown") << ',' << csv_field(row.source)
            << '\n';
    }
}

PeakPower peak_power(const EnergyTable& table, std::uint32_t rows, std::uint32_t cols, std::uint32_t pods,
                     double noc_coefficient, std::uint64_t macro_bytes, double clock_hz) {
    const double pj_to_w = 1e-12 * clock_hz;
    const double macs_a_cycle = 1.0 * pods * rows * cols;
    const double bytes_a_cycle = pods * (rows + 5.0 * cols);
    const double noc_byte_pj = pods > 1 ? table.noc_route_byte_pj(noc_coefficient, pods) : 0.0;
    return {macs_a_cycle * table.mac_pj * pj_to_w, bytes_a_cycle * table.sram_byte_pj(macro_bytes) * pj_to_w,
            bytes_a_cycle * noc_byte_pj * pj_to_w};
}

}  // namespace sosa::traces
