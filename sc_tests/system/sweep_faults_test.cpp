// Sweeps that something happens to: what they leave, what they say, and how they go on.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "host/sweep_store.h"
#include "sc_tests/system/sweep_kit.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// Points of half a second or so each.
std::string slow_spec(int points, bool backwards = false) {
    std::string latencies;
    for (int i = 0; i < points; ++i)
        latencies += (i ? ", \"" : "\"") + std::to_string(backwards ? points - 1 - i : i) + "ns\"";
    return R"({"name": "s", "base": {"workload": "resnet50", "batch": 2}, "grid": {"dram.latency": [)" +
           latencies + "]}}";
}

// One product of more tile ops than a program can have stands between others.
void write_failing_spec(const TempFolder& folder) {
    write_text(
        folder / "huge.json",
        R"({"name": "huge", "repeat": 1, "layers": [{"name": "a", "op": "Dense", "m": 2000000000, "k": 8,)"
        R"( "n": 200000000, "kernel": [1, 1], "deps": []}]})");
    write_text(folder / "s.json", "{\"name\": \"s\", \"base\": " + kTiny +
                                      R"(, "points": [{}, {"workload": "huge.json"}, {"pods.count": 2}]})");
}

template <class Condition>
bool wait_for(const Condition& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

std::vector<pid_t> children_of(pid_t pid) {
    const auto task = std::to_string(pid);
    std::ifstream in("/proc/" + task + "/task/" + task + "/children");
    return {std::istream_iterator<pid_t>(in), {}};
}

// As in /proc/PID/stat: 'T' for a stopped one; 0 if it has ended.
char state_of(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto at = text.rfind(')');
    const char state = at == std::string::npos ? '\0' : text.at(at + 2);
    return state == 'Z' ? '\0' : state;
}

bool have_ended(const std::vector<pid_t>& pids) {
    return std::all_of(pids.begin(), pids.end(), [](pid_t pid) { return state_of(pid) == '\0'; });
}

// Whether the process ignores SIGTERM, as a worker does once it has made sure to end with its sweep.
bool is_set_up(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);)
        if (line.rfind("SigIgn:", 0) == 0)
            return std::stoull(line.substr(7), nullptr, 16) >> (SIGTERM - 1) & 1;
    return false;
}

// The workers of a sweep that has a first result, stopped: they do not end by themselves.
std::vector<pid_t> freeze_workers(const TempFolder& folder, const Command& sweep) {
    std::vector<pid_t> workers;
    REQUIRE(wait_for([&] {
        if (results_in(folder) == 0) return false;
        workers = children_of(sweep.pid());
        if (!std::all_of(workers.begin(), workers.end(), is_set_up)) return false;
        for (const pid_t pid : workers) kill(pid, SIGSTOP);
        return !workers.empty() && children_of(sweep.pid()) == workers &&
               std::all_of(workers.begin(), workers.end(), [](pid_t pid) { return state_of(pid) == 'T'; });
    }));
    return workers;
}

json without_cost(const fs::path& file) {
    json result = json_of(file);
    result.erase("cost");
    return result;
}

}  // namespace

TEST_CASE("a failed point is recorded with its reason and stops no other") {
    const TempFolder folder;
    write_failing_spec(folder);
    const auto first = run_sweep(folder);
    CHECK(first.exit_code == 1);
    const std::string reason = "sosa: 1 of 3 points failed: point 2 (workload huge.json): ";
    CHECK(first.err.rfind(reason, 0) == 0);
    CHECK(first.err.find("; --retry-failed runs them once more\n") != std::string::npos);
    CHECK(count_of(first, "run") == 3);
    CHECK(count_of(first, "failed") == 1);
    const auto second = run_sweep(folder);
    CHECK(second.exit_code == 1);
    CHECK(second.err == first.err);
    CHECK(count_of(second, "run") == 0);
    CHECK(count_of(second, "done before") == 3);
    const auto retry = run_sweep(folder, {"--retry-failed"});
    CHECK(retry.err == first.err);
    CHECK(count_of(retry, "run") == 1);
    collected(folder);
    const auto rows = csv_of(folder / "o/results.csv");
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].at("status") == "failed");
    CHECK(first.err.find(rows[1].at("reason")) != std::string::npos);
    CHECK(rows[1].at("cycles").empty());
    CHECK(rows[2].at("status") == "ok");
}

