#include "host/wave_view.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <sstream>

#include "host/wave_filters.h"
#include "sc_tests/unit/checked_programs.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/files.h"
#include "traces/vcd.h"

namespace sosa::tests {

using host::Program;
using host::WaveFacts;
using traces::VcdSignal;
using Signals = std::vector<VcdSignal>;

namespace {

constexpr const char* kPodStates = "0=idle 1=load 2=stream 3=wait";
const std::vector<std::uint64_t> kStarts = {1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000};

void add_pod(Signals& signals, std::size_t index) {
    const std::string scope = "pods.pod" + std::to_string(index);
    signals.push_back({scope, "op", "", 32, false});
    signals.push_back({scope, "state", kPodStates, 2, false});
    signals.push_back({scope, "layer", "", 16, false});
    signals.push_back({scope, "tile", "index of the tile op in the program", 32, false});
}

// A save file as blocks: what is in which group.
struct Save {
    std::map<std::string, std::vector<std::string>> groups;  // path "pods/pod0" -> rows as they stand
    std::set<std::string> closed;
    std::vector<std::string> head;

    explicit Save(const std::string& text) {
        std::istringstream in(text);
        std::vector<std::string> path;
        unsigned flags = 0;
        for (std::string line, filter; std::getline(in, line);) {
            if (line[0] == '@') {
                flags = static_cast<unsigned>(std::stoul(line.substr(1), nullptr, 16));
            } else if (flags == 0) {
                head.push_back(line);
            } else if (line[0] == '^') {
                filter = line.substr(line.rfind('/') + 1) + " ";
            } else if (flags & 0x800000) {
                path.push_back(line.substr(1));
                if (flags & 0x400000) closed.insert(joined(path));
                groups[joined(path)];
            } else if (flags & 0x1000000) {
                CHECK(path.back() == line.substr(1));
                path.pop_back();
            } else if (line[0] != '[') {
                groups[joined(path)].push_back(filter + line);
                filter.clear();
            }
        }
        CHECK(path.empty());
    }
    static std::string joined(const std::vector<std::string>& path) {
        std::string all;
        for (const auto& name : path) all += (all.empty() ? "" : "/") + name;
        return all;
    }
};

struct Written {
    TempFolder folder;
    Program program = host::parse_program(kGood, "F");
    Signals signals;
    std::vector<std::uint64_t> starts = kStarts;
    std::uint64_t begin = 0, end = 9000;

