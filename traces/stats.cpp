#include "traces/stats.h"

#include <algorithm>
#include <ostream>

#include "traces/error.h"
#include "traces/format.h"

namespace sosa::traces {

struct StatGroup::Stat {
    std::string name, description, unit;
    StatCell cell;
};

struct StatGroup::Table {
    std::string name, description;
    std::vector<StatColumn> columns;
    std::vector<StatRow> rows;
};

namespace {

StatNumber number(const StatCell& cell) {
    if (const auto* counter = std::get_if<const std::uint64_t*>(&cell)) return **counter;
    if (const auto* real = std::get_if<double>(&cell)) return *real;
    return std::get<std::uint64_t>(cell);
}

std::string cell_text(const StatCell& cell) {
    const StatNumber n = number(cell);
    if (const auto* real = std::get_if<double>(&n)) return json_number(*real);
    return std::to_string(std::get<std::uint64_t>(n));
}

bool well_formed(const std::string& name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    };
    return !name.empty() && name != "description" && std::all_of(name.begin(), name.end(), allowed);
}

void check_cell(const StatCell& cell, const std::string& where) {
    const auto* counter = std::get_if<const std::uint64_t*>(&cell);
    SOSA_CHECK(!counter || *counter, "the counter of " + where + " is a null pointer");
}

template <class Stat>
void write_stat(std::ostream& out, const Stat& stat) {
    out << "{\"value\": " << cell_text(stat.cell) << ", \"unit\": " << json_string(stat.unit)
        << ", \"description\": " << json_string(stat.description) << "}";
}

template <class Table>
void write_table(std::ostream& out, const Table& table, std::size_t indent) {
    const std::string member(indent + 2, ' '), line(indent + 4, ' ');
    out << "{\n" << member << "\"description\": " << json_string(table.description) << ",\n";
    out << member << "\"columns\": [";
    const char* separator = "\n";
    for (const auto& column : table.columns) {
        out << separator << line << "{\"name\": " << json_string(column.name)
            << ", \"unit\": " << json_string(column.unit)
            << ", \"description\": " << json_string(column.description) << "}";
        separator = ",\n";
    }
    out << "\n" << member << "],\n" << member << "\"rows\": {";
    separator = "\n";
    for (const auto& row : table.rows) {
        out << separator << line << json_string(row.label) << ": [";
        for (std::size_t c = 0; c < row.cells.size(); ++c) out << (c ? ", " : "") << cell_text(row.cells[c]);
        out << "]";
        separator = ",\n";
    }
    out << "\n" << member << "}\n" << std::string(indent, ' ') << "}";
}

// A label may contain dots, a column name may not.
template <class Table>
std::optional<StatNumber> find_cell(const Table& table, std::string_view path) {
    const auto dot = path.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string_view label = path.substr(0, dot), column = path.substr(dot + 1);
    for (const auto& row : table.rows) {
        if (row.label != label) continue;
        for (std::size_t c = 0; c < table.columns.size(); ++c)
            if (table.columns[c].name == column) return number(row.cells[c]);
    }
    return std::nullopt;
}

}  // namespace

StatGroup::StatGroup(std::string name, std::string description)
    : name_(std::move(name)), description_(std::move(description)) {
    SOSA_CHECK(well_formed(name_), "the group is named \"" + name_ + "\"");
}

StatGroup::~StatGroup() = default;

void StatGroup::claim(const std::string& name) {
    SOSA_CHECK(well_formed(name), "a member of group " + name_ + " is named \"" + name + "\"");
    SOSA_CHECK(names_.insert(name).second, "group " + name_ + " has two members named " + name);
}

StatGroup& StatGroup::group(const std::string& name, const std::string& description) {
    claim(name);
    entries_.emplace_back(std::make_unique<StatGroup>(name, description));
    return *std::get<std::unique_ptr<StatGroup>>(entries_.back());
}

void StatGroup::add_stat(const std::string& name, const std::string& description, const std::string& unit,
                         StatCell cell) {
    claim(name);
    check_cell(cell, name_ + "." + name);
    entries_.emplace_back(std::make_unique<Stat>(Stat{name, description, unit, cell}));
}

void StatGroup::counter(const std::string& name, const std::string& description, const std::string& unit,
                        const std::uint64_t* value) {
    add_stat(name, description, unit, value);
}

void StatGroup::table(const std::string& name, const std::string& description,
                      std::vector<StatColumn> columns, std::vector<StatRow> rows) {
    claim(name);
    std::unordered_set<std::string> seen;
    for (const auto& column : columns) {
        SOSA_CHECK(well_formed(column.name),
                   "a column of table " + name + " is named \"" + column.name + "\"");
        SOSA_CHECK(seen.insert(column.name).second, "table " + name + " has two columns " + column.name);
    }
    seen.clear();
    for (const auto& row : rows) {
        SOSA_CHECK(seen.insert(row.label).second, "table " + name + " has two rows labelled " + row.label);
        SOSA_CHECK(row.cells.size() == columns.size(), "row " + row.label + " of table " + name + " has " +
                                                           std::to_string(row.cells.size()) + " cells for " +
                                                           std::to_string(columns.size()) + " columns");
        for (const auto& cell : row.cells) check_cell(cell, name + "." + row.label);
    }
    entries_.emplace_back(
        std::make_unique<Table>(Table{name, description, std::move(columns), std::move(rows)}));
}

std::optional<StatNumber> StatGroup::find(std::string_view path) const {
    const auto dot = path.find('.');
    const std::string_view head = path.substr(0, dot);
    const bool last = dot == std::string_view::npos;
    for (const auto& entry : entries_) {
        if (const auto* stat = std::get_if<std::unique_ptr<Stat>>(&entry)) {
            if (last && (*stat)->name == head) return number((*stat)->cell);
        } else if (const auto* table = std::get_if<std::unique_ptr<Table>>(&entry)) {
            if (!last && (*table)->name == head) return find_cell(**table, path.substr(dot + 1));
        } else if (const auto& below = std::get<std::unique_ptr<StatGroup>>(entry); below->name_ == head) {
            return last ? std::nullopt : below->find(path.substr(dot + 1));
        }
    }
    return std::nullopt;
}

void StatGroup::write_json(std::ostream& out, std::size_t indent) const {
    const std::string member(indent + 2, ' ');
    out << "{\n" << member << "\"description\": " << json_string(description_);
    for (const auto& entry : entries_) {
        out << ",\n" << member;
        if (const auto* stat = std::get_if<std::unique_ptr<Stat>>(&entry)) {
            out << json_string((*stat)->name) << ": ";
            write_stat(out, **stat);
        } else if (const auto* table = std::get_if<std::unique_ptr<Table>>(&entry)) {
            out << json_string((*table)->name) << ": ";
            write_table(out, **table, indent + 2);
        } else {
            const auto& below = *std::get<std::unique_ptr<StatGroup>>(entry);
            out << json_string(below.name_) << ": ";
            below.write_json(out, indent + 2);
        }
    }
    out << "\n" << std::string(indent, ' ') << "}";
}

}  // namespace sosa::traces
