#include "sc_tests/system/command.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace sosa::tests {

namespace {

struct Channel {
    int read, write;
};

Channel make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return {ends[0], ends[1]};
}

Channel make_terminal() {
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) throw std::runtime_error("no terminal");
    const int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) throw std::runtime_error("no terminal");
    return {master, slave};
}

// False at the end; a terminal whose other side is closed reports an error.
bool take(int& from, std::string& text) {
    char block[4096];
    const ssize_t count = read(from, block, sizeof block);
    if (count > 0) text.append(block, static_cast<std::size_t>(count));
    if (count <= 0) close(std::exchange(from, -1));
    return count > 0;
}

}  // namespace

Command& Command::in(std::filesystem::path folder) { return folder_ = std::move(folder), *this; }
Command& Command::limit(int resource, rlim_t value) { return limits_.emplace_back(resource, value), *this; }
Command& Command::timeout(double seconds) { return timeout_s_ = seconds, *this; }
Command& Command::out_to(std::string file) { return out_file_ = std::move(file), *this; }
Command& Command::on_terminal() { return terminal_ = true, *this; }

Command::~Command() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    if (out_ >= 0) close(out_);
    if (err_ >= 0) close(err_);
}

Command& Command::start() {
    const Channel out = make_pipe();
    const Channel err = terminal_ ? make_terminal() : make_pipe();
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("no fork");
    if (pid_ == 0) become_program(out.write, err.write);
    close(out.write);
    close(err.write);
    out_ = out.read;
    err_ = err.read;
    return *this;
}

void Command::become_program(int out, int err) const {
    const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (!out_file_.empty()) out = open(out_file_.c_str(), O_WRONLY | O_CLOEXEC);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(126);
    if (!folder_.empty() && chdir(folder_.c_str()) != 0) _exit(126);
    for (const auto& [resource, value] : limits_) {
        const rlimit both{value, value};
        if (setrlimit(static_cast<__rlimit_resource>(resource), &both) != 0) _exit(126);
    }
    std::signal(SIGXFSZ, SIG_IGN);
    std::vector<char*> words{const_cast<char*>("sosa")};
    for (const auto& word : words_) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    execv(SOSA_PROGRAM, words.data());
    _exit(127);
}

void Command::send(int signal) const {
    if (pid_ > 0) kill(pid_, signal);
}

bool Command::read_some(CommandResult& result, int wait_ms) {
    pollfd files[2] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
    if (poll(files, 2, wait_ms) > 0) {
        if (out_ >= 0 && files[0].revents) take(out_, result.out);
        if (err_ >= 0 && files[1].revents) take(err_, result.err);
    }
    return out_ >= 0 || err_ >= 0;
}

CommandResult Command::finish() {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_s_);
    CommandResult result;
    while (read_some(result, 50)) {
        if (result.timed_out || Clock::now() < deadline) continue;
        result.timed_out = true;
        send(SIGKILL);
    }
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

CommandResult run_sosa(const std::filesystem::path& folder, std::vector<std::string> words) {
    return Command(std::move(words)).in(folder).run();
}

}  // namespace sosa::tests