    Save write() {
        host::write_wave_view(folder.path(), {"net on tiny", signals, program, starts, begin, end});
        return Save(text("trace.gtkw"));
    }
    std::string text(const std::string& file) { return traces::read_file(folder / file); }
    bool has(const std::string& file) { return std::filesystem::exists(folder / file); }
};

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("legends that name states become filters") {
    CHECK(host::state_filter("0=idle 2=stream 3=wait 65535=none") ==
          "0 IDLE\n2 ?DodgerBlue3?STREAM\n3 ?gray30?WAIT\n65535 NONE\n");
    CHECK(host::state_filter("4=stall 7=fault 1=vector") ==
          "4 ?OrangeRed3?STALL\n7 ?OrangeRed3?FAULT\n1 ?DarkOrchid4?VECTOR\n");
    for (const char* other : {"", "in W", "0=idle or so", "=idle", "x=idle", "0=", "-1=idle", "1.5=idle"})
        CHECK(host::state_filter(other).empty());
}

TEST_CASE("switches are shown by what they connect") {
    std::istringstream in(host::switch_filter());
    std::map<int, std::string> texts;
    for (std::string line; std::getline(in, line);)
        texts[std::stoi(line)] = line.substr(line.find_last_of(" ?") + 1);
    CHECK(texts == std::map<int, std::string>{{0, "OFF"},
                                              {2, "0>0"},
                                              {3, "1>0"},
                                              {8, "0>1"},
                                              {12, "1>1"},
                                              {14, "STRAIGHT"},
                                              {11, "CROSSED"},
                                              {10, "0>BOTH"},
                                              {15, "1>BOTH"}});
}

TEST_CASE("layers and tile ops have their names") {
    Program program = host::parse_program(kGood, "F");
    program.layers[1].name = "b\n2";
    CHECK(host::layer_filter(program) == "0 ?DodgerBlue4?a\n1 ?tan4?b 2\n2 ?DarkSlateGray?c\n");
    CHECK(host::tile_op_filter(program, {0, 7}) ==
          "0 a (0,0,0)\n1 a (0,1,0)\n2 a (0,2,0)\n3 a (0,3,0)\n4 c (0,0,0)\n5 c (0,1,0)\n"
          "6 b 2 (0,0,0)\n7 b 2 (0,0,1)\n8 b 2 (0,0,2)\n9 b 2 (1,0,0)\n10 b 2 (1,0,1)\n11 b 2 (1,0,2)\n");
    // What the pods did before the slices stands in front, the latest first.
    CHECK(host::tile_op_filter(program, {2, 2}) == "3 a (0,3,0)\n2 a (0,2,0)\n4 c (0,0,0)\n5 c (0,1,0)\n");
    CHECK(host::tile_op_filter(program, {3, 5}) == "5 c (0,1,0)\n4 c (0,0,0)\n");
    CHECK(host::tile_op_filter(program, {7, 7}).substr(0, 42) ==
          "8 b 2 (0,0,2)\n7 b 2 (0,0,1)\n6 b 2 (0,0,0)\n");
    program.layers.resize(65'537);
    CHECK(host::layer_filter(program).empty());
}

TEST_CASE("the view groups signals by scope") {
    Written view;
    view.signals = {{"scheduler", "post_ops", "", 16, false},
                    {"scheduler", "state", "0=idle 3=run", 3, false},
                    {"power", "pods", "in W", 64, true},
                    {"power", "total", "in W", 64, true},
                    {"dma", "fetches", "", 32, false},
                    {"dma", "state", "0=idle 1=transfer", 2, false},
                    {"noc_x.stage1", "sw0", "", 4, false},
                    {"noc_bus", "line0", "65535=none", 16, false},
                    {"banks.xbank0", "used_bytes", "", 32, false},
                    {"banks.xbank1", "used_bytes", "", 32, false},
                    {"banks.pbank0", "used_bytes", "", 32, false},
                    {"extra", "thing", "", 8, false},
                    {"", "ticks", "", 8, false}};
    add_pod(view.signals, 0);
    add_pod(view.signals, 1);
    const Save save = view.write();
    const auto& groups = save.groups;
    CHECK(groups.at("") == Rows{"-net on tiny", "-slices 0 to 7 of 8", "+{ticks} sosa.ticks[7:0]"});
    CHECK(groups.at("scheduler") == Rows{"scheduler_state.txt +{state} sosa.scheduler.state[2:0]",
                                         "+{post_ops} sosa.scheduler.post_ops[15:0]", "-"});
    CHECK(groups.at("power") == Rows{"sosa.power.total", "-", "-", "sosa.power.pods", "-"});
    CHECK(groups.at("pods/states of all") == Rows{"pod_state.txt +{pod0} sosa.pods.pod0.state[1:0]",
                                                  "pod_state.txt +{pod1} sosa.pods.pod1.state[1:0]"});
    CHECK(groups.at("pods/pod1") == Rows{"pod_state.txt +{state} sosa.pods.pod1.state[1:0]",
                                         "layers.txt +{layer} sosa.pods.pod1.layer[15:0]",
                                         "tile_ops.txt +{tile} sosa.pods.pod1.tile[31:0]"});
    CHECK(groups.at("pods/pod1/more") == Rows{"+{op} sosa.pods.pod1.op[31:0]"});
    CHECK(groups.at("dma/more") == Rows{"+{fetches} sosa.dma.fetches[31:0]"});
    CHECK(groups.at("networks/noc_x/stage1") == Rows{"switches.txt +{sw0} sosa.noc_x.stage1.sw0[3:0]"});
    CHECK(groups.at("networks/noc_bus") == Rows{"noc_bus_line.txt +{line0} sosa.noc_bus.line0[15:0]"});
    CHECK(groups.at("banks: bytes in use") == Rows{"+{xbank0} sosa.banks.xbank0.used_bytes[31:0]", "-",
                                                   "+{pbank0} sosa.banks.pbank0.used_bytes[31:0]", "-"});
    CHECK(groups.at("banks: bytes in use/every xbank") ==
          Rows{"+{xbank0} sosa.banks.xbank0.used_bytes[31:0]", "-",
               "+{xbank1} sosa.banks.xbank1.used_bytes[31:0]", "-"});
    CHECK(groups.at("extra") == Rows{"+{thing} sosa.extra.thing[7:0]"});
    for (const char* open : {"scheduler", "power", "dma", "pods", "pods/pod0", "banks: bytes in use"})
        CHECK(save.closed.count(open) == 0);
    for (const char* closed : {"networks", "networks/noc_x", "extra", "pods/states of all", "pods/pod0/more"})
        CHECK(save.closed.count(closed) == 1);

    std::vector<std::string> names;
    for (const auto& signal : view.signals) names.push_back(traces::wave_name("sosa", signal));
    CHECK_NOTHROW(traces::check_save_file(view.folder / "trace.gtkw", names));
    for (const char* file :
         {"scheduler_state", "pod_state", "layers", "tile_ops", "switches", "noc_bus_line"})
        CHECK(view.has("filters/" + std::string(file) + ".txt"));
}

TEST_CASE("a view of few signals has no other groups") {
    Written view;
    view.signals = {{"pods.pod3", "state", kPodStates, 2, false}};
    const Save save = view.write();
    CHECK(save.groups.size() == 4);
    CHECK(save.groups.at("pods/pod3") == Rows{"pod_state.txt +{state} sosa.pods.pod3.state[1:0]"});
    CHECK(save.groups.count("pods") == 1);
    CHECK(save.groups.count("layers at the markers") == 1);
}

TEST_CASE("a wide chip shows its first pods and says where the others are") {
    Written view;
    for (std::size_t i = 0; i < 300; ++i) add_pod(view.signals, i);
    for (std::size_t i = 0; i < 40; ++i)
        view.signals.push_back({"noc_x.stage1", "sw" + std::to_string(i), "", 4, false});
    const Save save = view.write();
    const auto& pods = save.groups.at("pods");
    CHECK(pods == Rows{"-and 44 more, in the tree SST:", "-pod256 to pod299"});
    CHECK(save.groups.count("pods/pod255") == 1);
    CHECK(save.groups.count("pods/pod256") == 0);
    CHECK(save.closed.count("pods/pod3") == 0);
    CHECK(save.closed.count("pods/pod4") == 1);
    CHECK(save.groups.at("pods/states of all").size() == 258);
    const auto& switches = save.groups.at("networks/noc_x/stage1");
    CHECK(switches.size() == 34);
    CHECK(switches.back() == "-sw32 to sw39");
}

TEST_CASE("markers stand where layers begin in the window") {
    Written view;
    view.signals = {{"", "ticks", "", 8, false}};
    view.begin = 3000;
    Save save = view.write();
    CHECK(save.groups.at("layers at the markers") == Rows{"-A c", "-B b"});
    const std::string times = "3000 3000 7000 -1 ";
    CHECK(std::any_of(save.head.begin(), save.head.end(), [&](const std::string& line) {
        return line[0] == '*' && line.find(" " + times) != std::string::npos;
    }));
    CHECK(std::count(save.head.begin(), save.head.end(), "[timestart] 3000") == 1);

    view.program.layers[0].first_slice = 6;  // as b does
    view.begin = 0;
    view.end = 7000;
    CHECK(view.write().groups.at("layers at the markers") == Rows{"-A c"});
    view.end = 7001;
    CHECK(view.write().groups.at("layers at the markers") == Rows{"-A c", "-B a + b"});
}

TEST_CASE("tile ops of the window alone are named") {
    Written view;
    add_pod(view.signals, 0);
    view.begin = 3000;
    view.end = 4000;
    CHECK(view.write().groups.at("")[1] == "-slices 2 to 2 of 8");
    CHECK(view.text("filters/tile_ops.txt") == host::tile_op_filter(view.program, {2, 2}));
    view.begin = 6500;
    view.end = 7001;
    CHECK(view.write().groups.at("")[1] == "-slices 5 to 6 of 8");
    CHECK(view.text("filters/tile_ops.txt") == host::tile_op_filter(view.program, {5, 6}));
    view.begin = view.end = 3000;  // opened and closed at once
    CHECK(view.write().groups.at("")[1] == "-slices 2 to 2 of 8");
    view.starts.clear();  // interrupted before the first slice
    view.begin = view.end = 0;
    CHECK(view.write().groups.at("")[1] == "-slices 0 to 0 of 8");
}

TEST_CASE("too many tile ops stay numbers and a row says so") {
    Written view;
    add_pod(view.signals, 0);
    view.program.ops.resize(host::most_tile_ops + 1);
    view.program.op_begin.back() = host::most_tile_ops + 1;
    const Save save = view.write();
    CHECK(save.groups.at("pods") == Rows{"-tile ops are numbers here:", "-too many to name them all"});
    CHECK(save.groups.at("pods/pod0")[2] == "+{tile} sosa.pods.pod0.tile[31:0]");
    CHECK_FALSE(view.has("filters/tile_ops.txt"));
}

TEST_CASE("a view is checked against its dump") {
    Written view;
    traces::Vcd vcd({view.folder / "trace.vcd", "sosa", {}});
    vcd.integer("scheduler", "slice", 32);
    vcd.start();
    vcd.finish();
    view.signals = vcd.signals();
    view.write();
    CHECK_NOTHROW(host::check_wave_view(view.folder.path()));
    view.signals[0].width = 16;
    view.write();
    CHECK(error_of([&] {
              host::check_wave_view(view.folder.path());
          }).find("have: sosa.scheduler.slice[15:0]") != std::string::npos);
    CHECK(error_of([&] { host::check_wave_view(view.folder.path(), "none.vcd"); }) ==
          (view.folder / "none.vcd").string() + ": cannot be read");
}

TEST_CASE("filters of an earlier run are replaced") {
    Written view;
    std::filesystem::create_directory(view.folder / "filters");
    traces::write_file(view.folder / "filters/layers.txt", [](std::ostream& out) { out << "old"; });
    view.signals = {{"pods.pod0", "layer", "", 16, false},
                    {"a.unit0", "state", "0=idle", 2, false},
                    {"b.unit0", "state", "0=off", 2, false}};
    const Save save = view.write();
    CHECK(view.text("filters/layers.txt") == host::layer_filter(view.program));
    CHECK(view.text("filters/unit_state.txt") == "0 IDLE\n");  // the same name, another legend
    CHECK(view.text("filters/unit_state_2.txt") == "0 OFF\n");
    CHECK(save.groups.at("b/unit0") == Rows{"unit_state_2.txt +{state} sosa.b.unit0.state[1:0]"});
}

}  // namespace sosa::tests
