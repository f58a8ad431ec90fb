// sosa covalidate: RTL against model, our own RTL, changed RTL and somebody else's.
#include <cstdlib>

#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

// A small array in four blocks, which is soon built.
Words small_pod(const Words& more) {
    Words words = {"covalidate", "--config", "tiny", "--shape", "4x6", "--bf",
                   "3,2",        "--unit",   "pod",  "--out",   "out"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

CommandResult run_small(const TempFolder& folder, const Words& more) {
    Command command(small_pod(more));
    return command.in(folder.path()).timeout(280).run();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    INFO(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

// Our RTL with one place changed, for --sources.
void change_rtl(const TempFolder& folder, const std::string& file, const std::string& from,
                const std::string& to) {
    fs::create_directories(folder / "changed/pods/rtl");
    write_text(folder / ("changed/pods/rtl/" + file),
               replaced(text_of(SOSA_ROOT "/pods/rtl/" + file), from, to));
}

// The one line of stderr, without "sosa: ".
std::string failure(const CommandResult& result) {
    INFO("stdout: " << result.out << "\nstderr: " << result.err);
    CHECK(result.exit_code == 1);
    REQUIRE(result.err.rfind("sosa: ", 0) == 0);
    CHECK(result.err.find('\n') == result.err.size() - 1);
    return result.err.substr(6, result.err.size() - 7);
}

json difference(const TempFolder& folder, const CommandResult& result) {
    const json d = json_of(folder / "out/covalidation.json").at("divergence");
    REQUIRE(d.is_object());
    const auto text = [&](const char* key) { return d.at(key).get<std::string>(); };
    const std::string begin = text("pod") + ": " + text("signal") + " differs at cycle " +
                              std::to_string(d.at("cycle").get<int>()) + ": expected " + text("expected") +
                              ", found " + text("found");
    const std::string sentence = failure(result);
    CHECK(sentence.rfind(begin, 0) == 0);
    CHECK(sentence.find("; out/divergence.vcd and .gtkw show it") != std::string::npos);
    CHECK(names_in(folder / "out") ==
          std::set<std::string>{"covalidation.json", "divergence.gtkw", "divergence.vcd"});
    return d;
}

}  // namespace

TEST_CASE("our pod and our router do what their models do") {
    const TempFolder folder;
    Command command({"covalidate", "--config", "tiny", "--shape", "4x6", "--bf", "3,2", "--cycles", "3000"});
    const auto done = check_done(command.in(folder.path()).timeout(280).run());
    CHECK(done.out.rfind(
              "pod: 3000 cycles, 80000 values compared, no difference\n"
              "  array                         4 x 6, B 3, F 2, 16-bit partial sums that wrap, latency 3 "
              "edges\n",
              0) == 0);
    CHECK(done.out.find("router: 3000 cycles") != std::string::npos);
    const json report = json_of(folder / "out/covalidate-tiny/covalidation.json");
    CHECK(report.at("values") == (3000 + 2000) * (4 + 6 + 6));
    CHECK(report.at("divergence").is_null());
    for (const auto& [name, count] : report.at("coverage").items()) {
        INFO(name);
        CHECK((count > 0) == (name != "recorded_tiles"));
    }
}

TEST_CASE("the RTL is built once") {
    const TempFolder folder;
    setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
    const auto library = [&] {
        const auto names = names_in(folder / "cache/sosa/rtl");
        REQUIRE(names.size() == 1);
        return folder / "cache/sosa/rtl" / *names.begin();
    };
    const auto first = check_done(run_small(folder, {"--cycles", "500"}));
    const auto built = fs::last_write_time(library());
    CHECK(check_done(run_small(folder, {"--cycles", "500"})).out == first.out);
    CHECK(fs::last_write_time(library()) == built);
}

TEST_CASE("a mistake in one block is found with its place") {
    const TempFolder folder;
    change_rtl(folder, "sosa_pod.sv", ".ps_in(ps_above)", ".ps_in(g == 1 && h == 1 ? '0 : ps_above)");
    const json d = difference(folder, run_small(folder, {"--sources", "changed"}));
    CHECK(d.at("place") == "block (1,1)");
    CHECK(d.at("note") == "does not take the partial sum from above");
    CHECK(d.at("signal").get<std::string>().rfind("out_row lane ", 0) == 0);
    const std::string save = text_of(folder / "out/divergence.gtkw"),
                      vcd = text_of(folder / "out/divergence.vcd");
    for (const char* scope : {"model", "rtl"}) {
        CHECK(save.find("\ndivergence." + std::string(scope) + ".out_row_3[15:0]\n") != std::string::npos);
        CHECK(vcd.find("$scope module " + std::string(scope) + " $end") != std::string::npos);
    }
}

TEST_CASE("a register without reset shows") {
    const TempFolder folder;
    change_rtl(folder, "sosa_weights.sv", "shadow <= {(9*ROWS){1'b0}};", "");
    const json d = difference(folder, run_small(folder, {"--sources", "changed"}));
    CHECK(d.at("signal").get<std::string>().rfind("out_row lane ", 0) == 0);
    CHECK(d.at("stimuli") == "reset in the middle");
}

TEST_CASE("a pod that never answers is told from one that is late") {
    const TempFolder folder;
    change_rtl(folder, "sosa_pod_control.sv", "assign out_valid = valid[LATENCY-1]",
               "assign out_valid = 1'b0");
    json d = difference(folder, run_small(folder, {"--sources", "changed", "--timeout-cycles", "700"}));
    CHECK(d.at("signal") == "out_valid");
    CHECK(d.at("note") == "no results come within 700 cycles");

    const std::string control = text_of(folder / "changed/pods/rtl/sosa_pod_control.sv");
    const char* const late =
        "logic late; always_ff @(posedge clk) if (!rst_n) late <= 0; else if (en) late <= valid[LATENCY-1]; "
        "assign out_valid = late";
    write_text(folder / "changed/pods/rtl/sosa_pod_control.sv",
               replaced(control, "assign out_valid = 1'b0", late));
    d = difference(folder, run_small(folder, {"--sources", "changed"}));
    CHECK(d.at("signal") == "out_valid");
    CHECK(d.at("note") == "the next results come at cycle " + std::to_string(d.at("cycle").get<int>() + 1));
}

TEST_CASE("RTL that does not compile is told with the first error") {
    const TempFolder folder;
    change_rtl(folder, "sosa_extend.sv", "genvar i;", "genvar i");
    const std::string sentence = failure(run_small(folder, {"--sources", "changed"}));
    CHECK(sentence.rfind("sosa_pod: verilator failed: %Error: sosa_extend.sv:", 0) == 0);
    CHECK(sentence.find("; all that it said is in out/pod_build.log") != std::string::npos);
    CHECK(text_of(folder / "out/pod_build.log").find("sosa_extend.sv") != std::string::npos);
    fs::rename(folder / "changed/pods/rtl/sosa_extend.sv", folder / "changed/pods/rtl/sosa_extent.sv");
    CHECK(failure(run_small(folder, {"--sources", "changed"}))
              .rfind("changed/pods/rtl/sosa_extent.sv: replaces no file of ours, allowed are sosa_block.sv, ",
                     0) == 0);
}

TEST_CASE("without Verilator a sentence says what to do") {
    const TempFolder folder;
    setenv("PATH", folder.path().c_str(), 1);
    CHECK(failure(run_small(folder, {})) ==
          "verilator is not installed, and RTL cannot be run without it; scripts/setup.sh installs it");
}

namespace {

// Our pod under other names: a module of somebody else's, with a reset that is active high.
void write_foreign_pod(const TempFolder& folder, const std::string& x_port) {
    std::string all = "package sosa_params;\n";
    for (const char* name : {"ROWS", "COLS", "MULTICAST_COLS", "FANIN_ROWS", "PSUM_BITS", "SATURATE"})
        all += "parameter int " + std::string(name) + " = 1;\n";
    all += "endpackage\n";
    for (const auto& entry : fs::directory_iterator(SOSA_ROOT "/pods/rtl"))
        if (entry.path().extension() == ".sv") all += text_of(entry.path());
    write_text(folder / "parts.svh", all);
    write_text(folder / "my_pod.sv", R"(`include "parts.svh"
module my_pod #(parameter R = 1, parameter C = 1, parameter B = 1, parameter F = 1, parameter P = 1) (
    input ck, input rst, input en, input xv, xs, xl, xg, input [8*R-1:0] )" +
                                         x_port + R"(, input [P*C-1:0] pin,
    input wv, wf, wg, input [8*C-1:0] wr, output [$clog2(R+1)-1:0] wn, output ov, ol, output [P*C-1:0] pout,
    output [C-1:0] spill, output b__sy, output [2:0] spare);
    assign spare = 3'd5;
    sosa_pod #(.ROWS(R), .COLS(C), .MULTICAST_COLS(B), .FANIN_ROWS(F), .PSUM_BITS(P), .SATURATE(0)) pod (
        .clk(ck), .rst_n(!rst), .en(en), .x_valid(xv), .x_swap(xs), .x_last(xl), .x_signed(xg), .x_row(xr), .ps_in(pin),
        .w_valid(wv), .w_first(wf), .w_signed(wg), .w_row(wr), .w_rows(wn), .out_valid(ov), .out_last(ol),
        .out_row(pout), .out_overflow(spill), .busy(b__sy));
endmodule
)");
    const json map = {
        {"top", "my_pod"},
        {"sources", {"my_pod.sv"}},
        {"parameters",
         {{"R", "rows"}, {"C", "cols"}, {"B", "multicast_cols"}, {"F", "fanin_rows"}, {"P", "psum_bits"}}},
        {"clock", "ck"},
        {"reset", {{"port", "rst"}, {"active", "high"}}},
        {"ports",
         {{"en", "en"},
          {"x_valid", "xv"},
          {"x_swap", "xs"},
          {"x_last", "xl"},
          {"x_signed", "xg"},
          {"x_row", "xr"},
          {"ps_in", "pin"},
          {"w_valid", "wv"},
          {"w_first", "wf"},
          {"w_signed", "wg"},
          {"w_row", "wr"},
          {"w_rows", "wn"},
          {"out_valid", "ov"},
          {"out_last", "ol"},
          {"out_row", "pout"},
          {"out_overflow", "spill"},
          {"busy", "b__sy"}}}};
    write_text(folder / "ports.json", map.dump(1));
}

}  // namespace

