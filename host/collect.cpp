#include "host/collect.h"

#include <algorithm>
#include <deque>
#include <iostream>
#include <map>

#include "host/config_value.h"
#include "host/options.h"
#include "host/sweep_store.h"
#include "traces/atomic_file.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace fs = std::filesystem;

std::size_t SweepResults::missing() const {
    return static_cast<std::size_t>(std::count(points.begin(), points.end(), std::nullopt));
}

SweepResults load_results(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::exists(folder / kIndexFile, ignored))
        throw UserError(folder.string() + ": is not the folder of a sweep, which has a file " + kIndexFile);
    SweepResults results{read_index(folder), {}, {}};
    for (const PointRow& row : results.index.rows) {
        const PointState state = point_state(folder, row.hash);
        if (state == PointState::broken) results.broken.push_back(results.points.size());
        const bool there = state == PointState::ok || state == PointState::failed;
        results.points.push_back(there ? std::optional(read_point(folder, row.hash)) : std::nullopt);
    }
    return results;
}

namespace {

namespace po = boost::program_options;

constexpr const char* kAbout =
    R"(Usage: sosa collect DIR [OPTION]...

Makes DIR/results.csv and DIR/results.sqlite of the results that sosa sweep left in DIR: one row a point, in the order
of the spec, with what varies, all figures of summary.json and the status. Points without a result are counted and left
out. The database also has a table config (point, key, value).

Examples:
  sosa sweep scripts/sweeps/mlp.json
  sosa collect out/sweeps/mlp
  sqlite3 out/sweeps/mlp/results.sqlite 'select "pods.count", effective_tops from points order by 2 desc'

)";

po::options_description options_of(std::string& out) {
    po::options_description o("Options", 110, 60);
    o.add_options()("help,h", "this text")("version", "the program's version")(
        "out,o", po::value(&out)->value_name("FILE.csv"),
        "the table (default: DIR/results.csv); the database stands beside it");
    return o;
}

// The table, with the database of the same name beside it.
fs::path csv_path(const std::string& out, const fs::path& folder) {
    if (out.empty()) return folder / "results.csv";
    const fs::path path(out);
    if (path.extension() != ".csv")
        throw UsageError("--out: found \"" + out + "\", allowed is a file that ends in .csv");
    return path;
}

void print_collected(const SweepResults& results, const fs::path& csv, const fs::path& sqlite) {
    const auto has_failed = [](const auto& point) { return point && !point->ok(); };
    const auto failed = std::count_if(results.points.begin(), results.points.end(), has_failed);
    const std::size_t all = results.points.size(), missing = results.missing();
    std::cout << csv.string() << " and " << sqlite.filename().string() << ": " << all - missing << " of "
              << all << " points";
    if (failed > 0) std::cout << ", " << failed << " failed";
    if (missing > 0) std::cout << ", " << missing << " without a result, which sosa sweep runs";
    std::cout << '\n';
    for (const std::size_t row : results.broken)
        std::cout << "  points/" << results.index.rows[row].hash << ".json of point " << row + 1
                  << " is cut short\n";
}

}  // namespace

int collect_command(const std::vector<std::string>& args) {
    std::string out;
    const auto options = options_of(out);
    ParsedOptions parsed = parse_options(args, options, "collect: ");
    if (parsed.help) return std::cout << kAbout << options, 0;
    if (parsed.words.size() != 1)
        throw UsageError(
            "collect: found " +
            (parsed.words.empty() ? "no folder" : "\"" + traces::join(parsed.words, " ") + "\"") +
            ", allowed is one DIR");
    take_values(parsed, "collect: ");
    const fs::path folder(parsed.words[0]), csv = csv_path(out, folder);
    const fs::path sqlite = fs::path(csv).replace_extension(".sqlite");
    const SweepResults results = load_results(folder);
    if (results.missing() == results.points.size())
        throw UserError(folder.string() + ": none of its " + std::to_string(results.points.size()) +
                        " points has a result yet");
    const ResultTable table = make_table(results);
    traces::AtomicFile csv_file(csv), sqlite_file(sqlite);
    csv_file.write(csv_text(table));
    sqlite_file.write(sqlite_bytes(table, results));
    csv_file.commit();
    sqlite_file.commit();
    print_collected(results, csv, sqlite);
    return 0;
}

}  // namespace sosa::host
