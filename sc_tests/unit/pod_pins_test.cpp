// A pod's pins as wires, and the stimuli that go into them.
#include "host/pod_pins.h"

#include <catch2/catch.hpp>

#include "host/lockstep_stimuli.h"

namespace sosa::tests {

using host::OutputPins;
using pods::ArrayShape;

namespace {

ArrayShape shape(std::uint32_t psum_bits) {
    ArrayShape s;
    s.rows = 5;
    s.cols = 35;
    s.multicast_cols = 4;
    s.fanin_rows = 2;
    s.psum_bits = psum_bits;
    return s;
}

}  // namespace

TEST_CASE("lanes are packed without gaps and read back") {
    for (const std::uint32_t bits : {16u, 24u, 32u}) {
        const ArrayShape s = shape(bits);
        std::vector<std::uint8_t> x, w, overflow;
        std::vector<std::int32_t> psum;
        for (std::uint32_t i = 0; i < s.rows; ++i) x.push_back(static_cast<std::uint8_t>(250 + i));
        for (std::uint32_t j = 0; j < s.cols; ++j) {
            w.push_back(static_cast<std::uint8_t>(100 + j));
            psum.push_back(static_cast<std::int32_t>(j) * 1000 - 20000);
            overflow.push_back(j % 3 == 0);
        }
        host::InputPins in(s);
        pods::ArrayInputs inputs;
        inputs.x = x.data();
        inputs.w = w.data();
        inputs.psum = psum.data();
        pack(inputs, s, in);
        OutputPins out(s);
        pods::ArrayOutputs outputs;
        outputs.psum = psum.data();
        outputs.overflow = overflow.data();
        pack(outputs, s, out);
        CHECK(in.x == std::vector<std::uint32_t>{0xfdfcfbfa, 0xfe});
        CHECK(in.psum == out.psum);
        for (std::uint32_t i = 0; i < s.rows; ++i) CHECK(host::byte_lane(in.x, i) == x[i]);
        for (std::uint32_t j = 0; j < s.cols; ++j) {
            CHECK(host::byte_lane(in.w, j) == w[j]);
            CHECK(host::psum_lane(in.psum, j, bits) == psum[j]);
            CHECK(host::bit_lane(out.overflow, j) == (overflow[j] != 0));
        }
    }
}

TEST_CASE("pins keep what stood on them where no row is given") {
    const ArrayShape s = shape(16);
    const std::vector<std::uint8_t> bytes(s.cols, 7);
    const std::vector<std::int32_t> sums(s.cols, -1);
    host::InputPins pins(s);
    pods::ArrayInputs in;
    in.x = in.w = bytes.data();
    in.psum = sums.data();
    pack(in, s, pins);
    pack(pods::ArrayInputs{}, s, pins);
    CHECK(host::byte_lane(pins.x, 4) == 7);
    CHECK(host::byte_lane(pins.w, 34) == 7);
    CHECK(host::psum_lane(pins.psum, 34, 16) == -1);
    in.x_valid = true;
    in.psum = nullptr;  // zeros with a row of X
    pack(in, s, pins);
    CHECK(pins.psum == std::vector<std::uint32_t>(18, 0));
}

TEST_CASE("every output pin counts in the comparison and has a name") {
    const ArrayShape s = shape(24);
    const OutputPins zero(s);
    std::vector<OutputPins> others(6 + 2, zero);
    others[0].valid = true;
    others[1].last = true;
    others[2].busy = true;
    others[3].w_rows = 5;
    others[4].psum[0] = 1;
    others[5].psum.back() = 0x80;  // in lane 34: 27 words hold 36 lanes
    others[6].overflow[0] = 1;
    others[7].overflow[1] = 4;
    const std::vector<std::string> names = {"out_valid", "out_last",   "busy",           "w_rows",
                                            "out_row_0", "out_row_34", "out_overflow_0", "out_overflow_34"};
    CHECK(zero == OutputPins(s));
    for (std::size_t k = 0; k < others.size(); ++k) {
        INFO(names[k]);
        CHECK_FALSE(others[k] == zero);
        std::vector<std::string> changed;
        const auto before = output_values(zero, s), after = output_values(others[k], s);
        REQUIRE(before.size() == 4 + 2 * 35);
        for (std::size_t i = 0; i < before.size(); ++i)
            if (before[i].value != after[i].value) changed.push_back(after[i].name());
        CHECK(changed == std::vector<std::string>{names[k]});
    }
}

TEST_CASE("a seed always gives the same stimuli") {
    const auto digest = [](std::uint64_t seed) {
        const ArrayShape s = shape(16);
        host::Stimuli stimuli(s, seed);
        std::uint64_t sum = 0;
        for (int edge = 0; edge < 5000; ++edge) {
            const auto pins = stimuli.next().pins;
            const std::uint64_t flags =
                pins.x_valid + 2u * pins.w_valid + 4u * pins.enable + 8u * pins.x_swap;
            sum =
                sum * 31 + flags + pins.x[0] + pins.w[s.cols - 1] + static_cast<std::uint32_t>(pins.psum[0]);
        }
        return sum;
    };
    CHECK(digest(1) == digest(1));
    CHECK(digest(1) != digest(2));
}

TEST_CASE("recorded tiles are played after the directed cases, as they are") {
    const ArrayShape s = shape(16);
    host::RecordedTile tile{2, 3, 1, {1, 2, 3, 4, 5, 6}, {7, 8, 9}, {10, 11}, false, true};
    host::Stimuli stimuli(s, 1, {tile});
    std::vector<std::uint8_t> x, w;
    std::vector<std::int32_t> psum;
    bool swap_first = true;
    for (int edge = 0; edge < 5000; ++edge) {
        const auto step = stimuli.next();
        if (std::string(step.phase) != "recorded") continue;
        CHECK(step.pins.enable);
        if (step.pins.w_valid) {
            CHECK(step.pins.w_first == w.empty());
            CHECK(step.pins.w_signed);
            w.push_back(step.pins.w[0]);
            CHECK(step.pins.w[1] == 0);
        }
        if (!step.pins.x_valid) continue;
        swap_first = swap_first && step.pins.x_swap == x.empty();
        CHECK_FALSE(step.pins.x_signed);
        x.insert(x.end(), step.pins.x, step.pins.x + s.rows);
        psum.push_back(step.pins.psum[0]);
        CHECK(step.pins.x_last == (psum.size() == 2));
    }
    CHECK(w == std::vector<std::uint8_t>{7, 8, 9});
    CHECK(x == std::vector<std::uint8_t>{1, 2, 3, 0, 0, 4, 5, 6, 0, 0});
    CHECK(psum == std::vector<std::int32_t>{10, 11});
    CHECK(swap_first);
    CHECK(stimuli.coverage().recorded_tiles == 1);
}

}  // namespace sosa::tests
