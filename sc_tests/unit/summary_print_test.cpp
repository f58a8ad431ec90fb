// The printed summary, word for word.
#include "host/summary_print.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "sc_tests/unit/checked_programs.h"

namespace {
using namespace sosa::host;
using namespace sosa::tests;

// A report of made-up figures.
struct Figures {
    Figures() {
        config.name = "small";
        config.pods.count = 4;
        summary.counters.cycles = 35'439;
        summary.counters.slices = 1'026;
        summary.counters.tile_ops = 241'472;
        summary.counters.post_ops = 10'800;
        summary.counters.dram_read_bytes = 25'567'777;
        summary.counters.noc_bytes = 10'586'600'000;
        summary.counters.loss.useful = 300'000;
        summary.counters.loss.edge_tile = 100'000;
        summary.counters.loss.memory_stall = 599'500;
        summary.counters.loss.idle = 500;
        summary.pe_cycles = 1'000'000;
        summary.run_time_ns = 35'439;
        summary.effective_tops = 1'234.56;
        summary.peak_tops = 4'096;
        summary.utilization_pct = 30;
        summary.busy_pods_pct = 91.86;
        summary.peak_power = {200, 50, 10.25};
        summary.energy_j = 0.0060854;
        summary.average_power_w = 171.7;
        program.last_main_slice = 1'019;
        program.last_post_slice = 1'025;
    }
    std::string printed(const TextStyle& style = {}, const std::vector<WorstLayer>& worst = {}) const {
        // A report names the chip, which printing does not look at.
        alignas(sosa::hw::Accelerator) static unsigned char room[sizeof(sosa::hw::Accelerator)];
        const auto& chip = reinterpret_cast<const sosa::hw::Accelerator&>(room);
        const sosa::traces::EnergyTable table;
        const std::vector<std::uint64_t> starts;
        const sosa::host::LayerAccount account;
        const std::vector<sosa::traces::PowerWindow> windows;
        const RunReport report{identity, config, program, chip, table, summary, starts, account, windows};
        std::ostringstream out;
        print_summary(report, "out/net", out, style, worst);
        return out.str();
    }
    RunIdentity identity{"1.0", "net", "paper", "timing", 0, "", ""};
    sosa::hw::Config config;
    Program program;
    Summary summary;
};

const std::string kWorst = R"(Layers that lose the most           cycles  utilisation  of the loss
  conv5_block3_2_conv                1,235       12.3 %       45.6 %
    edge tile, 71 % of its loss: N = 24 fills 24 of 32 columns
)";
}  // namespace

TEST_CASE("the summary stands in columns under headings") {
    CHECK(Figures().printed({}, {{"conv5_block3_2_conv", 1234.6, 12.34, 45.56,
                                  "edge tile, 71 % of its loss: N = 24 fills 24 of 32 columns"}}) ==
          R"(net on small (4 pods of 32 x 32, butterfly-2, policy paper, fidelity timing)
What ran
  cycles                            35,439
  run time                          35.439  us
  slices                             1,026        last with tile ops 1,019, last 1,025
  tile ops                         241,472
  post-ops                          10,800
Throughput
  effective throughput             1,234.6  TOPS
  peak throughput                  4,096.0  TOPS
  utilisation                         30.0  %
  busy pods                           91.9  %
Power and energy
  peak power                         260.2  W
  throughput at 400 W              1,897.5  TOPS
  average power                      171.7  W     DRAM and post-processors are not in the energy table
  energy                             6.085  mJ
Traffic
  DRAM read                         25.568  MB
  DRAM written                       0.000  MB
  network links                     10.587  GB    a multicast counted once a link
Where the cycles went               cycles   share
  useful                          10,631.7  30.0 %
  edge tile                        3,543.9  10.0 %
  weight load                          0.0   0.0 %
  fill/drain, round trip               0.0   0.0 %
  dependency wait                      0.0   0.0 %
  route/bank conflict                  0.0   0.0 %
  memory stall                    21,245.7  60.0 %
  idle                                17.7   0.1 %
)" + kWorst + "  files in out/net/\n");
}

TEST_CASE("the summary says what there is to say and no more") {
    Figures f;
    CHECK(f.printed().find("Layers that") == std::string::npos);
    f.identity.stopped = "interrupted";
    f.identity.workload = "n\x1b[2Jet";
    f.summary.warnings = {"1 layer fills little"};
    f.summary.counters.vector_ops = 1'234;
    f.summary.checked_values = 5'678;
    f.summary.checked_layers = 1'000;
    f.summary.psum_overflows = 3;
    f.summary.computed = {"5 products on pods", "on the host: 1 Softmax"};
    const std::string text = f.printed();
    CHECK(text.rfind("n?[2Jet on small (4 pods of 32 x 32, butterfly-2, policy paper, fidelity timing)\n"
                     "  stopped early: interrupted\nWhat ran\n",
                     0) == 0);
    for (const char* part :
         {"  post-ops                          10,800\n"
          "  vector ops                         1,234        element-wise work on the "
          "post-processors\nThroughput\n",
          "Results\n"
          "  values                             5,678        of 1,000 layers, all equal to the host's "
          "computation\n"
          "  overflows                              3        partial sums that left their 16 bits\n"
          "  computed                5 products on pods\n"
          "  computed                on the host: 1 Softmax\nWhere the cycles went ",
          "\n  note: 1 layer fills little\n  files in out/net/\n"})
        CHECK_THAT(text, Catch::Contains(part));
}

TEST_CASE("a terminal shows headings bold and shares as bars") {
    const Figures f;
    const std::string text = f.printed({true, true, 100}, {{"conv", 1, 2, 3, "why"}});
    for (const char* part :
         {"\x1b[1mnet on small\x1b[0m (4 pods", "\n\x1b[1mWhat ran\x1b[0m\n",
          "        \x1b[2mlast with tile ops",
          "\n\x1b[1mWhere the cycles went     \x1b[0m\x1b[2m          cycles   share\x1b[0m\n",
          // 40 columns are the whole: 12, 4 and 24 of them, and none of one eighth of 0.16.
          "  useful                          10,631.7  30.0 %  \x1b[32m████████████\x1b[0m\n",
          "  edge tile                        3,543.9  10.0 %  \x1b[33m████\x1b[0m\n",
          "  memory stall                    21,245.7  60.0 %  \x1b[33m████████████████████████\x1b[0m\n",
          "  idle                                17.7   0.1 %\n", "\n\x1b[1mLayers that lose the most"})
        CHECK_THAT(text, Catch::Contains(part));
    const std::string narrow = f.printed({false, true, 72});  // 18 columns for the whole
    CHECK_THAT(narrow, Catch::Contains("  useful                          10,631.7  30.0 %  █████▍\n"));
    CHECK(narrow.find('\x1b') == std::string::npos);
    CHECK_THAT(f.printed({false, true, 10}), Catch::Contains(" 60.0 %  ████▎\n"));  // of 7
    CHECK_THAT(f.printed({true, false, 100}), Catch::Contains(" 60.0 %\n"));
}
