#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "traces/timeline_file.h"
#include "traces/vcd_listener.h"

namespace sosa::traces {

// Draws what a trace tells as a timeline for Perfetto: which signals become rows of events or counters is
// said by rules, and rules for signals that the trace does not have draw nothing. Scopes and signals are
// named without the trace's top.
class Timeline final : public VcdListener {
  public:
    using Values = std::vector<std::optional<std::uint64_t>>;  // none: not known

    // A state that is drawn, from when it is entered or one of `args` changes until the next such time.
    struct Shown {
        std::string state;              // as the legend of its signal calls it ("0=idle 1=load")
        std::vector<std::string> args;  // signals of the same scope, shown with the event
        std::function<std::string(const Values& args)> name = {};  // none: the state
    };
    // A row for each scope that matches, by the last word of the scope.
    struct Track {
        std::string scopes;  // a glob
        std::string state;   // signal
        std::vector<Shown> shown;
    };
    // A row for each that is drawn, as long as the signal's value lies in it.
    struct Range {
        std::string name;
        std::uint64_t first, last;
    };
    struct Ranges {
        std::string signal;
        std::vector<Range> rows;
    };
    struct Process {
        std::string name;
        std::vector<Track> tracks;
        std::vector<std::string> counters;  // globs of signals
        std::vector<Ranges> ranges;
    };
    struct Options {
        std::vector<Process> processes;
        TimelineFile::Notes notes;    // into "otherData"
        std::uint64_t max_bytes = 0;  // the file is never larger; 0: no limit
    };

    // The file has its name when the trace is finished.
    Timeline(std::shared_ptr<ByteSink> sink, Options options);
    Timeline(const Timeline&) = delete;
    Timeline& operator=(const Timeline&) = delete;

    bool declared(std::uint32_t key, const VcdSignal& signal) override;
    void step(std::uint64_t ps, const std::vector<Change>& changes) override;
    void window_closed(std::uint64_t ps) override;
    void finished(std::uint64_t ps, std::string_view stopped) override;

  private:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    // A signal of the trace, by its key, and who draws it; one without name is not drawn.
    struct Watched {
        VcdSignal signal;
        std::optional<std::uint64_t> value;
        std::vector<std::uint32_t> rows;
        std::uint32_t counter = none, ranges = none;
    };
    struct DrawnState {
        std::uint64_t state;
        const Shown* rule;
        std::vector<std::uint32_t> args;  // keys; none: not in the trace
    };
    struct Row {
        std::uint32_t thread, state;  // a key
        std::vector<DrawnState> drawn;
        const DrawnState* open = nullptr;
        std::uint64_t begin = 0;
        Values args;
        bool touched = false;
    };
    struct CounterRow {
        std::size_t process;
        std::string name;
    };
    struct RangeRows {
        std::vector<Range> rows;  // by their first value
        std::vector<std::uint32_t> threads;
        std::vector<std::pair<std::size_t, std::uint64_t>> open;  // row, since
        std::size_t next = 0;                                     // row that may open
        std::uint64_t value = 0;
    };
    using Keys = std::unordered_map<std::string, std::uint32_t>;  // by full name

    void link();
    void link_track(std::size_t process, const Track& track, const Keys& keys);
    void link_counters(std::size_t process, const std::string& glob);
    void link_ranges(std::size_t process, const Ranges& rule, const Keys& keys);
    void draw(Row& row, std::uint64_t ps);
    void draw_counter(const Watched& watched, std::uint64_t ps);
    void draw_ranges(RangeRows& ranges, std::uint64_t value, std::uint64_t ps);
    void end(Row& row, std::uint64_t ps);
    void end(RangeRows& ranges, std::uint64_t ps);

    const Options options_;
    TimelineFile file_;
    std::vector<Watched> watched_;
    std::vector<Row> rows_;
    std::vector<CounterRow> counters_;
    std::vector<RangeRows> ranges_;
    std::vector<std::uint32_t> touched_;  // rows, in this step
    bool linked_ = false;
    // Kept for their memory:
    Values args_;
    std::string text_;
};

}  // namespace sosa::traces
