#pragma once
#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

// Runs the program `sosa` as a person would: in a process of its own, with its words, folder and limits.
namespace sosa::tests {

struct CommandResult {
    int exit_code = -1;  // 128 + the signal if one ended it
    bool timed_out = false;
    std::string out, err;
};

class Command {
  public:
    explicit Command(std::vector<std::string> words) : words_(std::move(words)) {}
    ~Command();
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

    Command& in(std::filesystem::path folder);
    Command& limit(int resource, rlim_t value);  // as setrlimit; a file too large is an error, not a signal
    Command& timeout(double seconds);            // 60 unless told; the process is killed
    Command& out_to(std::string file);           // stdout goes there instead of into the result
    Command& on_terminal();                      // stderr is one

    Command& start();
    pid_t pid() const { return pid_; }
    void send(int signal) const;
    CommandResult finish();
    CommandResult run() { return start().finish(); }

  private:
    [[noreturn]] void become_program(int out, int err) const;
    // False once both are at their end.
    bool read_some(CommandResult& result, int wait_ms);

    std::vector<std::string> words_;
    std::filesystem::path folder_;
    std::vector<std::pair<int, rlim_t>> limits_;
    std::string out_file_;
    double timeout_s_ = 60;
    bool terminal_ = false;
    pid_t pid_ = -1;
    int out_ = -1, err_ = -1;
};

// `sosa WORDS...` in the folder.
CommandResult run_sosa(const std::filesystem::path& folder, std::vector<std::string> words);

}  // namespace sosa::tests
