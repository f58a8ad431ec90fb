// An explanation for people and programs.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>

#include "host/csv_text.h"
#include "host/explain.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

std::string percent_text(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%+.1f %%", value);
    return text;
}

std::string right(const std::string& text, std::size_t width) {
    return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

// What a person should know to read the table right.
void print_conclusion(const Explanation& e, std::ostream& out) {
    const IdealRun& first = e.runs.front();
    if (!first.cycles || e.gained_cycles(first) <= 0)
        out << "No resource alone would make this run shorter.\n";
    else
        out << "Most would be gained by ideal " << first.resource->name << ": "
            << percent_text(e.gain_pct(first))
            << " of the cycles. Gains do not add up: what waits for one resource may wait for another as "
               "well.\n";
    const auto slower = [&](const IdealRun& run) { return run.cycles && e.gained_cycles(run) < 0; };
    if (std::any_of(e.runs.begin(), e.runs.end(), slower))
        out << "A loss is possible: placement takes the first place that is free, and more freedom may lead "
               "it "
               "to a worse one.\n";
}

}  // namespace

void print_explanation(const Explanation& e, const TextStyle& style, std::ostream& out) {
    constexpr std::size_t cycles_width = 14, gain_width = 9;
    std::size_t name_width = 0;
    for (const auto& run : e.runs) name_width = std::max(name_width, run.resource->name.size());
    out << painted("What limits " + e.base.row.workload + " on " + e.base.row.config + "?", Ink::heading,
                   style)
        << ' ' << with_commas(e.base_cycles()) << " cycles, "
        << with_commas(e.base.number("effective_tops"), 1) << " TOPS\n\n  "
        << padded_name("ideal", name_width) << right("cycles", cycles_width) << right("gain", gain_width)
        << "  then\n";
    for (const auto& run : e.runs) {
        out << "  " << padded_name(run.resource->name, name_width);
        if (run.cycles)
            out << right(with_commas(*run.cycles), cycles_width)
                << right(percent_text(e.gain_pct(run)), gain_width) << "  " << run.resource->meaning << '\n';
        else
            out << right("failed", cycles_width) << right("", gain_width) << "  " << run.failure << '\n';
    }
    out << '\n';
    print_conclusion(e, out);
}

std::string explanation_json(const Explanation& e) {
    nlohmann::ordered_json json;
    json["workload"] = e.base.row.workload;
    json["config"] = e.base.row.config;
    json["policy"] = e.base.row.policy;
    json["cycles"] = e.base_cycles();
    json["effective_tops"] = e.base.number("effective_tops");
    for (const auto& run : e.runs) {
        nlohmann::ordered_json one;
        one["resource"] = run.resource->name;
        one["set"] = run.resource->sets;
        if (run.cycles) {
            one["cycles"] = *run.cycles;
            one["gained_cycles"] = e.gained_cycles(run);
            one["gain_pct"] = e.gain_pct(run);
        } else {
            one["failed"] = run.failure;
        }
        one["meaning"] = run.resource->meaning;
        json["ideal"].push_back(one);
    }
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

std::string explanation_csv(const Explanation& e) {
    CsvText csv("resource,set,cycles,gained_cycles,gain_pct,meaning");
    for (const auto& run : e.runs) {
        csv.add(run.resource->name).add(traces::join(run.resource->sets, " "));
        if (run.cycles)
            csv.add(*run.cycles).add(static_cast<double>(e.gained_cycles(run))).add(e.gain_pct(run));
        else
            csv.none().none().none();
        csv.add(run.resource->meaning).end_row();
    }
    return csv.take();
}

}  // namespace sosa::host
