#include "traces/gtkw.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/program_samples.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/files.h"

namespace sosa::tests {

using traces::SaveFile;
using traces::VcdSignal;
using Format = SaveFile::Format;

namespace {

const std::vector<VcdSignal> kSignals = {{"scheduler", "state", "0=idle 1=run", 3, false},
                                         {"scheduler", "tile_ops", "", 16, false},
                                         {"power", "total", "", 64, true},
                                         {"pods.pod0.pins", "valid", "", 1, false},
                                         {"", "ticks", "", 64, false}};

// The file without its lines of paths.
std::string written(const SaveFile& save, const std::string& name = "trace.gtkw") {
    const TempFolder folder;
    save.write(folder / name, "trace.vcd");
    const std::string text = traces::read_file(folder / name);
    const std::string head = "[dumpfile] \"" + (folder / "trace.vcd").string() + "\"\n[savefile] \"" +
                             (folder / name).string() + "\"\n";
    REQUIRE(text.substr(0, head.size()) == head);
    std::string rest = text.substr(head.size());
    const std::string path = folder.path().string() + "/";
    for (std::size_t at; (at = rest.find(path)) != std::string::npos;) rest.replace(at, path.size(), "DIR/");
    return rest;
}

// What stands behind the lines of the window.
std::string rows(const SaveFile& save) {
    const std::string text = written(save);
    const auto window = text.find("\n*");
    REQUIRE(window != std::string::npos);
    return text.substr(text.find('\n', window + 1) + 1);
}

const VcdSignal& signal(const char* name) {
    for (const auto& s : kSignals)
        if (s.name == name) return s;
    FAIL(name);
    return kSignals[0];
}

SaveFile::Row row(Format format, unsigned height = 1) {
    SaveFile::Row r;
    r.format = format;
    r.height = height;
    return r;
}

}  // namespace

TEST_CASE("names in a save file have their range") {
    CHECK(traces::wave_name("sosa", signal("state")) == "sosa.scheduler.state[2:0]");
    CHECK(traces::wave_name("sosa", signal("total")) == "sosa.power.total");
    CHECK(traces::wave_name("sosa", signal("valid")) == "sosa.pods.pod0.pins.valid");
    CHECK(traces::wave_name("top", signal("ticks")) == "top.ticks[63:0]");
}

TEST_CASE("groups nest and are open or closed") {
    SaveFile save("sosa", kSignals);
    save.open_group("outer {1}");
    save.open_group("inner", true);
    save.comment("text");
    save.close_group();
    save.close_group();
    CHECK(rows(save) ==
          "@800200\n-outer (1)\n@c00200\n-inner\n@200\n-text\n@1401200\n-inner\n@1000200\n-outer (1)\n");
}

TEST_CASE("rows have the flags of GTKWave") {
    SaveFile save("sosa", kSignals);
    save.signal(signal("tile_ops"), row(Format::decimal));
    save.signal(signal("ticks"), row(Format::decimal));  // the same flags are not said again
    save.signal(signal("ticks"), row(Format::signed_decimal));
    save.signal(signal("ticks"), row(Format::hex));
    save.signal(signal("valid"), row(Format::hex));
    save.signal(signal("valid"), row(Format::analog, 3));  // a bit is a line
    save.signal(signal("total"), row(Format::analog, 3));
    save.signal(signal("tile_ops"), row(Format::analog));
    CHECK(rows(save) ==
          "@24\nsosa.scheduler.tile_ops[15:0]\nsosa.ticks[63:0]\n@420\nsosa.ticks[63:0]\n"
          "@22\nsosa.ticks[63:0]\n@28\nsosa.pods.pod0.pins.valid\nsosa.pods.pod0.pins.valid\n"
          "@88028\nsosa.power.total\n@20000\n-\n-\n@88024\nsosa.scheduler.tile_ops[15:0]\n");
}

TEST_CASE("a row has a colour, a filter and another name") {
    SaveFile save("sosa", kSignals);
    SaveFile::Row r;
    r.color = SaveFile::Color::yellow;
    r.filter = "filters/state.txt";
    r.alias = "state {now}";
    save.signal(signal("state"), r);
    CHECK(rows(save) ==
          "@2024\n[color] 3\n^1 DIR/filters/state.txt\n+{state (now)} sosa.scheduler.state[2:0]\n");
}

TEST_CASE("only signals that there are can be shown") {
    SaveFile save("sosa", kSignals);
    CHECK(save.find("scheduler", "state") == &kSignals[0]);
    CHECK(save.find("scheduler", "slice") == nullptr);
    CHECK(save.find("", "ticks") == &kSignals[4]);
    const VcdSignal other{"scheduler", "slice", "", 32, false}, wider{"scheduler", "state", "", 4, false};
    CHECK(aborts([&] { save.signal(other, {}); }));
    CHECK(aborts([&] { save.signal(wider, {}); }));
    SaveFile::Row filtered;
    filtered.filter = "filters/bit.txt";
    CHECK(aborts([&] { save.signal(signal("valid"), filtered); }));
    CHECK(aborts([&] { save.signal(signal("total"), filtered); }));
    CHECK_FALSE(aborts([&] { save.signal(signal("state"), filtered); }));
}

TEST_CASE("every group has an end") {
    SaveFile save("sosa", kSignals);
    CHECK(aborts([&] { save.close_group(); }));
    save.open_group("open");
    CHECK(aborts([&] { written(save); }));
}

TEST_CASE("the window shows the times asked for") {
    SaveFile save("sosa", kSignals);
    save.primary_marker(1500);
    save.zoom(1000, 1000 + 1030 * 4);  // 4 ps a pixel: 200 pixels last 800 ps = 2^9.64
    const std::string head = written(save);
    CHECK(head.rfind(
              "[timestart] 1000\n[size] 1400 900\n[sst_expanded] 0\n[signals_width] 300\n*-9.643856189774725 "
              "1500 -1 -1 ",
              0) == 0);
    SaveFile nothing("sosa", kSignals);
    nothing.zoom(7, 7);
    CHECK(written(nothing).find("[timestart] 7\n") == 0);
}

TEST_CASE("markers have letters and, where there is room, names") {
    SaveFile save("sosa", kSignals);
    save.zoom(0, 10'300);  // 10 ps a pixel
    CHECK(save.marker(1000, "conv1"));
    CHECK(save.marker(5000, "conv2"));
    CHECK(save.marker(5200, "fc"));  // 20 pixels further: (2 + 5 + 1) letters of 5 pixels, half of each
    CHECK(save.marker(5350, "a long name"));
    CHECK(save.marker(9000, ""));
    const std::string text = written(save);
    CHECK(text.find(" -1 1000 5000 5200 5350 9000 -1 -1") != std::string::npos);
    CHECK(rows(save) == "[markername] Aconv1\n[markername] Bconv2\n[markername] Cfc\n");
    for (int i = 5; i < 26; ++i) CHECK(save.marker(9500, "x"));
    CHECK_FALSE(save.marker(9600, "one too many"));
}

TEST_CASE("names of markers stay inside the window") {
    SaveFile save("sosa", kSignals);
    save.zoom(1000, 2030);  // a pixel each
    save.marker(1012, "first");
    save.marker(1100, "inside");
    save.marker(1120, "close");  // has room for a letter
    save.marker(2020, "last");
    CHECK(rows(save) == "[markername] Binside\n[markername] Dlast\n");
    SaveFile later("sosa", kSignals);
    later.zoom(1000, 2030);
    later.marker(1013, "first");
    later.marker(2021, "last");
    CHECK(rows(later) == "[markername] Afirst\n");
}

TEST_CASE("filter lines hold any text") {
    CHECK(traces::filter_line(3, "RUN") == "3 RUN\n");
    CHECK(traces::filter_line(3, "RUN", "DodgerBlue3") == "3 ?DodgerBlue3?RUN\n");
    CHECK(traces::filter_line(18446744073709551615u, "two words") == "18446744073709551615 two words\n");
    CHECK(traces::filter_line(0, "a\nb\tc") == "0 a b c\n");
    CHECK(traces::filter_line(0, "?red?x") == "0 '?red?x\n");
    CHECK(traces::filter_line(0, "") == "0 -\n");
    CHECK(traces::filter_line(0, "  ", "red") == "0 ?red?-\n");
}

TEST_CASE("a folder whose name has a line break is refused") {
    const TempFolder folder;
    std::filesystem::create_directory(folder / "a\nb");
    const SaveFile save("sosa", kSignals);
    CHECK(error_of([&] { save.write(folder / "a\nb/trace.gtkw", "trace.vcd"); }).find("line break") !=
          std::string::npos);
    CHECK(error_of([&] { save.write(folder / "none/trace.gtkw", "trace.vcd"); }).find("none/trace.gtkw") !=
          std::string::npos);
}

TEST_CASE("what a save file names is checked against the dump") {
    const TempFolder folder;
    SaveFile save("sosa", kSignals);
    save.open_group("all");
    for (const auto& s : kSignals) {
        SaveFile::Row r;
        if (s.name == "state") r.alias = "the state";
        save.signal(s, r);
    }
    save.close_group();
    save.marker(5, "-");
    save.write(folder / "trace.gtkw", "trace.vcd");
    std::istringstream in(traces::read_file(folder / "trace.gtkw"));
    std::vector<std::string> names;
    for (const auto& s : kSignals) names.push_back(traces::wave_name("sosa", s));
    CHECK(traces::signals_in_save_file(in) == names);
    CHECK_NOTHROW(traces::check_save_file(folder / "trace.gtkw", names));

    names[0] = "sosa.scheduler.state";  // without its range
    names[2] = "sosa.power.sum";
    CHECK(error_of([&] { traces::check_save_file(folder / "trace.gtkw", names); }) ==
          (folder / "trace.gtkw").string() +
              ": names signals that the dump does not have: sosa.scheduler.state[2:0], sosa.power.total");
}

}  // namespace sosa::tests
