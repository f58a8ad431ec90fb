// sosa vectors, and what it writes in a simulator that knows nothing of us: Icarus Verilog.
#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "sc_tests/system/run_files.h"

namespace sosa::tests {

namespace fs = std::filesystem;

namespace {

struct Bench {
    int exit_code;
    std::string output;
    bool passed() const { return exit_code == 0 && output.find("PASS") != std::string::npos; }
};

// The script's exit code and all that it says.
Bench run_bench(const fs::path& folder) {
    std::FILE* const pipe = ::popen(("sh '" + (folder / "run.sh").string() + "' 2>&1").c_str(), "r");
    REQUIRE(pipe);
    Bench bench{};
    std::array<char, 4096> part;
    for (std::size_t n; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
        bench.output.append(part.data(), n);
    const int status = ::pclose(pipe);
    REQUIRE(WIFEXITED(status));
    bench.exit_code = WEXITSTATUS(status);
    return bench;
}

void write_vectors(const TempFolder& folder, std::vector<std::string> words) {
    words.insert(words.begin(), {"vectors", "--out", "v"});
    check_done(run_sosa(folder.path(), words));
}

const std::vector<std::string> kSmall = {"--config", "tiny",
                                         "--set",    "pods.rows=4",
                                         "--set",    "pods.cols=4",
                                         "--set",    "pods.multicast_cols=2",
                                         "--set",    "pods.fanin_rows=2"};

void replace_once(const fs::path& file, const std::string& from, const std::string& to) {
    std::string text = text_of(file);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    write_text(file, text.replace(at, from.size(), to));
}

// Fails with this said, and does not pass.
void check_fails(const fs::path& folder, const std::string& said) {
    const Bench bench = run_bench(folder);
    INFO(bench.output);
    CHECK(bench.exit_code == 1);
    CHECK(bench.output.find("PASS") == std::string::npos);
    CHECK(bench.output.find(said) != std::string::npos);
}

}  // namespace

TEST_CASE("vectors: the RTL passes in Icarus Verilog") {
    const TempFolder folder;
    auto words = kSmall;
    SECTION("wrap") {}
    SECTION("saturate at 24 bits") {
        words.insert(words.end(), {"--set", "pods.psum_overflow=saturate", "--set", "pods.psum_bits=24"});
    }
    SECTION("groups that do not divide the array") {
        words.insert(words.end(), {"--set", "pods.rows=7", "--set", "pods.cols=5"});
    }
    words.insert(words.end(), {"--cycles", "500", "--seed", "9"});
    write_vectors(folder, words);
    const Bench bench = run_bench(folder / "v");
    INFO(bench.output);
    CHECK(bench.passed());
    CHECK(bench.output.find("PASS: 500 cycles, ") != std::string::npos);
}

TEST_CASE("vectors: every output of every cycle is compared") {
    const TempFolder folder;
    write_vectors(folder, kSmall);
    const auto names = names_in(folder / "v");
    for (const char* name :
         {"stimulus.hex", "expected.hex", "sosa_pod_tb.sv", "sosa_params.sv", "sosa_pod.sv", "run.sh"})
        CHECK(names.count(name) == 1);
    CHECK(names.count("sosa_router.sv") == 0);
    const Bench bench = run_bench(folder / "v");
    // 4 pins of one value, and 4 columns of out_row and out_overflow
    CHECK(bench.output.find("PASS: 2000 cycles, 24000 values compared\n") != std::string::npos);
}

TEST_CASE("vectors: the bench fails where the RTL or the files are wrong") {
    const TempFolder folder;
    write_vectors(folder, kSmall);
    const fs::path v = folder / "v";
    SECTION("another value expected at the end") {
        std::string text = text_of(v / "expected.hex");
        char& digit = text[text.size() - 2];
        digit = digit == '0' ? '1' : '0';
        write_text(v / "expected.hex", text);
        check_fails(v, "cycle 1999: out_row[0]: expected ");
    }
    SECTION("an output that is stuck") {
        replace_once(v / "sosa_pod_control.sv", "assign busy = |valid", "assign busy = 1'b0");
        check_fails(v, ": busy[0]: expected 00000001, got 00000000");
    }
    SECTION("an unknown output") {
        replace_once(v / "sosa_pod_control.sv", "assign busy = |valid", "assign busy = 1'bx");
        check_fails(v, "cycle 0: busy[0]: expected 00000000, got 0000000X (unknown)");
    }
    SECTION("no expected values") {
        fs::remove(v / "expected.hex");
        check_fails(v, "expected.hex: cannot be read");
    }
    SECTION("the last line is lost") {
        std::string text = text_of(v / "stimulus.hex");
        text.erase(text.rfind('\n', text.size() - 2) + 1);
        write_text(v / "stimulus.hex", text);
        check_fails(v, "stimulus.hex: found 1999 whole lines, allowed 2000");
    }
    SECTION("the last line has no end") {
        std::string text = text_of(v / "expected.hex");
        text.pop_back();
        write_text(v / "expected.hex", text);
        check_fails(v, "expected.hex: found 1999 whole lines, allowed 2000");
    }
    SECTION("a line is short") {
        std::string text = text_of(v / "stimulus.hex");
        write_text(v / "stimulus.hex", text.erase(0, 1));
        check_fails(v, "stimulus.hex: line 1: found ");
    }
    SECTION("unknown bits in a file") {
        std::string text = text_of(v / "stimulus.hex");
        text[0] = 'x';
        write_text(v / "stimulus.hex", text);
        check_fails(v, "stimulus.hex: line 1 has unknown bits");
    }
    SECTION("the parameters of another shape") {
        replace_once(v / "sosa_params.sv", "ROWS = 4", "ROWS = 5");
        check_fails(v, "sosa_params.sv is of another shape than the vectors");
    }
}

TEST_CASE("vectors: what is not allowed is refused and leaves nothing") {
    const TempFolder folder;
    const auto refusal = [&](std::vector<std::string> words, int code) {
        words.insert(words.begin(), "vectors");
        return check_refused(run_sosa(folder.path(), words), code);
    };
    CHECK(refusal({}, 2) == "vectors: --out is missing: the folder to write");
    // 2 edges of reset, 8 of W, 1 to the result of the first row of X
    CHECK(refusal({"--config", "tiny", "--out", "v", "--cycles", "10"}, 2) ==
          "vectors: --cycles: found \"10\", allowed an integer from 11 to 1000000");
    CHECK(refusal({"--config", "tiny", "--out", "v", "--seed", "-1"}, 2) ==
          "vectors: --seed: found \"-1\", allowed an integer from 0 to 999999999999");
    CHECK(refusal({"--config", "tiny", "--out", "v", "--cylces", "50"}, 2).find("--cylces") !=
          std::string::npos);
    CHECK(refusal({"--config", "tiny", "--out", "v", "word"}, 2).find("vectors: ") == 0);
    CHECK(refusal({"--config", "none", "--out", "v"}, 2).find("\"none\"") != std::string::npos);
    CHECK(folder.entries() == 0);
}

}  // namespace sosa::tests
