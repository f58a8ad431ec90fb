#pragma once
#include <chrono>
#include <string>

namespace sosa::host {

// One line on stderr that says how far the work is and how long it will take; only on a terminal.
class Progress {
  public:
    Progress();
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // A new piece of work: "placing layer", "slice".
    void begin(const std::string& what);
    // `done` of `all`; cheap to call often.
    void update(std::size_t done, std::size_t all);
    void clear();

  private:
    using Clock = std::chrono::steady_clock;
    bool enabled_;
    bool shown_ = false;
    std::string what_;
    Clock::time_point started_, last_;
};

// Set by Ctrl-C (or SIGTERM) once catch_interrupts() was called: long work looks at it and ends in good
// order.
void catch_interrupts();
bool interrupted();

}  // namespace sosa::host
