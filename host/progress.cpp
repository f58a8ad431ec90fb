#include "host/progress.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace sosa::host {

namespace {
volatile std::sig_atomic_t signalled = 0;
extern "C" void on_signal(int signal) {
    signalled = 1;
    std::signal(signal, SIG_DFL);  // the second one ends the program at once
}
}  // namespace

void catch_interrupts() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
}

bool interrupted() { return signalled != 0; }

Progress::Progress() : enabled_(isatty(STDERR_FILENO) == 1) {}

void Progress::begin(const std::string& what) {
    clear();
    what_ = what;
    started_ = last_ = Clock::now();
}

void Progress::update(std::size_t done, std::size_t all) {
    if (!enabled_ || done == 0) return;
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    const double spent = std::chrono::duration<double>(now - started_).count();
    const double left = spent * static_cast<double>(all - done) / static_cast<double>(done);
    std::fprintf(stderr, "\r\033[K%s %zu of %zu, %zu %%, %.0f s left", what_.c_str(), done, all,
                 100 * done / all, left);
    std::fflush(stderr);
    shown_ = true;
}

void Progress::clear() {
    if (shown_) std::fprintf(stderr, "\r\033[K");
    shown_ = false;
}

}  // namespace sosa::host
