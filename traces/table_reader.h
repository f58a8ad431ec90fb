#pragma once
#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the readers of tables of figures with sources (energy, area) have in common.
namespace sosa::traces {

// Reads the parts of a table and collects what is wrong with them, so that one error lists it all.
class TableReader {
  public:
    using Path = std::vector<std::string>;

    // Throws UserError for what is no JSON.
    TableReader(std::string_view text, const std::string& source);
    ~TableReader();
    TableReader(const TableReader&) = delete;
    TableReader& operator=(const TableReader&) = delete;

    void problem(const Path& path, const std::string& what);
    // Throws UserError with all problems, if there are any.
    void finish() const;

    // The value at `path`, or nullptr if something on the way is missing or no container.
    const nlohmann::json* at(const Path& path) const;

    // False if there is no object whose keys could be read on. Missing and unknown keys are problems.
    bool has_keys(const Path& path, const std::vector<std::string>& allowed);

    // A text that is not empty; "" if there is none.
    std::string sentence(const Path& path);

    // A problem if the key "unit" of the entry is anything else.
    void unit(const Path& entry, const std::string& wanted);

    // `allowed` says which numbers ("a number of pJ that is not negative"); `zero`: 0 is one of them, and
    // `null`: a figure that nobody knows is null.
    struct NumberRule {
        std::string allowed;
        bool zero = false, null = false;
    };
    std::optional<double> number(const Path& path, const NumberRule& rule);

    // A whole number from 1 to `max`; 0 if there is none.
    std::uint32_t whole(const Path& path, std::uint32_t max);

  private:
    void wrong_value(const Path& path, const std::string& allowed);

    std::string_view text_;
    std::string source_;
    std::unique_ptr<const nlohmann::json> root_;
    std::vector<std::string> problems_;
};

// {name, JSON text} of the tables of one kind that are compiled in.
using EmbeddedTables = std::vector<std::pair<std::string_view, std::string_view>>;

struct TableText {
    std::string text, source;
};

// The embedded table of that name, or a file if the argument has a '/' or ends in ".json". Throws UserError
// that lists the tables for any other name; `kind` is "energy table".
TableText find_table(const std::string& kind, const EmbeddedTables& tables, const std::string& name_or_path);

}  // namespace sosa::traces
