#pragma once
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sc_tests/system/command.h"
#include "sc_tests/unit/temp_folder.h"

// What a run leaves in its folder, read back.
namespace sosa::tests {

inline const std::string kMlp = SOSA_ROOT "/host/workloads/mlp.json";
inline const std::string kResidual = SOSA_ROOT "/host/workloads/residual.json";

inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    INFO(file.string());
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

inline nlohmann::json json_of(const std::filesystem::path& file) {
    return nlohmann::json::parse(text_of(file));
}

// Names and contents of all files in and below the folder.
inline std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
    std::map<std::string, std::string> all;
    if (!std::filesystem::exists(folder)) return all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            all[std::filesystem::relative(entry.path(), folder).string()] = text_of(entry.path());
    return all;
}

inline std::set<std::string> names_in(const std::filesystem::path& folder) {
    std::set<std::string> names;
    if (!std::filesystem::exists(folder)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        names.insert(entry.path().filename());
    return names;
}

using CsvRow = std::map<std::string, std::string>;  // by column

inline std::vector<std::string> csv_fields(const std::string& line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            fields.back() += line[i++];
        else if (line[i] == '"')
            quoted = !quoted;
        else if (line[i] == ',' && !quoted)
            fields.emplace_back();
        else
            fields.back() += line[i];
    }
    return fields;
}

inline std::vector<CsvRow> csv_of(const std::filesystem::path& file) {
    std::istringstream in(text_of(file));
    std::string line;
    std::getline(in, line);
    const auto columns = csv_fields(line);
    std::vector<CsvRow> rows;
    while (std::getline(in, line)) {
        const auto fields = csv_fields(line);
        REQUIRE(fields.size() == columns.size());
        CsvRow& row = rows.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) row[columns[i]] = fields[i];
    }
    return rows;
}

inline std::uint64_t sum_of(const std::vector<CsvRow>& rows, const std::string& column) {
    std::uint64_t sum = 0;
    for (const auto& row : rows) sum += std::stoull(row.at(column));
    return sum;
}

// One column of a table of counters.json, by row.
inline std::map<std::string, std::uint64_t> column_of(const nlohmann::json& table, const std::string& name) {
    std::size_t at = 0;
    while (table.at("columns").at(at).at("name") != name) ++at;
    std::map<std::string, std::uint64_t> values;
    for (const auto& [label, cells] : table.at("rows").items()) values[label] = cells.at(at);
    return values;
}

inline std::uint64_t sum_of(const nlohmann::json& table, const std::string& column) {
    std::uint64_t sum = 0;
    for (const auto& [label, value] : column_of(table, column)) sum += value;
    return sum;
}

// All went well: nothing on stderr.
inline CommandResult check_done(const CommandResult& result) {
    INFO("stderr: " << result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    CHECK_FALSE(result.timed_out);
    return result;
}

// One sentence on one line of stderr, nothing on stdout. Returns the sentence without "sosa: ".
inline std::string check_refused(const CommandResult& result, int exit_code) {
    INFO("stdout: " << result.out << "\nstderr: " << result.err);
    CHECK(result.exit_code == exit_code);
    CHECK(result.out.empty());
    CHECK_FALSE(result.timed_out);
    REQUIRE(result.err.rfind("sosa: ", 0) == 0);
    CHECK(result.err.find('\n') == result.err.size() - 1);
    return result.err.substr(6, result.err.size() - 7);
}

}  // namespace sosa::tests
