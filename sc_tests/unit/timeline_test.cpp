#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/timeline_kit.h"
#include "traces/atomic_file.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/vcd.h"

using sosa::tests::aborts;
using sosa::tests::Drawn;
using sosa::tests::drawn_rules;
using sosa::tests::TempFolder;
using sosa::traces::Timeline;
using sosa::traces::Vcd;

TEST_CASE("a timeline is written byte by byte as expected") {
    Drawn d;
    d.vcd.open_window();
    d.vcd.set(d.state0, 0);
    d.vcd.set_real(d.power, 1.5);
    d.vcd.time(1'500'000);
    d.vcd.set(d.state0, 2);
    d.vcd.set(d.job0, 7);
    d.vcd.time(2'500'001);
    d.vcd.set(d.state0, 0);
    d.vcd.time(3'000'000);
    d.vcd.set(d.state0, 1);
    d.vcd.time(3'000'020);
    d.vcd.finish("interrupted");
    CHECK(d.sink->text == R"({"displayTimeUnit":"ns","traceEvents":[
{"name":"process_name","ph":"M","pid":3,"args":{"name":"watts"}},
{"name":"process_sort_index","ph":"M","pid":3,"args":{"sort_index":3}},
{"name":"power.total","ph":"C","pid":3,"ts":0,"args":{"value":1.5}},
{"name":"process_name","ph":"M","pid":1,"args":{"name":"units"}},
{"name":"process_sort_index","ph":"M","pid":1,"args":{"sort_index":1}},
{"name":"thread_name","ph":"M","pid":1,"tid":5,"args":{"name":"u0"}},
{"name":"thread_sort_index","ph":"M","pid":1,"tid":5,"args":{"sort_index":5}},
{"name":"job \"7\"","ph":"X","pid":1,"tid":5,"ts":1.5,"dur":1.000001,"args":{"job":7}},
{"name":"load","ph":"X","pid":1,"tid":5,"ts":3,"dur":0.00002}
],"otherData":{"workload":"\"net\"","stopped":"interrupted"}}
)");
    CHECK(d.sink->commits == 1);
}

TEST_CASE("a timeline begins an event when the state or what belongs to it changes") {
    Drawn d;
    d.vcd.open_window();
    d.vcd.set(d.state0, 2);
    d.vcd.time(1'000'000);
    d.vcd.set(d.job0, 1);
    d.vcd.time(2'000'000);
    d.vcd.set(d.job0, 2);
    d.vcd.set(d.state0, 1);
    d.vcd.set(d.state0, 2);  // the last value at a time
    d.vcd.time(3'000'000);
    d.vcd.set(d.state0, 1);
    d.vcd.time(4'000'000);
    d.vcd.set(d.job0, 3);  // does not belong to load
    d.vcd.time(5'000'000);
    d.vcd.set(d.state0, 0);
    d.vcd.set(d.state1, 1);
    d.vcd.time(6'000'000);
    d.vcd.set(d.job0, 4);
    d.vcd.set(d.state0, 1);  // lasts no time
    d.vcd.finish();
    CHECK(d.events() == std::vector<std::string>{R"(units/u0: job "0" 0+1)",
                                                 R"(units/u0: job "1" 1+1 {"job":1})",
                                                 R"(units/u0: job "2" 2+1 {"job":2})", "units/u0: load 3+2",
                                                 "units/u1: load 5+1"});
}

TEST_CASE("a timeline's events end with the window and begin with the next") {
    Drawn d;
    d.vcd.set(d.state0, 1);
    d.vcd.set(d.step, 1);
    d.vcd.time(1'000'000);
    d.vcd.open_window();
    d.vcd.time(2'000'000);
    d.vcd.close_window();
    d.vcd.time(3'000'000);
    d.vcd.set(d.step, 2);
    d.vcd.time(4'000'000);
    d.vcd.open_window();
    d.vcd.time(4'500'000);
    d.vcd.close_window();
    d.vcd.time(5'000'000);
    d.vcd.finish();
    CHECK(d.events() == std::vector<std::string>{"watts: main.step 1 1", "units/u0: load 1+1",
                                                 "phases/all: all 1+1", "phases/first: first 1+1",
                                                 "watts: main.step 4 2", "units/u0: load 4+0.5",
                                                 "phases/all: all 4+0.5", "phases/first: first 4+0.5",
                                                 "phases/second: second 4+0.5"});
}

TEST_CASE("a timeline draws ranges while the value lies in them") {
    Drawn d;
    d.vcd.open_window();
    const unsigned values[] = {0, 1, 2, 3, 5, 9, 10, 2, 4, 1};
    for (unsigned i = 0; i < 10; ++i) {
        d.vcd.time(i * 1'000'000);
        d.vcd.set(d.step, values[i]);
    }
    d.vcd.time(10'000'000);
    d.vcd.finish();
    auto events = d.events();
    events.erase(std::remove_if(events.begin(), events.end(), [](const auto& e) { return e[0] == 'w'; }),
                 events.end());
    CHECK(events == std::vector<std::string>{"phases/first: first 1+2", "phases/second: second 2+2",
                                             "phases/all: all 0+6", "phases/first: first 7+1",
                                             "phases/all: all 7+2", "phases/second: second 7+2",
                                             "phases/all: all 9+1", "phases/first: first 9+1"});
}

