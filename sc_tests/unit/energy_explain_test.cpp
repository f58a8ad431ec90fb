// sosa report --explain: counter x pJ = energy, with its source.
#include "host/energy_explain.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "traces/error.h"

namespace sosa::tests {

namespace {

const std::vector<traces::EnergyRow> kRows = {
    {"pods", "macs", 12345678, 0.5, "a book"},
    {"noc_x", "link_bytes", 10, 0.25, "a paper"},
    {"noc_post_a", "link_bytes", 3000, 0.25, "a paper"},
    {"dram", "bytes", 100, std::nullopt, "nobody knows"},
};

std::string explained(const std::string& name) {
    std::ostringstream out;
    host::explain_energy(name, kRows, out);
    return out.str();
}

}  // namespace

TEST_CASE("an energy is explained as counter times price with its source") {
    CHECK(explained("energy.noc") ==
          "energy.noc\n"
          "  component   counter     count     pJ each        pJ\n"
          "  noc_x       link_bytes     10  x     0.25  =    2.5  [1]\n"
          "  noc_post_a  link_bytes  3 000  x     0.25  =  750.0  [1]\n"
          "  sum                                           752.5  = 752.500 pJ\n"
          "  [1] a paper\n");
    CHECK(explained("energy.noc_x").find("noc_post_a") == std::string::npos);
    CHECK(explained("energy.noc_x").find("= 2.500 pJ") != std::string::npos);
}

TEST_CASE("an energy that is unknown is left out of the sum and said to be") {
    const std::string all = explained("energy");
    CHECK(all.find("12 345 678  x      0.5  =  6 172 839.0  [1]") != std::string::npos);
    CHECK(all.find("  dram        bytes              100  x  unknown  =      unknown  [3]\n") !=
          std::string::npos);
    CHECK(all.find("6 173 591.5  = 6.174 uJ\n  What is unknown is left out of the sum; it is not 0.\n") !=
          std::string::npos);
}

TEST_CASE("a name that no energy has is refused with the nearest") {
    const std::string allowed =
        ", allowed energy, energy.pods, energy.noc, energy.noc_x, energy.noc_post_a, energy.dram";
    CHECK_THROWS_WITH(explained("energy.nco"),
                      "report: --explain: found \"energy.nco\" (did you mean \"energy.noc\"?)" + allowed);
    CHECK_THROWS_AS(explained("noc"), UsageError);
    CHECK_THROWS_AS(explained(""), UsageError);
}

}  // namespace sosa::tests
