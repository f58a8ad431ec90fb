#include "host/closed_form.h"

#include <catch2/catch.hpp>

namespace sosa::tests {

using namespace sosa::host;

namespace {

Layer gemm(std::uint64_t m, std::uint64_t k, std::uint64_t n) {
    Layer layer;
    layer.m = m;
    layer.k = k;
    layer.n = n;
    return layer;
}

Workload of(std::vector<Layer> layers, std::uint32_t repeat = 1) {
    Workload workload;
    workload.repeat = repeat;
    workload.layers = std::move(layers);
    return workload;
}

}  // namespace

TEST_CASE("closed form: rounds of tiles on all pods, each as long as the array has rows") {
    // ceil(100/32) * ceil(64/32) * ceil(65/32) = 4 * 2 * 3 = 24 tiles.
    const ClosedForm form(of({gemm(100, 64, 65)}));
    CHECK(form.tile_ops(32, 32) == 24);
    CHECK(form.cycles(32, 32, 1) == 24 * 32);
    CHECK(form.cycles(32, 32, 23) == 2 * 32);
    CHECK(form.cycles(32, 32, 24) == 32);
    CHECK(form.cycles(32, 32, 1000) == 32);
    // ceil(100/20) * ceil(64/20) * ceil(65/40) = 5 * 4 * 2 = 40 tiles: rows cut M and K, columns cut N.
    CHECK(form.tile_ops(20, 40) == 40);
    CHECK(form.cycles(20, 40, 7) == 6 * 20);
    CHECK(form.macs() == 100 * 64 * 65);
}

TEST_CASE("closed form: layers wait for each other, also equal ones and copies") {
    const Layer small = gemm(8, 8, 8), large = gemm(80, 8, 8);
    CHECK(ClosedForm(of({small, large, small})).cycles(8, 8, 4) == 8 + 3 * 8 + 8);
    const ClosedForm repeated(of({small, large}, 5));
    CHECK(repeated.cycles(8, 8, 4) == 5 * (8 + 3 * 8));
    CHECK(repeated.tile_ops(8, 8) == 5 * 11);
    CHECK(repeated.macs() == 5 * (512 + 5120));
}

TEST_CASE("closed form: groups have tiles of their own, vector work has none") {
    Layer grouped = gemm(8, 3, 3);
    grouped.groups = 10;
    Layer vector;
    vector.vector.elements = 1000;
    const ClosedForm form(of({grouped, vector}));
    CHECK(form.tile_ops(8, 8) == 10);
    CHECK(form.cycles(8, 8, 4) == 3 * 8);
}

TEST_CASE("closed form: as many pods as the power allows, and not one more") {
    const auto table = traces::load_energy_table("paper-28nm");
    constexpr std::uint64_t macro = 256 * 1024;
    // 256 pods of 32x32 take 260.2 W (arXiv 2203.11540).
    CHECK(most_pods(table, 32, 32, 260.3, macro, 1e9) >= 256);
    CHECK(most_pods(table, 32, 32, 260.1, macro, 1e9) < 256);
    // One pod has no network: 512 * 512 * 0.4 mW + 6 * 512 * 2.7 mW = 113.152 W.
    CHECK(most_pods(table, 512, 512, 113.16, macro, 1e9) == 1);
    CHECK(most_pods(table, 512, 512, 113.14, macro, 1e9) == 0);
}

}  // namespace sosa::tests
