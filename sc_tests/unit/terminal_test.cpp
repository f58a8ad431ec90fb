// What people see: numbers, names and styles, and the progress line.
#include "host/terminal.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "host/progress.h"

namespace {
using namespace sosa::host;
using Environment = std::map<std::string, std::string>;

// "colour", "blocks", both or "plain".
std::string style_of(bool is_terminal, const Environment& environment) {
    const TextStyle style = text_style(is_terminal, 100, [&](const char* name) {
        const auto at = environment.find(name);
        return at == environment.end() ? nullptr : at->second.c_str();
    });
    CHECK(style.columns == 100);
    if (!style.colour && !style.blocks) return "plain";
    return std::string(style.colour ? "colour" : "") + (style.blocks ? "blocks" : "");
}

const TextStyle kPlain, kColour{true, false, 80}, kBlocks{false, true, 80};
}  // namespace

TEST_CASE("text has colour and blocks only on a terminal that shows them") {
    const Environment utf8{{"TERM", "xterm"}, {"LANG", "de_DE.UTF-8"}};
    CHECK(style_of(true, utf8) == "colourblocks");
    CHECK(style_of(false, utf8) == "plain");
    CHECK(style_of(true, {{"TERM", "xterm"}}) == "colour");
    CHECK(style_of(true, {{"TERM", "dumb"}, {"LANG", "C.UTF-8"}}) == "plain");
    CHECK(style_of(true, {{"NO_COLOR", "1"}, {"LANG", "C.UTF-8"}}) == "blocks");
    CHECK(style_of(true, {{"NO_COLOR", ""}}) == "colour");
    CHECK(style_of(true, {{"NO_COLOR", "0"}}) == "plain");
}

TEST_CASE("the first variable of the locale that has a value decides on blocks") {
    CHECK(style_of(true, {{"LC_ALL", "C"}, {"LC_CTYPE", "C.UTF-8"}, {"LANG", "C.UTF-8"}}) == "colour");
    CHECK(style_of(true, {{"LC_ALL", ""}, {"LC_CTYPE", "C.utf8"}, {"LANG", "C"}}) == "colourblocks");
    CHECK(style_of(true, {{"LC_CTYPE", "C"}, {"LANG", "C.UTF-8"}}) == "colour");
}

TEST_CASE("text is painted only in colour") {
    CHECK(painted("x", Ink::heading, kPlain) == "x");
    CHECK(painted("x", Ink::heading, kColour) == "\x1b[1mx\x1b[0m");
    CHECK(painted("x", Ink::good, kColour) == "\x1b[32mx\x1b[0m");
    CHECK(painted("x", Ink::bad, kColour) == "\x1b[33mx\x1b[0m");
    CHECK(painted("x", Ink::faint, kColour) == "\x1b[2mx\x1b[0m");
    CHECK(painted("", Ink::faint, kColour) == "");
}

TEST_CASE("bars are drawn in eighths of a block") {
    CHECK(bar(1, 3, kBlocks) == "███");
    CHECK(bar(0.5, 3, kBlocks) == "█▌");
    CHECK(bar(1.0 / 64, 8, kBlocks) == "▏");
    CHECK(bar(0.9, 1, kBlocks) == "▉");
    CHECK(bar(0, 3, kBlocks) == "");
    CHECK(bar(7, 2, kBlocks) == "██");
    CHECK(bar(-1, 2, kBlocks) == "");
    CHECK(bar(1, 3, kColour) == "");
}

