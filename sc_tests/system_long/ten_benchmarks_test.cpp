// The paper's table of pod sizes, its row for 32 x 32: harmonic means over the ten benchmarks at batch 1.
#include <catch2/catch.hpp>

#include "sc_tests/system/child_run.h"

TEST_CASE("the ten benchmarks reach the paper's means on SOSA") {
    double inverse_utilization = 0, inverse_tops = 0;
    int runs = 0;
    for (const char* workload : {"inception", "resnet50", "resnet101", "resnet152", "densenet121",
                                 "densenet169", "densenet201", "bert_medium", "bert_base", "bert_large"}) {
        INFO(workload);
        sosa::tests::RunSpec spec;
        spec.workloads = {workload};
        const auto run = sosa::tests::run_in_child(spec);
        CHECK(run.counters.macs == run.program_macs);
        CHECK(run.counters.loss.total() == run.pe_cycles);
        CHECK(run.peak_power_w == Approx(260.2).margin(0.05).epsilon(0));
        inverse_utilization += 1 / run.utilization_pct;
        inverse_tops += 1 / (run.effective_tops * 400 / run.peak_power_w);
        ++runs;
    }
    CHECK(runs / inverse_utilization == Approx(39.4).epsilon(0.01));
    CHECK(runs / inverse_tops == Approx(317.4).epsilon(0.01));
}
