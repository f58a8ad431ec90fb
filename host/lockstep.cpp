#include "host/lockstep.h"

#include <memory>
#include <systemc>

#include "host/pod_pair.h"
#include "host/pod_rtl.h"

namespace sosa::host {

namespace {

constexpr std::uint64_t kSecondPodCycles = 2000;

class Bench final : public sc_core::sc_module {
  public:
    Bench(const sc_core::sc_module_name& name, const LockstepJob& job, const RtlLibrary& library)
        : sc_core::sc_module(name),
          job_(job),
          first_rtl_(make_rtl_pod(library, "pod", 2 * job.seed)),
          second_rtl_(make_rtl_pod(library, "second_pod", 2 * job.seed + 1)),
          first_(*first_rtl_, "pod", job.shape, sc_core::sc_time(1, sc_core::SC_NS)),
          second_(*second_rtl_, "second_pod", job.shape, sc_core::sc_time(1, sc_core::SC_NS)),
          stimuli_(job.shape, job.seed, job.recorded) {
        SC_HAS_PROCESS(Bench);
        SC_THREAD(run);
    }

    LockstepReport report;

    void write_divergence(const std::filesystem::path& folder) const {
        if (differing_) differing_->write_divergence(folder);
    }

  private:
    void run() {
        while (report.cycles < job_.cycles && !report.divergence) {
            const auto stimulus = stimuli_.next();
            step(first_, stimulus);
            ++report.cycles;
            if (report.cycles <= kSecondPodCycles && !differing_) step(second_, stimulus);
            for (std::uint32_t j = 0; j < job_.shape.cols; ++j)
                report.overflows += first_.outputs().overflow[j];
        }
        report.values = (first_.cycles() + second_.cycles()) * (4 + 2 * job_.shape.cols);
        report.coverage = stimuli_.coverage();
        sc_core::sc_stop();
    }

    void step(PodPair& pair, const StepList::Step& stimulus) {
        pair.step(stimulus.pins, label(stimulus));
        if (!pair.diverged()) return;
        while (!pair.seen_enough()) {
            const auto next = stimuli_.next();
            pair.step(next.pins, label(next));
        }
        report.divergence = pair.explain(job_.timeout_cycles);
        differing_ = &pair;
        if (&pair == &second_ && report.divergence->note.empty())
            report.divergence->note = "the first pod is right: a register counts before it was written";
    }

    static RowLabel label(const StepList::Step& stimulus) {
        RowLabel label;
        label.phase = stimulus.phase;
        if (stimulus.tile) label.tile_op = stimulus.tile;
        if (stimulus.tile) label.row = stimulus.row;
        return label;
    }

    const LockstepJob& job_;
    const std::unique_ptr<pods::RtlPod> first_rtl_, second_rtl_;
    PodPair first_, second_;
    const PodPair* differing_ = nullptr;
    Stimuli stimuli_;
};

}  // namespace

LockstepReport run_lockstep(const LockstepJob& job, const RtlLibrary& library) {
    Bench bench("bench", job, library);
    sc_core::sc_start();
    bench.write_divergence(job.folder);
    return bench.report;
}

}  // namespace sosa::host
