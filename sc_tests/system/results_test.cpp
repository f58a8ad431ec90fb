// What a run leaves behind: the files of the contract, and figures that agree with each other.
#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

const std::set<std::string> kFiles = {"summary.json", "layers.csv",    "slices.csv", "occupancy.csv",
                                      "power.csv",    "counters.json", "energy.csv", "effective_config.json",
                                      "manifest.json"};

// The figures of one run that must agree with each other, file by file.
void check_sums(const fs::path& out) {
    const json summary = json_of(out / "summary.json"), counters = json_of(out / "counters.json");
    const json config = json_of(out / "effective_config.json");
    const auto layers = csv_of(out / "layers.csv");
    const auto figure = [&](const char* key) { return summary.at(key).get<std::uint64_t>(); };
    const auto counted = [&](const char* key) {
        return counters.at("run").at(key).at("value").get<std::uint64_t>();
    };
    const json &pods = counters.at("pods"), &posts = counters.at("posts"), &dma = counters.at("dma");
    const json &x = counters.at("x_banks"), &w = counters.at("w_banks"), &p = counters.at("p_banks");

    for (const char* key : {"cycles", "slices", "tile_ops", "post_ops", "memory_stall_cycles",
                            "program_stall_cycles", "dram_read_bytes", "dram_write_bytes", "sram_read_bytes",
                            "sram_array_read_bytes", "sram_write_bytes", "noc_bytes", "noc_bytes_unicast"}) {
        INFO(key);
        CHECK(counted(key) == figure(key));
    }
    // Work
    CHECK(figure("ops") == 2 * counted("macs"));
    CHECK(sum_of(pods, "macs") == counted("macs"));
    CHECK(sum_of(layers, "macs") == counted("macs"));
    CHECK(sum_of(pods, "tile_ops") == figure("tile_ops"));
    CHECK(sum_of(layers, "tile_ops") == figure("tile_ops"));
    CHECK(sum_of(posts, "post_ops") == figure("post_ops"));
    CHECK(sum_of(layers, "post_ops") == figure("post_ops"));
    // Cycles
    const auto busy = column_of(pods, "busy_cycles"), stall = column_of(pods, "stall_cycles");
    const auto idle = column_of(pods, "idle_cycles");
    CHECK(busy.size() == figure("pods"));
    for (const auto& [pod, cycles] : busy) {
        INFO(pod);
        CHECK(cycles <= figure("cycles"));
        CHECK(stall.at(pod) <= figure("cycles"));
        CHECK(cycles + stall.at(pod) + idle.at(pod) == figure("cycles"));
    }
    const auto resting = column_of(posts, "idle_cycles");
    for (const auto& [post, cycles] : column_of(posts, "busy_cycles"))
        CHECK(cycles + resting.at(post) == figure("cycles"));
    const std::uint64_t pes = config.at("pods").at("count").get<std::uint64_t>() *
                              config.at("pods").at("rows").get<std::uint64_t>() *
                              config.at("pods").at("cols").get<std::uint64_t>();
    const json& loss = summary.at("cycle_loss");
    std::uint64_t parts = 0;
    for (const auto& [part, pe_cycles] : loss.items())
        if (part != "total_pe_cycles") parts += pe_cycles.get<std::uint64_t>();
    CHECK(loss.size() == 9);
    CHECK(parts == loss.at("total_pe_cycles"));
    CHECK(parts == figure("cycles") * pes);
    CHECK(loss.at("useful_pe_cycles") == counted("macs"));
    // Bytes: what banks give, units take
    const auto banks = [&](const char* column) {
        return sum_of(x, column) + sum_of(w, column) + sum_of(p, column);
    };
    CHECK(banks("read_bytes") == figure("sram_read_bytes"));
    CHECK(banks("array_read_bytes") == figure("sram_array_read_bytes"));
    CHECK(banks("written_bytes") == figure("sram_write_bytes"));
    CHECK(sum_of(w, "read_bytes") == sum_of(pods, "w_bytes_in"));
    CHECK(sum_of(p, "read_bytes") == sum_of(pods, "pin_bytes_in") + sum_of(posts, "bytes_in"));
    CHECK(sum_of(p, "written_bytes") == sum_of(pods, "pout_bytes_out") + sum_of(posts, "bytes_out"));
    CHECK(banks("fill_bytes") == figure("dram_read_bytes"));
    CHECK(banks("spill_bytes") == figure("dram_write_bytes"));
    CHECK(dma.at("read_bytes").at("value") == figure("dram_read_bytes"));
    CHECK(dma.at("written_bytes").at("value") == figure("dram_write_bytes"));
    CHECK(sum_of(counters.at("networks"), "bytes") == figure("noc_bytes"));
    CHECK(sum_of(counters.at("networks"), "bytes_unicast") == figure("noc_bytes_unicast"));
    // Every copy crosses every stage of its network, an im2col tile row by row.
    const std::uint64_t stages = counters.at("networks").at("rows").size() / 7;
    std::uint64_t moved = 0;
    for (const char* column : {"x_bytes_in", "w_bytes_in", "pin_bytes_in", "pout_bytes_out"})
        moved += sum_of(pods, column);
    for (const char* column : {"bytes_in", "bytes_out"}) moved += sum_of(posts, column);
    CHECK(figure("noc_bytes_unicast") == stages * moved);
}

