// Traces are really opened in GTKWave: what stands in the save file is what it shows.
#include <sys/wait.h>

#include <cstdlib>
#include <sstream>

#include "host/program_file.h"
#include "host/wave_view.h"
#include "sc_tests/system/run_files.h"
#include "sc_tests/unit/checked_programs.h"
#include "traces/gtkw.h"
#include "traces/vcd.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

bool can_open_gtkwave() {
    for (const char* tool : {"gtkwave", "Xvfb"}) {
        if (std::system((std::string("command -v ") + tool + " > /dev/null 2>&1").c_str()) == 0) continue;
        INFO(tool << " is not installed, scripts/setup.sh does that");
        CHECK(std::getenv("CI") == nullptr);
        WARN(tool << " is not installed: the wave was not opened");
        return false;
    }
    return true;
}

struct Screenshot {
    int exit_code;
    std::string out, err;
};

Screenshot screenshot(const fs::path& dump, const fs::path& save) {
    const std::string stem = save.string();
    const auto quoted = [](const std::string& word) { return " '" + word + "'"; };
    const int status = std::system(("/usr/bin/python3" + quoted(SOSA_ROOT "/scripts/screenshot-wave.py") +
                                    quoted(dump.string()) + quoted(stem) + quoted(stem + ".png") + " >" +
                                    quoted(stem + ".json") + " 2>" + quoted(stem + ".err"))
                                       .c_str());
    return {WEXITSTATUS(status), text_of(stem + ".json"), text_of(stem + ".err")};
}

json shown(const fs::path& dump, const fs::path& save) {
    const Screenshot result = screenshot(dump, save);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(fs::file_size(save.string() + ".png") > 5000);
    return json::parse(result.out);
}

std::vector<std::string> in_rows(const fs::path& save) {
    std::istringstream in(text_of(save));
    return traces::signals_in_save_file(in);
}

