// What a traced run leaves beside its waveform, and which part of the run it shows.
#include <cmath>

#include "sc_tests/system/run_files.h"
#include "sc_tests/unit/vcd_reader.h"

namespace sosa::tests {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

std::string traced(const TempFolder& folder, Words words) {
    words.insert(words.begin(), {"run", "--config", "tiny", "--workload", kResidual, "--out", "o"});
    return check_done(run_sosa(folder.path(), words)).out;
}

// The megabytes that were expected, with one digit, as a terminal shows them.
double forecast_mb(const std::string& err) {
    const std::string begin = "trace: about ";
    const auto at = err.find(begin);
    REQUIRE(at != std::string::npos);
    return std::stod(err.substr(at + begin.size()));
}

}  // namespace

TEST_CASE("a traced run leaves a view for GTKWave") {
    const TempFolder folder;
    traced(folder, {"--trace"});
    for (const char* file : {"trace.vcd", "trace.gtkw", "filters/pod_state.txt", "filters/layers.txt"}) {
        INFO(file);
        CHECK(fs::is_regular_file(folder / "o" / file));
    }
    CHECK_FALSE(fs::exists(folder / "o/trace.fst"));
    CHECK_FALSE(fs::exists(folder / "o/timeline.json"));
    const std::string view = text_of(folder / "o/trace.gtkw");
    CHECK(view.find("sosa.pods.pod3.state[1:0]") != std::string::npos);
    CHECK(view.find(fs::canonical(folder / "o").string() + "/trace.vcd") != std::string::npos);
}

TEST_CASE("an FST takes the place of the VCD unless both are asked for") {
    const TempFolder folder;
    traced(folder, {"--trace-fst"});
    CHECK(fs::is_regular_file(folder / "o/trace.fst"));
    CHECK_FALSE(fs::exists(folder / "o/trace.vcd"));
    CHECK(text_of(folder / "o/trace.gtkw").find("trace.fst") != std::string::npos);
    fs::remove_all(folder / "o");
    traced(folder, {"--trace-fst", "--trace"});
    CHECK(fs::is_regular_file(folder / "o/trace.fst"));
    CHECK(VcdReader(text_of(folder / "o/trace.vcd")).error.empty());
}

TEST_CASE("a timeline shows the busy cycles of every pod") {
    const TempFolder folder;
    traced(folder, {"--timeline"});
    CHECK_FALSE(fs::exists(folder / "o/trace.vcd"));
    const auto timeline = json_of(folder / "o/timeline.json");
    const auto counters = json_of(folder / "o/counters.json");
    std::map<std::pair<int, int>, std::string> threads;
    std::map<int, std::string> processes;
    for (const auto& event : timeline.at("traceEvents")) {
        if (event.at("name") == "process_name") processes[event.at("pid")] = event.at("args").at("name");
        if (event.at("name") == "thread_name")
            threads[{event.at("pid"), event.at("tid")}] = event.at("args").at("name");
    }
    std::map<std::string, double> busy_us;
    for (const auto& event : timeline.at("traceEvents"))
        if (event.at("ph") == "X" && processes[event.at("pid")] == "pods" && event.contains("args") &&
            event.at("args").contains("op"))
            busy_us[threads[{event.at("pid"), event.at("tid")}]] += event.at("dur").get<double>();
    REQUIRE(busy_us.size() == 4);
    REQUIRE(counters.at("pods").at("columns").at(1).at("name") == "busy_cycles");
    for (const auto& [pod, us] : busy_us) {
        INFO(pod);
        CHECK(std::llround(us * 1000) == counters.at("pods").at("rows").at(pod).at(1).get<long long>());
    }
}

TEST_CASE("a layer names the slices that are traced") {
    const TempFolder folder;
    traced(folder, {"--trace", "--trace-layer", "*"});
    const VcdReader whole(text_of(folder / "o/trace.vcd"));
    const auto layers = csv_of(folder / "o/layers.csv");
    const auto& layer = layers.at(1);
    fs::remove_all(folder / "o");
    traced(folder, {"--trace", "--trace-layer", layer.at("layer")});
    const VcdReader part(text_of(folder / "o/trace.vcd"));
    const auto starts = csv_of(folder / "o/slices.csv");
    const auto start = [&](const std::string& slice) {
        return std::to_string(std::stoull(starts.at(std::stoul(slice)).at("start_cycle")) * 1000);
    };
    REQUIRE(part.sections.size() == 2);
    CHECK(part.sections[0] == "$dumpvars@" + start(layer.at("first_slice")));
    CHECK(part.sections[1] == "$dumpoff@" + start(std::to_string(std::stoul(layer.at("last_slice")) + 1)));
    CHECK(whole.sections.size() == 1);
    CHECK(check_refused(run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kResidual,
                                                 "--trace-layer", layer.at("layer") + "x"}),
                        1)
              .find("did you mean \"" + layer.at("layer") + "\"?") != std::string::npos);
}

TEST_CASE("the size of a trace is told before the run") {
    const TempFolder folder;
    for (const char* level : {"pod", "network"})
        for (const char* pods : {"pods.count=64", "pods.count=256"}) {
            INFO(level << ' ' << pods);
            Command command({"run", "--workload", "resnet50", "--set", pods, "--out", "o", "--trace-level",
                             level, "--trace-window", "300:400"});
            const auto result = command.in(folder.path()).on_terminal().run();
            CHECK(result.exit_code == 0);
            const double real = static_cast<double>(fs::file_size(folder / "o/trace.vcd")) / 1e6;
            CHECK(forecast_mb(result.err) < 2 * real + 0.1);
            CHECK(forecast_mb(result.err) > real / 2 - 0.1);
        }
}

TEST_CASE("a trigger on overflows needs sums that have data") {
    const TempFolder folder;
    CHECK(check_refused(
              run_sosa(folder.path(), {"run", "--workload", "resnet50", "--trace-trigger", "overflow"}), 2)
              .find("allowed functional or cycle") != std::string::npos);
}

}  // namespace sosa::tests
