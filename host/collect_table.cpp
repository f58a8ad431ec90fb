// From results to rows and columns, and to CSV.
#include <algorithm>
#include <set>
#include <sstream>

#include "host/collect.h"
#include "host/config_value.h"
#include "traces/format.h"

namespace sosa::host {

namespace {

using Value = Figure::Value;
using Type = ResultTable::Type;

Value size_value(const std::optional<std::uint32_t>& size) {
    return size ? Value(std::uint64_t{*size}) : Value();
}

// A number in the base unit where the key has one, else the text.
Value config_value(const hw::Config& config, const hw::ConfigKey& key) {
    const std::string text = hw::value_text(key, config);
    if (key.kind == hw::ConfigKey::Kind::integer) return std::uint64_t{std::stoull(text)};
    const auto number = config_number(key, text);
    return number ? Value(*number) : Value(text);
}

class TableMaker {
  public:
    explicit TableMaker(const SweepResults& results) : results_(results) {}

    ResultTable make() {
        add("point", [](const PointResult&, std::size_t row) { return Value(std::uint64_t{row + 1}); });
        for (const auto& axis : results_.index.axes)
            if (const hw::ConfigKey* const key = find_config_key(axis))
                add(config_column(*key),
                    [key](const PointResult& p, std::size_t) { return config_value(p.config, *key); });
        add_names();
        for (const auto& name : figure_names())
            add(name, [&name](const PointResult& p, std::size_t) {
                const Value* const value = p.find(name);
                return value ? *value : Value();
            });
        add("status", [](const PointResult& p, std::size_t) { return Value(p.ok() ? "ok" : "failed"); });
        add("reason", [](const PointResult& p, std::size_t) { return p.ok() ? Value() : Value(p.failure); });
        add("hash", [](const PointResult& p, std::size_t) { return Value(p.row.hash); });
        return std::move(table_);
    }

  private:
    // How the sweep calls its points, not how a result's first sweep did.
    void add_names() {
        const auto& rows = results_.index.rows;
        add("config", [&](const PointResult&, std::size_t row) { return Value(rows[row].config); });
        add("workload", [&](const PointResult&, std::size_t row) { return Value(rows[row].workload); });
        add("batch", [&](const PointResult&, std::size_t row) { return size_value(rows[row].batch); });
        add("image_size",
            [&](const PointResult&, std::size_t row) { return size_value(rows[row].image_size); });
        add("seq_len", [&](const PointResult&, std::size_t row) { return size_value(rows[row].seq_len); });
        add("dims", [&](const PointResult&, std::size_t row) { return Value(rows[row].dims); });
        add("policy", [&](const PointResult&, std::size_t row) { return Value(rows[row].policy); });
    }

    // Of all points, in the order of the first that has them; those that the table has already are left out.
    std::vector<std::string> figure_names() const {
        std::vector<std::string> names;
        std::set<std::string> seen;
        for (const auto& column : table_.columns) seen.insert(column.name);
        for (const auto& point : results_.points)
            if (point)
                for (const Figure& figure : point->figures)
                    if (seen.insert(figure.name).second) names.push_back(figure.name);
        return names;
    }

    template <class ValueOf>
    void add(const std::string& name, const ValueOf& value_of) {
        std::vector<Value> values;
        for (std::size_t row = 0; row < results_.points.size(); ++row)
            if (results_.points[row]) values.push_back(value_of(*results_.points[row], row));
        table_.rows.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) table_.rows[i].push_back(std::move(values[i]));
        table_.columns.push_back({name, type_of_last()});
    }

    Type type_of_last() const {
        bool real = false, whole = false;
        for (const auto& row : table_.rows) {
            if (std::holds_alternative<std::string>(row.back())) return Type::text;
            real = real || std::holds_alternative<double>(row.back());
            whole = whole || std::holds_alternative<std::uint64_t>(row.back());
        }
        return real ? Type::real : whole ? Type::whole : Type::text;
    }

    const SweepResults& results_;
    ResultTable table_;
};

std::string csv_cell(const Value& value) {
    if (const auto* whole = std::get_if<std::uint64_t>(&value)) return std::to_string(*whole);
    if (const auto* real = std::get_if<double>(&value)) return traces::shortest(*real);
    if (const auto* text = std::get_if<std::string>(&value)) return traces::csv_field(*text);
    return "";
}

}  // namespace

ResultTable make_table(const SweepResults& results) { return TableMaker(results).make(); }

std::string csv_text(const ResultTable& table) {
    std::ostringstream out;
    for (const auto& column : table.columns)
        out << (&column == table.columns.data() ? "" : ",") << traces::csv_field(column.name);
    out << '\n';
    for (const auto& row : table.rows) {
        for (const Value& value : row) out << (&value == row.data() ? "" : ",") << csv_cell(value);
        out << '\n';
    }
    return out.str();
}

}  // namespace sosa::host