TEST_CASE("somebody else's pod is compared by its port map") {
    const TempFolder folder;
    write_foreign_pod(folder, "xr");
    const auto done = check_done(run_small(folder, {"--rtl", "ports.json", "--cycles", "2500"}));
    CHECK(done.out.rfind("pod: 2500 cycles, 72000 values compared, no difference\n", 0) == 0);
}

TEST_CASE("a port map that does not fit the module is refused before it is built") {
    const TempFolder folder;
    write_foreign_pod(folder, "xr");
    auto map = json_of(folder / "ports.json");
    map["ports"]["x_row"] = "xrr";
    map["ports"]["busy"] = "spare";
    map["ports"]["en"] = "ol";
    map["ports"]["out_last"] = "en";
    map["parameters"]["P"] = 24;
    write_text(folder / "ports.json", map.dump(1));
    const std::string ports =
        "b__sy, ck, en, ol, ov, pin, pout, rst, spare, spill, wf, wg, wn, wr, wv, xg, xl, xr, xs, xv";
    CHECK(failure(run_small(folder, {"--rtl", "ports.json"})) ==
          "ports.json: port \"ol\": found output, allowed input; port \"xrr\": found no such port (did you "
          "mean "
          "\"xr\"?), allowed " +
              ports +
              "; port \"pin\": found width 144, allowed 96; port \"en\": found input, allowed "
              "output; port \"pout\": found width 144, allowed 96; port \"spare\": found width 3, allowed 1; "
              "port \"xr\": "
              "found input that is no pin, allowed there are packed outputs only");
    CHECK(names_in(folder.path()) == std::set<std::string>{"my_pod.sv", "parts.svh", "ports.json"});
}

