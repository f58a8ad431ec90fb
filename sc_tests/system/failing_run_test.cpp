// Runs that end early: a full disk, a starved chip, Ctrl-C. What they leave is whole, and says so.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "sc_tests/system/run_files.h"
#include "sc_tests/unit/vcd_reader.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

Words tiny_mlp(Words more) {
    Words words = {"run", "--config", "tiny", "--workload", kMlp, "--out", "o"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

bool any_temporary(const fs::path& folder) {
    for (const auto& [name, text] : contents(folder))
        if (name.find(".tmp") != std::string::npos || name.find(".sosa") != std::string::npos) return true;
    return false;
}

std::uint64_t figure(const json& summary, const char* key) { return summary.at(key).get<std::uint64_t>(); }

// Until the condition holds; false if it does not within 30 s.
template <class Condition>
bool wait_for(const Condition& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

bool has_trace_in_work(const fs::path& folder) {
    for (const auto& name : names_in(folder))
        if (name.rfind("trace.vcd.tmp", 0) == 0) return true;
    return false;
}

// ResNet-50, sent the signal while it is simulated.
CommandResult interrupt_run(const TempFolder& folder, int signal, int after_ms) {
    Command command({"run", "--config", "sosa-256", "--workload", "resnet50", "--trace", "--trace-scope",
                     "scheduler.*", "--out", "o"});
    command.in(folder.path()).start();
    REQUIRE(wait_for([&] { return has_trace_in_work(folder / "o"); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(after_ms));
    command.send(signal);
    return command.finish();
}

}  // namespace

TEST_CASE("a full disk fails the run and leaves no file") {
    const TempFolder folder;
    check_done(run_sosa(folder.path(), tiny_mlp({})));
    const auto whole = contents(folder / "o");
    fs::remove_all(folder / "o");
    // In the order of writing: the first that is larger than the limit is the one that fails.
    const Words order = {"summary.json", "layers.csv",    "slices.csv", "occupancy.csv",
                         "power.csv",    "counters.json", "energy.csv", "effective_config.json"};
    std::set<std::string> failed;
    for (const auto& file : order) {
        const std::size_t limit = whole.at(file).size() - 1;
        const auto first = std::find_if(order.begin(), order.end(),
                                        [&](const auto& name) { return whole.at(name).size() > limit; });
        Command command(tiny_mlp({}));
        const auto sentence = check_refused(command.in(folder.path()).limit(RLIMIT_FSIZE, limit).run(), 1);
        CHECK(sentence == "o/" + *first + ": cannot be written in full: File too large");
        CHECK(folder.entries() == 0);
        failed.insert(*first);
    }
    CHECK(failed.size() > 1);
}

TEST_CASE("a full disk leaves the results of the run before as they were") {
    const TempFolder folder;
    check_done(run_sosa(folder.path(), tiny_mlp({})));
    const auto before = contents(folder / "o");
    Command command(tiny_mlp({"--set", "dram.bandwidth=1TiB/s"}));
    check_refused(
        command.in(folder.path()).limit(RLIMIT_FSIZE, before.at("counters.json").size() - 1000).run(), 1);
    CHECK(contents(folder / "o") == before);
}

TEST_CASE("a full disk fails the trace and the program file") {
    const TempFolder folder;
    const auto limited = [&](Words words, rlim_t bytes) {
        Command command(std::move(words));
        return check_refused(command.in(folder.path()).limit(RLIMIT_FSIZE, bytes).run(), 1);
    };
    const std::string too_large = ": cannot be written in full: File too large";
    // At the header, at the end, and in the middle of the run.
    CHECK(limited(tiny_mlp({"--trace"}), 2000) == "o/trace.vcd" + too_large);
    CHECK(limited(tiny_mlp({"--trace-scope", "dma.*"}), 20'000) == "o/trace.vcd" + too_large);
    const auto during = limited(tiny_mlp({"--trace"}), 200'000);
    CHECK(during.find("o/trace.vcd" + too_large) != std::string::npos);
    CHECK(limited({"compile", "--config", "tiny", "--workload", kMlp, "--out", "new/p"}, 5000) ==
          "new/p" + too_large);
    CHECK(folder.entries() == 0);
}

TEST_CASE("a folder in the place of a result is named") {
    for (const char* file :
         {"summary.json", "layers.csv", "slices.csv", "occupancy.csv", "power.csv", "counters.json",
          "energy.csv", "effective_config.json", "manifest.json", "trace.vcd"}) {
        INFO(file);
        const TempFolder folder;
        fs::create_directories(folder / "o" / file);
        CHECK(check_refused(run_sosa(folder.path(), tiny_mlp({"--trace", "--trace-window", "0:3"})), 1) ==
              std::string("o/") + file + ": cannot be put in place: Is a directory");
        CHECK_FALSE(any_temporary(folder.path()));
    }
}

#ifndef __SANITIZE_ADDRESS__  // which itself reserves terabytes
TEST_CASE("a workload too large for the machine is refused") {
    const TempFolder folder;
    json workload = json_of(kMlp);
    workload["layers"] = {workload["layers"][0]};
    for (const char* key : {"k", "n"}) workload["layers"][0][key] = 1;
    workload["layers"][0]["m"] = 2147483647;
    write_text(folder / "w.json", workload.dump());
    Command command({"run", "--config", "tiny", "--workload", "w.json"});
    const auto result = command.in(folder.path()).limit(RLIMIT_AS, rlim_t{1} << 30).run();
    CHECK(check_refused(result, 1) == "out of memory: the workload is too large for this machine");
    CHECK(folder.entries() == 1);
}
#endif

TEST_CASE("a starved run ends with the bank and the tile") {
    const TempFolder folder;
    // Every bank holds one tile, and one pod's next slice needs another of the same bank.
    Command results(tiny_mlp({"--set", "pods.count=1", "--set", "banks.size=128B"}));
    CHECK(check_refused(results.in(folder.path()).timeout(20).run(), 1) ==
          "the run failed: P bank 0 (0 of 128 bytes free, 1 tiles) has no room for a result tile of 128 "
          "bytes in slice "
          "128: the tiles it holds are used in this slice");
    Command operands(tiny_mlp({"--set", "pods.count=1", "--set", "pods.rows=16", "--set", "pods.cols=4",
                               "--set", "banks.size=256B"}));
    CHECK(check_refused(operands.in(folder.path()).timeout(20).run(), 1) ==
          "the run is starved after slice 63: it waits for the tiles of slice 64: X bank 0 (0 of 256 bytes "
          "free, 1 tiles) "
          "has no room for tile 1 of 256 bytes, needed by slice 64");
    CHECK(folder.entries() == 0);
}

TEST_CASE("a starved run leaves the trace up to there") {
    const TempFolder folder;
    const auto sentence = check_refused(
        run_sosa(folder.path(), tiny_mlp({"--set", "pods.count=1", "--set", "banks.size=128B", "--trace"})),
        1);
    CHECK(names_in(folder / "o") == std::set<std::string>{"trace.vcd", "trace.gtkw", "filters"});
    const VcdReader vcd(text_of(folder / "o/trace.vcd"));
    CHECK(vcd.error.empty());
    CHECK(vcd.comments.back() == "stopped: " + sentence);
    CHECK(vcd.signals.at("sosa.scheduler.slice").back().value == "1111111");
}

TEST_CASE("Ctrl-C ends a run in good order") {
    for (const int signal : {SIGINT, SIGTERM}) {
        const TempFolder folder;
        const auto result = interrupt_run(folder, signal, signal == SIGINT ? 40 : 0);
        CHECK(result.exit_code == 1);
        CHECK(result.err == "sosa: interrupted; the files in o hold what was done until then\n");
        CHECK(result.out.find("\n  stopped early: interrupted\n") != std::string::npos);
        CHECK(names_in(folder / "o") ==
              std::set<std::string>{"summary.json", "layers.csv", "slices.csv", "occupancy.csv", "power.csv",
                                    "counters.json", "energy.csv", "effective_config.json", "manifest.json",
                                    "trace.vcd", "trace.gtkw", "filters"});
        const json summary = json_of(folder / "o/summary.json");
        CHECK(summary.at("stopped") == "interrupted");
        CHECK(figure(summary, "slices") <= figure(summary, "last_post_slice"));
        std::uint64_t parts = 0;
        for (const auto& [part, value] : summary.at("cycle_loss").items())
            if (part != "total_pe_cycles") parts += value.get<std::uint64_t>();
        CHECK(parts == figure(summary, "cycles") * 256 * 32 * 32);
        for (const auto& row : csv_of(folder / "o/layers.csv"))
            CHECK(std::stoull(row.at("end_cycle")) <= figure(summary, "cycles"));

        const VcdReader vcd(text_of(folder / "o/trace.vcd"));
        CHECK(vcd.error.empty());
        REQUIRE_FALSE(vcd.comments.empty());
        CHECK(vcd.comments.back() == "stopped: interrupted");
        CHECK(vcd.last_time == figure(summary, "cycles") * 1000);
    }
}

// What a unit has begun but not finished does not count.
TEST_CASE("the counters of an interrupted run add up") {
    const TempFolder folder;
    CHECK(interrupt_run(folder, SIGINT, 20).exit_code == 1);
    const json summary = json_of(folder / "o/summary.json"),
               pods = json_of(folder / "o/counters.json").at("pods");
    const auto cycles = figure(summary, "cycles");
    CHECK(2 * sum_of(pods, "macs") == figure(summary, "ops"));
    CHECK(sum_of(pods, "tile_ops") == figure(summary, "tile_ops"));
    const auto busy = column_of(pods, "busy_cycles"), stall = column_of(pods, "stall_cycles");
    const auto idle = column_of(pods, "idle_cycles");
    std::size_t wrong = 0;
    for (const auto& [pod, value] : busy)
        wrong += value > cycles || stall.at(pod) > cycles || value + stall.at(pod) + idle.at(pod) != cycles;
    CHECK(wrong == 0);
}

TEST_CASE("Ctrl-C during placing leaves nothing") {
    for (const Words& words :
         {Words{"run", "--workload", "resnet152", "--batch", "4", "--out", "new/o"},
          Words{"compile", "--workload", "resnet152", "--batch", "4", "--out", "new/o/p"}}) {
        const TempFolder folder;
        Command command(words);
        command.in(folder.path()).start();
        REQUIRE(wait_for([&] { return fs::exists(folder / "new/o"); }));
        command.send(SIGINT);
        CHECK(check_refused(command.finish(), 1) == "interrupted while placing; nothing was written");
        CHECK(folder.entries() == 0);
    }
}

}  // namespace sosa::tests
