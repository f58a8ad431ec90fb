// slices.csv, occupancy.csv, power.csv and what layers.csv says of cycles, bytes and energy: all of them add
// up to the counters of the run.
#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

std::uint64_t whole(const json& figures, const std::string& key) { return figures.at(key); }

// The sum of a column; "unknown" is an error.
double real_sum(const std::vector<CsvRow>& rows, const std::string& column) {
    double sum = 0;
    for (const auto& row : rows) sum += std::stod(row.at(column));
    return sum;
}

void check_layers(const fs::path& out, const json& summary) {
    const auto layers = csv_of(out / "layers.csv");
    const json& outside = summary.at("outside_layers");
    const json counters = json_of(out / "counters.json");
    for (const auto& [part, pe_cycles] : summary.at("cycle_loss").items()) {
        INFO(part);
        if (part == "total_pe_cycles") continue;
        CHECK(sum_of(layers, "loss_" + part) + whole(outside.at("cycle_loss"), part) == pe_cycles);
    }
    CHECK(outside.at("cycle_loss").size() == 9);
    const auto banks = [&](const char* column) {
        return sum_of(counters.at("x_banks"), column) + sum_of(counters.at("w_banks"), column) +
               sum_of(counters.at("p_banks"), column);
    };
    CHECK(sum_of(layers, "sram_bytes") + whole(outside, "sram_bytes") ==
          banks("array_read_bytes") + banks("written_bytes") + banks("fill_bytes") + banks("spill_bytes"));
    CHECK(sum_of(layers, "link_bytes") + whole(outside, "link_bytes") == whole(summary, "noc_bytes"));
    CHECK(sum_of(layers, "dram_bytes") + whole(outside, "dram_bytes") ==
          whole(summary, "dram_read_bytes") + whole(summary, "dram_write_bytes"));
    CHECK((real_sum(layers, "energy_pj") + outside.at("energy_pj").get<double>()) * 1e-12 ==
          Approx(summary.at("energy_j").get<double>()).epsilon(1e-12));
    for (const auto& row : layers) CHECK(row.at("loss_useful_pe_cycles") == row.at("macs"));
}

void check_slices(const fs::path& out, const json& summary) {
    const auto slices = csv_of(out / "slices.csv");
    const auto layers = csv_of(out / "layers.csv");
    CHECK(slices.size() == whole(summary, "slices"));
    for (const char* column : {"tile_ops", "post_ops", "vector_ops"})
        CHECK(sum_of(slices, column) == whole(summary, column));
    CHECK(2 * sum_of(slices, "macs") == whole(summary, "ops"));
    std::uint64_t start = std::stoull(slices[0].at("start_cycle")), number = 0;
    for (const auto& row : slices) {
        CHECK(std::stoull(row.at("slice")) == number++);
        CHECK(std::stoull(row.at("start_cycle")) == start);
        start += std::stoull(row.at("run_cycles")) + std::stoull(row.at("stall_cycles"));
        const std::uint64_t ops = std::stoull(row.at("tile_ops")) + std::stoull(row.at("post_ops")) +
                                  std::stoull(row.at("vector_ops"));
        CHECK(row.at("layer").empty() == (ops == 0));
        if (ops == 0) continue;
        const CsvRow& layer = layers.at(std::stoull(row.at("layer")));
        CHECK(std::stoull(layer.at("first_slice")) < number);
        CHECK(std::stoull(layer.at("last_slice")) + 1 >= number);
    }
    CHECK(start <= whole(summary, "cycles"));
}

void check_occupancy(const fs::path& out, const json& summary) {
    const auto stretches = csv_of(out / "occupancy.csv");
    const auto layers = csv_of(out / "layers.csv");
    CHECK(sum_of(stretches, "slices") == whole(summary, "tile_ops"));
    std::map<std::string, std::uint64_t> by_pod, by_layer;
    for (const auto& row : stretches) {
        by_pod["pod" + row.at("pod")] += std::stoull(row.at("slices"));
        by_layer[row.at("layer")] += std::stoull(row.at("slices"));
    }
    for (const auto& [pod, ops] : column_of(json_of(out / "counters.json").at("pods"), "tile_ops"))
        CHECK(by_pod[pod] == ops);
    for (std::size_t i = 0; i < layers.size(); ++i)
        CHECK(std::to_string(by_layer[std::to_string(i)]) == layers[i].at("tile_ops"));
}