namespace {

// A run with pod 3 in RTL, 4 x 6 arrays in blocks of 2 x 3.
CommandResult run_in_place(const TempFolder& folder, const Words& more) {
    Words words = {"run",
                   "--config",
                   "tiny",
                   "--workload",
                   kMlp,
                   "--set",
                   "pods.rows=4",
                   "--set",
                   "pods.cols=6",
                   "--set",
                   "pods.multicast_cols=3",
                   "--set",
                   "pods.fanin_rows=2",
                   "--out",
                   "run"};
    words.insert(words.end(), more.begin(), more.end());
    Command command(words);
    return command.in(folder.path()).timeout(280).run();
}

// What must be equal of two runs, whatever computes in the pods.
json figures(const TempFolder& folder) {
    json summary = json_of(folder / "run/summary.json");
    for (const char* key : {"fidelity", "checked_layers", "checked_values", "psum_overflows"})
        summary.erase(key);
    return summary;
}

}  // namespace

TEST_CASE("a pod in RTL runs in the accelerator with the same results and cycles") {
    const TempFolder folder;
    check_done(run_in_place(folder, {}));
    const json timing = figures(folder);
    check_done(run_in_place(folder, {"--fidelity", "functional"}));
    CHECK(figures(folder) == timing);
    const json functional = json_of(folder / "run/summary.json");
    CHECK(functional.at("checked_values") == 12608);
    check_done(run_in_place(folder, {"--rtl-pods", "pod3"}));
    CHECK(json_of(folder / "run/summary.json") == functional);
    check_done(run_in_place(folder,
                            {"--rtl-pods", "*", "--rtl", SOSA_ROOT "/sc_tests/cosim/second_pod/ports.json"}));
    CHECK(json_of(folder / "run/summary.json") == functional);
}

