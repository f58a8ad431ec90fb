// A resource without limits never keeps an op waiting; everything else stays as it is.
#include <catch2/catch.hpp>

#include "hw/config.h"
#include "sc_tests/unit/placement_kit.h"

using namespace sosa;
using namespace sosa::tests;
using hw::Ideal;

namespace {

std::vector<host::PlacedLayer> place(const std::vector<host::Layer>& layers, Ideal ideal) {
    return host::make_policy("paper", ideal)
        ->place({workload_of(layers)}, noc::Topology("crossbar", 4), kUnitTiles, {})[0]
        .layers;
}

}  // namespace

TEST_CASE("without limits W banks are read for several tiles in a slice") {
    const std::vector<host::Layer> five_columns = {blocks_layer(2, 1, 5)};  // W tiles 0 and 4 share bank 0
    CHECK(ops_text(place(five_columns, Ideal::none)[0]) ==
          "s0p0b0 s0p1b1 s0p2b2 s0p3b3 s1p0b0 s2p0b0 s1p1b1 s1p2b2 s1p3b3 s3p0b0");
    CHECK(ops_text(place(five_columns, Ideal::w_banks)[0]) ==
          "s0p0b0 s0p1b1 s0p2b2 s0p3b3 s1p0b0 s1p1b1 s1p2b2 s1p3b3 s2p0b0 s2p1b1");
}

TEST_CASE("without limits X banks are read for several tiles in a slice") {
    const std::vector<host::Layer> two = {blocks_layer(1, 1, 1), blocks_layer(1, 1, 2)};  // X tiles in bank 0
    CHECK(ops_text(place(two, Ideal::none)[1]) == "s1p0b0 s1p1b1");
    CHECK(ops_text(place(two, Ideal::x_banks)[1]) == "s1p0b0 s0p1b1");  // W bank 0 is still taken
}

TEST_CASE("without limits P banks take any number of results and reads in a slice") {
    CHECK(ops_text(place({blocks_layer(3, 1, 1)}, Ideal::p_banks)[0]) == "s0p0b0 s0p1b0 s0p2b0");
    // Results of two output tiles stand in bank 0 and come in at once.
    CHECK(ops_text(place({blocks_layer(2, 3, 1)}, Ideal::none)[0]) ==
          "s0p0b0 s0p1b1 s0p2b2 s0p3b3 s1p0b0<0 s1p1b1<1");
    CHECK(ops_text(place({blocks_layer(2, 3, 1)}, Ideal::p_banks)[0]) ==
          "s0p0b0 s0p1b0 s0p2b0 s0p3b0 s1p0b0<0 s1p1b0<1");
}

TEST_CASE("without limits post-processors add in no time") {
    const std::vector<host::Layer> chain = {blocks_layer(1, 4, 1), blocks_layer(1, 1, 1, {0})};
    const auto real = place(chain, Ideal::none), ideal = place(chain, Ideal::post_processors);
    CHECK(real[0].sums.size() == 3);
    CHECK(ideal[0].sums.empty());
    CHECK(ideal[0].last_slice == 0);
    CHECK(ideal[1].earliest_slice == 1);
    CHECK(real[1].earliest_slice > 1);
}

TEST_CASE("without dependencies every layer may start in slice 0") {
    const std::vector<host::Layer> chain = {blocks_layer(4, 1, 1), blocks_layer(1, 1, 4, {0})};
    CHECK(place(chain, Ideal::none)[1].earliest_slice == 1);
    CHECK(place(chain, Ideal::dependencies)[1].earliest_slice == 0);
}

TEST_CASE("an ideal network takes no time and has no links to share") {
    const auto config = hw::load_config("sosa-256", {"ideal=network"});
    const noc::Topology topology = hw::chip_topology(config);
    CHECK(topology.latency_cycles() == 0);
    CHECK(topology.stages() == 1);
    CHECK(hw::chip_topology(hw::load_config("sosa-256", {})).name() == "butterfly-2");
    CHECK_THROWS_WITH(hw::load_config("sosa-256", {"ideal=network", "noc.structure=modules"}),
                      Catch::Contains("an ideal network has no routers"));
}
