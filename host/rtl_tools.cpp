// Asking Verilator: for errors, ports, included files. And the library once it is built.
#include "host/rtl_tools.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "host/tool_run.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

std::string need_tool(const std::vector<const char*>& names) {
    for (const char* name : names)
        if (const auto path = find_tool(name)) return path->string();
    throw UserError(std::string(names.front()) +
                    " is not installed, and RTL cannot be run without it; scripts/setup.sh installs it");
}

// The line that says what is wrong; the one that only counts errors is not it.
std::string first_error(const std::string& output) {
    std::string first, warning;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (first.empty()) first = line;
        if (line.rfind("%Warning", 0) == 0 && warning.empty()) warning = line;
        const bool error = line.rfind("%Error", 0) == 0 || line.find("error: ") != std::string::npos;
        if (error && line.find("Exiting due to") == std::string::npos) return line;
    }
    return warning.empty() ? first : warning;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

std::string declared_name(std::string cpp_name) {
    if (cpp_name.rfind("__SYM__", 0) == 0) cpp_name.erase(0, 7);
    replace_all(cpp_name, "___05F", "__");
    return cpp_name;
}

struct TemporaryFolder {
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "sosa-rtl-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw UserError(name + ": the folder cannot be made");
        path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    fs::path path;
};

}  // namespace

RtlTools RtlTools::find() {
    const auto ccache = find_tool("ccache");
    return {need_tool({"verilator"}), need_tool({"g++", "c++"}), ccache ? ccache->string() : ""};
}

void fail_with_log(const std::string& who, const std::string& output, const fs::path& log) {
    traces::write_file(log, [&](std::ostream& out) { out << output; });
    throw UserError(who + " failed: " + first_error(output) + "; all that it said is in " + log.string());
}

void run_verilator(const RtlDesign& design, const RtlTools& tools, const std::vector<std::string>& flags,
                   const fs::path& folder, const fs::path& log) {
    Words words = {tools.verilator, "--prefix", "Vrtl", "--top-module", design.top, "--no-timing"};
    words.insert(words.end(), flags.begin(), flags.end());
    if (design.lint)
        words.push_back("-Wall");
    else
        words.insert(words.end(), {"-Wno-fatal", "-Wno-lint", "-Wno-style"});
    for (const auto& [name, value] : design.parameters) words.push_back("-G" + name + "=" + value);
    for (const auto& source : design.sources) {
        traces::write_file(folder / source.name, [&](std::ostream& out) { out << source.text; });
        words.push_back(source.name);
    }
    const auto result = run_tool(words, folder);
    if (result.exit_code != 0) fail_with_log(design.top + ": verilator", result.output, log);
}

std::vector<RtlPort> ports_of(const RtlDesign& design, const fs::path& log) {
    const TemporaryFolder folder;
    // Plain C++ tells the width of every port, which SystemC's types do not.
    run_verilator(design, RtlTools::find(), {"--cc", "-O0", "--Mdir", "."}, folder.path, log);
    const std::string header = traces::read_file(folder.path / "Vrtl.h");
    static const std::regex port(
        R"(VL_(IN|OUT|INOUT)(?:8|16|64|W)?\((\()?&(\w+)\)?(?:\[\d+\])*,(\d+),(\d+))");
    std::vector<RtlPort> ports;
    for (std::sregex_iterator at(header.begin(), header.end(), port), end; at != end; ++at) {
        const auto& m = *at;
        RtlPort& p = ports.emplace_back();
        p.cpp_name = m[3];
        p.name = declared_name(p.cpp_name);
        p.direction = m[1] == "IN"    ? RtlPort::Direction::in
                      : m[1] == "OUT" ? RtlPort::Direction::out
                                      : RtlPort::Direction::both;
        p.width = static_cast<unsigned>(std::stoul(m[4]) - std::stoul(m[5]) + 1);
        p.unpacked = m[2].matched;
    }
    std::sort(ports.begin(), ports.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return ports;
}

RtlSource preprocess(const std::vector<fs::path>& files, const fs::path& log) {
    Words words = {RtlTools::find().verilator, "-E"};
    for (const auto& file : files) {
        const fs::path full = fs::absolute(file);
        if (!fs::is_regular_file(full)) throw UserError(file.string() + ": is not a file");
        words.push_back("-I" + full.parent_path().string());
        words.push_back(full.string());
    }
    const auto result = run_tool(words, fs::current_path());
    if (result.exit_code != 0) fail_with_log("verilator", result.output, log);
    return {"preprocessed.sv", result.output};
}

RtlLibrary::RtlLibrary(const fs::path& file)
    : handle_(::dlopen(fs::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL)), file_(file.string()) {
    if (!handle_) throw UserError(file_ + ": cannot be loaded: " + ::dlerror());
}

void* RtlLibrary::symbol(const char* name) const {
    void* const found = ::dlsym(handle_, name);
    if (!found) throw UserError(file_ + ": has no function " + name);
    return found;
}

std::string embedded_rtl_text(std::string_view path) {
    for (const auto& [name, text] : embedded_rtl())
        if (name == path) return std::string(text);
    SOSA_CHECK(false, "no file " + std::string(path) + " is part of the program");
}

std::vector<RtlSource> own_rtl(std::string_view folder, const fs::path& instead) {
    std::vector<RtlSource> sources;
    std::vector<std::string> names;
    for (const auto& [path, text] : embedded_rtl()) {
        const fs::path name = fs::path(path).filename();
        if (path.rfind(folder, 0) != 0 || name.extension() != ".sv") continue;
        const bool other = !instead.empty() && fs::exists(instead / name);
        sources.push_back({name, other ? traces::read_file(instead / name) : std::string(text)});
        names.push_back(name);
    }
    std::sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::sort(names.begin(), names.end());
    if (!instead.empty() && fs::is_directory(instead))
        for (const auto& entry : fs::directory_iterator(instead))
            if (!std::count(names.begin(), names.end(), entry.path().filename()))
                throw UserError(entry.path().string() + ": replaces no file of ours, allowed are " +
                                traces::join(names));
    return sources;
}

}  // namespace sosa::host
