#include "host/sweep_pool.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <iostream>

#include "traces/error.h"

namespace sosa::host {

namespace {

constexpr int kThrew = 101;             // exit code of work that threw
constexpr std::size_t kMaxSaid = 4096;  // bytes of a worker's output that are kept

// Ctrl-C and SIGTERM wait while it lives: none comes to a new process before that can ignore them.
class SignalsHeld {
  public:
    SignalsHeld() {
        sigset_t held;
        ::sigemptyset(&held);
        ::sigaddset(&held, SIGINT);
        ::sigaddset(&held, SIGTERM);
        ::sigprocmask(SIG_BLOCK, &held, &before_);
    }
    ~SignalsHeld() { release(); }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;
    void release() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_;
};

// In the new process; `parent` is the old one's.
[[noreturn]] void become_worker(pid_t parent, int output, const SignalsHeld& signals,
                                const std::function<int()>& work) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(kThrew);  // it ended before the line above
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    signals.release();
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    int code = kThrew;
    try {
        code = work();
    } catch (const std::exception& error) {
        std::cerr << error.what() << std::endl;
    }
    ::_exit(code);  // nothing is destroyed: the system is faster at that
}

std::string last_line(const std::string& text) {
    const auto end = text.find_last_not_of('\n');
    if (end == std::string::npos) return "";
    const auto before = text.rfind('\n', end);
    return text.substr(before + 1, end - before);  // npos + 1 is 0
}

}  // namespace

std::size_t usable_cores() {
    cpu_set_t set;
    return ::sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<std::size_t>(CPU_COUNT(&set)) : 1;
}

void WorkerPool::start(std::size_t task, const std::function<int()>& work) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw UserError(std::string("no process can be started: ") + std::strerror(errno));
    std::cout.flush();
    const SignalsHeld signals;
    const pid_t parent = ::getpid(), pid = ::fork();
    if (pid == 0) become_worker(parent, ends[1], signals, work);
    const int error = errno;
    ::close(ends[1]);
    if (pid < 0) {
        ::close(ends[0]);
        throw UserError(std::string("no process can be started: ") + std::strerror(error));
    }
    workers_.push_back({task, pid, ends[0], ""});
}

// False at the end.
bool WorkerPool::read_output(Worker& worker) const {
    char block[kMaxSaid];
    const ssize_t count = ::read(worker.output, block, sizeof block);
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;
    worker.said.append(block, static_cast<std::size_t>(count));
    if (worker.said.size() > kMaxSaid) worker.said.erase(0, worker.said.size() - kMaxSaid);
    return true;
}

WorkerPool::Ended WorkerPool::reap(std::size_t index) {
    const Worker worker = workers_[index];
    workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(index));
    ::close(worker.output);
    int status = 0;
    while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    Ended ended{worker.task, -1, "", last_line(worker.said)};
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        const char* const name = ::sigdescr_np(signal);
        ended.how = "killed by signal " + std::to_string(signal) + " (" + (name ? name : "unknown") + ")";
    } else if (WEXITSTATUS(status) == kThrew) {
        ended.how = "ended by an error";
    } else {
        ended.code = WEXITSTATUS(status);
    }
    return ended;
}

std::optional<WorkerPool::Ended> WorkerPool::wait(int milliseconds) {
    std::vector<pollfd> outputs;
    for (const Worker& worker : workers_) outputs.push_back({worker.output, POLLIN, 0});
    if (::poll(outputs.data(), outputs.size(), milliseconds) <= 0) return std::nullopt;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        if (outputs[i].revents != 0 && !read_output(workers_[i])) return reap(i);
    return std::nullopt;
}

std::vector<std::size_t> WorkerPool::stop() {
    std::vector<std::size_t> tasks;
    for (const Worker& worker : workers_) {
        ::kill(worker.pid, SIGKILL);
        tasks.push_back(worker.task);
    }
    while (!workers_.empty()) reap(workers_.size() - 1);
    return tasks;
}

}  // namespace sosa::host
