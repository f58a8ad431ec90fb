#include "hw/units.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace std::string_literals;
using sosa::hw::Quantity;

namespace {
// A refused text reads as -1, which no accepted text can be.
double parsed(const std::string& text, Quantity quantity) {
    return sosa::hw::parse_quantity(text, quantity).value_or(-1);
}

bool size_is(const std::string& text, std::uint64_t bytes) { return sosa::hw::parse_size(text) == bytes; }
bool size_refused(const std::string& text) { return !sosa::hw::parse_size(text); }
}  // namespace

TEST_CASE("units: sizes are binary and exact") {
    CHECK(size_is("0B", 0));
    CHECK(size_is("64B", 64));
    CHECK(size_is("256KiB", 262144));
    CHECK(size_is("32MiB", 33554432));
    CHECK(size_is("1GiB", 1073741824));
    CHECK(size_is("0.5KiB", 512));
    CHECK(size_is("1.50MiB", 1572864));
    CHECK(size_is("1.0B", 1));
    CHECK(size_is("9007199254740993B", 9007199254740993u));  // 2^53 + 1: not through a double
    CHECK(size_is("18446744073709551615B", 18446744073709551615u));
    CHECK(size_is("17179869183GiB", 18446744072635809792u));
}

TEST_CASE("units: sizes that are not whole bytes or too large are refused") {
    CHECK(size_refused("0.5B"));
    CHECK(size_refused("0.3KiB"));
    CHECK(size_refused("0.9999999999999999999KiB"));
    CHECK(size_refused("18446744073709551616B"));
    CHECK(size_refused("17179869184GiB"));
    CHECK(size_refused("99999999999999999999999999999999GiB"));
}

TEST_CASE("units: only the plain form is a number with a unit") {
    const auto text =
        GENERATE("", "B", "KiB", "256", "256KB", "256kib", "256Kib", "256k", "256 KiB", " 256KiB", "256KiB ",
                 "256KiBx", "-1KiB", "+1KiB", ".5KiB", "5.KiB", "1.2.3KiB", "1,5KiB", "1e3B", "0x10B", "007B",
                 "00B", "NaNB", "nanB", "infB", "1TiB", "1KiB/s", "1_000B", "\xD9\xA3KiB");
    CAPTURE(text);
    CHECK(size_refused(text));
}

TEST_CASE("units: an embedded zero byte is trailing junk") { CHECK(size_refused("1KiB\0"s)); }

TEST_CASE("units: bandwidths in bytes a second") {
    CHECK(parsed("1200GiB/s", Quantity::bandwidth) == 1288490188800.0);
    CHECK(parsed("7B/s", Quantity::bandwidth) == 7);
    CHECK(parsed("2KiB/s", Quantity::bandwidth) == 2048);
    CHECK(parsed("2MiB/s", Quantity::bandwidth) == 2097152);
    CHECK(parsed("1.5TiB/s", Quantity::bandwidth) == 1649267441664.0);
    CHECK(parsed("25.6GB/s", Quantity::bandwidth) == 25.6e9);
    CHECK(parsed("1200GiB", Quantity::bandwidth) == -1);
    CHECK(parsed("1200Gib/s", Quantity::bandwidth) == -1);
    CHECK(parsed("1200", Quantity::bandwidth) == -1);
}

TEST_CASE("units: clocks in hertz") {
    CHECK(parsed("1GHz", Quantity::clock) == 1e9);
    CHECK(parsed("1.1GHz", Quantity::clock) == 1.1e9);
    CHECK(parsed("940MHz", Quantity::clock) == 940e6);
    CHECK(parsed("32.768kHz", Quantity::clock) == 32768);
    CHECK(parsed("50Hz", Quantity::clock) == 50);
    CHECK(parsed("1ghz", Quantity::clock) == -1);
    CHECK(parsed("1KHz", Quantity::clock) == -1);
}

TEST_CASE("units: times in nanoseconds and powers in watts") {
    CHECK(parsed("0ns", Quantity::time) == 0);
    CHECK(parsed("250ps", Quantity::time) == 0.25);
    CHECK(parsed("0.1us", Quantity::time) == 100);
    CHECK(parsed("1ms", Quantity::time) == 1e6);
    CHECK(parsed("1s", Quantity::time) == -1);
    CHECK(parsed("400W", Quantity::power) == 400);
    CHECK(parsed("0.1kW", Quantity::power) == 100);
    CHECK(parsed("1mW", Quantity::power) == 1e-3);
    CHECK(parsed("1MW", Quantity::power) == -1);
}

