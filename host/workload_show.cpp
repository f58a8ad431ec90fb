#include "host/workload_show.h"

#include <algorithm>
#include <array>
#include <iostream>

#include "host/import_command.h"
#include "host/terminal.h"
#include "host/workload_reader.h"
#include "host/zoo.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

constexpr const char* kHelp =
    R"(Usage: sosa workload show NAME|FILE [--dot]

Prints the layers of a workload, of the zoo or of a file (.json, or .csv of SCALE-Sim): sizes, multiply-accumulates,
bytes of X, W and Y at one byte an element, and the layers each waits for. --dot prints them as a graph.

Examples:
  sosa workload show resnet50
  sosa workload show host/workloads/residual.json --dot | dot -Tsvg > residual.svg
)";

using Cells = std::array<std::string, 12>;
constexpr std::size_t kNameCell = 1, kOpCell = 2, kDepsCell = 11;  // these stand left in their columns

constexpr std::size_t kLongestName = 40;

std::string deps_cell(const std::vector<std::uint32_t>& deps) {
    constexpr std::size_t most = 6;
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < deps.size() && i < most; ++i) shown.push_back(std::to_string(deps[i]));
    if (deps.size() > most) shown.push_back("+" + std::to_string(deps.size() - most));
    return shown.empty() ? "-" : traces::join(shown, " ");
}

Cells row_of(const Layer& l, std::size_t index) {
    const auto text = [](std::uint64_t value) { return std::to_string(value); };
    if (l.is_vector())
        return {text(index),
                clipped(l.name, kLongestName),
                l.op,
                "-",
                "-",
                "-",
                "-",
                "-",
                "-",
                "-",
                text(l.vector.elements),
                deps_cell(l.deps)};
    return {text(index),
            clipped(l.name, kLongestName),
            l.op,
            text(l.m),
            text(l.k),
            text(l.n) + (l.groups > 1 ? " x" + text(l.groups) : ""),
            text(l.kernel_h) + "x" + text(l.kernel_w),
            text(l.macs()),
            text(l.m * l.k * l.groups),
            text(l.k * l.n * l.groups),
            text(l.m * l.n * l.groups),
            deps_cell(l.deps)};
}

Cells totals_of(const Workload& workload) {
    std::uint64_t x = 0, w = 0, y = 0;
    for (const Layer& l : workload.layers) {
        x += l.m * l.k * l.groups;
        w += l.k * l.n * l.groups;
        y += l.is_vector() ? l.vector.elements : l.m * l.n * l.groups;
    }
    Cells cells;
    cells[kNameCell] = "total";
    if (workload.repeat > 1) cells[kNameCell] += " of " + std::to_string(workload.repeat) + " repeats";
    cells[7] = std::to_string(macs(workload));
    cells[8] = std::to_string(x * workload.repeat);
    cells[9] = std::to_string(w * workload.repeat);
    cells[10] = std::to_string(y * workload.repeat);
    return cells;
}

void print_cells(const Cells& cells, const std::array<std::size_t, 12>& widths, std::ostream& out) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string blanks(widths[i] - cells[i].size(), ' ');
        const bool left = i == kNameCell || i == kOpCell || i == kDepsCell;
        line += (i > 0 ? "  " : "") + (left ? cells[i] + blanks : blanks + cells[i]);
    }
    out << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
}

// The words after `workload show`.
int show(const std::vector<std::string>& args) {
    std::vector<std::string> names;
    bool dot = false;
    std::vector<std::string> dims;
    for (std::size_t i = 0; i < args.size(); ++i) {
        const std::string& arg = args[i];
        if (arg == "--dot")
            dot = true;
        else if (arg == "--dim" && i + 1 < args.size())
            dims.push_back(args[++i]);
        else if (arg.rfind("-", 0) == 0)
            throw UsageError("workload show: found " + in_quotes(arg) +
                             ", allowed --dot and --dim NAME=SIZE");
        else
            names.push_back(arg);
    }
    if (names.size() != 1)
        throw UsageError("workload show: found " +
                         (names.empty() ? "nothing" : in_quotes(traces::join(names, " "))) +
                         ", allowed one NAME|FILE");
    const Workload workload = dims.empty() ? load_workload(names[0], {}) : read_workload_file(names[0], dims);
    dot ? show_workload_dot(workload, std::cout) : show_workload(workload, std::cout);
    return 0;
}

}  // namespace

void show_workload(const Workload& workload, std::ostream& out) {
    const Cells head = {"#",      "layer", "op",      "M",       "K",       "N",
                        "kernel", "MACs",  "X bytes", "W bytes", "Y bytes", "after"};
    const Cells totals = totals_of(workload);
    std::array<std::size_t, 12> widths{};
    const auto widen = [&](const Cells& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
    };
    widen(head);
    widen(totals);
    const auto& layers = workload.layers;
    for (std::size_t i = 0; i < layers.size(); ++i) widen(row_of(layers[i], i));
    print_cells(head, widths, out);
    for (std::size_t i = 0; i < layers.size(); ++i) print_cells(row_of(layers[i], i), widths, out);
    print_cells(totals, widths, out);
}

void show_workload_dot(const Workload& workload, std::ostream& out) {
    out << "digraph " << in_quotes(workload.name) << " {\n  node [shape=box];\n";
    for (std::size_t i = 0; i < workload.layers.size(); ++i) {
        const Layer& l = workload.layers[i];
        std::string label = in_quotes(l.name);
        label.pop_back();
        out << "  n" << i << " [label=" << label << "\\n"
            << in_quotes(l.op).substr(1, in_quotes(l.op).size() - 2) << ' ';
        if (l.is_vector())
            out << l.vector.elements << " elements\", shape=ellipse];\n";
        else
            out << l.m << 'x' << l.k << 'x' << l.n << (l.groups > 1 ? " x" + std::to_string(l.groups) : "")
                << "\"];\n";
        for (const std::uint32_t dep : l.deps) out << "  n" << dep << " -> n" << i << ";\n";
    }
    out << "}\n";
}

int workload_command(const std::vector<std::string>& args) {
    const bool help =
        std::any_of(args.begin(), args.end(), [](const auto& a) { return a == "--help" || a == "-h"; });
    if (help) return std::cout << kHelp, 0;
    if (args.empty() || args[0] != "show")
        throw UsageError("workload: found " + (args.empty() ? "nothing" : in_quotes(args[0])) +
                         ", allowed show NAME|FILE");
    return show({args.begin() + 1, args.end()});
}

}  // namespace sosa::host
