#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/experiment.h"
#include "traces/error.h"
#include "traces/json_read.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

// Keys are read once each; finish() refuses those that nothing read.
class Object {
  public:
    Object(const Json& json, std::string place) : json_(json), place_(std::move(place)) {
        if (!json.is_object()) throw UserError(place_ + ": found no object");
    }

    template <class Value>
    Value need(const std::string& key) {
        const Json* const value = find(key);
        if (!value) throw UserError(place_ + ": the key \"" + key + "\" is missing");
        return value->get<Value>();
    }
    template <class Value>
    void take(const std::string& key, Value& target) {
        if (const Json* const value = find(key)) target = value->get<Value>();
    }
    const Json* find(const std::string& key) {
        known_.push_back(key);
        const auto found = json_.find(key);
        return found == json_.end() ? nullptr : &*found;
    }
    void finish() const {
        for (const auto& item : json_.items())
            if (std::find(known_.begin(), known_.end(), item.key()) == known_.end())
                throw UserError(place_ + ": unknown key \"" + item.key() + "\"" +
                                traces::did_you_mean(traces::nearest(item.key(), known_)) + ", allowed are " +
                                traces::join(known_));
    }
    std::string place(const std::string& key) const { return place_ + ": \"" + key + "\""; }

  private:
    const Json& json_;
    std::string place_;
    Words known_;
};

template <class Value>
Value word(Object& object, const std::string& key,
           const std::vector<std::pair<std::string, Value>>& allowed) {
    const auto text = object.need<std::string>(key);
    Words words;
    for (const auto& [name, value] : allowed) {
        if (name == text) return value;
        words.push_back(name);
    }
    throw UserError(object.place(key) + ": found \"" + text + "\", allowed is one of " + traces::join(words));
}

ExperimentColumn column_of(const Json& json, const std::string& place) {
    Object object(json, place);
    ExperimentColumn column;
    column.figure = object.need<std::string>("figure");
    column.name = column.figure;
    object.take("name", column.name);
    column.title = object.need<std::string>("title");
    column.mean = word<Mean>(object, "mean",
                             {{"same", Mean::same},
                              {"harmonic", Mean::harmonic},
                              {"geometric", Mean::geometric},
                              {"arithmetic", Mean::arithmetic},
                              {"largest", Mean::largest}});
    object.take("digits", column.digits);
    object.take("relative_to", column.relative_to);
    object.take("tolerance_pct", column.tolerance_pct);
    object.take("judged", column.judged);
    object.finish();
    return column;
}

ExperimentCheck check_of(const Json& json, const std::string& place) {
    using Kind = ExperimentCheck::Kind;
    Object object(json, place);
    const auto kind = word<Kind>(
        object, "check",
        {{"rising", Kind::rising}, {"best", Kind::best}, {"at_least", Kind::at_least}, {"knee", Kind::knee}});
    ExperimentCheck check{kind, object.need<std::string>("column")};
    object.take("row", check.row);
    object.take("per", check.per);
    object.take("limit", check.limit);
    object.finish();
    return check;
}

ExperimentPlot plot_of(const Json& json, const std::string& place) {
    using Style = ExperimentPlot::Style;
    Object object(json, place);
    ExperimentPlot plot;
    plot.style = word<Style>(object, "style",
                             {{"bars", Style::bars}, {"stacked", Style::stacked}, {"lines", Style::lines}});
    plot.columns = object.need<Words>("columns");
    plot.y_title = object.need<std::string>("y_title");
    object.take("x", plot.x);
    object.take("x_title", plot.x_title);
    object.take("line", plot.line);
    object.take("log_base", plot.log_base);
    object.finish();
    return plot;
}

MadeWorkload made_of(const std::string& file, const Json& json, const std::string& place) {
    Object object(json, place);
    MadeWorkload made{file, object.need<std::string>("of")};
    if (const Json* const batch = object.find("batch")) made.batch = batch->get<std::uint32_t>();
    object.take("rows_times", made.rows_times);
    object.take("in_full", made.in_full);
    object.finish();
    return made;
}

