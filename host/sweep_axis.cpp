#include "host/sweep_axis.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/config_value.h"
#include "host/placement.h"
#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

using Json = nlohmann::json;
using Text = std::optional<std::string>;

namespace {

constexpr const char* kDims = "dims.";
constexpr std::uint64_t kMaxDim = 0x7fffffff;  // of an ONNX model

[[noreturn]] void refuse(const std::string& what, const std::string& allowed) {
    throw UserError("found " + what + ", allowed is " + allowed);
}

std::string text_of(const Json& value, const std::string& allowed) {
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) refuse(found(value), allowed);
    return value.get<std::string>();
}

// One of the names, or a file where that `may_be_file`: whether it can be read is seen later.
std::string name_of(const Json& value, const std::vector<std::string>& names, bool may_be_file) {
    const std::string allowed = (may_be_file ? "a file or one of " : "one of ") + traces::join(names);
    const std::string name = text_of(value, allowed);
    if (std::find(names.begin(), names.end(), name) != names.end()) return name;
    std::error_code ignored;
    const bool file = name.find_first_of("/.") != std::string::npos || std::filesystem::exists(name, ignored);
    if (may_be_file && file) return name;
    refuse(in_quotes(name) + traces::did_you_mean(traces::nearest(name, names)), allowed);
}

std::uint32_t size_of(const Json& value, std::uint64_t max) {
    if (const auto size = integer_within(value, 1, max)) return static_cast<std::uint32_t>(*size);
    refuse(found(value), integer_allowed(value, 1, max));
}

template <class Entries>
std::vector<std::string> names_of(const Entries& entries) {
    std::vector<std::string> names;
    for (const auto& entry : entries) names.push_back(entry.name);
    return names;
}

Text size_text(const std::optional<std::uint32_t>& size) {
    return size ? Text(std::to_string(*size)) : std::nullopt;
}

void assign_workload(SweepPoint& point, const Json& value) {
    const auto names = names_of(zoo_entries());
    point.workloads.clear();
    if (!value.is_array()) return point.workloads.push_back(name_of(value, names, true));
    if (value.empty()) refuse("an empty list", "a name, a file, or a list of these that run as tenants");
    for (const Json& tenant : value) point.workloads.push_back(name_of(tenant, names, true));
}

struct PlainAxis {
    const char* name;
    void (*assign)(SweepPoint&, const Json&);
    Text (*text)(const SweepPoint&);
};

const PlainAxis kPlainAxes[] = {
    {"config", [](SweepPoint& p, const Json& v) { p.config = name_of(v, hw::config_names(), true); },
     [](const SweepPoint& p) { return Text(p.config); }},
    {"workload", assign_workload, [](const SweepPoint& p) { return Text(traces::join(p.workloads, "+")); }},
    {"batch", [](SweepPoint& p, const Json& v) { p.zoo.batch = size_of(v, kMaxBatch); },
     [](const SweepPoint& p) { return size_text(p.zoo.batch); }},
    {"image_size", [](SweepPoint& p, const Json& v) { p.zoo.image_size = size_of(v, kMaxImageSize); },
     [](const SweepPoint& p) { return size_text(p.zoo.image_size); }},
    {"seq_len", [](SweepPoint& p, const Json& v) { p.zoo.seq_len = size_of(v, kMaxSeqLen); },
     [](const SweepPoint& p) { return size_text(p.zoo.seq_len); }},
    {"policy", [](SweepPoint& p, const Json& v) { p.policy = name_of(v, names_of(policy_entries()), false); },
     [](const SweepPoint& p) { return Text(p.policy); }},
};

const PlainAxis* plain_axis(const std::string& name) {
    for (const PlainAxis& axis : kPlainAxes)
        if (axis.name == name) return &axis;
    return nullptr;
}

// "batch" of "dims.batch", "" of all else.
std::string dim_of(const std::string& axis) {
    return axis.rfind(kDims, 0) == 0 ? axis.substr(std::string(kDims).size()) : "";
}

void assign_config(SweepPoint& point, const hw::ConfigKey& key, const Json& value) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    hw::Config scratch;
    if (value.is_structured() || !hw::assign_text(key, text, scratch))
        refuse(found(value), hw::allowed_text(key));
    replace_pair(point.sets, std::string(key.path), text);
}

}  // namespace

bool is_axis(const std::string& name) {
    return plain_axis(name) || find_config_key(name) || !dim_of(name).empty();
}

std::string axis_hint(const std::string& name) {
    std::vector<std::string> names = config_paths();
    for (const PlainAxis& axis : kPlainAxes) names.emplace_back(axis.name);
    return traces::did_you_mean(traces::nearest(name, names));
}

std::string axes_allowed() {
    std::vector<std::string> names;
    for (const PlainAxis& axis : kPlainAxes) names.emplace_back(axis.name);
    return traces::join(names) +
           ", dims.NAME and the keys of the configuration: " + traces::join(config_paths());
}

void assign_axis(SweepPoint& point, const std::string& axis, const Json& value) {
    if (const PlainAxis* const plain = plain_axis(axis)) return plain->assign(point, value);
    if (const hw::ConfigKey* const key = find_config_key(axis)) return assign_config(point, *key, value);
    replace_pair(point.dims, dim_of(axis), std::to_string(size_of(value, kMaxDim)));
}

Text axis_text(const SweepPoint& point, const std::string& axis) {
    if (const PlainAxis* const plain = plain_axis(axis)) return plain->text(point);
    if (const std::string dim = dim_of(axis); !dim.empty()) return pair_value(point.dims, dim);
    return pair_value(point.sets, axis);
}

std::string point_label(const SweepPoint& point, const std::vector<std::string>& axes) {
    std::vector<std::string> parts;
    for (const auto& axis : axes)
        if (const Text text = axis_text(point, axis)) parts.push_back(axis + " " + *text);
    if (!parts.empty()) return traces::join(parts);
    return point.workloads.empty() ? "no workload" : "workload " + traces::join(point.workloads, "+");
}

}  // namespace sosa::host