TEST_CASE("a killed worker is a failed point") {
    const TempFolder folder;
    write_text(folder / "s.json", slow_spec(2));
    Command command(sweep_words({"--jobs", "1"}));
    command.in(folder.path()).start();
    REQUIRE(wait_for([&] { return !children_of(command.pid()).empty(); }));
    kill(children_of(command.pid()).at(0), SIGKILL);
    const auto result = command.finish();
    CHECK(result.exit_code == 1);
    CHECK(result.err ==
          "sosa: 1 of 2 points failed: point 1 (dram.latency 0ns): killed by signal 9 (Killed); "
          "--retry-failed runs them once more\n");
    CHECK(results_in(folder) == 2);
    check_done(run_sweep(folder, {"--retry-failed"}));
    collected(folder);
    for (const auto& row : csv_of(folder / "o/results.csv")) CHECK(row.at("status") == "ok");
}

TEST_CASE("workers leave signals of a whole job to the sweep") {
    const TempFolder folder;
    write_text(folder / "s.json", slow_spec(2));
    Command command(sweep_words({"--jobs", "1"}));
    command.in(folder.path()).start();
    REQUIRE(wait_for([&] { return !children_of(command.pid()).empty(); }));
    for (const int signal : {SIGINT, SIGTERM}) kill(children_of(command.pid()).at(0), signal);
    CHECK(count_of(check_done(command.finish()), "run") == 2);
}

TEST_CASE("an interrupted sweep says so and leaves no process and goes on") {
    for (const int signal : {SIGINT, SIGTERM}) {
        const TempFolder folder;
        write_text(folder / "s.json", slow_spec(4));
        Command command(sweep_words({"--jobs", "2"}));
        command.in(folder.path()).start();
        const auto workers = freeze_workers(folder, command);
        command.send(signal);
        const auto result = command.finish();
        CHECK(result.exit_code == 1);
        const auto done = results_in(folder);
        CHECK(done < 4);
        CHECK(result.err == "sosa: interrupted; " + std::to_string(done) +
                                " of 4 points are done, the same command goes on from there\n");
        CHECK(have_ended(workers));
        const auto rest = check_done(run_sweep(folder));
        CHECK(count_of(rest, "done before") == static_cast<int>(done));
        CHECK(count_of(rest, "run") == static_cast<int>(4 - done));
    }
}

TEST_CASE("a sweep that was killed leaves no process and goes on to the same table") {
    const TempFolder folder, other;
    for (const TempFolder* f : {&folder, &other}) write_text(*f / "s.json", slow_spec(4));
    Command command(sweep_words({"--jobs", "2"}));
    command.in(folder.path()).start();
    const auto workers = freeze_workers(folder, command);
    command.send(SIGKILL);
    CHECK(command.finish().exit_code == 128 + SIGKILL);
    const bool ended = wait_for([&] { return have_ended(workers); });
    for (const pid_t pid : workers) kill(pid, SIGKILL);
    CHECK(ended);
    const auto done = results_in(folder);
    const auto rest = check_done(run_sweep(folder));
    CHECK(count_of(rest, "done before") == static_cast<int>(done));
    CHECK(count_of(rest, "run") == static_cast<int>(4 - done));
    check_done(run_sweep(other));
    CHECK(collected(folder) == collected(other));
}

