#include "host/covalidate.h"
#include "host/config_file.h"

#include <unistd.h>

#include <filesystem>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "host/covalidate_report.h"
#include "host/data_run.h"
#include "host/lockstep.h"
#include "host/out_folder.h"
#include "host/pod_rtl.h"
#include "host/router_lockstep.h"
#include "host/tile_record.h"
#include "host/tool_run.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace fs = std::filesystem;

namespace {

int covalidate_pod(const CovalidateJob& job, const hw::Config& config, const fs::path& out) {
    LockstepJob lockstep;
    lockstep.shape = array_shape(config);
    lockstep.cycles = job.cycles;
    lockstep.seed = job.seed;
    lockstep.timeout_cycles = job.timeout_cycles;
    lockstep.folder = out;
    if (!job.tiles.empty()) lockstep.recorded = read_tiles(job.tiles, lockstep.shape);
    const auto report = run_lockstep(lockstep, pod_library(config, {job.port_map, job.sources}, out));
    write_report(lockstep, report, out / "covalidation.json");
    print_report(lockstep, report, std::cout);
    if (!report.divergence) return 0;
    throw UserError(sentence(*report.divergence) + "; " + (out / "divergence.vcd").string() +
                    " and .gtkw show it");
}

int covalidate_router_of(const CovalidateJob& job, const hw::Config& config, const fs::path& out) {
    RouterCovalidation router;
    router.config = config;
    router.cycles = job.cycles;
    router.seed = job.seed;
    router.sources = job.sources;
    router.out = out;
    return covalidate_router(router);
}

// A SystemC kernel elaborates once, so each unit and each shape has a process of its own.
std::vector<std::string> own_program(std::vector<std::string> words) {
    words.insert(words.begin(), fs::read_symlink("/proc/self/exe").string());
    return words;
}

int covalidate_units(const CovalidateJob& job, const fs::path& out) {
    int code = 0;
    for (const char* unit : {"pod", "router"}) {
        std::cout.flush();
        code = std::max(code, run_here(own_program(covalidate_words(job, {}, unit, out))));
    }
    return code;
}

struct ShapeCase {
    std::uint32_t rows, cols, multicast_cols, fanin_rows;
    std::vector<std::string> sets() const {
        return {"pods.rows=" + std::to_string(rows), "pods.cols=" + std::to_string(cols),
                "pods.multicast_cols=" + std::to_string(multicast_cols),
                "pods.fanin_rows=" + std::to_string(fanin_rows)};
    }
    std::string name() const {
        return std::to_string(rows) + "x" + std::to_string(cols) + "-" + std::to_string(multicast_cols) +
               "-" + std::to_string(fanin_rows);
    }
};

std::vector<ShapeCase> shape_cases() {
    constexpr std::uint32_t shapes[][2] = {{32, 32}, {16, 16}, {20, 32}, {8, 8}, {1, 1}};
    constexpr std::uint32_t groups[][2] = {{16, 16}, {1, 1}, {4, 8}};
    std::vector<ShapeCase> cases;
    for (const auto& [rows, cols] : shapes)
        for (const auto& [b, f] : groups) cases.push_back({rows, cols, b, f});
    return cases;
}

// False if they differ.
bool covalidate_shape(const CovalidateJob& job, const ShapeCase& shape, const fs::path& out) {
    const fs::path folder = out / shape.name();
    const auto result =
        run_tool(own_program(covalidate_words(job, shape.sets(), "pod", folder)), fs::current_path());
    const auto text = [](auto value, int width) { std::cout << std::setw(width) << value; };
    text(std::to_string(shape.rows) + "x" + std::to_string(shape.cols), 7);
    text(std::to_string(shape.multicast_cols) + "," + std::to_string(shape.fanin_rows), 7);
    if (result.exit_code == 0) {
        const auto report = nlohmann::json::parse(traces::read_file(folder / "covalidation.json"));
        text(report.at("latency_cycles").get<int>(), 9);
        text(report.at("cycles").get<std::uint64_t>(), 10);
        text(report.at("values").get<std::uint64_t>(), 12);
        std::cout << "  equal" << std::endl;
    } else {
        const auto begin = result.output.rfind("sosa: ");
        std::cout << std::string(33, ' ') << result.output.substr(begin == std::string::npos ? 0 : begin + 6)
                  << std::flush;
    }
    return result.exit_code == 0;
}

int covalidate_all_shapes(const CovalidateJob& job, const fs::path& out) {
    std::cout << "  shape    B,F  latency    cycles      values  RTL and model" << std::endl;
    std::size_t differ = 0;
    for (const auto& shape : shape_cases()) differ += !covalidate_shape(job, shape, out);
    if (differ == 0) return 0;
    throw UserError(std::to_string(differ) + " of " + std::to_string(shape_cases().size()) +
                    " shapes failed; what is known of them is in " + out.string());
}

}  // namespace

int covalidate_command(const std::vector<std::string>& args, const std::string&) {
    CovalidateJob job;
    if (!parse_covalidate(args, job)) return 0;
    const hw::Config config = load_config(job.config, job.sets);
    const OutFolder out(job.out.empty() ? "out/covalidate-" + config.name : job.out);
    if (job.all_shapes) return covalidate_all_shapes(job, out.path());
    if (job.unit == "all") return covalidate_units(job, out.path());
    if (job.unit == "router") return covalidate_router_of(job, config, out.path());
    return covalidate_pod(job, config, out.path());
}

}  // namespace sosa::host
