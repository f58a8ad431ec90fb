#pragma once
#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sosa::host {

// Processors that this process may use.
std::size_t usable_cores();

// Processes that do one piece of work each. They are forks of this one, which must have no further thread and
// no SystemC object; they end with it, however it ends. Ctrl-C and SIGTERM, which often go to all processes
// of a job, do not reach them: the owner decides.
class WorkerPool {
  public:
    // What became of a piece of work.
    struct Ended {
        std::size_t task = 0;
        int code = -1;     // what the work returned; -1 if it did not come to its end
        std::string how;   // then: "killed by signal 9 (Killed)"
        std::string said;  // the last line on stdout or stderr
    };

    explicit WorkerPool(std::size_t jobs) : jobs_(jobs) {}
    ~WorkerPool() { stop(); }
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    bool full() const { return workers_.size() >= jobs_; }
    bool empty() const { return workers_.empty(); }

    // The work returns 0 to 100; an exception ends it. Throws UserError if there can be no further process.
    void start(std::size_t task, const std::function<int()>& work);

    // Waits until a worker has ended, or a signal comes, or the time is over: none.
    std::optional<Ended> wait(int milliseconds);

    // Kills what runs, and tells which tasks that were; some may have come to their end just before.
    std::vector<std::size_t> stop();

  private:
    struct Worker {
        std::size_t task;
        pid_t pid;
        int output;        // of its stdout and stderr; at its end when the process has ended
        std::string said;  // the last of it
    };
    bool read_output(Worker& worker) const;
    Ended reap(std::size_t index);

    std::size_t jobs_;
    std::vector<Worker> workers_;
};

}  // namespace sosa::host