TEST_CASE("thousands stand apart") {
    CHECK(with_commas(std::uint64_t{0}) == "0");
    CHECK(with_commas(std::uint64_t{999}) == "999");
    CHECK(with_commas(std::uint64_t{35'439}) == "35,439");
    CHECK(with_commas(~std::uint64_t{0}) == "18,446,744,073,709,551,615");
    CHECK(with_commas(999.94, 1) == "999.9");
    CHECK(with_commas(999.96, 1) == "1,000.0");
    CHECK(with_commas(-1234567.891, 2) == "-1,234,567.89");
    CHECK(with_commas(-123.0, 0) == "-123");
    CHECK(with_commas(123456.0, 0) == "123,456");
    CHECK(with_commas(1e300, 1).size() == 301 + 100 + 2);
    CHECK(with_commas(std::nan(""), 1) == "nan");
    CHECK(with_commas(HUGE_VAL, 1) == "inf");
}

TEST_CASE("names from outside cannot harm a terminal") {
    CHECK(clipped("conv1", 5) == "conv1");
    CHECK(clipped("conv1", 4) == "c...");
    CHECK(clipped("conv1", 2) == "..");
    CHECK(clipped("conv1", 0) == "");
    CHECK(clipped("a\x1b[2J\x7f\n", 10) == "a?[2J??");
    CHECK(clipped("\xc3\xa4\xc2\x9b\xe2\x80\xae", 10) ==
          "\xc3\xa4??");  // ä, CSI of C1, right-to-left override
    CHECK(clipped("\xff\xc3", 10) == "??");
    CHECK(clipped("\xc0\xaf\xed\xa0\x80", 10) == "?????");  // overlong, a surrogate
    CHECK(clipped("\xf0\x9f\x98\x80\xf5", 10) == "\xf0\x9f\x98\x80?");
    CHECK(columns_of("h\xc3\xa4") == 2);
    CHECK(columns_of("\xe5\xb1\xa4") == 2);
    CHECK(clipped("\xe5\xb1\xa4\xe5\xb1\xa4\xe5\xb1\xa4", 5) == "\xe5\xb1\xa4...");
    CHECK(padded_name("\xc3\xa4", 3) == "\xc3\xa4  ");
    CHECK(padded_name("conv1", 4) == "c...");
}

TEST_CASE("the progress line fits the terminal") {
    const auto line = [](std::size_t columns, std::string_view detail = "layer3.2.conv1") {
        return progress_line("slice", 412, 1026, detail, 1.2, columns);
    };
    CHECK(line(80) == "slice 412 of 1,026, layer3.2.conv1, 40 %, 1 s left");
    CHECK(line(80, "") == "slice 412 of 1,026, 40 %, 1 s left");
    CHECK(line(80, "a\nb") == "slice 412 of 1,026, a?b, 40 %, 1 s left");
    CHECK(line(50) == line(80));
    CHECK(line(49) == "slice 412 of 1,026, layer3.2.c..., 40 %, 1 s left");
    CHECK(line(40) == "slice 412 of 1,026, l..., 40 %, 1 s left");
    CHECK(line(39) == "slice 412 of 1,026, 40 %, 1 s left");
    CHECK(line(20) == "slice 412 of 1,02...");
    CHECK(progress_line("slice", 5000, 5000, "", 0, 80) == "slice 5,000 of 5,000, 100 %, 0 s left");
    CHECK(progress_line("slice", 1, 100'000, "", 4321, 80) == "slice 1 of 100,000, 0 %, 4,321 s left");
}

TEST_CASE("the time left of even work counts down with the clock") {
    TimeLeft left;
    for (int tenth = 1; tenth <= 100; ++tenth)
        CHECK(left.update(tenth / 10.0, static_cast<std::size_t>(tenth) * 7, 700) ==
              Approx(10 - tenth / 10.0).margin(1e-9));
}

TEST_CASE("the time left follows another pace without jumps") {
    // 10 pieces a second for 5 s, then 5 a second: half of the remaining 50 take twice as long.
    TimeLeft left;
    double now = 0, before = 0;
    std::size_t done = 0;
    for (; done < 50; before = left.update(now, done, 100)) now += 0.1, ++done;
    CHECK(before == Approx(5));
    double most = 0;
    while (done < 100) {
        now += 0.2;
        const double told = left.update(now, ++done, 100);
        most = std::max(most, std::abs(told - (before - 0.2)));
        before = told;
        if (done == 75) CHECK(told == Approx(5).margin(0.5));
    }
    CHECK(most < 0.3);
    CHECK(before == Approx(0).margin(0.05));
}

TEST_CASE("the time left counts down while nothing is done") {
    TimeLeft left;
    CHECK(left.update(1, 10, 20) == Approx(1));
    CHECK(left.update(1.1, 10, 20) == Approx(0.9 + (1 - std::exp(-0.1 / 0.25)) * 0.1));
    CHECK(left.update(30, 20, 20) == Approx(0).margin(1e-9));
}
