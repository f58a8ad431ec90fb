#include "host/experiment_point.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "host/closed_form.h"
#include "host/config_value.h"
#include "host/sweep_axis.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

constexpr const char* kAreaTable = "published-28nm";

using Value = std::optional<double>;

// Bytes that all pods take and give in a cycle, the paper's measure of a network's width.
double network_bytes(const hw::Config& config) {
    return double{1} * config.pods.count * (config.pods.rows + 5.0 * config.pods.cols);
}

Value area_part(const ExperimentPoint& p, const std::string& name) {
    const traces::ChipArea area = area_of(p.config);
    for (const auto& part : area.parts)
        if (part.name == name) return part.mm2;
    return std::nullopt;
}

Value ratio(const Value& a, const Value& b) { return a && b ? Value(*a / *b) : std::nullopt; }

Value times(const Value& a, double factor) { return a ? Value(*a * factor) : std::nullopt; }

Value main_slices(const ExperimentPoint& p) {
    const Value last = point_figure(p, "last_main_slice");
    return last ? Value(*last + 1) : std::nullopt;
}

Value closed_form_cycles(const ExperimentPoint& p) {
    const ClosedForm form(load_workload(p.point.workloads.at(0), p.point.zoo));
    return static_cast<double>(form.cycles(p.config.pods.rows, p.config.pods.cols, p.config.pods.count));
}

struct Derived {
    const char *name, *meaning;
    Value (*of)(const ExperimentPoint&);
};

const Derived kDerived[] = {
    {"pods", "how many", [](const auto& p) { return Value(p.config.pods.count); }},
    {"peak_power_w", "peak power, W", [](const auto& p) { return Value(peak_power_of(p.config).total()); }},
    {"peak_power_pods_w", "of it in pods",
     [](const auto& p) { return Value(peak_power_of(p.config).pods_w); }},
    {"peak_power_sram_w", "in banks", [](const auto& p) { return Value(peak_power_of(p.config).sram_w); }},
    {"peak_power_noc_w", "in networks", [](const auto& p) { return Value(peak_power_of(p.config).noc_w); }},
    {"noc_mw_per_byte", "power of the networks for each byte that all pods take and give in a cycle, mW",
     [](const auto& p) { return Value(1e3 * peak_power_of(p.config).noc_w / network_bytes(p.config)); }},
    {"cycles_per_main_slice", "cycles / slices up to the last with tile ops",
     [](const auto& p) { return ratio(point_figure(p, "cycles"), main_slices(p)); }},
    {"busy_pods_main_pct", "tile ops / (these slices * pods), %",
     [](const auto& p) {
         return ratio(point_figure(p, "tile_ops"), times(main_slices(p), p.config.pods.count / 100.0));
     }},
    {"area_mm2", "area of the chip's known parts, mm2",
     [](const auto& p) { return area_of(p.config).total_mm2(); }},
    {"area_pods_mm2", "of it pods", [](const auto& p) { return area_part(p, "pods"); }},
    {"area_sram_mm2", "banks", [](const auto& p) { return area_part(p, "sram"); }},
    {"area_noc_mm2", "networks", [](const auto& p) { return area_part(p, "noc"); }},
    {"area_post_mm2", "post-processors", [](const auto& p) { return area_part(p, "post_processors"); }},
    {"area_pod_mm2", "one pod",
     [](const auto& p) { return ratio(area_part(p, "pods"), double{1} * p.config.pods.count); }},
    {"closed_form_cycles", "sum over layers of ceil(tiles / pods) * rows", closed_form_cycles},
    {"closed_form_error_pct", "by how much these are more than the simulated cycles, %",
     [](const auto& p) {
         const Value share = ratio(closed_form_cycles(p), point_figure(p, "cycles"));
         return share ? Value(100 * (*share - 1)) : std::nullopt;
     }},
    {"closed_form_off_pct", "the same without its sign",
     [](const auto& p) {
         const Value error = point_figure(p, "closed_form_error_pct");
         return error ? Value(std::fabs(*error)) : std::nullopt;
     }},
};

