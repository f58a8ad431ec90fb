#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "traces/byte_sink.h"
#include "traces/vcd_listener.h"
#include "traces/vcd_ring.h"

namespace sosa::traces {

// Text made safe inside "$comment ... $end".
std::string vcd_comment(std::string_view text);

// A value change dump driven by changes: the model tells what changed and when, nothing is scanned
// (sc_trace looks at every object at every time stamp). Life of a trace:
//   declare signals -> start() -> open_window() -> time(), set() ... -> finish()
// The file has its name only after finish(). What is wrong with the output (no such folder, disk full, a
// pattern that matches nothing) throws UserError; wrong use (time going backwards, a value wider than its
// signal) aborts.
class Vcd {
  public:
    struct Options {
        std::filesystem::path path;
        std::string top = "sosa";             // the scope around everything
        std::vector<std::string> globs;       // over full names of signals or scopes; none: all signals
        std::uint64_t max_bytes = 0;          // the file is never larger; 0: no limit
        std::shared_ptr<ByteSink> sink = {};  // gets the file; none: an AtomicFile at `path`
        bool to_file = true;                  // false: only listeners are told
        std::uint32_t ring_marks = 0;         // see mark(); 0: no ring
    };

    // Names a declared signal; the default one and those no glob matches are inactive: setting them does
    // nothing.
    class Signal {
      public:
        bool active() const { return index_ != none; }

      private:
        friend class Vcd;
        static constexpr std::uint32_t none = ~std::uint32_t{0};
        std::uint32_t index_ = none;
    };

    explicit Vcd(Options options);
    ~Vcd();  // without finish() no file stays behind
    Vcd(const Vcd&) = delete;
    Vcd& operator=(const Vcd&) = delete;

    // Whether any signal directly or further below the scope could match the globs: false lets callers skip
    // it.
    bool wanted(std::string_view scope) const;

    // Before start(). `scope` is dotted and below the top ("pods.pod0", "" is the top itself); the legend, if
    // any, is written as "$comment name: legend $end" (states: "0=idle 1=load").
    Signal integer(std::string_view scope, std::string_view name, unsigned width,
                   std::string_view legend = {});
    Signal real(std::string_view scope, std::string_view name, std::string_view legend = {});

    // Before start(); at most 8. It must live until finish().
    void listen(VcdListener& listener);

    // Writes the header. Throws UserError for globs that match no signal and for a limit too small for it.
    void start();

    // The active ones, in the order in which they were declared.
    const std::vector<VcdSignal>& signals() const { return signals_; }

    // The time of the following calls in ps, which never goes backwards.
    void time(std::uint64_t ps) {
        if (ps != now_) advance(ps);
    }

    // At the current time; of several values at one time the last one counts. Also remembered before start()
    // and while the window is closed. A signal never set is x.
    void set(Signal signal, std::uint64_t value) {
        if (signal.active()) change(signal.index_, value, false);
    }
    void set_real(Signal signal, double value);

    // A change known beforehand, at `ps` or now. It takes place when time() gets there, before whatever is
    // set then; a set() meanwhile does not cancel it; of several at one time the last call counts. Dropped
    // if finish() comes before it.
    void set_later(Signal signal, std::uint64_t ps, std::uint64_t value) {
        if (signal.active()) change_later(signal.index_, ps, value);
    }

    // Only changes inside a window are written. Opening writes all values as they are at the end of the
    // current time, closing makes all x. The trace starts closed.
    void open_window();
    void close_window();

    // With a ring, what would be written is kept in memory, and only from the last `ring_marks` marks on:
    // 16 bytes a change. mark() is at the current time. release() or finish() writes what is kept, as if the
    // window had been opened at the first of those marks; from then on the trace is one without ring.
    void mark();
    void release();

    // From the opening of the first window that was written to the end of the last one; both 0 if none was.
    std::pair<std::uint64_t, std::uint64_t> extent() const { return {begin_ps_, last_ps_}; }

    // True once a time step did not fit into max_bytes: the trace ended before it, later values are ignored.
    bool limit_reached() const { return limit_reached_; }

    // Completes the file and gives it its name; `reason` says why it stopped early ("interrupted"), if it
    // did. Without start() nothing is written. Later calls do nothing.
    void finish(std::string_view reason = {});

  private:
    struct Slot {
        std::uint64_t value = 0;    // a real: its bits
        std::uint64_t written = 0;  // last, or into the ring
        std::uint64_t mask = 0;     // of an integer's width
        char id[7] = {};
        std::uint8_t id_length = 0;
        std::uint8_t width = 0;
        std::uint8_t listeners = 0;  // a bit each
        bool is_real = false, known = false, written_known = false, changed = false;
    };
    struct Later {
        std::uint64_t ps, order, value;
        std::uint32_t index;
        bool operator<(const Later& o) const { return ps != o.ps ? ps > o.ps : order > o.order; }
    };
    struct Listening {
        VcdListener* listener;
        std::vector<VcdListener::Change> changes;  // of the step that is being written
    };

    Signal declare(std::string_view scope, std::string_view name, std::string_view legend, Slot slot);
    void check_globs() const;
    bool matches(const std::string& full_name);
    void write_header();
    void ask_listeners();
    std::string name() const;

    void advance(std::uint64_t ps);
    void move_to(std::uint64_t ps);
    void change(std::uint32_t index, std::uint64_t value, bool is_real);
    void change_later(std::uint32_t index, std::uint64_t ps, std::uint64_t value);
    void forget_changes();

    void record_step();
    void replay(const VcdRing& ring);

    void write_step();
    void write_dump();
    void write_changes();
    void write_off();
    void write_timestamp();
    void write_value(const Slot& slot, bool known);
    void end_block(std::size_t block_begin);
    void write_end(std::string_view reason);
    void flush();
    void note_written(std::uint32_t index);
    void note_for_listeners(std::uint32_t index);
    void tell_step();

    Options options_;
    std::shared_ptr<ByteSink> file_;  // or none
    std::vector<Slot> slots_;
    std::vector<VcdSignal> signals_;  // like slots_
    std::vector<Listening> listeners_;
    // Until start() only:
    std::unordered_set<std::string> names_;  // full names, also of inactive signals
    std::vector<bool> glob_used_;

    std::vector<std::uint32_t> changed_;  // slots set in this time step
    std::vector<Later> later_;            // a heap, the next one first
    std::uint64_t later_count_ = 0;
    std::unique_ptr<VcdRing> ring_;
    std::string buffer_;
    std::uint64_t flushed_bytes_ = 0;
    std::uint64_t now_ = 0;
    std::uint64_t timestamp_ = ~std::uint64_t{0};  // the last one written; at first none
    bool started_ = false, open_ = false, dump_due_ = false, dumped_ = false;
    bool limit_reached_ = false, ended_ = false;
    std::uint64_t begin_ps_ = 0, last_ps_ = 0, end_ps_ = 0;
    std::string stopped_;  // why it ended early
};

}  // namespace sosa::traces
