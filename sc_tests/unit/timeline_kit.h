#pragma once
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sc_tests/unit/text_sink.h"
#include "traces/timeline.h"
#include "traces/vcd.h"

namespace sosa::tests {

inline traces::Timeline::Options drawn_rules() {
    traces::Timeline::Options options;
    traces::Timeline::Track units{"units.*", "state", {}};
    units.shown = {{"load", {}}, {"run", {"job", "absent"}, [](const traces::Timeline::Values& args) {
                                      return args[1] ? "?"
                                                     : "job \"" + std::to_string(args[0].value_or(0)) + "\"";
                                  }}};
    options.processes = {
        {"units", {units}, {}, {}},
        {"phases", {}, {}, {{"main.step", {{"all", 0, 9}, {"first", 1, 2}, {"second", 2, 4}}}}},
        {"watts", {}, {"power.*", "main.step"}, {}},
        {"nothing", {{"other", "state", {{"on", {}}}}}, {"none.*"}, {{"none", {{"x", 0, 9}}}}}};
    options.notes = {{"workload", "\"net\""}};
    return options;
}

// A trace without a file that is only drawn.
struct Drawn {
    std::shared_ptr<TextSink> sink = std::make_shared<TextSink>();
    traces::Vcd vcd{options()};
    traces::Timeline timeline;
    traces::Vcd::Signal state0 = vcd.integer("units.u0", "state", 2, "0=idle 1=load 2=run");
    traces::Vcd::Signal job0 = vcd.integer("units.u0", "job", 8);
    traces::Vcd::Signal state1 = vcd.integer("units.u1", "state", 2, "0=idle 1=load 2=run");
    traces::Vcd::Signal step = vcd.integer("main", "step", 8);
    traces::Vcd::Signal power = vcd.real("power", "total");

    explicit Drawn(const traces::Timeline::Options& drawn = drawn_rules()) : timeline(sink, drawn) {
        vcd.listen(timeline);
        vcd.start();
    }
    static traces::Vcd::Options options() {
        traces::Vcd::Options options;
        options.to_file = false;
        return options;
    }
    // "units/u0: load 1+2.5 {}" and "watts: power.total 0 1.5", in the order of the file.
    std::vector<std::string> events() {
        const auto json = nlohmann::json::parse(sink->text);
        std::map<std::pair<int, int>, std::string> names;
        std::vector<std::string> lines;
        for (const auto& e : json.at("traceEvents")) {
            const std::pair<int, int> row{e.at("pid"), e.value("tid", 0)};
            if (e.at("name") == "process_name" || e.at("name") == "thread_name")
                names[row] = e.at("args").at("name");
            if (e.at("ph") == "X")
                lines.push_back(names.at({row.first, 0}) + "/" + names.at(row) + ": " +
                                std::string(e["name"]) + " " + e["ts"].dump() + "+" + e["dur"].dump() +
                                (e.contains("args") ? " " + e["args"].dump() : ""));
            if (e.at("ph") == "C")
                lines.push_back(names.at(row) + ": " + std::string(e["name"]) + " " + e["ts"].dump() + " " +
                                e["args"]["value"].dump());
        }
        return lines;
    }
};

}  // namespace sosa::tests