// X tiles as the paper counts them: rows times columns of the tile, divided by the kernel's area, for each
// tile op.
std::uint64_t x_bytes(const std::string& workload, const json& config) {
    const std::uint64_t rows = config.at("pods").at("rows"), cols = config.at("pods").at("cols");
    const auto partition = config.at("tiling").at("partition");
    const std::uint64_t block = partition == "rows" ? rows : partition.get<std::uint64_t>();
    const json graph = json_of(workload);
    std::uint64_t bytes = 0;
    for (const json& layer : graph.at("layers")) {
        const std::uint64_t m = layer.at("m"), k = layer.at("k"), n = layer.at("n");
        const auto area =
            layer.at("kernel").at(0).get<std::uint64_t>() * layer.at("kernel").at(1).get<std::uint64_t>();
        for (std::uint64_t i = 0; i < m; i += block)
            for (std::uint64_t j = 0; j < k; j += rows)
                bytes += (n + cols - 1) / cols *
                         std::max<std::uint64_t>(1, std::min(block, m - i) * std::min(rows, k - j) / area);
    }
    return bytes;
}

void check_energy(const fs::path& out) {
    const json summary = json_of(out / "summary.json");
    double pj = 0;
    std::size_t known = 0;
    for (const auto& row : csv_of(out / "energy.csv")) {
        CHECK_FALSE(row.at("source").empty());
        if (row.at("energy_pj") == "unknown") continue;
        ++known;
        pj += std::stod(row.at("energy_pj"));
        CHECK(std::stod(row.at("energy_pj")) == std::stod(row.at("count")) * std::stod(row.at("pj_each")));
    }
    CHECK(known == 11);  // MACs, three of the banks, seven networks
    CHECK(pj > 0);
    CHECK(summary.at("energy_j").get<double>() == pj * 1e-12);
    CHECK(summary.at("average_power_w").get<double>() ==
          pj * 1e-12 / (summary.at("run_time_ns").get<double>() * 1e-9));
}

}  // namespace

