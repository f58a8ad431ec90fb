#include "host/vectors.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "host/vectors_bench.h"
#include "host/vectors_stimulus.h"

namespace host = sosa::host;
using sosa::pods::ArrayShape;
using Lines = std::vector<std::string>;

namespace {

ArrayShape shape(std::uint32_t rows, std::uint32_t cols, std::uint32_t b, std::uint32_t f,
                 std::uint32_t bits = 16) {
    ArrayShape s;
    s.rows = rows;
    s.cols = cols;
    s.multicast_cols = b;
    s.fanin_rows = f;
    s.psum_bits = bits;
    return s;
}

Lines lines_of(const std::string& text) {
    Lines lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// A line's pins by name, each as its lanes; read from the most significant digit on.
class Pins {
  public:
    Pins(const std::string& line, std::vector<host::VectorPin> pins) : pins_(std::move(pins)) {
        for (const char c : line)
            for (unsigned bit = 4; bit-- > 0;)
                bits_.push_back((c >= 'a' ? c - 'a' + 10 : c - '0') >> bit & 1);
        bits_.erase(bits_.begin(), bits_.end() - static_cast<std::ptrdiff_t>(host::total_bits(pins_)));
    }
    std::uint32_t at(const std::string& name, std::uint32_t lane = 0) const {
        std::size_t at = 0;
        for (const auto& pin : pins_) {
            if (pin.name != name) {
                at += pin.bits();
                continue;
            }
            at += (pin.lanes - 1 - lane) * pin.lane_bits;
            std::uint32_t value = 0;
            for (std::uint32_t i = 0; i < pin.lane_bits; ++i)
                value = value << 1 | static_cast<std::uint32_t>(bits_[at + i]);
            return value;
        }
        FAIL("no pin " << name);
        return 0;
    }

  private:
    std::vector<host::VectorPin> pins_;
    std::vector<int> bits_;
};

std::int64_t operand(std::uint32_t byte, std::uint32_t is_signed) {
    return is_signed != 0 && byte >= 128 ? static_cast<std::int64_t>(byte) - 256 : byte;
}

}  // namespace

TEST_CASE("vectors: one full line per clock edge and nothing else") {
    // 9 flags, 8 x 5 of X, 8 x 3 of W, 24 x 3 of psums; 3 flags, 3 bits of w_rows, 3 of overflow, 72 of psums
    const auto v = host::make_vectors(shape(5, 3, 2, 2, 24), 300, 1);
    for (const auto& [text, digits] :
         {std::pair(v.stimulus, (145 + 3) / 4), std::pair(v.expected, (81 + 3) / 4)}) {
        CHECK(text.size() == 300u * (static_cast<unsigned>(digits) + 1));
        CHECK(text.back() == '\n');
        CHECK(text.find_first_not_of("0123456789abcdef\n") == std::string::npos);
        for (const auto& line : lines_of(text)) CHECK(line.size() == static_cast<std::size_t>(digits));
    }
}

TEST_CASE("vectors: a seed gives the same ones, another seed others") {
    const auto s = shape(4, 4, 2, 2);
    const auto a = host::make_vectors(s, 100, 5), b = host::make_vectors(s, 100, 5),
               c = host::make_vectors(s, 100, 6);
    CHECK(a.stimulus == b.stimulus);
    CHECK(a.expected == b.expected);
    CHECK(a.stimulus != c.stimulus);
    CHECK(a.expected != c.expected);
}

TEST_CASE("vectors: the first result stands where the latency says, with the value of its sum") {
    for (const auto& s : {shape(4, 4, 4, 4), shape(4, 4, 1, 1), shape(5, 3, 2, 2, 24), shape(1, 1, 1, 1, 32),
                          shape(7, 9, 16, 2)}) {
        INFO(s.rows << " x " << s.cols << ", B " << s.multicast_cols << ", F " << s.fanin_rows);
        const std::uint64_t edges = host::PodStimulus::edges_to_first_result(s);
        CHECK(edges == 2 + s.rows + s.latency_cycles());  // reset, W, then X
        CHECK(host::make_vectors(s, edges - 1, 3).result_rows == 0);
        const auto v = host::make_vectors(s, edges, 3);
        CHECK(v.result_rows == 1);
        const auto in = lines_of(v.stimulus);
        const Pins x(in[2 + s.rows], host::vector_inputs(s));
        const Pins out(lines_of(v.expected).back(), host::vector_outputs(s));
        CHECK(x.at("x_valid") == 1);
        CHECK(x.at("x_swap") == 1);
        CHECK(out.at("out_valid") == 1);
        for (std::uint32_t j = 0; j < s.cols; ++j) {
            std::int64_t sum = x.at("ps_in", j);
            for (std::uint32_t i = 0; i < s.rows; ++i) {
                const Pins w(in[2 + i], host::vector_inputs(s));
                sum +=
                    operand(x.at("x_row", i), x.at("x_signed")) * operand(w.at("w_row", j), w.at("w_signed"));
            }
            const std::uint64_t mask = (std::uint64_t{1} << s.psum_bits) - 1;
            CHECK(out.at("out_row", j) == (static_cast<std::uint64_t>(sum) & mask));
        }
    }
}

TEST_CASE("vectors: a stalled edge keeps the outputs, an edge in reset clears them") {
    const auto s = shape(4, 6, 2, 3);
    const auto v = host::make_vectors(s, 2000, 1);
    const auto in = lines_of(v.stimulus), out = lines_of(v.expected);
    std::uint64_t stalls = 0, resets = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const Pins pins(in[i], host::vector_inputs(s));
        if (pins.at("rst_n") == 0) {
            ++resets;
            CHECK(out[i] == std::string(out[i].size(), '0'));
        } else if (pins.at("en") == 0) {
            ++stalls;
            CHECK(out[i] == out[i - 1]);
        }
    }
    CHECK(stalls == v.stalls);
    CHECK(resets == v.resets);
    CHECK(stalls > 100);
    CHECK(resets > 10);
}