TEST_CASE("a result file that was cut short is named and made again") {
    const TempFolder folder;
    write_text(folder / "s.json", small_spec());
    check_done(run_sweep(folder));
    const auto table = collected(folder);
    const std::string name = *names_in(folder / "o/points").begin();
    const auto file = folder / "o/points" / name;
    const json before = without_cost(file);
    fs::resize_file(file, fs::file_size(file) / 2);
    const auto collect = check_done(run_sosa(folder.path(), {"collect", "o"}));
    CHECK(collect.out.find("11 of 12 points, 1 without a result") != std::string::npos);
    CHECK(collect.out.find("  points/" + name + " of point ") != std::string::npos);
    const auto again = check_done(run_sweep(folder));
    CHECK(count_of(again, "done before") == 11);
    CHECK(count_of(again, "run") == 1);
    CHECK(again.out.find("  points/" + name + " was cut short: point ") != std::string::npos);
    CHECK(without_cost(file) == before);
    CHECK(collected(folder) == table);
}

TEST_CASE("a full disk stops the sweep and leaves only whole files") {
    const TempFolder folder;
    write_text(folder / "s.json",
               "{\"name\": \"s\", \"base\": " + kTiny + R"(, "grid": {"pods.count": [1, 2]}})");
    check_done(run_sweep(folder));
    const auto size = fs::file_size(folder / "o/points" / *names_in(folder / "o/points").begin());
    for (const auto& entry : fs::directory_iterator(folder / "o/points")) fs::remove(entry.path());
    Command command(sweep_words({"--jobs", "1"}));
    const auto sentence = check_refused(command.in(folder.path()).limit(RLIMIT_FSIZE, size / 2).run(), 1);
    CHECK(sentence.rfind("o/points/", 0) == 0);
    const std::string end =
        ".json: cannot be written in full: File too large; 0 of 2 points are done and stay, the same command "
        "goes on from there";
    CHECK(sentence.substr(sentence.size() - end.size()) == end);
    CHECK(names_in(folder / "o/points").empty());
    CHECK(count_of(check_done(run_sweep(folder)), "run") == 2);
    Command collect({"collect", "o"});
    CHECK(check_refused(collect.in(folder.path()).limit(RLIMIT_FSIZE, 100).run(), 1) ==
          "o/results.csv: cannot be written in full: File too large");
    CHECK(names_in(folder / "o") == std::set<std::string>{".lock", "points", "sweep.json"});
}

TEST_CASE("two sweeps in one folder run no point twice") {
    const TempFolder folder;
    write_text(folder / "s.json", slow_spec(6));
    Command one(sweep_words({"--jobs", "1"}));
    one.in(folder.path()).start();
    REQUIRE(wait_for([&] { return !children_of(one.pid()).empty(); }));
    write_text(folder / "s.json", slow_spec(6, true));  // comes from the other end
    Command two(sweep_words({"--jobs", "1", "--extend"}));
    two.in(folder.path()).start();
    const auto first = check_done(one.finish()), second = check_done(two.finish());
    CHECK(count_of(first, "run") > 0);
    CHECK(count_of(second, "run") > 0);
    CHECK(count_of(first, "run") + count_of(second, "run") == 6);
    for (const auto& result : {first, second})
        CHECK(count_of(result, "run") + count_of(result, "done before") +
                  count_of(result, "under way elsewhere") ==
              6);
    CHECK(results_in(folder) == 6);
}

TEST_CASE("a point that another sweep is at is left to it") {
    const TempFolder folder;
    write_text(folder / "s.json", small_spec());
    check_done(run_sweep(folder, {"--shard", "1/12"}));
    const auto index = host::read_index(folder / "o");
    const host::SweepStore other(folder / "o", index, false);
    {
        const auto claim = other.claim(index.rows.at(5).hash);
        REQUIRE(claim);
        const auto result = check_done(run_sweep(folder));
        CHECK(count_of(result, "run") == 10);
        CHECK(count_of(result, "done before") == 1);
        CHECK(count_of(result, "under way elsewhere") == 1);
        CHECK(result.out.find("  another sweep is at work on what is under way elsewhere; ") !=
              std::string::npos);
    }
    CHECK(count_of(check_done(run_sweep(folder)), "run") == 1);
}

}  // namespace sosa::tests