TEST_CASE("a run leaves the files of the contract in its default folder") {
    const TempFolder folder;
    const auto printed =
        check_done(run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp})).out;
    const fs::path out = folder / "out/mlp-tiny";
    CHECK(printed.rfind("mlp on tiny (4 pods of 8 x 8, butterfly-2, policy paper, fidelity timing)\n", 0) ==
          0);
    CHECK(printed.find("\n  files in out/mlp-tiny/\n") != std::string::npos);
    CHECK(folder.entries() == 1);
    CHECK(names_in(folder / "out") == std::set<std::string>{"mlp-tiny"});
    CHECK(names_in(out) == kFiles);

    const json summary = json_of(out / "summary.json");
    for (const char* key : {"workload",
                            "config",
                            "policy",
                            "fidelity",
                            "pods",
                            "cycles",
                            "run_time_ns",
                            "slices",
                            "last_main_slice",
                            "last_post_slice",
                            "tile_ops",
                            "post_ops",
                            "ops",
                            "effective_tops",
                            "peak_tops",
                            "utilization_pct",
                            "busy_pods_pct",
                            "peak_power_w",
                            "effective_tops_at_400w",
                            "memory_stall_cycles",
                            "dram_read_bytes",
                            "dram_write_bytes",
                            "sram_read_bytes",
                            "sram_write_bytes",
                            "noc_bytes",
                            "noc_bytes_unicast",
                            "energy_j",
                            "average_power_w"}) {
        INFO(key);
        CHECK(summary.contains(key));
    }
    CHECK_FALSE(summary.contains("stopped"));
    CHECK(summary.at("workload") == "mlp");
    CHECK(summary.at("config") == "tiny");
    CHECK(summary.at("policy") == "paper");
    CHECK(summary.at("fidelity") == "timing");
    CHECK(summary.at("pods") == 4);
    CHECK(summary.at("ops") == 2 * 32 * (784 * 256 + 256 * 128 + 128 * 10));
    // Tiles of 8 x 8: rows of blocks times blocks of k times columns of blocks.
    CHECK(summary.at("tile_ops") == 4 * 98 * 32 + 4 * 32 * 16 + 4 * 16 * 2);
    CHECK(summary.at("slices").get<std::uint64_t>() ==
          1 + std::max(summary.at("last_main_slice"), summary.at("last_post_slice")).get<std::uint64_t>());
    CHECK(summary.at("run_time_ns").get<double>() == summary.at("cycles").get<double>());  // 1 GHz
    CHECK(summary.at("peak_tops").get<double>() == 2 * 4 * 8 * 8 * 1e9 / 1e12);
    const double tops = summary.at("ops").get<double>() / summary.at("run_time_ns").get<double>() / 1e3;
    CHECK(summary.at("effective_tops").get<double>() == Approx(tops).epsilon(1e-12));
    CHECK(summary.at("utilization_pct").get<double>() == Approx(100 * tops / 0.512).epsilon(1e-12));
    CHECK(summary.at("effective_tops_at_400w").get<double>() ==
          Approx(tops * 400 / summary.at("peak_power_w").get<double>()).epsilon(1e-12));

    const json manifest = json_of(out / "manifest.json");
    for (const char* key : {"version", "finished_at", "host", "seed", "config_sha1", "workload_sha1",
                            "wall_s", "peak_memory_bytes"}) {
        INFO(key);
        CHECK(manifest.contains(key));
    }
}

TEST_CASE("layers.csv has a row for each layer in order") {
    const TempFolder folder;
    check_done(run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp, "--out", "o"}));
    const auto rows = csv_of(folder / "o/layers.csv");
    const json summary = json_of(folder / "o/summary.json");
    REQUIRE(rows.size() == 3);
    const struct {
        const char *layer, *k, *n;
        std::uint64_t tile_ops;
    } expected[] = {{"hidden1", "784", "256", 4 * 98 * 32},
                    {"hidden2", "256", "128", 4 * 32 * 16},
                    {"output", "128", "10", 4 * 16 * 2}};
    std::uint64_t next_slice = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const CsvRow& row = rows[i];
        INFO(expected[i].layer);
        CHECK(row.at("layer") == expected[i].layer);
        CHECK(row.at("workload") == "mlp");
        CHECK(row.at("op") == "Dense");
        CHECK(row.at("m") == "32");
        CHECK(row.at("k") == expected[i].k);
        CHECK(row.at("n") == expected[i].n);
        CHECK(std::stoull(row.at("tile_ops")) == expected[i].tile_ops);
        CHECK(std::stoull(row.at("macs")) == 32 * std::stoull(row.at("k")) * std::stoull(row.at("n")));
        CHECK(std::stoull(row.at("first_slice")) == next_slice);  // each waits for the one before
        next_slice = std::stoull(row.at("last_slice")) + 1;
        CHECK(std::stoull(row.at("cycles")) ==
              std::stoull(row.at("end_cycle")) - std::stoull(row.at("start_cycle")));
        if (i > 0) CHECK(row.at("start_cycle") == rows[i - 1].at("end_cycle"));
    }
    CHECK(next_slice == summary.at("slices"));
    CHECK(std::stoull(rows.back().at("end_cycle")) == summary.at("cycles"));
}

