#include "host/sweep_spec.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/config_value.h"
#include "host/sweep_axis.h"
#include "host/sweep_spec_text.h"
#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

using Json = nlohmann::json;
using Path = SpecText::Path;

namespace {

constexpr std::size_t kMaxSpecBytes = 4 << 20;
const std::vector<std::string> kRootKeys = {"name", "base", "grid", "zip", "points", "filters"};

// One axis of the product: in choice c, each of `axes` has its value c.
struct Dimension {
    std::vector<std::string> axes;
    std::vector<const Json*> lists;
    std::size_t choices() const { return lists[0]->size(); }
};

class SpecReader {
  public:
    SpecReader(std::string_view text, const std::string& source) : spec_(text, source) {}
    Sweep read();

  private:
    void add_unknown(const Path& path, const std::string& hint);
    void check_keys();
    void check_axes(const Json& object, const Path& path);
    std::string name() const;
    void assign(SweepPoint& point, const std::string& axis, const Json& value, const Path& path) const;
    SweepPoint merged(const SweepPoint& base, const Json& object, const Path& path) const;
    void read_filters();
    void read_grid();
    void read_zip();
    void add_dimension(Dimension dimension, const Path& path);
    void check_list(const std::string& axis, const Json& list, const Path& path) const;
    void vary(const std::string& axis);
    void check_count(std::size_t points) const;
    void expand();

