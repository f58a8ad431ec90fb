#include "host/fst_sink.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <random>
#include <sstream>

#include "host/tool_run.h"
#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/vcd_reader.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/vcd.h"

using sosa::UserError;
using sosa::host::find_tool;
using sosa::host::FstSink;
using sosa::host::run_tool;
using sosa::tests::aborts;
using sosa::tests::TempFolder;
using sosa::tests::VcdReader;
using sosa::traces::Vcd;

namespace {

bool has_tools() {
    if (find_tool("vcd2fst") && find_tool("fst2vcd")) return true;
    WARN("vcd2fst is not installed: nothing was tried");
    return false;
}

void draw(Vcd::Options options, std::uint64_t steps = 3000) {
    Vcd vcd(std::move(options));
    std::vector<Vcd::Signal> signals;
    for (unsigned i = 0; i < 30; ++i)
        signals.push_back(
            vcd.integer("units.u" + std::to_string(i % 3), "n" + std::to_string(i), 1 + 2 * i, "0=a"));
    const auto real = vcd.real("power", "total");
    vcd.start();
    std::mt19937_64 random(1);
    for (std::uint64_t t = 0; t < steps; ++t) {
        vcd.time(t * 500);
        if (t == 10 || t == 2000) vcd.open_window();
        if (t == 1500) vcd.close_window();
        for (int n = 0; n < 5; ++n) {
            const auto i = random() % 30;
            vcd.set(signals[i], random() >> (63 - 2 * i));
        }
        if (t % 7 == 0) vcd.set_real(real, t == 700 ? HUGE_VAL : static_cast<double>(t) / 3e9);
    }
    vcd.finish("interrupted");
}

// Without what fst2vcd writes in its own way: a date, leading zeros, 16 digits of reals.
VcdReader read(const std::filesystem::path& path) {
    const std::string text = sosa::traces::read_file(path);
    VcdReader vcd(text.substr(text.find("$version")));
    for (auto& [name, changes] : vcd.signals)
        for (auto& [time, value] : changes) {
            if (vcd.declared.at(name).rfind("real", 0) == 0) {
                std::ostringstream rounded;
                rounded << std::setprecision(14) << std::stod(value);
                value = rounded.str();
            } else {
                value.erase(0,
                            std::min(value.find_first_not_of(value[0] == 'x' ? 'x' : '0'), value.size() - 1));
            }
        }
    return vcd;
}

// A program in place of vcd2fst, as the only one in PATH, until the end of the scope.
class FakeTool {
  public:
    explicit FakeTool(const TempFolder& folder, const std::string& script = {})
        : before_(std::getenv("PATH")) {
        if (!script.empty()) {
            std::ofstream(folder / "vcd2fst") << "#!/bin/sh\n" << script << "\n";
            ::chmod((folder / "vcd2fst").c_str(), 0755);
        }
        ::setenv("PATH", folder.path().c_str(), 1);
    }
    ~FakeTool() { ::setenv("PATH", before_.c_str(), 1); }
    FakeTool(const FakeTool&) = delete;
    FakeTool& operator=(const FakeTool&) = delete;

  private:
    std::string before_;
};

// What a large VCD with this tool ends with.
std::string error_of(const std::string& script) {
    const TempFolder tools, folder;
    const FakeTool fake(tools, script);
    std::string what = "no error";
    try {
        FstSink sink(folder / "t.fst");
        try {
            for (int i = 0; i < 100; ++i) sink.write(std::string(100000, '\n'));
            sink.commit();
        } catch (const UserError& error) {
            what = error.what();
        }
        sink.write("after");  // nothing happens
        sink.commit();
    } catch (const UserError& error) {
        what = error.what();
    }
    CHECK(folder.entries() == 0);
    const auto at = what.find("t.fst: ");
    return at == std::string::npos ? what : what.substr(at);
}

}  // namespace

TEST_CASE("an FST file has the signals and changes of the VCD") {
    if (!has_tools()) return;
    const TempFolder folder;
    Vcd::Options options;
    options.path = folder / "t.vcd";
    draw(options);
    options.path = folder / "t.fst";
    options.sink = std::make_shared<FstSink>(options.path);
    draw(options);
    CHECK(folder.entries() == 2);
    const auto back = run_tool(
        {find_tool("fst2vcd")->string(), "-f", folder / "t.fst", "-o", folder / "back.vcd"}, folder.path());
    REQUIRE(back.exit_code == 0);
    const VcdReader one = read(folder / "t.vcd"), other = read(folder / "back.vcd");
    CHECK(one.error == "");
    CHECK(other.error == "");
    CHECK(one.declared.size() == 31);
    CHECK(one.declared == other.declared);
    for (const auto& [name, changes] : one.signals) {
        INFO(name);
        CHECK((changes == other.signals.at(name)));
    }
}