// Two slices of the program, drawn by hand.
void write_wave(const fs::path& folder) {
    const host::Program program = host::parse_program(kGood, "F");
    traces::Vcd vcd({folder / "trace.vcd", "sosa", {}});
    const auto slice = vcd.integer("scheduler", "slice", 32);
    const auto utilization = vcd.real("scheduler", "utilization_pct");
    const auto sw = vcd.integer("noc_x.stage1", "sw0", 4);
    const auto valid = vcd.integer("pods.pod0.pins", "x_valid", 1);
    const auto state = vcd.integer("pods.pod0", "state", 2, "0=idle 1=load 2=stream 3=wait");
    const auto layer = vcd.integer("pods.pod0", "layer", 16), tile = vcd.integer("pods.pod0", "tile", 32);
    vcd.start();
    vcd.time(100'000);
    vcd.open_window();
    vcd.set(slice, 1);
    vcd.set_real(utilization, 12.5);
    vcd.set(sw, 14);
    vcd.set(valid, 1);
    vcd.set(state, 2);
    vcd.set(layer, 0);
    vcd.set(tile, 2);
    vcd.time(150'000);
    vcd.set(state, 3);
    vcd.time(200'000);
    vcd.set(slice, 2);
    vcd.set(state, 2);
    vcd.set(layer, 2);
    vcd.set(tile, 4);
    vcd.time(300'000);
    vcd.finish();
    const std::vector<std::uint64_t> starts = {50'000, 100'000, 200'000};
    host::write_wave_view(folder, {"net on four", vcd.signals(), program, starts, 100'000, 300'000});
    host::check_wave_view(folder);
}

const std::map<std::string, std::string> kTexts = {{"sosa.scheduler.slice[31:0]", "1"},
                                                   {"sosa.scheduler.utilization_pct", "12.5"},
                                                   {"sosa.pods.pod0.state[1:0]", "STREAM"},
                                                   {"sosa.pods.pod0.layer[15:0]", "a"},
                                                   {"sosa.pods.pod0.tile[31:0]", "a (0,2,0)"}};

}  // namespace

TEST_CASE("GTKWave shows every row of a view, numbers as text and the traced window") {
    if (!can_open_gtkwave()) return;
    const TempFolder folder;
    write_wave(folder.path());
    const json wave = shown(folder / "trace.vcd", folder / "trace.gtkw");
    CHECK(wave.at("signals").get<std::vector<std::string>>() == in_rows(folder / "trace.gtkw"));
    CHECK(wave.at("signals").size() == 7);
    CHECK(wave.at("values").get<std::map<std::string, std::string>>() == kTexts);
    CHECK(wave.at("window")[0] == 100'000);
    CHECK(wave.at("window")[1] >= 300'000);
    CHECK(wave.at("window")[1] < 305'000);
    CHECK(wave.at("wave_pixels") > 20'000);
}

TEST_CASE("a folder that was moved still shows its wave") {
    if (!can_open_gtkwave()) return;
    const TempFolder folder;
    fs::create_directory(folder / "first");
    write_wave(folder / "first");
    fs::rename(folder / "first", folder / "second place");
    const json wave = shown(folder / "second place/trace.vcd", folder / "second place/trace.gtkw");
    CHECK(wave.at("values").get<std::map<std::string, std::string>>() == kTexts);
}

TEST_CASE("signals that GTKWave does not find are seen to be missing") {
    if (!can_open_gtkwave()) return;
    const TempFolder folder;
    write_wave(folder.path());
    std::string text = text_of(folder / "trace.gtkw");
    for (const char* range : {"[1:0]", "[3:0]", "[15:0]", "[31:0]"})
        for (std::size_t at; (at = text.find(range)) != std::string::npos;)
            text.erase(at, std::string(range).size());
    write_text(folder / "ranges.gtkw", text);
    const json wave = shown(folder / "trace.vcd", folder / "ranges.gtkw");
    CHECK(wave.at("signals") == json({"sosa.scheduler.utilization_pct", "sosa.pods.pod0.pins.x_valid"}));
    CHECK(wave.at("wave_pixels") < 10'000);
    CHECK(in_rows(folder / "ranges.gtkw").size() == 7);

    for (std::size_t at; (at = text.find("\nsosa.")) != std::string::npos;) text.erase(at, 6);
    write_text(folder / "nothing.gtkw", text);
    const Screenshot blank = screenshot(folder / "trace.vcd", folder / "nothing.gtkw");
    CHECK(blank.exit_code == 1);
    CHECK(blank.err.find("pixels of waves, at least 500 are needed") != std::string::npos);
}

TEST_CASE("the trace of a run opens in GTKWave, also as FST") {
    if (!can_open_gtkwave()) return;
    const TempFolder folder;
    check_done(run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kResidual, "--trace",
                                        "--trace-window", "10:30", "--out", "out"}));
    const fs::path vcd = folder / "out/trace.vcd", fst = folder / "out/other.fst",
                   save = folder / "out/trace.gtkw";
    host::check_wave_view(folder / "out");
    const json wave = shown(vcd, save);
    const auto rows = in_rows(save);
    CHECK(rows.size() > 100);
    CHECK(wave.at("signals").get<std::vector<std::string>>() == rows);
    const json& values = wave.at("values");
    CHECK(values.at("sosa.scheduler.state[2:0]") == "RUN");
    CHECK(values.at("sosa.scheduler.slice[31:0]") == "10");
    CHECK(values.at("sosa.pods.pod0.state[1:0]").get<std::string>().find_first_of("0123456789") ==
          std::string::npos);
    CHECK(wave.at("wave_pixels") > 20'000);

    REQUIRE(std::system(("vcd2fst " + vcd.string() + " " + fst.string() + " > /dev/null").c_str()) == 0);
    const json from_fst = shown(fst, save);
    CHECK(from_fst.at("signals") == wave.at("signals"));
    CHECK(from_fst.at("values") == values);
}

}  // namespace sosa::tests