std::string size_text(const std::optional<std::uint32_t>& size) { return size ? std::to_string(*size) : "-"; }

// Files without folder and ending.
std::string workload_names(const SweepPoint& point) {
    std::vector<std::string> names;
    for (const auto& name : point.workloads) names.push_back(std::filesystem::path(name).stem().string());
    return traces::join(names, "+");
}

std::string axis_value(const ExperimentPoint& p, const std::string& axis) {
    if (!is_axis(axis))
        throw UserError("found \"{" + axis + "}\"" + axis_hint(axis) + ", allowed in braces is one of " +
                        axes_allowed());
    if (axis == "workload") return workload_names(p.point);
    if (const auto text = axis_text(p.point, axis)) return *text;
    if (axis == "batch") return size_text(p.row.batch);
    if (axis == "image_size") return size_text(p.row.image_size);
    if (axis == "seq_len") return size_text(p.row.seq_len);
    return find_config_key(axis) ? config_text(p.config, axis) : "";
}

}  // namespace

Value point_figure(const ExperimentPoint& point, const std::string& figure) {
    if (point.result) {
        if (!point.result->ok()) return std::nullopt;
        if (point.result->find(figure)) return point.result->number(figure);
    }
    std::vector<std::string> names;
    for (const Derived& derived : kDerived) {
        if (derived.name == figure) return derived.of(point);
        names.emplace_back(derived.name);
    }
    throw UserError("found the figure \"" + figure + "\"" +
                    traces::did_you_mean(traces::nearest(figure, names)) +
                    ", allowed are those of summary.json and " + traces::join(names));
}

std::vector<std::pair<std::string, std::string>> derived_figures() {
    std::vector<std::pair<std::string, std::string>> list;
    for (const Derived& derived : kDerived) list.emplace_back(derived.name, derived.meaning);
    return list;
}

std::string filled(const std::string& text, const ExperimentPoint& point) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find('{', at), text.size());
        result += text.substr(at, open - at);
        if (open == text.size()) break;
        const std::size_t close = text.find('}', open);
        if (close == std::string::npos) throw UserError("\"" + text + "\": found { without }");
        result += axis_value(point, text.substr(open + 1, close - open - 1));
        at = close + 1;
    }
    return result;
}

double mean_of(Mean mean, const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    double sum = 0;
    switch (mean) {
        case Mean::harmonic:
            for (const double v : values) sum += 1 / v;
            return count / sum;
        case Mean::geometric:
            for (const double v : values) sum += std::log(v);
            return std::exp(sum / count);
        case Mean::arithmetic:
            for (const double v : values) sum += v;
            return sum / count;
        case Mean::largest:
            return *std::max_element(values.begin(), values.end());
        case Mean::same:
            break;
    }
    for (const double v : values)
        if (v != values[0]) throw UserError("the points of a row differ in a figure that they should share");
    return values[0];
}

traces::PeakPower peak_power_of(const hw::Config& config) {
    return traces::peak_power(traces::load_energy_table(config.power.energy_table), config.pods.rows,
                              config.pods.cols, config.pods.count,
                              hw::chip_topology(config).power_coefficient(), config.banks.macro_bytes,
                              config.clock_hz);
}

traces::ChipArea area_of(const hw::Config& config) {
    const std::uint32_t lanes = config.post.lanes ? config.post.lanes : config.pods.cols;
    return traces::chip_area(traces::load_area_table(kAreaTable),
                             {config.pods.count, config.pods.rows, config.pods.cols, config.pods.psum_bits,
                              lanes, std::uint64_t{3} * config.pods.count, config.banks.size_bytes,
                              hw::chip_topology(config).power_coefficient()});
}

}  // namespace sosa::host
