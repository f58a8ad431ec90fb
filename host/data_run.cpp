#include "host/data_run.h"

#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

pods::ArrayShape array_shape(const hw::Config& c) {
    return {c.pods.rows,       c.pods.cols,      c.pods.multicast_cols,
            c.pods.fanin_rows, c.pods.psum_bits, c.pods.psum_overflow == hw::PsumOverflow::saturate};
}

namespace {

std::string pod_name(std::uint32_t pod) { return "pod" + std::to_string(pod); }

void check_matches(const char* option, const std::string& glob, std::uint32_t pods) {
    for (std::uint32_t i = 0; i < pods; ++i)
        if (traces::glob_match(glob, pod_name(i))) return;
    throw UserError(std::string(option) + ": found \"" + glob + "\", which matches none of pod0 to " +
                    pod_name(pods - 1));
}

// RTL has a clock of its own, so fast that the longest job is done when the shortest slice ends: weights that
// came late, then the rows, then the pipeline's depth, which the chip's time leaves out.
sc_core::sc_time rtl_period(const hw::Config& c, const pods::ArrayShape& shape) {
    const noc::Topology topology = hw::chip_topology(c);
    const std::uint64_t shortest_slice = 2 * topology.latency_cycles() + 2;
    const std::uint64_t factor =
        2 +
        (shape.rows + shape.latency_cycles() + shape.col_groups() + 8 + shortest_slice - 1) / shortest_slice;
    const auto cycle = sc_core::sc_time(1 / c.clock_hz, sc_core::SC_SEC).value();
    if (cycle / factor < 2)
        throw UserError("--rtl-pods: found a clock of " + std::to_string(c.clock_hz / 1e9) +
                        " GHz, allowed at most " + std::to_string(500.0 / static_cast<double>(factor)) +
                        " GHz with RTL");
    return sc_core::sc_time::from_value(cycle / factor);
}

}  // namespace

ArrayMaker::ArrayMaker(const hw::Config& config, ArrayChoice choice)
    : choice_(std::move(choice)), shape_(array_shape(config)), recorder_(shape_.psum_bytes()) {
    SOSA_CHECK(choice_.fidelity != Fidelity::timing, "no arrays in timing");
    if (choice_.fidelity == Fidelity::cycle)
        check_matches("--cycle-pods", choice_.cycle_pods, config.pods.count);
    if (!choice_.record_pods.empty()) check_matches("--record-pods", choice_.record_pods, config.pods.count);
    if (choice_.rtl_pods.empty()) return;
    check_matches("--rtl-pods", choice_.rtl_pods, config.pods.count);
    rtl_period_ = rtl_period(config, shape_);
    library_ = pod_library(config, choice_.rtl, choice_.out);
}

std::unique_ptr<pods::ArrayEngine> ArrayMaker::make(PodId pod) {
    const std::string name = pod_name(pod.value);
    auto array = make_plain(name);
    const bool recorded = !choice_.record_pods.empty() && traces::glob_match(choice_.record_pods, name);
    return recorded ? recorder_.watch(std::move(array)) : std::move(array);
}

std::unique_ptr<pods::ArrayEngine> ArrayMaker::make_plain(const std::string& name) {
    if (!choice_.rtl_pods.empty() && traces::glob_match(choice_.rtl_pods, name)) {
        RtlEngine::Options options;
        options.period = rtl_period_;
        auto array = std::make_unique<RtlEngine>((name + "_rtl").c_str(), *library_, shape_, options);
        rtl_.push_back(array.get());
        return array;
    }
    const bool stepped = choice_.fidelity == Fidelity::cycle && traces::glob_match(choice_.cycle_pods, name);
    return stepped ? pods::make_cycle_engine(shape_) : pods::make_tile_engine(shape_);
}

void ArrayMaker::check_rtl() const {
    for (RtlEngine* array : rtl_) array->check(choice_.out);
}

DataRun::DataRun(const Program& program, const std::vector<Workload>& tenants, const hw::Config& config,
                 std::uint64_t seed)
    : program_(program), plan_(program, tenants, config, seed) {
    reference_ = std::async(std::launch::async, [this] { return plan_.reference(); });
}

DataCheck DataRun::check(System& system) {
    const auto expected = reference_.get();
    DataCheck done;
    for (std::size_t i = 0; i < program_.layers.size(); ++i) {
        const hw::LayerRecord& record = plan_.layers()[i];
        if (record.m == 0) continue;  // vector work
        const auto got = system.read_dram(record.y_tensor, expected[i].size());
        const std::string wrong = compare_results(program_.layers[i], record, expected[i], got);
        if (!wrong.empty()) throw UserError(wrong);
        ++done.layers;
        done.values += got.size();
    }
    return done;
}

}  // namespace sosa::host
