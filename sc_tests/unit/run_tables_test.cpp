// The tables of a run's folder, byte by byte.
#include "host/run_tables.h"

#include <catch2/catch.hpp>

#include "sc_tests/unit/vector_programs.h"

namespace {
using namespace sosa::host;
using sosa::kNoLayer;
using sosa::LayerId;
using sosa::hw::SliceFacts;
namespace tests = sosa::tests;
namespace traces = sosa::traces;

sosa::hw::PodConfig four_pods() {
    sosa::hw::PodConfig pods;
    pods.count = 4;
    pods.rows = pods.cols = 4;
    return pods;
}
}  // namespace

TEST_CASE("layers.csv has the old columns first and then what the layer took") {
    const Program program = parse_program(tests::kWork, "F");
    LayerAccount account;
    account.layers.resize(5);
    account.layers[0] = {{256, 1, 2, 3, 4, 5, 6, 7}, 10, 20, 30};
    account.layers[4].sram_bytes = 3;
    const std::vector<std::uint64_t> starts = {7, 20, 30, 40, 50, 60, 70, 80};  // stopped in slice 7
    const std::string csv =
        layers_csv(program, account, {0.5, std::nullopt, 2.0, 0.1, std::nullopt}, four_pods(), starts, 85);
    CHECK(csv ==
          R"(layer,workload,op,m,k,n,tile_ops,post_ops,first_slice,last_slice,start_cycle,end_cycle,)"
          R"(cycles,macs,utilization_pct,groups,vector_ops,sram_bytes,link_bytes,dram_bytes,energy_pj,)"
          R"(loss_useful_pe_cycles,loss_edge_tile_pe_cycles,loss_weight_load_pe_cycles,)"
          R"(loss_fill_drain_pe_cycles,loss_dependency_wait_pe_cycles,loss_route_conflict_pe_cycles,)"
          R"(loss_memory_stall_pe_cycles,loss_idle_pe_cycles
a,net,Conv,4,8,4,4,2,0,3,7,50,43,256,9.302,2,0,10,20,30,150,256,1,2,3,4,5,6,7
s,net,Softmax,0,0,0,0,0,4,5,50,70,20,0,0.000,1,3,0,0,0,0,0,0,0,0,0,0,0,0
b,net,MatMul,4,4,4,1,0,7,7,80,85,5,64,20.000,1,0,0,0,0,0,0,0,0,0,0,0,0,0
v,net,Relu,0,0,0,0,0,2,2,30,40,10,0,0.000,1,1,0,0,0,0,0,0,0,0,0,0,0,0
e,net,Add,0,0,0,0,0,8,8,85,85,0,0,0.000,1,1,3,0,0,6,0,0,0,0,0,0,0,0
)");
}

TEST_CASE("names with commas and quotes are quoted in layers.csv") {
    Program program = parse_program(tests::kGood, "F");
    program.layers[1].name = "a,\"b\"";
    LayerAccount account;
    account.layers.resize(3);
    const std::string csv = layers_csv(program, account, {}, four_pods(), {}, 0);
    CHECK(csv.find("\n\"a,\"\"b\"\"\",net,") != std::string::npos);
}

TEST_CASE("slices.csv has a row for each slice that is over") {
    SliceFacts first, second;
    first.run_cycles = 1;
    first.stall_cycles = 2;
    first.ops = 3;
    first.post_ops = 4;
    first.vector_ops = 5;
    first.macs = 60'000'000'000;
    first.longest_rows = 7;
    first.weight_rows = 8;
    first.post_rows = 9;
    first.waiting_ops = 10;
    second.run_cycles = 4'294'967'295;
    CHECK(slices_csv({first, second}, {43, 46, 99}, {LayerId{12}, kNoLayer}) ==
          "slice,start_cycle,run_cycles,stall_cycles,tile_ops,post_ops,vector_ops,macs,longest_rows,"
          "weight_rows,post_rows,waiting_ops,layer\n"
          "0,43,1,2,3,4,5,60000000000,7,8,9,10,12\n"
          "1,46,4294967295,0,0,0,0,0,0,0,0,0,\n");
}