DesignSpaceGroup group_of(const Json& json, const std::string& place) {
    Object object(json, place);
    DesignSpaceGroup group{object.need<std::string>("name"), object.need<Words>("workloads")};
    object.take("seq_lens", group.seq_lens);
    object.finish();
    return group;
}

DesignSpaceSpec design_space_of(const Json& json, const std::string& place) {
    Object object(json, place);
    DesignSpaceSpec spec;
    object.take("smallest", spec.smallest);
    object.take("largest", spec.largest);
    object.take("step", spec.step);
    object.take("power_w", spec.power_w);
    for (const Json& group : object.need<Json>("groups"))
        spec.groups.push_back(group_of(group, object.place("groups")));
    spec.samples = object.need<std::uint32_t>("samples");
    spec.smallest_sample = object.need<std::uint32_t>("smallest_sample");
    spec.most_tile_ops = object.need<std::uint64_t>("most_tile_ops");
    if (const Json* const shapes = object.find("near_optimum"))
        for (const auto& item : shapes->items())
            spec.near_optimum.emplace_back(item.key(), item.value().get<double>());
    object.finish();
    return spec;
}

// Names that rows and plots use must be those of columns.
void check_columns(const Experiment& e, const std::string& place) {
    Words names;
    for (const auto& column : e.columns) names.push_back(column.name);
    const auto check = [&](const std::string& where, const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            throw UserError(place + ": " + where + ": found the column \"" + name + "\", allowed is one of " +
                            traces::join(names));
    };
    for (const auto& [row, values] : e.published)
        for (const auto& value : values) check("\"published\"", value.first);
    for (const auto& one : e.checks) check("\"checks\"", one.column);
    for (const auto& name : e.plot.columns) check("\"plot\"", name);
}

Experiment read(const Json& json, const std::string& source) {
    Object object(json, source);
    Experiment e;
    e.name = object.need<std::string>("name");
    e.title = object.need<std::string>("title");
    e.about = object.need<std::string>("about");
    e.source = object.need<std::string>("source");
    object.take("tolerance", e.tolerance);
    e.row_title = object.need<std::string>("row_title");
    e.row = object.need<std::string>("row");
    object.take("simulated", e.simulated);
    object.take("published", e.published);
    for (const Json& column : object.need<Json>("columns"))
        e.columns.push_back(column_of(column, object.place("columns")));
    if (const Json* const checks = object.find("checks"))
        for (const Json& check : *checks) e.checks.push_back(check_of(check, object.place("checks")));
    if (const Json* const made = object.find("made"))
        for (const auto& item : made->items())
            e.made.push_back(made_of(item.key(), item.value(), object.place("made")));
    if (const Json* const space = object.find("design_space"))
        e.design_space = design_space_of(*space, object.place("design_space"));
    e.plot = plot_of(object.need<Json>("plot"), object.place("plot"));
    Json sweep = object.need<Json>("sweep");
    object.finish();
    check_columns(e, source);
    sweep["name"] = e.name;
    e.sweep = parse_sweep(sweep.dump(), source + ": sweep");
    return e;
}

}  // namespace

Experiment parse_experiment(std::string_view json_text, const std::string& source) {
    traces::parse_json_strict(json_text, source);
    try {
        return read(Json::parse(json_text), source);
    } catch (const nlohmann::json::exception& error) {
        throw UserError(source + ": " + error.what());
    }
}

const std::vector<Experiment>& experiments() {
    static const std::vector<Experiment> all = [] {
        const Words order = {"array-size", "interconnect", "partition",   "bank-size",
                             "batch",      "tenancy",      "scaling",     "dram-bandwidth",
                             "power",      "area",         "design-space"};
        std::vector<Experiment> list;
        for (const auto& [name, text] : embedded_experiments())
            list.push_back(parse_experiment(text, std::string(name) + ".json"));
        const auto place = [&](const Experiment& e) {
            return std::find(order.begin(), order.end(), e.name) - order.begin();
        };
        std::stable_sort(list.begin(), list.end(),
                         [&](const auto& a, const auto& b) { return place(a) < place(b); });
        return list;
    }();
    return all;
}

}  // namespace sosa::host