TEST_CASE("an FST file has the same bytes each time") {
    if (!has_tools()) return;
    const TempFolder folder;
    Vcd::Options options;
    for (const char* name : {"a.fst", "b.fst"}) {
        options.path = folder / name;
        options.sink = std::make_shared<FstSink>(options.path);
        draw(options);
    }
    const std::string text = sosa::traces::read_file(folder / "a.fst");
    CHECK((text == sosa::traces::read_file(folder / "b.fst")));
    CHECK(std::string(text.c_str() + 202) == "sosa");  // its place for the date
}

TEST_CASE("an FST file that is not committed leaves nothing") {
    if (!has_tools()) return;
    const TempFolder folder;
    {
        FstSink sink(folder / "t.fst");
        sink.write("$timescale 1 ps $end\n$enddefinitions $end\n#0\n");
        sink.discard();
        CHECK(folder.entries() == 0);
        sink.write("#1\n");
        sink.commit();
        CHECK(folder.entries() == 0);
    }
    { FstSink never_finished(folder / "t.fst"); }
    CHECK(folder.entries() == 0);
}

TEST_CASE("an FST file that is given up ends its program") {
    const TempFolder tools, folder;
    {
        const FakeTool fake(tools, "/bin/touch $4 $4.hier; exec /bin/sleep 1000");
        FstSink sink(folder / "t.fst");
        while (folder.entries() < 2) ::usleep(1000);
        sink.discard();  // the test has a time limit
    }
    CHECK(folder.entries() == 0);
}

TEST_CASE("vcd2fst that is missing is told with its package") {
    const TempFolder tools, folder;
    const FakeTool none(tools);
    CHECK_THROWS_WITH(FstSink(folder / "t.fst"),
                      (folder / "t.fst").string() +
                          ": needs the program vcd2fst, which is not in PATH; the package gtkwave has it");
    CHECK(folder.entries() == 0);
}

TEST_CASE("vcd2fst that fails is told with what it said") {
    CHECK(error_of("echo no; echo good >&2; exit 3") == "t.fst: vcd2fst failed with exit code 3: no good");
    CHECK(error_of("/bin/cat >/dev/null; exit 1") == "t.fst: vcd2fst failed with exit code 1");
    CHECK(error_of("kill -9 $$") == "t.fst: vcd2fst was ended by signal 9");
    CHECK(error_of("exit 0") == "t.fst: vcd2fst ended early");
    CHECK(error_of("/bin/cat >/dev/null; echo hm") == "t.fst: vcd2fst could not write it in full: hm");
    const std::string overlong = R"(/bin/cat >/dev/null; printf '\006\0\0\0\0\0\0\0\377abc' >$4)";
    CHECK(error_of(overlong) == "t.fst: vcd2fst could not write it in full");
}

TEST_CASE("an FST file that cannot be written is an error at once") {
    if (!has_tools()) return;
    const TempFolder folder;
    CHECK_THROWS_WITH(FstSink(folder / "no/t.fst"), Catch::Contains("no/t.fst: cannot be created: "));
    std::filesystem::create_directory(folder / "t.fst");
    FstSink sink(folder / "t.fst");
    sink.write(
        "$timescale 1 ps $end\n$scope module s $end\n$var wire 1 ! a $end\n$upscope $end\n"
        "$enddefinitions $end\n#0\n1!\n");
    CHECK_THROWS_WITH(sink.commit(), Catch::Contains("t.fst: cannot be put in place: "));
    CHECK(folder.entries() == 1);
}

TEST_CASE("a full disk does not leave half an FST file") {
    if (!has_tools()) return;
    const TempFolder folder;
    const auto full_disk = [&] {  // a file size limit makes its writes fail; aborts if all is as it should be
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{20000, 20000};
        setrlimit(RLIMIT_FSIZE, &limit);
        Vcd::Options options;
        options.path = folder / "t.fst";
        options.sink = std::make_shared<FstSink>(options.path);
        try {
            draw(options, 30000);
        } catch (const UserError& error) {
            const std::string what = error.what();
            if (what.find("t.fst: vcd2fst could not write it in full") != std::string::npos) std::abort();
        }
    };
    CHECK(aborts(full_disk));
    CHECK(folder.entries() == 0);
}
