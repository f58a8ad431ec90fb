#include "host/energy_explain.h"

#include <algorithm>
#include <array>
#include <ostream>

#include "traces/error.h"
#include "traces/format.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

using Rows = std::vector<traces::EnergyRow>;
using Cells = std::array<std::string, 6>;  // component, counter, count, pJ each, pJ, number of the source
constexpr bool kLeft[] = {true, true, false, false, false, true};

// "noc" of noc_post_a.
std::string family(const std::string& component) { return component.substr(0, component.find('_')); }

std::vector<std::string> names_of(const Rows& rows) {
    std::vector<std::string> names = {"energy"};
    const auto add = [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (const auto& row : rows) {
        add("energy." + family(row.component));
        add("energy." + row.component);
    }
    return names;
}

Rows meant(const std::string& name, const Rows& rows) {
    const std::vector<std::string> names = names_of(rows);
    if (std::find(names.begin(), names.end(), name) == names.end())
        throw UsageError("report: --explain: found \"" + name + "\"" +
                         traces::did_you_mean(traces::nearest(name, names)) + ", allowed " +
                         traces::join(names));
    Rows chosen;
    for (const auto& row : rows)
        if (name == "energy" || name == "energy." + row.component ||
            name == "energy." + family(row.component))
            chosen.push_back(row);
    return chosen;
}

// Of a number in decimal digits, with a blank between thousands and as many decimals as told.
std::string grouped(double value, int decimals) {
    char text[400];
    const int size = std::snprintf(text, sizeof text, "%.*f", decimals, value);
    std::string digits(text, static_cast<std::size_t>(std::max(size, 0)));
    const std::size_t point = std::min(digits.find('.'), digits.size());
    for (std::size_t at = point; at > 3 + (value < 0);) digits.insert(at -= 3, 1, ' ');
    return digits;
}

std::string joules(double pj) {
    constexpr std::pair<double, const char*> units[] = {{1e12, "J"}, {1e9, "mJ"}, {1e6, "uJ"}, {1e3, "nJ"}};
    for (const auto& [size, unit] : units)
        if (pj >= size) return grouped(pj / size, 3) + " " + unit;
    return grouped(pj, 3) + " pJ";
}

void print_lines(const std::vector<Cells>& lines, std::ostream& out) {
    std::array<std::size_t, 6> widths{};
    for (const auto& cells : lines)
        for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
    constexpr const char* between[] = {"  ", "  ", "  x  ", "  =  ", "  "};
    for (const auto& cells : lines) {
        const bool formula = &cells != &lines.front() && !cells[3].empty();
        std::string text;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::string blanks(widths[i] - cells[i].size(), ' ');
            const std::string gap = i > 0 ? between[i - 1] : "";
            text += formula ? gap : std::string(gap.size(), ' ');
            text += kLeft[i] ? cells[i] + blanks : blanks + cells[i];
        }
        out << "  " << text.substr(0, text.find_last_not_of(' ') + 1) << '\n';
    }
}

}  // namespace

void explain_energy(const std::string& name, const Rows& rows, std::ostream& out) {
    std::vector<std::string> sources;
    std::vector<Cells> lines = {{"component", "counter", "count", "pJ each", "pJ", ""}};
    bool unknown = false;
    const Rows chosen = meant(name, rows);
    for (const auto& row : chosen) {
        auto source = std::find(sources.begin(), sources.end(), row.source);
        if (source == sources.end()) source = sources.insert(sources.end(), row.source);
        const std::string number = "[" + std::to_string(source - sources.begin() + 1) + "]";
        unknown = unknown || !row.pj_each;
        lines.push_back({row.component, row.counter, grouped(row.count, 0),
                         row.pj_each ? traces::shortest(*row.pj_each) : "unknown",
                         row.pj_each ? grouped(row.count * *row.pj_each, 1) : "unknown", number});
    }
    const double sum = traces::total_pj(chosen);
    lines.push_back({"sum", "", "", "", grouped(sum, 1), "= " + joules(sum)});
    out << name << '\n';
    print_lines(lines, out);
    if (unknown) out << "  What is unknown is left out of the sum; it is not 0.\n";
    for (std::size_t i = 0; i < sources.size(); ++i) out << "  [" << i + 1 << "] " << sources[i] << '\n';
}

}  // namespace sosa::host
