// The cache, Verilator and the C++ compiler.
#include "host/rtl_build.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <thread>

#include "host/report.h"
#include "host/rtl_tools.h"
#include "host/tool_run.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

// RTL without a reset for some register must show it: every bit starts at random, see the adapter.
const Words kVerilate = {"--sc", "-O3", "--x-assign", "unique", "--x-initial", "unique"};
const Words kCompile = {"-std=c++17",      "-fPIC",     "-fno-gnu-unique",
                        "-DVERILATOR=1",   "-DVM_SC=1", "-DVM_TRACE=0",
                        "-DVM_COVERAGE=0", "-I.",       "-Iobj"};

void append(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }

// What the library depends on, as one text.
std::string fingerprint(const RtlDesign& design, const RtlTools& tools, const fs::path& folder) {
    std::ostringstream text;
    const auto add = [&](const std::string& part) { text << part.size() << ' ' << part << '\n'; };
    for (const auto& words : {Words{tools.verilator, "--version"}, Words{tools.compiler, "--version"}})
        add(run_tool(words, folder).output);
    for (const auto* words : {&kVerilate, &kCompile})
        for (const auto& word : *words) add(word);
    add(design.top);
    add(design.lint ? "lint" : "");
    for (const auto& [name, value] : design.parameters) add(name + "=" + value);
    for (const auto* files : {&design.sources, &design.headers})
        for (const auto& file : *files) add(file.name), add(file.text);
    add(design.adapter);
    return text.str();
}

// A folder that is gone at the end unless it was renamed.
class BuildFolder {
  public:
    explicit BuildFolder(fs::path path) : path_(std::move(path)) {
        fs::remove_all(path_);
        traces::make_folder(path_ / "obj");
    }
    ~BuildFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    BuildFolder(const BuildFolder&) = delete;
    BuildFolder& operator=(const BuildFolder&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

void write_text(const fs::path& file, const std::string& text) {
    traces::make_folder(file.parent_path());
    traces::write_file(file, [&](std::ostream& out) { out << text; });
}

std::string verilator_root(const RtlTools& tools, const fs::path& folder) {
    std::string root = run_tool({tools.verilator, "--getenv", "VERILATOR_ROOT"}, folder).output;
    root.erase(root.find_last_not_of("\r\n") + 1);
    return root;
}

// One command per C++ file, the large ones first. What runs once (Verilator's "Slow" files) is not optimised.
std::vector<Words> compile_commands(const RtlTools& tools, const fs::path& folder) {
    const std::string root = verilator_root(tools, folder);
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder / "obj"))
        if (entry.path().extension() == ".cpp") files.push_back(entry.path());
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return std::pair(fs::file_size(b), a) < std::pair(fs::file_size(a), b);
    });
    for (const char* file : {"verilated.cpp", "verilated_threads.cpp"})
        files.insert(files.begin(), fs::path(root) / "include" / file);
    std::vector<Words> commands;
    for (const auto& file : files) {
        const std::string name = file.stem().string();
        const bool once = name.size() > 6 && name.substr(name.size() - 6) == "__Slow";
        Words words = tools.ccache.empty() ? Words{} : Words{tools.ccache};
        append(words, {tools.compiler, once ? "-O0" : "-O1"});
        append(words, kCompile);
        for (const char* include : {"/include", "/include/vltstd"})
            append(words, {"-isystem", root + include});
        if (const char* home = std::getenv("SYSTEMC_HOME"))
            append(words, {"-isystem", std::string(home) + "/include"});
        const bool generated = file.parent_path().filename() == "obj";
        append(words,
               {"-c", generated ? "obj/" + file.filename().string() : file.string(), "-o", name + ".o"});
        commands.push_back(std::move(words));
    }
    return commands;
}

void build_in(const fs::path& folder, const RtlDesign& design, const RtlTools& tools, const fs::path& log) {
    for (const auto& header : design.headers) write_text(folder / header.name, header.text);
    Words flags = kVerilate;
    append(flags, {"--Mdir", "obj"});
    run_verilator(design, tools, flags, folder, log);
    write_text(folder / "obj/adapter.cpp", design.adapter);

    const auto commands = compile_commands(tools, folder);
    const unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
    const auto results = run_tools(commands, folder, jobs);
    for (const auto& result : results)
        if (result.exit_code != 0) fail_with_log(design.top + ": the C++ compiler", result.output, log);
    Words link = {tools.compiler, "-shared", "-o", "librtl.so"};
    for (const auto& command : commands) link.push_back(command.back());
    const auto linked = run_tool(link, folder);
    if (linked.exit_code != 0) fail_with_log(design.top + ": the linker", linked.output, log);
}

}  // namespace

fs::path rtl_cache_folder() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return fs::path(value ? value : "");
    };
    if (const fs::path cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "sosa/rtl";
    if (const fs::path home = variable("HOME"); home.is_absolute()) return home / ".cache/sosa/rtl";
    return fs::absolute("out/rtl-cache");
}

fs::path build_rtl(const RtlDesign& design, const fs::path& cache, const fs::path& log) {
    const RtlTools tools = RtlTools::find();
    traces::make_folder(cache);
    const std::string name = content_hash(fingerprint(design, tools, cache));
    const fs::path done = cache / (name + ".so");
    if (fs::exists(done)) return done;
    if (::isatty(STDERR_FILENO))
        std::cerr << "building the RTL of " << design.top
                  << " for the first time, which takes up to a minute\n";
    const BuildFolder folder(cache / (name + ".tmp" + std::to_string(::getpid())));
    build_in(folder.path(), design, tools, log);
    fs::rename(folder.path() / "librtl.so",
               done);  // another process may have been first: then it is the same
    return done;
}

}  // namespace sosa::host
