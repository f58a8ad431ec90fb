// The pins of an array that is stepped, in the waveform of a run.
#include <map>

#include "sc_tests/system/run_files.h"
#include "sc_tests/unit/vcd_reader.h"

namespace sosa::tests {

namespace {

// A signal's value in every cycle, from its changes.
std::vector<std::uint64_t> by_cycle(const VcdReader& vcd, const std::string& name) {
    const auto& changes = vcd.signals.at(name);
    std::vector<std::uint64_t> values;
    std::uint64_t now = 0;
    for (const auto& change : changes) {
        values.resize(change.time / 1000, now);
        now = change.value == "x" ? 0 : std::stoull(change.value, nullptr, 2);
    }
    values.resize(vcd.last_time / 1000 + 1, now);
    return values;
}

std::uint64_t sum(const std::vector<std::uint64_t>& values) {
    std::uint64_t total = 0;
    for (const auto value : values) total += value;
    return total;
}

}  // namespace

TEST_CASE("pins: rows go in when their slice starts and leave one latency later") {
    const TempFolder folder;
    const auto run = run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp, "--fidelity",
                                              "cycle", "--trace-level", "pin", "--out", "o"});
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    const VcdReader vcd(text_of(folder / "o/trace.vcd"));
    REQUIRE(vcd.error == "");
    const auto pods = json_of(folder / "o/counters.json").at("pods");
    const auto busy = column_of(pods, "busy_cycles"), loads = column_of(pods, "weight_load_cycles"),
               ops = column_of(pods, "tile_ops");
    for (const char* pod : {"pod0", "pod3"}) {
        INFO(pod);
        const std::string pins = std::string("sosa.pods.") + pod + ".pins.";
        const auto x_valid = by_cycle(vcd, pins + "x_valid"), out_valid = by_cycle(vcd, pins + "out_valid");
        CHECK(sum(x_valid) == busy.at(pod));
        CHECK(sum(out_valid) == busy.at(pod));
        CHECK(sum(by_cycle(vcd, pins + "w_valid")) == loads.at(pod));
        CHECK(sum(by_cycle(vcd, pins + "x_swap")) == ops.at(pod));
        CHECK(sum(by_cycle(vcd, pins + "out_last")) == ops.at(pod));
        // tiny: 8 x 8, B = F = 16, one block: what goes in at an edge stands at the pins after it.
        CHECK(x_valid == out_valid);
        CHECK(vcd.declared.at(pins + "x7") == "wire 8 [7:0]");
        CHECK(vcd.declared.at(pins + "out7") == "wire 16 [15:0]");
    }
}

TEST_CASE("pins: with pipeline registers results leave later and may pass the next slice's rows") {
    const TempFolder folder;
    const auto run =
        run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp, "--set",
                                 "pods.multicast_cols=2", "--set", "pods.fanin_rows=2", "--fidelity", "cycle",
                                 "--trace-level", "pin", "--trace-scope", "pods.pod0.pins.*", "--out", "o"});
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    const VcdReader vcd(text_of(folder / "o/trace.vcd"));
    REQUIRE(vcd.error == "");
    const auto x_valid = by_cycle(vcd, "sosa.pods.pod0.pins.x_valid"),
               out_valid = by_cycle(vcd, "sosa.pods.pod0.pins.out_valid");
    const std::size_t latency = 8 / 2 + 8 / 2 - 1;
    REQUIRE(sum(x_valid) > 0);
    std::vector<std::uint64_t> late(latency - 1, 0);
    late.insert(late.end(), x_valid.begin(), x_valid.end());
    late.resize(std::max(late.size(), out_valid.size()));
    auto out = out_valid;
    out.resize(late.size());
    CHECK(out == late);
}

TEST_CASE("pins: level pin asks for arrays that are stepped") {
    const TempFolder folder;
    const auto run =
        run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp, "--trace-level", "pin"});
    CHECK(run.exit_code == 2);
    CHECK(run.err ==
          "sosa: found --trace-level pin with --fidelity timing, allowed cycle: only arrays that are stepped "
          "have "
          "pins\n");
}

}  // namespace sosa::tests
