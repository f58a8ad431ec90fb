#pragma once
#include <map>
#include <string>
#include <vector>

#include "sc_tests/system/run_files.h"

// Sweeps of the spec s.json into the folder o.
namespace sosa::tests {

inline const std::string kTiny = "{\"config\": \"tiny\", \"workload\": \"" + kMlp + "\"}";

// Twelve points of a few milliseconds.
inline std::string small_spec() {
    return "{\"name\": \"s\", \"base\": " + kTiny +
           R"(, "grid": {"pods.count": [1, 2, 4, 8], "noc.topology": ["butterfly-2", "crossbar", "bus"]}})";
}

inline std::vector<std::string> sweep_words(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"sweep", "s.json", "--out", "o"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

inline CommandResult run_sweep(const TempFolder& folder, std::vector<std::string> more = {}) {
    return run_sosa(folder.path(), sweep_words(more));
}

// The number behind the word in the summary of a sweep; 0 if there is none.
inline int count_of(const CommandResult& result, const std::string& word) {
    const auto at = result.out.find("\n  " + word + " ");
    return at == std::string::npos ? 0 : std::stoi(result.out.substr(at + 3 + word.size()));
}

inline std::map<std::string, std::string> collected(const TempFolder& folder) {
    check_done(run_sosa(folder.path(), {"collect", "o"}));
    return {{"csv", text_of(folder / "o/results.csv")}, {"sqlite", text_of(folder / "o/results.sqlite")}};
}

inline std::size_t results_in(const TempFolder& folder) {
    std::size_t count = 0;
    for (const auto& name : names_in(folder / "o/points")) count += name.size() == 45;
    return count;
}

}  // namespace sosa::tests
