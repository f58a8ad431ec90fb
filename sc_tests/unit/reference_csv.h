#pragma once
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// sc_tests/data/reference_cycles.csv: 120 published runs of the paper's authors.
namespace sosa::tests {

struct ReferenceRun {
    std::map<std::string, std::string> cells;  // by column
    const std::string& text(const std::string& column) const { return cells.at(column); }
    std::uint64_t number(const std::string& column) const { return std::stoull(cells.at(column)); }
};

inline std::vector<std::string> split_csv_line(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    return cells;
}

inline std::vector<ReferenceRun> read_reference_runs() {
    const std::string path = std::string(SOSA_TEST_DATA) + "/reference_cycles.csv";
    std::ifstream in(path);
    std::string line;
    if (!std::getline(in, line)) throw std::runtime_error("cannot read " + path);
    const auto columns = split_csv_line(line);
    std::vector<ReferenceRun> runs;
    while (std::getline(in, line)) {
        const auto cells = split_csv_line(line);
        if (cells.size() != columns.size()) throw std::runtime_error(path + ": short line: " + line);
        runs.emplace_back();
        for (std::size_t i = 0; i < cells.size(); ++i) runs.back().cells[columns[i]] = cells[i];
    }
    return runs;
}

// `param` is the image or sequence size. Throws if there is no such run.
inline ReferenceRun reference_run(const std::string& workload, std::uint32_t param, std::uint32_t pods,
                                  const std::string& interconnect) {
    for (const auto& run : read_reference_runs())
        if (run.text("workload") == workload && run.number("param") == param && run.number("pods") == pods &&
            run.text("interconnect") == interconnect)
            return run;
    throw std::runtime_error("no reference run of " + workload + " on " + interconnect);
}

}  // namespace sosa::tests
