#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace sosa::host {

// How long work will take: counts down with the clock and follows the pace of the last seconds slowly, so
// that it does not jump.
class TimeLeft {
  public:
    // Seconds left after `now_s` seconds of work, `done` (at least 1) of `all`; called with growing numbers.
    double update(double now_s, std::size_t done, std::size_t all);

  private:
    double pace_s_ = 0, left_s_ = 0;   // of one piece of work, and of the rest
    double paced_s_ = 0, told_s_ = 0;  // when the pace was measured last, and the rest told
    std::size_t paced_done_ = 0;
};

// What is shown: "slice 412 of 1,026, conv1, 40 %, 1 s left", the detail cut to what fits and left out where
// little does.
std::string progress_line(const std::string& what, std::size_t done, std::size_t all, std::string_view detail,
                          double left_s, std::size_t columns);

// One line on stderr that says how far the work is and how long it will take; only on a terminal, at most ten
// times a second.
class Progress {
  public:
    Progress();
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // A new piece of work: "placing layer", "slice".
    void begin(const std::string& what);
    // `done` of `all`; cheap to call often. `detail()`, a std::string_view of what is being worked on, is
    // called only when it is shown.
    template <class Detail>
    void update(std::size_t done, std::size_t all, Detail detail) {
        if (enabled_ && done > 0 && is_due()) show(done, all, detail());
    }
    void update(std::size_t done, std::size_t all) {
        update(done, all, [] { return std::string_view(); });
    }
    // Takes the line away; before anything else is written.
    void clear();

  private:
    using Clock = std::chrono::steady_clock;
    bool is_due();
    void show(std::size_t done, std::size_t all, std::string_view detail);

    bool enabled_;
    bool shown_ = false;
    std::string what_;
    Clock::time_point started_, last_;
    TimeLeft time_left_;
};

// Set by Ctrl-C (or SIGTERM) once catch_interrupts() was called: long work looks at it and ends in good
// order.
void catch_interrupts();
bool interrupted();

}  // namespace sosa::host
