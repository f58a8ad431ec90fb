#include "host/tool_run.h"

#include <unistd.h>

#include <atomic>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <boost/process/start_dir.hpp>
#include <cstdlib>
#include <future>
#include <iterator>
#include <mutex>
#include <sstream>

#include "traces/error.h"

namespace sosa::host {

namespace fs = std::filesystem;
namespace bp = boost::process;

std::optional<fs::path> find_tool(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const fs::path file = fs::path(folder.empty() ? "." : folder) / name;
        std::error_code ignored;
        if (::access(file.c_str(), X_OK) == 0 && fs::is_regular_file(file, ignored)) return file;
    }
    return std::nullopt;
}

ToolResult run_tool(const std::vector<std::string>& words, const fs::path& folder) {
    ToolResult result;
    try {
        // One start at a time: a child that inherited the pipe of another would keep it open.
        static std::mutex starting;
        std::unique_lock lock(starting);
        bp::ipstream output;
        bp::child tool(bp::exe = words.at(0), bp::args = std::vector(words.begin() + 1, words.end()),
                       bp::start_dir = folder.string(),
                       bp::std_in<bp::null, (bp::std_out & bp::std_err)> output);
        lock.unlock();
        result.output.assign(std::istreambuf_iterator<char>(output), {});
        tool.wait();
        result.exit_code = tool.exit_code();
    } catch (const bp::process_error& error) {
        throw UserError(words.at(0) + ": cannot be run: " + error.code().message());
    }
    return result;
}

int run_here(const std::vector<std::string>& words) {
    try {
        bp::child tool(bp::exe = words.at(0), bp::args = std::vector(words.begin() + 1, words.end()));
        tool.wait();
        return tool.exit_code();
    } catch (const bp::process_error& error) {
        throw UserError(words.at(0) + ": cannot be run: " + error.code().message());
    }
}

std::vector<ToolResult> run_tools(const std::vector<std::vector<std::string>>& commands,
                                  const fs::path& folder, unsigned jobs) {
    std::vector<ToolResult> results(commands.size());
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    const auto work = [&] {
        for (std::size_t i; !failed && (i = next++) < commands.size();) {
            results[i] = run_tool(commands[i], folder);
            if (results[i].exit_code != 0) failed = true;
        }
    };
    std::vector<std::future<void>> workers;
    for (unsigned j = 0; j < jobs; ++j) workers.push_back(std::async(std::launch::async, work));
    for (auto& worker : workers) worker.get();
    return results;
}

}  // namespace sosa::host