TEST_CASE("the figures of a run add up") {
    const TempFolder folder;
    const struct {
        Words workloads, sets;
    } runs[] = {
        {{kMlp}, {}},
        {{kResidual}, {}},
        {{kResidual}, {"noc.topology=butterfly-1", "pods.count=16"}},
        {{kResidual}, {"noc.topology=crossbar", "dram.bandwidth=1TiB/s"}},
        {{kResidual}, {"noc.topology=benes", "banks.size=768B", "pods.count=5"}},
        {{kResidual, kMlp}, {"pods.count=1", "tiling.partition=13"}},
    };
    std::uint64_t posts = 0, spilled = 0, number = 0;
    for (const auto& run : runs) {
        const std::string out = "o" + std::to_string(number++);
        Words words = {"run", "--config", "tiny", "--out", out};
        for (const auto& workload : run.workloads) words.insert(words.end(), {"--workload", workload});
        for (const auto& set : run.sets) words.insert(words.end(), {"--set", set});
        INFO(out);
        check_done(run_sosa(folder.path(), words));
        check_sums(folder / out);
        check_energy(folder / out);
        const json summary = json_of(folder.path() / out / "summary.json");
        std::uint64_t x = 0;
        for (const auto& workload : run.workloads)
            x += x_bytes(workload, json_of(folder.path() / out / "effective_config.json"));
        CHECK(sum_of(json_of(folder.path() / out / "counters.json").at("x_banks"), "read_bytes") == x);
        posts += summary.at("post_ops").get<std::uint64_t>();
        spilled += summary.at("dram_write_bytes").get<std::uint64_t>();
    }
    CHECK(posts > 0);  // else the sums say nothing about them
    CHECK(spilled > 0);
}

TEST_CASE("the effective configuration gives the identical run") {
    const TempFolder folder;
    check_done(run_sosa(folder.path(),
                        {"run", "--config", "tiny", "--workload", kResidual, "--set", "pods.count=8", "--set",
                         "noc.topology=butterfly-4", "--set", "clock=500MHz", "--out", "a"}));
    check_done(run_sosa(folder.path(), {"run", "--config", "a/effective_config.json", "--workload", kResidual,
                                        "--out", "b"}));
    auto a = contents(folder / "a"), b = contents(folder / "b");
    CHECK(json::parse(a.at("effective_config.json")).at("pods").at("count") == 8);
    a.erase("manifest.json");
    b.erase("manifest.json");
    CHECK(a == b);
}

TEST_CASE("every shipped configuration runs and has the paper's peak power") {
    const TempFolder folder;
    const std::map<std::string, double> watts = {
        {"mono-512", 113.2}, {"pods-256x8", 245.0}, {"pods-128x32", 283.1}, {"pods-64x128", 362.2},
        {"sosa-256", 260.2}, {"sosa-20x32", 211.1}, {"pods-16x512", 210.6}};
    std::size_t ran = 0;
    for (const auto& file : fs::directory_iterator(SOSA_ROOT "/hw/configs")) {
        if (file.path().extension() != ".json") continue;
        const std::string config = file.path().stem();
        INFO(config);
        check_done(run_sosa(folder.path(), {"run", "--config", config, "--workload", kMlp, "--out", config}));
        const json summary = json_of(folder / config / "summary.json");
        CHECK(summary.at("config") == config);
        CHECK(summary.at("ops") == 2 * 32 * (784 * 256 + 256 * 128 + 128 * 10));
        check_sums(folder / config);
        if (const auto w = watts.find(config); w != watts.end()) {
            CHECK(summary.at("peak_power_w").get<double>() == Approx(w->second).margin(0.05).epsilon(0));
            ++ran;
        }
    }
    CHECK(ran == watts.size());
}

}  // namespace sosa::tests