TEST_CASE("a wrong pod in the accelerator is told with slice and layer and tile op") {
    const TempFolder folder;
    const std::string pod = SOSA_ROOT "/sc_tests/cosim/second_pod/";
    fs::create_directories(folder / "mine");
    fs::copy_file(pod + "ports.json", folder / "mine/ports.json");
    // One too much in column 4 where the second row group takes over the first one's sum.
    const std::string carry = "total = 48'(acc[(g-1)*C + j]);";
    write_text(folder / "mine/acme_mac_array.sv",
               replaced(text_of(pod + "acme_mac_array.sv"), carry,
                        "total = 48'(acc[(g-1)*C + j]) + 48'(g == 1 && j == 4);"));
    const auto sentence = failure(run_in_place(folder, {"--rtl-pods", "pod3", "--rtl", "mine/ports.json"}));
    CHECK(sentence.rfind("sosa.accelerator.pod3_rtl: out_row lane 4 differs at cycle ", 0) == 0);
    CHECK(sentence.find("slice ") != std::string::npos);
    CHECK(sentence.find("layer ") != std::string::npos);
    CHECK(sentence.find("tile op ") != std::string::npos);
    CHECK(sentence.find("column 4") != std::string::npos);
    CHECK(fs::exists(folder / "run/divergence.vcd"));
    CHECK(fs::exists(folder / "run/divergence.gtkw"));
}

TEST_CASE("tiles of a workload are recorded and replayed in lock-step") {
    const TempFolder folder;
    check_done(run_in_place(folder, {"--record-tiles", "tiles", "--record-pods", "pod1"}));
    const auto done = check_done(run_small(folder, {"--tiles", "tiles", "--cycles", "4000"}));
    CHECK(done.out.find("recorded tiles                1000\n") != std::string::npos);
    CHECK(failure(run_small(folder, {"--tiles", "tiles", "--set", "pods.psum_bits=32"})) ==
          "tiles: line 1: found \"sosa-tiles 1 psum_bytes 2\", allowed \"sosa-tiles 1 psum_bytes 4\"");
    write_text(folder / "short", text_of(folder / "tiles").substr(0, 100));
    CHECK(failure(run_small(folder, {"--tiles", "short"})).rfind("short: line 2: found \"rows ", 0) == 0);
    write_text(folder / "none", "sosa-tiles 1 psum_bytes 2\n");
    CHECK(failure(run_small(folder, {"--tiles", "none"})) == "none: found no tile, allowed at least one");
}

TEST_CASE("a glob that no pod matches and RTL without data are refused") {
    const TempFolder folder;
    CHECK(failure(run_in_place(folder, {"--rtl-pods", "pod9"})) ==
          "--rtl-pods: found \"pod9\", which matches none of pod0 to pod3");
    CHECK(failure(run_in_place(folder, {"--cycle-pods", "x*"})) ==
          "--cycle-pods: found \"x*\", which matches none of pod0 to pod3");
    CHECK(check_refused(run_in_place(folder, {"--fidelity", "timing", "--rtl-pods", "pod3"}), 2) ==
          "found --rtl-pods with --fidelity timing, allowed functional or cycle");
    CHECK(check_refused(run_in_place(folder, {"--rtl", "x.json"}), 2) ==
          "found --rtl without --rtl-pods, which says where the RTL goes");
}

TEST_CASE("words of covalidate that do not fit are refused") {
    const TempFolder folder;
    const struct {
        Words words;
        std::string sentence;
    } cases[] = {
        {{"--shape", "4"}, "--shape: found \"4\", allowed two integers as in 16x8"},
        {{"--bf", "3,"}, "--bf: found \"3,\", allowed two integers as in 16,8"},
        {{"--cycles", "0"}, "--cycles: found \"0\", allowed an integer from 1 on"},
        {{"--seed", "-1"}, "--seed: found \"-1\", allowed an integer from 0 on"},
        {{"--unit", "prouter"},
         "--unit: found \"prouter\" (did you mean \"router\"?), allowed pod, router, all"},
        {{"--all-shapes", "--bf", "1,1"}, "--all-shapes and --bf exclude each other"},
        {{"--rtl", "a.json", "--sources", "b"}, "--rtl and --sources exclude each other"},
        {{"--rtl", "a.json", "--unit", "router"}, "--rtl is about the pod: found --unit router, allowed pod"},
        {{"--ot", "x"},
         "found option \"--ot\" (did you mean \"--out\"?), allowed are those that --help lists"},
        {{"tiny"}, "found \"tiny\", allowed options; --help lists them"},
    };
    for (const auto& c : cases) {
        INFO(c.sentence);
        Words words = c.words;
        words.insert(words.begin(), "covalidate");
        CHECK(check_refused(run_sosa(folder.path(), words), 2) == c.sentence);
    }
    CHECK(folder.entries() == 0);
}

}  // namespace sosa::tests
