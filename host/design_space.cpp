#include "host/design_space.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "host/closed_form.h"
#include "host/zoo.h"
#include "traces/error.h"
#include "traces/format.h"

namespace sosa::host {

namespace {

std::vector<ClosedForm> closed_forms(const DesignSpaceGroup& group) {
    std::vector<ClosedForm> forms;
    for (const auto& workload : group.workloads) {
        if (group.seq_lens.empty()) forms.emplace_back(load_workload(workload, {}));
        for (const std::uint32_t length : group.seq_lens)
            forms.emplace_back(load_workload(workload, {std::nullopt, std::nullopt, length}));
    }
    return forms;
}

double tops(const ClosedForm& form, const DesignSpace::Shape& s, double clock_hz) {
    const auto cycles = static_cast<double>(form.cycles(s.rows, s.cols, s.pods));
    return 2 * static_cast<double>(form.macs()) / cycles * clock_hz * 1e-12;
}

void set_tops(const std::vector<std::vector<ClosedForm>>& groups, double clock_hz,
              DesignSpace::Shape& shape) {
    for (const auto& forms : groups) {
        std::vector<double> values;
        for (const ClosedForm& form : forms) values.push_back(tops(form, shape, clock_hz));
        shape.group_tops.push_back(mean_of(Mean::harmonic, values));
    }
    shape.tops = mean_of(Mean::harmonic, shape.group_tops);
}

std::string name_of(const DesignSpace::Shape& s) {
    return std::to_string(s.rows) + "x" + std::to_string(s.cols);
}

// 1/2, 1/4, 3/4, 1/8, ... in another base: numbers between 0 and 1 that keep apart from those before.
double van_der_corput(std::uint32_t index, std::uint32_t base) {
    double value = 0, digit = 1;
    for (; index > 0; index /= base) {
        digit /= base;
        value += digit * (index % base);
    }
    return value;
}

std::uint32_t sample_side(const DesignSpaceSpec& spec, double share) {
    const double low = std::log(spec.smallest_sample), high = std::log(spec.largest);
    const double side = std::exp(low + share * (high - low));
    return static_cast<std::uint32_t>(std::lround(side / spec.step)) * spec.step;
}

// As much bank for each pod as the paper's table gives.
std::string bank_size(std::uint32_t pods) {
    constexpr std::uint32_t kib = 256, full = 128;
    return std::to_string(kib * std::max(1u, (full + pods - 1) / pods)) + "KiB";
}

SweepPoint point_of(SweepPoint point, const DesignSpace::Shape& s, const std::string& workload) {
    point.workloads = {workload};
    replace_pair(point.sets, "pods.rows", std::to_string(s.rows));
    replace_pair(point.sets, "pods.cols", std::to_string(s.cols));
    replace_pair(point.sets, "pods.count", std::to_string(s.pods));
    replace_pair(point.sets, "banks.size", bank_size(s.pods));
    return point;
}

}  // namespace

const DesignSpace::Shape& DesignSpace::optimum() const {
    return *std::max_element(shapes.begin(), shapes.end(),
                             [](const Shape& a, const Shape& b) { return a.tops < b.tops; });
}

const DesignSpace::Shape* DesignSpace::find(std::uint32_t rows, std::uint32_t cols) const {
    const auto found = std::find_if(shapes.begin(), shapes.end(),
                                    [&](const Shape& s) { return s.rows == rows && s.cols == cols; });
    return found == shapes.end() ? nullptr : &*found;
}

DesignSpace map_design_space(const DesignSpaceSpec& spec, const hw::Config& config) {
    const auto table = traces::load_energy_table(config.power.energy_table);
    std::vector<std::vector<ClosedForm>> groups;
    for (const auto& group : spec.groups) groups.push_back(closed_forms(group));
    DesignSpace space;
    for (std::uint32_t side = spec.smallest; side <= spec.largest; side += spec.step)
        space.sides.push_back(side);
    for (const std::uint32_t rows : space.sides)
        for (const std::uint32_t cols : space.sides) {
            DesignSpace::Shape shape{
                rows,
                cols,
                most_pods(table, rows, cols, spec.power_w, config.banks.macro_bytes, config.clock_hz),
                0,
                {}};
            if (shape.pods > 0) set_tops(groups, config.clock_hz, shape);
            space.shapes.push_back(std::move(shape));
        }
    return space;
}

namespace {

// "CNNs alone: 54x32 with 289 pods, 748.3 TOPS"
std::string group_optimum(const DesignSpace& space, const std::string& name, std::size_t group) {
    const auto value = [&](const DesignSpace::Shape& s) { return s.pods > 0 ? s.group_tops[group] : 0; };
    const auto& best = *std::max_element(space.shapes.begin(), space.shapes.end(),
                                         [&](const auto& a, const auto& b) { return value(a) < value(b); });
    return name + " alone: " + name_of(best) + " with " + std::to_string(best.pods) + " pods, " +
           value_text(value(best), 1) + " TOPS";
}

}  // namespace

std::vector<CheckResult> check_design_space(const DesignSpaceSpec& spec, const DesignSpace& space) {
    const DesignSpace::Shape& best = space.optimum();
    std::string alone;
    for (std::size_t i = 0; i < spec.groups.size(); ++i)
        alone += (i ? "; " : "") + group_optimum(space, spec.groups[i].name, i);
    std::vector<CheckResult> results = {{true, "The closed form's optimum at " +
                                                   traces::shortest(spec.power_w) + " W is " + name_of(best) +
                                                   " with " + std::to_string(best.pods) + " pods, " +
                                                   value_text(best.tops, 1) + " TOPS. " + alone + "."}};
    for (const auto& [name, least_pct] : spec.near_optimum) {
        const auto same = [&, wanted = name](const auto& shape) { return name_of(shape) == wanted; };
        const auto shape = std::find_if(space.shapes.begin(), space.shapes.end(), same);
        if (shape == space.shapes.end())
            throw UserError("near_optimum: found \"" + name + "\", which is not in the map");
        const double pct = 100 * shape->tops / best.tops;
        results.push_back({pct >= least_pct, name + " with " + std::to_string(shape->pods) +
                                                 " pods reaches " + value_text(pct, 1) +
                                                 " % of that, expected are at least " +
                                                 value_text(least_pct, 0) + " %."});
    }
    return results;
}

Plot design_space_plot(const DesignSpaceSpec& spec, const DesignSpace& space, const std::string& title) {
    Plot plot;
    plot.title = title;
    plot.x = {"columns of a pod"};
    plot.y = {"rows of a pod"};
    HeatMap map;
    for (const std::uint32_t side : space.sides) map.xs.push_back(side);
    map.ys = map.xs;
    for (const auto& shape : space.shapes)
        map.z.push_back(shape.pods > 0 ? std::optional(shape.tops) : std::nullopt);
    map.z_label = "effective throughput (TOPS)";
    const DesignSpace::Shape& best = space.optimum();
    for (const double share : {0.5, 0.75, 0.9}) map.contours.push_back(std::round(share * best.tops));
    plot.heat_map = std::move(map);
    const auto mark = [&](const DesignSpace::Shape& s, const std::string& label) {
        plot.marks.push_back({double{1} * s.cols, double{1} * s.rows, label});
    };
    mark(best, "optimum " + name_of(best));
    for (const auto& near : spec.near_optimum)
        for (const auto& shape : space.shapes)
            if (name_of(shape) == near.first && near.first != name_of(best)) mark(shape, near.first);
    return plot;
}

std::vector<SweepPoint> sample_design_space(const DesignSpaceSpec& spec, const SweepPoint& base,
                                            const hw::Config& config) {
    constexpr std::uint32_t most_pods_simulated = 4096;
    const auto table = traces::load_energy_table(config.power.energy_table);
    std::vector<std::pair<std::string, ClosedForm>> forms;  // at the default size
    for (const auto& group : spec.groups)
        for (const auto& name : group.workloads) forms.emplace_back(name, load_workload(name, {}));
    std::vector<SweepPoint> points;
    std::set<std::pair<std::uint32_t, std::uint32_t>> taken;
    for (std::uint32_t i = 1; points.size() < spec.samples; ++i) {
        SOSA_CHECK(i < 1000 * spec.samples, "the design space has too few shapes that can be simulated");
        DesignSpace::Shape shape{
            sample_side(spec, van_der_corput(i, 2)), sample_side(spec, van_der_corput(i, 3)), 0, 0, {}};
        const auto& [workload, form] = forms[points.size() % forms.size()];
        shape.pods =
            most_pods(table, shape.rows, shape.cols, spec.power_w, config.banks.macro_bytes, config.clock_hz);
        const bool can_run = shape.pods >= 1 && shape.pods <= most_pods_simulated &&
                             form.tile_ops(shape.rows, shape.cols) <= spec.most_tile_ops;
        if (can_run && taken.insert({shape.rows, shape.cols}).second)
            points.push_back(point_of(base, shape, workload));
    }
    return points;
}

}  // namespace sosa::host