    const SpecText spec_;
    std::vector<std::string> unknown_;  // a place and what, each; the first few
    std::vector<Dimension> dimensions_;
    SweepPoint base_;
    Sweep sweep_;
};

void SpecReader::add_unknown(const Path& path, const std::string& hint) {
    constexpr std::size_t most = 20;
    if (unknown_.size() < most)
        unknown_.push_back(spec_.place(path) + "unknown key " + in_quotes(path.back()) + hint);
}

void SpecReader::check_axes(const Json& object, const Path& path) {
    if (!object.is_object())
        spec_.fail(path, "found " + found(object) + ", allowed is an object such as {\"pods.count\": 64}");
    for (const auto& item : object.items()) {
        if (is_axis(item.key())) continue;
        Path at = path;
        at.push_back(item.key());
        add_unknown(at, axis_hint(item.key()));
    }
}

// All keys of the spec, before any value.
void SpecReader::check_keys() {
    for (const auto& item : spec_.root().items()) {
        if (std::find(kRootKeys.begin(), kRootKeys.end(), item.key()) != kRootKeys.end()) continue;
        const std::string hint = is_axis(item.key())
                                     ? " (it goes into \"base\", \"grid\", \"zip\" or \"points\")"
                                     : traces::did_you_mean(traces::nearest(item.key(), kRootKeys));
        add_unknown({item.key()}, hint + ", allowed here are " + traces::join(kRootKeys));
    }
    check_axes(spec_.part("base", false), {"base"});
    check_axes(spec_.part("grid", false), {"grid"});
    for (const char* key : {"zip", "points"}) {
        const Json& list = spec_.part(key, true);
        for (std::size_t i = 0; i < list.size(); ++i) check_axes(list[i], {key, std::to_string(i)});
    }
    if (!unknown_.empty())
        throw UserError(traces::join(unknown_, "; ") + "; what can vary is " + axes_allowed());
}

std::string SpecReader::name() const {
    const auto value = spec_.root().find("name");
    if (value == spec_.root().end())
        spec_.fail({}, "the key \"name\" is missing, it names the folder of the results");
    const hw::ConfigKey& rule = *find_config_key("name");  // names of chips go into paths too
    hw::Config scratch;
    if (!value->is_string() || !hw::assign_text(rule, value->get<std::string>(), scratch))
        spec_.fail({"name"}, "\"name\": found " + found(*value) + ", allowed is " + hw::allowed_text(rule));
    return value->get<std::string>();
}

void SpecReader::assign(SweepPoint& point, const std::string& axis, const Json& value,
                        const Path& path) const {
    try {
        assign_axis(point, axis, value);
    } catch (const UserError& error) {
        spec_.fail(path, in_quotes(axis) + ": " + error.what());
    }
}

SweepPoint SpecReader::merged(const SweepPoint& base, const Json& object, const Path& path) const {
    SweepPoint point = base;
    for (const auto& item : object.items()) {
        Path at = path;
        at.push_back(item.key());
        assign(point, item.key(), item.value(), at);
    }
    return point;
}

void SpecReader::vary(const std::string& axis) {
    auto& axes = sweep_.axes;
    if (std::find(axes.begin(), axes.end(), axis) == axes.end()) axes.push_back(axis);
}

void SpecReader::check_list(const std::string& axis, const Json& list, const Path& path) const {
    if (!list.is_array() || list.empty())
        spec_.fail(path, in_quotes(axis) + ": found " + (list.is_array() ? "an empty list" : found(list)) +
                             ", allowed is a list of values");
    SweepPoint scratch;
    for (std::size_t i = 0; i < list.size(); ++i) {
        Path at = path;
        at.push_back(std::to_string(i));
        assign(scratch, axis, list[i], at);
    }
}

void SpecReader::add_dimension(Dimension dimension, const Path& path) {
    for (const auto& axis : dimension.axes) {
        const auto& axes = sweep_.axes;
        if (std::find(axes.begin(), axes.end(), axis) != axes.end())
            spec_.fail(path,
                       in_quotes(axis) + " varies twice, allowed is once in \"grid\" and \"zip\" together");
    }
    for (const auto& axis : dimension.axes) vary(axis);
    dimensions_.push_back(std::move(dimension));
}

void SpecReader::read_grid() {
    const Json& grid = spec_.part("grid", false);
    if (grid.empty()) return;
    for (const auto& axis : spec_.keys_in_order({"grid"})) {
        const Path path = {"grid", axis};
        check_list(axis, grid.at(axis), path);
        add_dimension({{axis}, {&grid.at(axis)}}, path);
    }
}

void SpecReader::read_zip() {
    const Json& zips = spec_.part("zip", true);
    for (std::size_t i = 0; i < zips.size(); ++i) {
        const Path path = {"zip", std::to_string(i)};
        if (zips[i].empty()) spec_.fail(path, "found an empty object, allowed is {AXIS: [VALUE, ...], ...}");
        Dimension dimension;
        for (const auto& axis : spec_.keys_in_order(path)) {
            const Json& list = zips[i].at(axis);
            check_list(axis, list, {"zip", path[1], axis});
            dimension.axes.push_back(axis);
            dimension.lists.push_back(&list);
            if (list.size() != dimension.choices())
                spec_.fail({"zip", path[1], axis}, in_quotes(axis) + ": found " +
                                                       std::to_string(list.size()) + " values, allowed are " +
                                                       std::to_string(dimension.choices()) + " as of " +
                                                       in_quotes(dimension.axes[0]));
        }
        add_dimension(std::move(dimension), path);
    }
}

void SpecReader::read_filters() {
    const Json& filters = spec_.part("filters", true);
    for (std::size_t i = 0; i < filters.size(); ++i) {
        const Path path = {"filters", std::to_string(i)};
        if (!filters[i].is_string())
            spec_.fail(path,
                       "found " + found(filters[i]) + ", allowed is a text such as \"pods.count <= 256\"");
        try {
            sweep_.filters.emplace_back(filters[i].get<std::string>());
        } catch (const UserError& error) {
            spec_.fail(path, std::string("filter: ") + error.what());
        }
    }
}

void SpecReader::check_count(std::size_t points) const {
    if (points > kMaxSweepPoints)
        spec_.fail({}, "found more than " + std::to_string(kMaxSweepPoints) +
                           " points, allowed are at most as many");
}

// The product of all dimensions, the last one fastest.
void SpecReader::expand() {
    std::size_t all = 1;
    for (const auto& dimension : dimensions_) {
        all *= dimension.choices();
        check_count(all);
    }
    for (std::size_t index = 0; index < all; ++index) {
        SweepPoint point = base_;
        std::size_t rest = all;
        for (const auto& dimension : dimensions_) {
            rest /= dimension.choices();
            const std::size_t choice = index / rest % dimension.choices();
            for (std::size_t i = 0; i < dimension.axes.size(); ++i)
                assign_axis(point, dimension.axes[i], dimension.lists[i]->at(choice));
        }
        sweep_.points.push_back(std::move(point));
    }
}

Sweep SpecReader::read() {
    check_keys();
    sweep_.source = spec_.source();
    sweep_.name = name();
    base_ = merged({}, spec_.part("base", false), {"base"});
    read_grid();
    read_zip();
    read_filters();
    const Json& points = spec_.part("points", true);
    if (!dimensions_.empty() || points.empty()) expand();
    check_count(sweep_.points.size() + points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Path path = {"points", std::to_string(i)};
        if (!points[i].empty())
            for (const auto& axis : spec_.keys_in_order(path)) vary(axis);
        sweep_.points.push_back(merged(base_, points[i], path));
    }
    return std::move(sweep_);
}

}  // namespace

Sweep parse_sweep(std::string_view json_text, const std::string& source) {
    return SpecReader(json_text, source).read();
}

Sweep read_sweep(const std::filesystem::path& spec) {
    return parse_sweep(traces::read_file(spec, kMaxSpecBytes), spec.string());
}

}  // namespace sosa::host
