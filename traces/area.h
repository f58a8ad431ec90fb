#pragma once
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How large a chip is, from figures with sources. What nobody knows stays unknown and is never taken as 0.
namespace sosa::traces {

// {name, JSON text} of every traces/area/*.json, compiled in and sorted by name.
const std::vector<std::pair<std::string_view, std::string_view>>& embedded_area_tables();

// What a figure is worth. A sum is worth what the weakest of its parts is.
enum class AreaBasis { published, lower_bound, upper_bound, estimate, unknown };
std::string_view word_of(AreaBasis basis);  // "lower bound"

struct AreaFigure {
    std::optional<double> value;  // none exactly if the basis is unknown
    AreaBasis basis = AreaBasis::unknown;
    std::string source;  // where the number is from
};

struct AreaTable {
    std::string name, description;
    AreaFigure pod_mm2;  // of a pod of pod_rows x pod_cols
    std::uint32_t pod_rows = 1, pod_cols = 1;
    std::string pod_scaling;   // what is assumed of pods of another shape: area goes with rows * cols
    AreaFigure sram_kib_mm2;   // a KiB of bank
    AreaFigure noc_bit_um2;    // a bit of width and unit of a network's power coefficient (crossbar: N * N)
    AreaFigure post_lane_mm2;  // a lane of a post-processor
    std::string not_included;  // the parts of a chip that no figure covers
};

// Throws UserError naming source, line and key: all unknown and missing keys at once, a wrong unit or basis,
// a number that is not above 0. Every value may be null (not known).
AreaTable parse_area_table(std::string_view json_text, const std::string& source_name);

// An embedded table by name, or a file if the argument has a '/' or ends in ".json".
AreaTable load_area_table(const std::string& name_or_path);

struct ChipShape {
    std::uint32_t pods, rows, cols, psum_bits, post_lanes;  // one post-processor a pod
    std::uint64_t banks, bank_bytes;                        // of X, W and P together
    double noc_coefficient;                                 // of each of the seven networks; 0: there is none
};

struct AreaPart {
    std::string name;           // "pods", "sram", "noc" or "post_processors"
    std::optional<double> mm2;  // none: not known
    AreaBasis basis;
    std::string source;
};

struct ChipArea {
    std::vector<AreaPart> parts;
    std::string not_included;

    std::optional<double> total_mm2() const;  // none if a part is not known
    double known_mm2() const;                 // the parts that are known: less than the total if one is not
    AreaBasis basis() const;                  // of the total
    std::vector<std::string> unknown_parts() const;
};

// The networks x (8 * rows bits), w (8 * cols) and pin, pout, post_a, post_b, post_out (psum_bits * cols
// each).
ChipArea chip_area(const AreaTable& table, const ChipShape& shape);

// component,area_mm2,basis,source and a row for the total; what is not known is printed as "unknown".
void write_area_csv(const ChipArea& area, std::ostream& out);

}  // namespace sosa::traces
