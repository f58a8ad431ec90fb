#include "host/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>

#include "host/terminal.h"

namespace sosa::host {

namespace {
volatile std::sig_atomic_t signalled = 0;
extern "C" void on_signal(int signal) {
    signalled = 1;
    std::signal(signal, SIG_DFL);  // the second one ends the program at once
}

// How much a smoothed value takes over of a new one after `seconds`.
double weight(double seconds, double settling_s) { return 1 - std::exp(-seconds / settling_s); }
}  // namespace

void catch_interrupts() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
}

bool interrupted() { return signalled != 0; }

double TimeLeft::update(double now_s, std::size_t done, std::size_t all) {
    const double rest = static_cast<double>(all - std::min(done, all));
    // Near the end there is less time to settle in.
    const double settling_s = std::clamp(left_s_ / 2, 0.3, 2.0);
    const bool first = paced_done_ == 0;
    if (done > paced_done_) {
        const double spent = now_s - paced_s_, pace = spent / static_cast<double>(done - paced_done_);
        pace_s_ += (first ? 1 : weight(spent, settling_s)) * (pace - pace_s_);
        paced_s_ = now_s, paced_done_ = done;
    }
    const double spent = now_s - told_s_, counted_down = std::max(0.0, left_s_ - spent);
    left_s_ = counted_down + (first ? 1 : weight(spent, settling_s / 2)) * (rest * pace_s_ - counted_down);
    told_s_ = now_s;
    return left_s_;
}

std::string progress_line(const std::string& what, std::size_t done, std::size_t all, std::string_view detail,
                          double left_s, std::size_t columns) {
    const std::string head =
        what + " " + with_commas(std::uint64_t{done}) + " of " + with_commas(std::uint64_t{all});
    const std::string tail =
        ", " + std::to_string(all > 0 ? 100 * done / all : 100) + " %, " + with_commas(left_s, 0) + " s left";
    constexpr std::size_t comma = 2, least = 4;
    const std::size_t taken = head.size() + tail.size() + comma;
    const bool room = columns >= taken + least && !detail.empty();
    return clipped(room ? head + ", " + clipped(detail, columns - taken) + tail : head + tail, columns);
}

Progress::Progress() : enabled_(is_live_terminal(STDERR_FILENO)) {}

void Progress::begin(const std::string& what) {
    clear();
    what_ = what;
    started_ = last_ = Clock::now();
    time_left_ = {};
}

bool Progress::is_due() {
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return false;
    last_ = now;
    return true;
}

void Progress::show(std::size_t done, std::size_t all, std::string_view detail) {
    const double spent_s = std::chrono::duration<double>(last_ - started_).count();
    const double left_s = time_left_.update(spent_s, done, all);
    // One column stays free: in the last one some terminals start a new line.
    const std::size_t columns = terminal_columns(STDERR_FILENO) - 1;
    std::fprintf(stderr, "\r\x1b[K%s", progress_line(what_, done, all, detail, left_s, columns).c_str());
    std::fflush(stderr);
    shown_ = true;
}

void Progress::clear() {
    if (shown_) std::fprintf(stderr, "\r\x1b[K");
    shown_ = false;
}

}  // namespace sosa::host