void check_power(const fs::path& out, const json& summary) {
    const auto windows = csv_of(out / "power.csv");
    std::string end = "0";
    for (const auto& row : windows) {
        CHECK(row.at("start_ns") == end);
        end = row.at("end_ns");
        CHECK(row.at("dram_pj") == "unknown");
        CHECK(row.at("posts_w") == "unknown");
        const double ns = std::stod(end) - std::stod(row.at("start_ns"));
        CHECK(std::stod(row.at("total_w")) == Approx(std::stod(row.at("total_pj")) / ns * 1e-3));
    }
    CHECK(std::stod(end) == summary.at("run_time_ns").get<double>());
    CHECK(std::stod(windows.back().at("cumulative_pj")) * 1e-12 == summary.at("energy_j").get<double>());
    std::map<std::string, std::uint64_t> counts;
    for (const auto& row : csv_of(out / "energy.csv"))
        counts[row.at("component").substr(0, 4)] += std::stoull(row.at("count"));
    CHECK(sum_of(windows, "macs") == counts.at("pods"));
    CHECK(sum_of(windows, "additions") == counts.at("post"));
    CHECK(sum_of(windows, "sram_bytes") == counts.at("bank"));
    CHECK(sum_of(windows, "link_bytes") == counts.at("noc_"));
    CHECK(sum_of(windows, "dram_bytes") == counts.at("dram"));
}

}  // namespace

TEST_CASE("the tables of a run add up to its counters") {
    const TempFolder folder;
    const std::vector<Words> runs = {
        {"--workload", kMlp},
        {"--workload", kResidual},
        {"--workload", kResidual, "--set", "noc.topology=butterfly-1", "--set", "noc.structure=modules"},
        {"--workload", kResidual, "--set", "noc.topology=benes", "--set", "banks.size=768B", "--set",
         "pods.count=5", "--set", "power.window=37ns"},
        {"--workload", kResidual, "--workload", kMlp, "--set", "clock=500MHz", "--set",
         "tiling.partition=13"},
        {"--workload", kResidual, "--fidelity", "functional"},
        {"--workload", "gpt2_decode", "--config", "sosa-256", "--seq-len", "16", "--set", "pods.count=16"},
    };
    std::uint64_t number = 0, spilled = 0;
    for (Words words : runs) {
        const std::string name = std::to_string(number++);
        INFO(name);
        words.insert(words.begin(), {"run", "--out", name});
        if (std::find(words.begin(), words.end(), "--config") == words.end())
            words.insert(words.end(), {"--config", "tiny"});
        check_done(run_sosa(folder.path(), words));
        const fs::path out = folder / name;
        const json summary = json_of(out / "summary.json");
        check_layers(out, summary);
        check_slices(out, summary);
        check_occupancy(out, summary);
        check_power(out, summary);
        spilled += whole(summary.at("outside_layers"), "dram_bytes");
    }
    CHECK(spilled > 0);
}

TEST_CASE("power.window sets the length of the windows in power.csv") {
    const TempFolder folder;
    const auto windows = [&](const std::string& window) {
        check_done(run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp, "--out", "o",
                                            "--set", "power.window=" + window}));
        return csv_of(folder / "o/power.csv");
    };
    const auto coarse = windows("1us"), fine = windows("0.25us");
    CHECK(coarse[0].at("end_ns") == "1000");
    CHECK(fine[0].at("end_ns") == "250");
    CHECK(sum_of({fine.begin(), fine.begin() + 4}, "macs") == std::stoull(coarse[0].at("macs")));
    CHECK(fine[3].at("cumulative_pj") == coarse[0].at("cumulative_pj"));
    CHECK(fine.back().at("cumulative_pj") == coarse.back().at("cumulative_pj"));
}

}  // namespace sosa::tests