TEST_CASE("occupancy.csv joins slices one after the other in which a pod has the same layer") {
    const Program program = parse_program(tests::kGood, "F");
    const std::string header = "pod,layer,first_slice,slices\n";
    CHECK(occupancy_csv(program, 8) == header +
                                           "0,0,0,2\n0,2,2,1\n0,1,6,2\n"
                                           "1,0,0,2\n1,2,2,1\n1,1,6,2\n"
                                           "2,1,6,2\n");
    CHECK(occupancy_csv(program, 7) == header +
                                           "0,0,0,2\n0,2,2,1\n0,1,6,1\n"
                                           "1,0,0,2\n1,2,2,1\n1,1,6,1\n"
                                           "2,1,6,1\n");
    CHECK(occupancy_csv(program, 1) == header + "0,0,0,1\n1,0,0,1\n");
    CHECK(occupancy_csv(program, 0) == header);
    // A pause ends a stretch: pod 0 works for layer 0 in slices 0 and 2.
    const Program chains = parse_program(tests::kChains, "F");
    CHECK(occupancy_csv(chains, 4) == header + "0,0,0,1\n0,0,2,1\n0,1,3,1\n1,1,1,2\n");
}

TEST_CASE("every tile op of a program stands in occupancy.csv") {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        const Program program = tests::random_program("butterfly-1", 5, seed);
        std::vector<std::vector<std::string>> map(program.slices(), std::vector<std::string>(5));
        std::istringstream csv(occupancy_csv(program, program.slices()));
        std::string line;
        std::getline(csv, line);
        std::uint64_t last = 0;
        while (std::getline(csv, line)) {
            std::uint32_t pod = 0, layer = 0, first = 0, slices = 0;
            REQUIRE(std::sscanf(line.c_str(), "%u,%u,%u,%u", &pod, &layer, &first, &slices) == 4);
            CHECK((std::uint64_t{pod} << 32 | first) >= last);  // by pod, then by slice, none twice
            last = std::uint64_t{pod} << 32 | (first + slices);
            for (std::uint32_t s = first; s < first + slices; ++s) map[s][pod] = std::to_string(layer);
        }
        for (std::uint32_t s = 0; s < program.slices(); ++s) {
            std::vector<std::string> expected(5);
            for (std::uint32_t i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i)
                expected[program.ops[i].pod] = std::to_string(program.ops[i].layer);
            CHECK(map[s] == expected);
        }
    }
}

TEST_CASE("power.csv says unknown where the energy table does not know") {
    traces::PowerWindow first, second;
    first.end_ps = 1000;
    first.counts = {10, 20, 30, 40, 50};
    first.pj = {4.0, std::nullopt, 81.5, 0.25, std::nullopt};
    first.cumulative_pj = 85.75;
    second.start_ps = 1000;
    second.end_ps = 1500;
    second.counts = {1, 0, 0, 0, 12'000'000'000'000};
    second.pj = {0.5, 1.0, 0.0, 0.0, 0.25};
    second.cumulative_pj = 87.5;
    CHECK(power_csv({first, second}) ==
          "start_ns,end_ns,macs,additions,sram_bytes,link_bytes,dram_bytes,pods_pj,posts_pj,sram_pj,noc_pj,"
          "dram_pj,total_pj,cumulative_pj,pods_w,posts_w,sram_w,noc_w,dram_w,total_w\n"
          "0,1,10,20,30,40,50,4,unknown,81.5,0.25,unknown,85.75,85.75,0.004,unknown,0.0815,0.00025,unknown,"
          "0.08575\n"
          "1,1.5,1,0,0,0,12000000000000,0.5,1,0,0,0.25,1.75,87.5,0.001,0.002,0,0,5e-04,0.0035\n");
}
