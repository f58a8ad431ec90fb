#include "host/tracing.h"

#include <algorithm>

#include "host/fst_sink.h"
#include "host/timeline_tracks.h"
#include "host/trace_forecast.h"
#include "host/trace_window.h"
#include "host/wave_view.h"
#include "traces/atomic_file.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

// Both files at once, where both were asked for.
class TwoSinks final : public traces::ByteSink {
  public:
    TwoSinks(std::shared_ptr<ByteSink> a, std::shared_ptr<ByteSink> b) : sinks_{std::move(a), std::move(b)} {}
    void write(std::string_view bytes) override {
        for (auto& sink : sinks_) sink->write(bytes);
    }
    void commit() override {
        for (auto& sink : sinks_) sink->commit();
    }
    void discard() noexcept override {
        for (auto& sink : sinks_) sink->discard();
    }

  private:
    std::shared_ptr<ByteSink> sinks_[2];
};

std::shared_ptr<traces::ByteSink> waveform_sink(const TraceOptions& options,
                                                const std::filesystem::path& folder) {
    std::shared_ptr<traces::ByteSink> vcd, fst;
    if (options.vcd) vcd = std::make_shared<traces::AtomicFile>(folder / "trace.vcd");
    if (options.fst) fst = std::make_shared<FstSink>(folder / "trace.fst");
    if (vcd && fst) return std::make_shared<TwoSinks>(vcd, fst);
    return vcd ? vcd : fst;
}

traces::Vcd::Options vcd_options(const TraceOptions& options, const std::filesystem::path& folder) {
    traces::Vcd::Options vcd{folder / (options.vcd ? "trace.vcd" : "trace.fst"), "sosa", options.globs,
                             options.max_bytes};
    vcd.to_file = options.vcd || options.fst;
    if (vcd.to_file) vcd.sink = waveform_sink(options, folder);
    vcd.ring_marks = options.ring;
    return vcd;
}

// The slices that a trace will hold, as far as one can tell before the run.
std::pair<std::uint32_t, std::uint32_t> written_slices(const Program& program,
                                                       const hw::ChipProbe::Capture& capture,
                                                       std::uint32_t ring) {
    const std::uint64_t all = program.slices();
    std::uint64_t begin = 0, end = all;
    if (capture.window.unit == hw::ChipProbe::Window::slices) {
        begin = std::min(capture.window.begin, all);
        end = std::min(capture.window.end, all);
    }
    if (ring > 0) {
        const bool triggered = capture.trigger.kind != hw::ChipProbe::Trigger::none;
        const std::uint64_t most = std::uint64_t{ring} + (triggered ? capture.trigger.slices_after : 0);
        begin = std::max(begin, end - std::min(end, most));
    }
    return {static_cast<std::uint32_t>(std::min(begin, end)), static_cast<std::uint32_t>(end)};
}

}  // namespace

Tracing::Tracing(const TraceOptions& options, const std::filesystem::path& folder, System& system,
                 const Program& program)
    : options_(options),
      folder_(folder),
      program_(program),
      cycle_ps_(system.accelerator.cycle().value()),
      capture_(options.capture),
      vcd_(vcd_options(options, folder)) {
    if (!options.layer.empty()) capture_.window = layer_window(program, options.layer);
    system.accelerator.trace(vcd_, options.pins);
    system.dram.trace(vcd_);
    probe_ = std::make_unique<hw::ChipProbe>("probe", system.accelerator, vcd_, capture_);
    if (options.timeline) {
        auto drawn = chip_timeline(program.layers);
        drawn.max_bytes = options.max_bytes;
        timeline_ = std::make_unique<traces::Timeline>(
            std::make_shared<traces::AtomicFile>(folder / "timeline.json"), std::move(drawn));
        vcd_.listen(*timeline_);
    }
    vcd_.start();
}

void Tracing::draw_power(const traces::PowerWindow& window) {
    const auto watts = [&](std::size_t part) { return window.watts(part).value_or(0); };
    probe_->draw_power({watts(traces::power_pods), watts(traces::power_sram), watts(traces::power_noc),
                        window.total_watts()});
}

std::string Tracing::forecast() const {
    if (!options_.vcd && !options_.fst) return {};
    const auto [begin, end] = written_slices(program_, capture_, options_.ring);
    return forecast_sentence(forecast_bytes(program_, vcd_.signals(), begin, end), vcd_.signals().size(),
                             end - begin, options_.max_bytes);
}

void Tracing::finish(const std::string& stopped, const std::string& title,
                     const std::vector<std::uint64_t>& slice_starts) {
    vcd_.finish(stopped);
    std::error_code ignored;
    const char* const dump = options_.vcd ? "trace.vcd" : "trace.fst";
    if (!std::filesystem::is_regular_file(folder_ / dump, ignored))
        return;  // none was asked for, or it failed
    const auto [begin, end] = vcd_.extent();
    std::vector<std::uint64_t> starts_ps;
    for (const std::uint64_t cycle : slice_starts) starts_ps.push_back(cycle * cycle_ps_);
    write_wave_view(folder_, {title, vcd_.signals(), program_, starts_ps, begin, end, dump});
    if (options_.vcd) check_wave_view(folder_);
}

void Tracing::fail(const std::string& error, const std::string& title,
                   const std::vector<std::uint64_t>& slice_starts) {
    try {
        finish(error, title, slice_starts);
    } catch (const UserError&) {  // the first one is told
    }
}

std::vector<std::string> Tracing::notes() const {
    std::vector<std::string> notes;
    if (vcd_.limit_reached()) notes.push_back("the trace ends early: --trace-max-mb was reached");
    if (capture_.trigger.kind != hw::ChipProbe::Trigger::none && !probe_->triggered())
        notes.push_back("the trigger of the trace never fired; it holds the last " +
                        std::to_string(options_.ring) + " slices of its window");
    return notes;
}

}  // namespace sosa::host
