#pragma once
#include <catch2/catch.hpp>
#include <cmath>

#include "sc_tests/system/child_run.h"
#include "sc_tests/unit/reference_csv.h"

namespace sosa::tests {

// One published run: the slices must be equal, and the cycles within 1 % of the published ones. The authors'
// loop leaves out the very last slice; ours counts it, and is compared as it is.
inline void check_reference_row(const ReferenceRun& reference) {
    RunSpec spec;
    spec.sets = {"pods.count=" + reference.text("pods"), "noc.topology=" + reference.text("interconnect")};
    spec.workloads = {reference.text("workload")};
    if (spec.workloads[0].rfind("bert", 0) == 0)
        spec.seq_len = static_cast<std::uint32_t>(reference.number("param"));
    INFO(reference.text("workload") << ' ' << reference.text("param") << " on " << reference.text("pods")
                                    << " pods, " << reference.text("interconnect"));
    const ChildRun run = run_in_child(spec);
    CHECK(run.last_main_slice == reference.number("last_main_slice"));
    CHECK(run.last_post_slice == reference.number("last_post_slice"));
    CHECK(run.counters.tile_ops == reference.number("tile_ops"));
    CHECK(2 * run.counters.macs == reference.number("ops"));
    CHECK(run.counters.macs == run.program_macs);
    CHECK(run.counters.loss.total() == run.pe_cycles);
    const auto published = static_cast<double>(reference.number("cycles"));
    const double off = (static_cast<double>(run.counters.cycles) - published) / published;
    INFO("cycles " << run.counters.cycles << ", published " << published << ", off by " << 100 * off << " %");
    CHECK(std::fabs(off) <= 0.01);
}

}  // namespace sosa::tests
