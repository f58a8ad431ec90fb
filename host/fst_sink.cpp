#include "host/fst_sink.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/posix.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "host/tool_run.h"
#include "traces/atomic_file.h"
#include "traces/error.h"

namespace sosa::host {

namespace fs = std::filesystem;
namespace bp = boost::process;

namespace {

constexpr const char* kTool = "vcd2fst";

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

// vcd2fst does not look whether its writes succeed (a full disk), so its file is checked: blocks of a type, a
// length in 8 bytes that counts itself, and the content, up to the end, with the names of the signals among
// them.
bool is_whole_fst(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::error_code error;
    const std::uint64_t size = fs::file_size(path, error);
    bool has_names = false;
    std::uint64_t at = 0;
    while (!error && at < size) {
        std::array<unsigned char, 9> head{};
        file.seekg(static_cast<std::streamoff>(at));
        if (!file.read(reinterpret_cast<char*>(head.data()), head.size())) return false;
        std::uint64_t length = 0;
        for (std::size_t i = 1; i < head.size(); ++i) length = length << 8 | head[i];
        if (length < 8 || length > size - at - 1) return false;
        has_names |= head[0] == 4 || head[0] == 6 || head[0] == 7;  // as packed by gzip, LZ4, LZ4 twice
        at += 1 + length;
    }
    return !error && has_names;
}

}  // namespace

// The running program. It reads from a socket, as writing to a socket can fail without SIGPIPE; what it says
// goes to a file, as nobody reads it meanwhile; its process group is its own, as Ctrl-C is for us to handle.
struct FstSink::Tool {
    Tool(const fs::path& program, const fs::path& target) {
        int ends[2];
        if (!words || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw UserError(program.string() + ": cannot be run: " + std::strerror(errno));
        input = ends[0];
        try {
            child = bp::child(bp::exe = program.string(), bp::args = {"-v", "-", "-f", target.string()},
                              bp::posix::fd.bind(STDIN_FILENO, ends[1]),
                              (bp::std_out & bp::std_err) > words.get(),
                              bp::extend::on_exec_setup([](auto&) { ::setpgid(0, 0); }));
        } catch (const bp::process_error& error) {
            ::close(ends[1]);
            ::close(input);
            throw UserError(program.string() + ": cannot be run: " + error.code().message());
        }
        ::close(ends[1]);
    }
    ~Tool() {
        end_input();
        std::error_code ignored;
        if (!child.running(ignored)) return;
        ::kill(child.id(), SIGKILL);
        child.wait(ignored);
    }
    Tool(const Tool&) = delete;
    Tool& operator=(const Tool&) = delete;

    void end_input() {
        if (input >= 0) ::close(std::exchange(input, -1));
    }

    // Waits for its end; "" if it went well.
    std::string fault() {
        end_input();
        child.wait();
        const int status = child.native_exit_code();
        if (WIFSIGNALED(status))
            return std::string(kTool) + " was ended by signal " + std::to_string(WTERMSIG(status));
        if (WEXITSTATUS(status) == 0) return {};
        return std::string(kTool) + " failed with exit code " + std::to_string(WEXITSTATUS(status));
    }

    // Its first words, in one line.
    std::string said() {
        std::string text(200, '\0');
        std::rewind(words.get());
        text.resize(std::fread(text.data(), 1, text.size(), words.get()));
        for (char& c : text)
            if (static_cast<unsigned char>(c) < ' ') c = ' ';
        text.erase(text.find_last_not_of(' ') + 1);
        return text.empty() ? "" : ": " + text;
    }

    std::unique_ptr<std::FILE, CloseFile> words{std::tmpfile()};
    int input = -1;
    bp::child child;
};

FstSink::FstSink(fs::path path)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp" + std::to_string(::getpid())) {
    const auto program = find_tool(kTool);
    if (!program)
        throw UserError(path_.string() + ": needs the program " + kTool +
                        ", which is not in PATH; the package gtkwave has it");
    traces::AtomicFile(path_).discard();  // so that a folder that is not there is told at once
    tool_ = std::make_unique<Tool>(*program, temporary_);
    write("$date sosa $end\n");  // otherwise the time of day stands in the file
}

FstSink::~FstSink() { discard(); }

void FstSink::write(std::string_view bytes) {
    while (tool_ && !bytes.empty()) {
        const ssize_t sent = ::send(tool_->input, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) {
            const std::string fault = tool_->fault();
            fail(fault.empty() ? std::string(kTool) + " ended early" : fault);
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void FstSink::commit() {
    if (!tool_) return;
    const std::string fault = tool_->fault();
    if (!fault.empty()) fail(fault);
    if (!is_whole_fst(temporary_)) fail(std::string(kTool) + " could not write it in full");
    std::error_code error;
    fs::rename(temporary_, path_, error);
    if (error) fail("cannot be put in place: " + error.message());
    tool_.reset();
}

void FstSink::discard() noexcept {
    if (!tool_) return;
    tool_.reset();
    remove_temporary();
}

void FstSink::remove_temporary() noexcept {
    std::error_code ignored;
    fs::remove(temporary_, ignored);
    fs::remove(temporary_.string() + ".hier", ignored);  // the names of the signals, until the end
}

void FstSink::fail(const std::string& what) {
    const std::string sentence = path_.string() + ": " + what + tool_->said();
    discard();
    throw UserError(sentence);
}

}  // namespace sosa::host