TEST_CASE("units: the decimal is rounded once") {
    // In doubles 64.1 * 1e3, 8.2 * 1e6 and 1.001 * 1e9 are not the integers that these texts say.
    CHECK(parsed("64.1kHz", Quantity::clock) == 64100);
    CHECK(parsed("8.2MHz", Quantity::clock) == 8200000);
    CHECK(parsed("1.001GHz", Quantity::clock) == 1001000000);
    CHECK(parsed("0.001W", Quantity::power) == parsed("1mW", Quantity::power));
}

TEST_CASE("units: what overflows or underflows a double is refused") {
    const std::string zeros(400, '0');
    CHECK(parsed("1" + zeros + "W", Quantity::power) == -1);
    CHECK(parsed("1" + zeros.substr(0, 300) + "TiB/s", Quantity::bandwidth) == -1);
    CHECK(parsed("0." + zeros + "1W", Quantity::power) == -1);
    CHECK(parsed("0." + zeros + "W", Quantity::power) == 0);
}

TEST_CASE("units: whole numbers") {
    CHECK(sosa::hw::parse_whole("0") == 0u);
    CHECK(sosa::hw::parse_whole("18446744073709551615") == 18446744073709551615u);
    const auto text =
        GENERATE("", "-1", "+1", "01", "1.0", "1e3", "0x1", " 1", "1 ", "18446744073709551616", "nan", "one");
    CAPTURE(text);
    CHECK_FALSE(sosa::hw::parse_whole(text));
}

TEST_CASE("units: the shortest exact text") {
    using sosa::hw::format_quantity;
    using sosa::hw::format_size;
    CHECK(format_size(0) == "0B");
    CHECK(format_size(512) == "512B");
    CHECK(format_size(1000) == "1000B");
    CHECK(format_size(1536) == "1536B");
    CHECK(format_size(262144) == "256KiB");
    CHECK(format_size(1048576) == "1MiB");
    CHECK(format_size(1572864) == "1.5MiB");
    CHECK(format_size(18446744073709551615u) == "18446744073709551615B");
    CHECK(format_quantity(1200.0 * 1073741824, Quantity::bandwidth) == "1200GiB/s");
    CHECK(format_quantity(25.6e9, Quantity::bandwidth) == "25.6GB/s");
    CHECK(format_quantity(1e9, Quantity::clock) == "1GHz");
    CHECK(format_quantity(100e6, Quantity::clock) == "100MHz");
    CHECK(format_quantity(1.1e9, Quantity::clock) == "1.1GHz");
    CHECK(format_quantity(1234567, Quantity::clock) == "1234567Hz");
    CHECK(format_quantity(0, Quantity::time) == "0ns");
    CHECK(format_quantity(100, Quantity::time) == "100ns");
    CHECK(format_quantity(0.25, Quantity::time) == "250ps");
    CHECK(format_quantity(400, Quantity::power) == "400W");
    CHECK(format_quantity(2000, Quantity::power) == "2kW");
    CHECK(format_quantity(0.1, Quantity::power) == "0.1W");
}

TEST_CASE("units: any value survives format and parse") {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> exponent(-30, 15);
    for (int i = 0; i < 2000; ++i) {
        const std::uint64_t bytes = random() >> (random() % 64);
        REQUIRE(size_is(sosa::hw::format_size(bytes), bytes));
        const double value = std::pow(10.0, exponent(random));
        for (const auto quantity : {Quantity::bandwidth, Quantity::clock, Quantity::time, Quantity::power})
            REQUIRE(parsed(sosa::hw::format_quantity(value, quantity), quantity) == value);
    }
    const double ends[] = {std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max()};
    for (const double value : ends)
        CHECK(parsed(sosa::hw::format_quantity(value, Quantity::bandwidth), Quantity::bandwidth) == value);
}

TEST_CASE("units: messages list what is understood") {
    CHECK(sosa::hw::units_of(Quantity::size) == "B, KiB, MiB, GiB");
    CHECK(sosa::hw::units_of(Quantity::bandwidth) == "B/s, KiB/s, MiB/s, GiB/s, TiB/s, GB/s");
    CHECK(sosa::hw::units_of(Quantity::clock) == "Hz, kHz, MHz, GHz");
    CHECK(sosa::hw::units_of(Quantity::time) == "ns, ps, us, ms");
    CHECK(sosa::hw::units_of(Quantity::power) == "W, mW, kW");
}