TEST_CASE("vectors: the inputs reach what can go wrong") {
    const auto s = shape(8, 8, 4, 4);
    const auto v = host::make_vectors(s, 2000, 1);
    CHECK(v.overflows > 100);
    CHECK(v.result_rows > 500);
    CHECK(v.result_rows < 2000 - v.stalls - v.resets);  // bubbles too
    std::vector<std::uint32_t> counts(10), x_values(256), rows(s.rows + 1);
    for (const auto& line : lines_of(v.stimulus)) {
        const Pins pins(line, host::vector_inputs(s));
        if (pins.at("rst_n") == 0 || pins.at("en") == 0) continue;
        const bool x = pins.at("x_valid") == 1, w = pins.at("w_valid") == 1;
        counts[0] += x && pins.at("x_signed") == 0;
        counts[1] += x && pins.at("x_signed") == 1;
        counts[2] += x && pins.at("x_swap") == 1 && pins.at("x_last") == 1;
        counts[3] += w && pins.at("w_signed") == 0;
        counts[4] += w && pins.at("w_signed") == 1;
        counts[5] += w && x && pins.at("w_first") == 1 && pins.at("x_swap") == 1;
        counts[6] += x && pins.at("x_row", 7) == 0 && pins.at("x_row", 6) == 0;  // an edge tile
        counts[7] += !x && pins.at("x_swap") == 1;                               // noise without a row
        counts[8] += x && pins.at("ps_in", 0) == 0x7fff;
        counts[9] += x && pins.at("ps_in", 0) == 0x8000;
        for (std::uint32_t i = 0; x && i < s.rows; ++i) ++x_values[pins.at("x_row", i)];
    }
    for (const auto& line : lines_of(v.expected)) ++rows[Pins(line, host::vector_outputs(s)).at("w_rows")];
    for (std::size_t i = 0; i < counts.size(); ++i) {
        INFO("case " << i);
        CHECK(counts[i] > 10);
    }
    CHECK(std::all_of(x_values.begin(), x_values.end(), [](auto n) { return n > 0; }));
    CHECK(std::all_of(rows.begin(), rows.end(), [](auto n) { return n > 0; }));
}

TEST_CASE("vectors: the bench names every pin and has the size of the files") {
    const auto s = shape(5, 3, 2, 2, 24);
    const std::string bench = host::pod_bench(s, 300);
    CHECK(bench.find("CYCLES = 300;") != std::string::npos);
    CHECK(bench.find("IN_BITS = 145;") != std::string::npos);
    CHECK(bench.find("OUT_BITS = 81;") != std::string::npos);
    CHECK(bench.find("must_be_whole(\"stimulus.hex\", 37);") != std::string::npos);
    CHECK(bench.find("must_be_whole(\"expected.hex\", 21);") != std::string::npos);
    for (const auto& pins : {host::vector_inputs(s), host::vector_outputs(s)})
        for (const auto& pin : pins)
            CHECK(bench.find("." + pin.name + "(" + pin.name + ")") != std::string::npos);
    for (const auto& pin : host::vector_outputs(s))
        CHECK(bench.find("check(\"" + pin.name + "\"") != std::string::npos);
    CHECK(bench.back() == '\n');
}

TEST_CASE("vectors: the script compiles the files in the order given") {
    CHECK(host::vectors_script({"b.sv", "a.sv"}).find(" -o tb b.sv a.sv\n") != std::string::npos);
}
