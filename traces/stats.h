#pragma once
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace sosa::traces {

// A number, or where the model keeps counting it; a pointed-at counter must outlive the tree.
using StatCell = std::variant<std::uint64_t, double, const std::uint64_t*>;
using StatNumber = std::variant<std::uint64_t, double>;

struct StatColumn {
    std::string name, unit, description;
};

struct StatRow {
    std::string label;
    std::vector<StatCell> cells;
};

// A described tree of statistics. Hot code bumps plain integers and the tree only points at them, so that
// watching costs a run nothing; they are read when the tree is written or searched.
// Names are letters, digits, '_' and '-' and unlike their siblings' and "description"; another one aborts.
class StatGroup {
  public:
    StatGroup(std::string name, std::string description);
    ~StatGroup();
    StatGroup(const StatGroup&) = delete;
    StatGroup& operator=(const StatGroup&) = delete;

    // A new group below this one; the reference stays valid as long as this group.
    StatGroup& group(const std::string& name, const std::string& description);

    void counter(const std::string& name, const std::string& description, const std::string& unit,
                 const std::uint64_t* value);

    // A number known now. A double that is not finite is written as null.
    template <class Number>
    void value(const std::string& name, const std::string& description, const std::string& unit, Number v) {
        static_assert(
            std::is_floating_point_v<Number> || (std::is_unsigned_v<Number> && !std::is_same_v<Number, bool>),
            "a statistic is a double or an unsigned integer");
        using Kept = std::conditional_t<std::is_floating_point_v<Number>, double, std::uint64_t>;
        add_stat(name, description, unit, static_cast<Kept>(v));
    }

    // Siblings of the same kind (256 pods with 10 counters each): the columns are described once. Labels are
    // free text, each once; every row has one cell per column.
    void table(const std::string& name, const std::string& description, std::vector<StatColumn> columns,
               std::vector<StatRow> rows);

    const std::string& name() const { return name_; }

    // The number at a dotted path below this group ("pods.pod0.busy_cycles": group or table, row, column).
    std::optional<StatNumber> find(std::string_view path) const;

    // This group as one JSON object, members in the order of declaration; `indent` is the column at which the
    // object stands. No newline at the end.
    void write_json(std::ostream& out, std::size_t indent = 0) const;

  private:
    struct Stat;
    struct Table;
    using Entry = std::variant<std::unique_ptr<Stat>, std::unique_ptr<Table>, std::unique_ptr<StatGroup>>;

    void add_stat(const std::string& name, const std::string& description, const std::string& unit,
                  StatCell cell);
    void claim(const std::string& name);

    std::string name_;
    std::string description_;
    std::vector<Entry> entries_;
    std::unordered_set<std::string> names_;
};

}  // namespace sosa::traces
