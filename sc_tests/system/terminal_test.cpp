// What a run shows on a terminal and what it writes into a pipe.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <regex>

#include "sc_tests/system/run_files.h"

namespace sosa::tests {

namespace fs = std::filesystem;

namespace {

// What a terminal of so many columns receives from `sosa WORDS`, stdout and stderr together, with these
// variables of the environment before it. Lines end in CR LF there.
std::string on_terminal(const fs::path& folder, const std::string& variables, const std::string& words,
                        int columns = 100) {
    const std::string inner = "stty cols " + std::to_string(columns) +
                              "; exec env -u NO_COLOR -u LC_ALL -u LC_CTYPE " + variables +
                              " " SOSA_PROGRAM " " + words;
    const std::string line =
        "cd '" + folder.string() + "' && script -qec '" + inner + "' /dev/null </dev/null";
    std::FILE* const from = popen(line.c_str(), "r");
    REQUIRE(from != nullptr);
    std::string text;
    std::array<char, 4096> block{};
    for (std::size_t count; (count = fread(block.data(), 1, block.size(), from)) > 0;)
        text.append(block.data(), count);
    const int status = pclose(from);
    INFO(text);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    return text;
}

bool has_escape(const std::string& text) { return text.find('\x1b') != text.npos; }
bool has_block(const std::string& text) { return text.find("\xe2\x96") != text.npos; }

// Without colours and with the line ends of a file; the last line is the folder's.
std::string plain(std::string text) { return std::regex_replace(text, std::regex("\x1b\\[[0-9]*m|\r"), ""); }

const std::string kSmall = "run --config tiny --workload " + kMlp + " --out o";
const std::string kUtf8 = "TERM=xterm LANG=C.UTF-8";

}  // namespace

TEST_CASE("a terminal shows colour and blocks and a pipe the same words without them") {
    const TempFolder folder;
    const std::string shown = on_terminal(folder.path(), kUtf8, kSmall);
    CHECK(shown.find("\x1b[1mmlp on tiny\x1b[0m (4 pods of 8 x 8, ") != shown.npos);
    CHECK(has_block(shown));
    const auto piped =
        check_done(run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp, "--out", "o"}))
            .out;
    CHECK(!has_escape(piped));
    CHECK(!has_block(piped));
    CHECK(plain(on_terminal(folder.path(), "TERM=dumb LANG=C.UTF-8", kSmall)) == piped);
    CHECK(check_done(run_sosa(folder.path(), {"run", "--config", "tiny", "--workload", kMlp, "--out", "o"}))
              .out == piped);
}

TEST_CASE("NO_COLOR and the locale are respected") {
    const TempFolder folder;
    const std::string no_colour = on_terminal(folder.path(), kUtf8 + " NO_COLOR=1", kSmall);
    CHECK(!has_escape(no_colour));
    CHECK(has_block(no_colour));
    const std::string ascii = on_terminal(folder.path(), "TERM=xterm LANG=C", kSmall);
    CHECK(has_escape(ascii));
    CHECK(!has_block(ascii));
    const std::string dumb = on_terminal(folder.path(), "TERM=dumb LANG=C.UTF-8", kSmall);
    CHECK(!has_escape(dumb));
    CHECK(!has_block(dumb));
}

TEST_CASE("progress tells slice and layer and is gone before the summary") {
    const TempFolder folder;
    const std::string run = "run --config sosa-256 --workload resnet101 --out o";
    const std::string shown = on_terminal(folder.path(), kUtf8, run, 64);
    const std::string clear = "\r\x1b[K";
    const auto summary = shown.find("\x1b[1mresnet101 on sosa-256");
    REQUIRE(summary != shown.npos);
    REQUIRE(summary > clear.size());
    CHECK(shown.substr(summary - clear.size(), clear.size()) == clear);
    CHECK(shown.find(clear, summary) == shown.npos);
    const std::string before = shown.substr(0, summary - clear.size());
    const std::regex line(
        "\r\x1b\\[K(placing layer|slice) [0-9,]+ of [0-9,]+(, [a-z0-9_.]+)?, [0-9]+ %, [0-9,]+ s left");
    CHECK(std::regex_search(before, std::regex("\r\x1b\\[Kslice [0-9,]+ of 2,[0-9]+, conv[a-z0-9_.]+, ")));
    CHECK(std::regex_replace(before, line, "").find_first_not_of("\r\x1b[K") == std::string::npos);
    for (std::size_t at = 0; at < before.size();) {
        const auto end = std::min(before.find(clear, at + 1), before.size());
        CHECK(end - at - clear.size() < 64);
        at = end;
    }
}

}  // namespace sosa::tests
