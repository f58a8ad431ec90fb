// The waveform of whole runs agrees with the counters and with the program.
#include "sc_tests/module/trace_runs.h"

using namespace sosa::tests::trace;
using sosa::tests::TempFolder;

namespace {

constexpr std::uint64_t kWindow = 50 * kCycle;  // of power

// Shown at the end of a window, less a tick: W * ps.
double integral(const Run& r, const std::string& name) {
    double pj = 0;
    for (std::uint64_t begin = 0; begin < r.facts.end_ps; begin += kWindow) {
        const std::uint64_t end = std::min(begin + kWindow, r.facts.end_ps);
        const std::uint64_t shown = end == r.facts.end_ps ? end : end - 1;
        pj += std::stod(text_at(r, name, shown)) * static_cast<double>(end - begin);
    }
    return pj;
}

// Cycles that a signal has the value, of the whole run.
std::uint64_t cycles_in(const Run& r, const std::string& name, const std::string& value) {
    std::uint64_t ps = 0, since = 0;
    bool in = false;
    for (const auto& change : r.vcd->signals.at("sosa." + name)) {
        if (in) ps += change.time - since;
        in = change.value == value;
        since = change.time;
    }
    return (in ? ps + r.facts.end_ps - since : ps) / kCycle;
}

}  // namespace

TEST_CASE("the waves of pods and posts agree with counters and program") {
    const TempFolder folder;
    const Run r = run_whole({}, folder);
    CHECK(r.facts.stalls > 0);
    CHECK(r.facts.slices == r.program.slices());
    PodFacts waves[kPods] = {};
    for (std::uint32_t s = 0; s < r.program.slices(); ++s) {
        const auto begin = r.starts[s];
        const auto ops = r.program.op_begin[s + 1] - r.program.op_begin[s];
        CHECK(at(r, "scheduler.tile_ops", begin) == ops);
        CHECK(at(r, "scheduler.post_ops", begin) == r.program.post_begin[s + 1] - r.program.post_begin[s]);
        CHECK(at(r, "scheduler.state", begin) == 3);
        std::uint32_t streaming = 0;
        for (unsigned i = 0; i < kPods; ++i) {
            const std::string pod = "pods.pod" + std::to_string(i);
            if (at(r, pod + ".state", begin) != 2) continue;
            ++streaming;
            ++waves[i].tile_ops;
            waves[i].busy += at(r, pod + ".rows", begin);
            waves[i].occupied += (r.starts[s + 1] - begin) / kCycle;
        }
        CHECK(streaming == ops);
        for (auto i = r.program.op_begin[s]; i < r.program.op_begin[s + 1]; ++i) {
            const auto& op = r.program.ops[i];
            const std::string pod = "pods.pod" + std::to_string(op.pod);
            CHECK(at(r, pod + ".state", begin) == 2);
            CHECK(at(r, pod + ".layer", begin) == op.layer);
            CHECK(at(r, pod + ".op", begin) == op.op);
            CHECK(at(r, pod + ".rows", begin) == op.rows);
            CHECK(at(r, pod + ".x_bank", begin) == op.x.bank);
            CHECK(at(r, pod + ".w_bank", begin) == op.w.bank);
            CHECK(at(r, pod + ".pin_bank", begin) == op.pin.bank);
            CHECK(at(r, pod + ".pout_bank", begin) == op.pout.bank);
        }
        for (auto i = r.program.post_begin[s]; i < r.program.post_begin[s + 1]; ++i) {
            const auto& op = r.program.posts[i];
            const std::string post = "posts.post" + std::to_string(op.unit);
            CHECK(at(r, post + ".state", begin) == 1);
            CHECK(at(r, post + ".op", begin) == op.op);
            CHECK(at(r, post + ".a_bank", begin) == op.a.bank);
            CHECK(at(r, post + ".b_bank", begin) == op.b.bank);
            CHECK(at(r, post + ".out_bank", begin) == op.out.bank);
        }
    }
    for (unsigned i = 0; i < kPods; ++i) {
        CHECK(waves[i].tile_ops == r.facts.pods[i].tile_ops);
        CHECK(waves[i].busy == r.facts.pods[i].busy);
        CHECK(waves[i].occupied == r.facts.pods[i].occupied);
    }
    CHECK(at(r, "scheduler.state", r.facts.end_ps) == 6);
    CHECK(r.facts.end_ps == r.facts.cycles * kCycle);
}

