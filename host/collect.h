#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/sweep_index.h"
#include "host/sweep_result.h"

// The results of a sweep as one table.
namespace sosa::host {

struct SweepResults {
    SweepIndex index;
    std::vector<std::optional<PointResult>> points;  // by row of the index; none if there is no result yet
    std::vector<std::size_t> broken;                 // of these, rows whose file was cut short
    std::size_t missing() const;
};

// Throws UserError if the folder is not that of a sweep.
SweepResults load_results(const std::filesystem::path& folder);

// One row a point that has a result. Columns: point (from 1), what varies of the configuration (units in the
// names), config, workload, batch and so on, the figures of summary.json, status, reason, hash. Nothing of it
// differs from run to run.
struct ResultTable {
    enum class Type { whole, real, text };
    struct Column {
        std::string name;
        Type type;
    };
    std::vector<Column> columns;
    std::vector<std::vector<Figure::Value>> rows;  // a value for each column
};

ResultTable make_table(const SweepResults& results);
std::string csv_text(const ResultTable& table);
// The bytes of an SQLite file with the table "points" and a table "config" (point, key, value) of every
// effective key.
std::string sqlite_bytes(const ResultTable& table, const SweepResults& results);

// sosa collect
int collect_command(const std::vector<std::string>& args);

}  // namespace sosa::host