TEST_CASE("a timeline of what its rules do not name is empty") {
    Drawn d(Timeline::Options{{{"p", {}, {}, {}}}, {}, 0});
    d.vcd.open_window();
    d.vcd.set(d.state0, 1);
    d.vcd.time(1);
    d.vcd.finish();
    CHECK(d.sink->text == "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n],\"otherData\":{}}\n");
}

TEST_CASE("a timeline escapes names") {
    Timeline::Options options;
    const std::string bad = "\"\\\n\xff\x01</script>";
    options.processes = {
        {bad, {{"units.u0", "state", {{"load", {}, [&](const auto&) { return bad; }}}}}, {}, {}}};
    options.notes = {{bad, bad}};
    Drawn d(options);
    d.vcd.open_window();
    d.vcd.set(d.state0, 1);
    d.vcd.time(1'000'000);
    d.vcd.finish(bad);
    const std::string shown = "\"\\\n\xEF\xBF\xBD\x01</script>";
    CHECK(d.events() == std::vector<std::string>{shown + "/u0: " + shown + " 0+1"});
    CHECK(nlohmann::json::parse(d.sink->text)["otherData"][shown] == shown);
    CHECK(nlohmann::json::parse(d.sink->text)["otherData"]["stopped"] == shown);
}

TEST_CASE("a timeline never passes its size limit and ends well formed") {
    const auto draw = [](std::uint64_t limit, std::uint64_t steps, const std::string& reason) {
        auto options = drawn_rules();
        options.max_bytes = limit;
        Drawn d(options);
        d.vcd.open_window();
        for (std::uint64_t t = 0; t < steps; ++t) {
            d.vcd.time(t * 1'000'000);
            d.vcd.set(t % 2 ? d.state1 : d.state0, t % 3);
        }
        d.vcd.finish(reason);
        if (limit) CHECK(d.sink->text.size() <= limit);
        return d.sink->text;
    };
    for (std::uint64_t limit = 900; limit < 4000; limit += 37) {
        const auto text = draw(limit, 200, "interrupted");
        if (limit > 2000) CHECK(text.size() + 1000 > limit);
        const auto json = nlohmann::json::parse(text);
        const std::string stopped = json["otherData"]["stopped"],
                          begin = "size limit of " + std::to_string(limit) + " bytes reached at ";
        REQUIRE(stopped.rfind(begin, 0) == 0);
        const double us = std::stod(stopped.substr(begin.size())) / 1e6;
        for (const auto& e : json["traceEvents"])
            if (e["ph"] == "X") CHECK(e["ts"].get<double>() + e["dur"].get<double>() < us);
    }
    const std::string reason(1000, '\x1f');
    const std::size_t whole = draw(0, 50, reason).size();
    CHECK(draw(whole, 50, reason).size() == whole);
    for (std::uint64_t limit = whole - 900; limit < whole; limit += 13) draw(limit, 50, reason);
    CHECK_THROWS_WITH(
        draw(100, 1, ""),
        Catch::Contains("the limit of 100 bytes is too small for a timeline, an empty one needs"));
}

TEST_CASE("a timeline of random changes has no overlap in a row and its times add up") {
    Drawn d;
    d.vcd.open_window();
    std::mt19937 random(1);
    std::map<std::string, std::uint64_t> expected, drawn;  // ps in a drawn state
    std::uint64_t states[] = {0, 0};
    for (std::uint64_t t = 0; t < 20000; ++t) {
        d.vcd.time(t * 333);
        for (int u = 0; u < 2; ++u) {
            if (random() % 3 == 0) {
                states[u] = random() % 3;
                d.vcd.set(u ? d.state1 : d.state0, states[u]);
            }
            if (states[u]) expected["u" + std::to_string(u)] += 333;
        }
        if (random() % 5 == 0) d.vcd.set(d.job0, random() % 4);
    }
    d.vcd.time(20000 * 333);
    d.vcd.finish();
    std::map<int, std::string> names;
    std::map<int, std::uint64_t> end;
    const auto ps = [](const nlohmann::json& us) {
        return static_cast<std::uint64_t>(us.get<double>() * 1e6 + 0.5);
    };
    const auto json = nlohmann::json::parse(d.sink->text);
    for (const auto& e : json["traceEvents"]) {
        if (e["name"] == "thread_name") names[e["tid"]] = e["args"]["name"];
        if (e["ph"] != "X") continue;
        const std::uint64_t begin = ps(e["ts"]), duration = ps(e["dur"]);
        if (duration == 0 || begin < end[e["tid"]]) FAIL("at " << begin);
        end[e["tid"]] = begin + duration;
        drawn[names.at(e["tid"])] += duration;
    }
    CHECK(drawn == expected);
}

TEST_CASE("a timeline has its name when its trace is finished") {
    const TempFolder folder;
    for (const bool finished : {false, true}) {
        Vcd vcd(Drawn::options());
        Timeline timeline(std::make_shared<sosa::traces::AtomicFile>(folder / "timeline.json"),
                          drawn_rules());
        vcd.listen(timeline);
        vcd.start();
        CHECK(folder.entries() == 1);
        if (finished) vcd.finish();
    }
    CHECK(nlohmann::json::parse(sosa::traces::read_file(folder / "timeline.json"))["traceEvents"].empty());
    CHECK(folder.entries() == 1);
}

TEST_CASE("a timeline rule for a state that the legend does not name aborts") {
    auto options = drawn_rules();
    options.processes[0].tracks[0].shown[0].state = "sleep";
    CHECK(aborts([&] {
        Drawn d(options);
        d.vcd.open_window();
        d.vcd.set(d.state0, 1);
        d.vcd.time(1);
    }));
}