TEST_CASE("cycles in a state of the wave are the cycles of the counter") {
    const TempFolder folder;
    const Run r = run_whole({{"tiling.partition=20"}}, folder);  // leaves sums to post-processors
    std::uint64_t busy = 0, added = 0;
    for (unsigned i = 0; i < kPods; ++i) {
        const std::string pod = "pods.pod" + std::to_string(i), post = "posts.post" + std::to_string(i);
        CHECK(cycles_in(r, pod + ".state", "10") == r.facts.pods[i].busy);
        CHECK(cycles_in(r, pod + ".w_load", "1") == r.facts.pods[i].weight_load);
        CHECK(cycles_in(r, post + ".state", "1") == r.facts.post_busy[i]);
        busy += r.facts.pods[i].busy;
        added += r.facts.post_busy[i];
    }
    CHECK(busy > 0);
    CHECK(added > 0);
}

TEST_CASE("a pod shows which op of the program it works on") {
    const TempFolder folder;
    const Run r = run_whole({}, folder);
    for (std::uint32_t s = 0; s < r.program.slices(); ++s)
        for (auto i = r.program.op_begin[s]; i < r.program.op_begin[s + 1]; ++i)
            CHECK(at(r, "pods.pod" + std::to_string(r.program.ops[i].pod) + ".tile", r.starts[s]) == i);
}

TEST_CASE("the power waves integrate to the energy of the run") {
    const TempFolder folder;
    const Run r = run_whole({{"power.window=50ns"}}, folder);
    CHECK(r.facts.end_ps > 3 * kWindow);
    CHECK(integral(r, "power.total") == Approx(r.facts.energy_pj).epsilon(1e-9));
    std::uint64_t macs = 0;
    for (const auto& pod : r.facts.pods) macs += pod.macs;
    CHECK(integral(r, "power.pods") == Approx(static_cast<double>(macs) * r.facts.mac_pj).epsilon(1e-9));
    for (std::uint64_t end = kWindow; end < r.facts.end_ps; end += kWindow) {
        double parts = 0;
        for (const char* part : {"power.pods", "power.sram", "power.noc"})
            parts += std::stod(text_at(r, part, end));
        CHECK(std::stod(text_at(r, "power.total", end)) == Approx(parts).epsilon(1e-9));
    }
}

TEST_CASE("the waves of banks and DMA end at their counters") {
    const TempFolder folder;
    const Run r = run_whole({}, folder);
    const char* const kinds[3] = {"x", "w", "p"};
    for (int kind = 0; kind < 3; ++kind)
        for (unsigned i = 0; i < kPods; ++i) {
            const std::string name =
                std::string("banks.") + kinds[kind] + "bank" + std::to_string(i) + ".used_bytes";
            std::uint64_t peak = 0;
            for (const auto& change : r.vcd->signals.at("sosa." + name))
                peak = std::max<std::uint64_t>(peak, std::stoull(change.value, nullptr, 2));
            CHECK(at(r, name, r.facts.end_ps) == r.facts.banks[kind][i].used);
            CHECK(peak == r.facts.banks[kind][i].peak);
        }
    CHECK(at(r, "dma.fetches", r.facts.end_ps) == r.facts.fetches);
    CHECK(at(r, "dma.skipped", r.facts.end_ps) == r.facts.skipped);
    CHECK(at(r, "dma.demands", r.facts.end_ps) == r.facts.demands);
    CHECK(at(r, "dma.spills", r.facts.end_ps) == r.facts.spills);
    CHECK(at(r, "dma.resident_before", r.facts.end_ps) == r.program.slices());
    CHECK(r.facts.fetches > 0);
}

TEST_CASE("a trace takes no cycles and a second one is equal") {
    const TempFolder folder;
    Request untraced;
    untraced.traced = false;
    const Run plain = run(untraced, folder), one = run({}, folder), two = run({}, folder);
    CHECK(plain.facts.completed);
    CHECK(plain.facts.cycles == one.facts.cycles);
    CHECK(plain.facts.end_ps == one.facts.end_ps);
    CHECK(plain.facts.stalls == one.facts.stalls);
    CHECK(plain.facts.energy_pj == one.facts.energy_pj);
    CHECK(one.text == two.text);
}

TEST_CASE("vcd2fst accepts the trace of a run") {
    if (std::system("command -v vcd2fst > /dev/null 2>&1") != 0) {
        WARN("vcd2fst is not installed (package gtkwave): the trace was not given to another reader");
        return;
    }
    const TempFolder folder;
    const Run r = run({}, folder);
    const std::string vcd = (folder / "run.vcd").string(), fst = (folder / "run.fst").string();
    CHECK(std::system(("vcd2fst " + vcd + " " + fst + " > /dev/null 2>&1").c_str()) == 0);
    REQUIRE(std::filesystem::exists(fst));
    CHECK(std::filesystem::file_size(fst) > 1000);
}
