#pragma once
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What an operation costs, and the sums over counted operations. Counts come from outside; an energy that
// nobody knows stays unknown and is never taken as 0.
namespace sosa::traces {

// {name, JSON text} of every traces/energy/*.json, compiled in and sorted by name.
const std::vector<std::pair<std::string_view, std::string_view>>& embedded_energy_tables();

struct SramMacro {
    std::uint64_t bytes;
    double byte_pj;
};

struct EnergyTable {
    std::string name, description;
    double mac_pj = 0;
    std::vector<SramMacro> sram_macros;  // at least one, by rising size
    double noc_byte_pj = 0;  // per byte, destination and unit of coefficient / N; see noc_route_byte_pj
    std::optional<double> dram_byte_pj;  // none: not known
    std::string mac_source, sram_source, noc_source,
        dram_source;  // a sentence each: where the number is from

    // pJ a byte of a bank built of macros of this size: the smallest listed macro that is not smaller, or the
    // largest there is.
    double sram_byte_pj(std::uint64_t macro_bytes) const;

    // pJ a byte and destination on a route through all stages of a network of `pods` lines whose power
    // coefficient (paper: k * N * n for butterfly-k) is `coefficient`.
    double noc_route_byte_pj(double coefficient, std::uint32_t pods) const;
};

// Throws UserError naming source, line and key: all unknown and missing keys at once, a wrong unit, a number
// that is negative or none. Only dram_byte may be null (not known).
EnergyTable parse_energy_table(std::string_view json_text, const std::string& source_name);

// An embedded table by name, or a file if the argument has a '/' or ends in ".json".
EnergyTable load_energy_table(const std::string& name_or_path);

struct EnergyRow {
    std::string component;  // e.g. "pods"
    std::string counter;    // e.g. "macs"
    double count;
    std::optional<double> pj_each;
    std::string source;
};

// The sum of the rows whose energy is known.
double total_pj(const std::vector<EnergyRow>& rows);

// component,counter,count,pj_each,energy_pj,source; what is not known is printed as "unknown".
void write_energy_csv(const std::vector<EnergyRow>& rows, std::ostream& out);

struct PeakPower {
    double pods_w, sram_w, noc_w;
    double total() const { return pods_w + sram_w + noc_w; }
};

// The paper's formula for pods of rows x cols: every PE a MAC a cycle, every pod rows + 5 * cols bytes a
// cycle of SRAM and network traffic (X: rows; W: cols; partial sums in and out: 2 * cols each). One pod has
// no network.
PeakPower peak_power(const EnergyTable& table, std::uint32_t rows, std::uint32_t cols, std::uint32_t pods,
                     double noc_coefficient, std::uint64_t macro_bytes, double clock_hz);

}  // namespace sosa::traces
