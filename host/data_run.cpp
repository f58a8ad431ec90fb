#include "host/data_run.h"

#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

pods::ArrayShape array_shape(const hw::Config& c) {
    return {c.pods.rows,       c.pods.cols,      c.pods.multicast_cols,
            c.pods.fanin_rows, c.pods.psum_bits, c.pods.psum_overflow == hw::PsumOverflow::saturate};
}

hw::MakeArray make_arrays(const hw::Config& config, Fidelity fidelity, const std::string& cycle_pods) {
    SOSA_CHECK(fidelity != Fidelity::timing, "no arrays in timing");
    return [shape = array_shape(config), fidelity, cycle_pods](PodId pod) {
        const bool stepped =
            fidelity == Fidelity::cycle && traces::glob_match(cycle_pods, "pod" + std::to_string(pod.value));
        return stepped ? pods::make_cycle_engine(shape) : pods::make_tile_engine(shape);
    };
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
        const auto got = system.read_dram(record.y_tensor, expected[i].size());
        const std::string wrong = compare_results(program_.layers[i], expected[i], got, record.y_signed != 0);
        if (!wrong.empty()) throw UserError(wrong);
        ++done.layers;
        done.values += got.size();
    }
    return done;
}

}  // namespace sosa::host
