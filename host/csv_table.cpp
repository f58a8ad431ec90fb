#include "host/csv_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "traces/error.h"
#include "traces/format.h"

namespace sosa::host {

namespace {

std::string excerpt(std::string_view field) {
    constexpr std::size_t longest = 60;
    return traces::json_string(field.substr(0, longest)) + (field.size() > longest ? "..." : "");
}

[[noreturn]] void fail(const std::string& source, std::size_t line, const std::string& what) {
    throw UserError(source + ": line " + std::to_string(line) + ": " + what);
}

}  // namespace

// Takes line by line from the text of a table.
class CsvTable::Reader {
  public:
    explicit Reader(CsvTable& table) : table_(table), rest_(*table.text_) {}

    bool at_end() const { return rest_.empty(); }
    std::size_t line() const { return line_; }  // the next to be taken
    [[noreturn]] void refuse(const std::string& what) const { fail(table_.source_, line_, what); }

    void take_line(std::vector<std::string_view>& fields) {
        const char* const start = rest_.data();
        do fields.push_back(take_field());
        while (take(','));
        take('\r');
        if (!take('\n'))
            refuse(rest_.empty()
                       ? "found the end of the file inside a line, allowed whole lines"
                       : "found text behind a closing quote, allowed a comma or the end of the line");
        line_ += static_cast<std::size_t>(std::count(start, rest_.data(), '\n'));
    }

  private:
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view take_field() {
        if (take('"')) return take_quoted();
        const std::string_view field = rest_.substr(0, rest_.find_first_of(",\r\n"));
        rest_.remove_prefix(field.size());
        return field;
    }

    std::string_view take_quoted() {
        std::string_view part = take_to_quote();
        if (!take('"')) return part;
        std::string& field = table_.unescaped_.emplace_back(part);
        do field.append("\"").append(take_to_quote());
        while (take('"'));
        return field;
    }

    std::string_view take_to_quote() {
        const auto end = rest_.find('"');
        if (end == std::string_view::npos) refuse("found a quote that nothing closes, allowed \"...\"");
        const std::string_view part = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return part;
    }

    CsvTable& table_;
    std::string_view rest_;
    std::size_t line_ = 1;
};

CsvTable::CsvTable(std::string text, std::string source)
    : source_(std::move(source)), text_(std::make_unique<const std::string>(std::move(text))) {
    Reader reader(*this);
    if (reader.at_end()) reader.refuse("found nothing, allowed a line that names the columns");
    reader.take_line(names_);
    while (!reader.at_end()) {
        const std::size_t line = reader.line(), before = cells_.size();
        reader.take_line(cells_);
        if (const std::size_t fields = cells_.size() - before; fields != names_.size())
            fail(source_, line,
                 "found " + std::to_string(fields) + " fields, allowed the " + std::to_string(names_.size()) +
                     " of the first line");
        lines_.push_back(line);
    }
}

std::optional<std::size_t> CsvTable::find(std::string_view column) const {
    const auto at = std::find(names_.begin(), names_.end(), column);
    if (at == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - names_.begin());
}

std::size_t CsvTable::column(std::string_view name) const {
    if (const auto at = find(name)) return *at;
    fail(source_, 1, "found no column \"" + std::string(name) + "\", which is needed");
}

std::optional<double> CsvTable::number(std::size_t row, std::size_t column) const {
    const std::string_view field = text(row, column);
    if (field == "unknown") return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value))
        refuse(row, column, "a number or unknown");
    return value;
}

std::uint64_t CsvTable::whole(std::size_t row, std::size_t column, std::uint64_t max) const {
    const std::string_view field = text(row, column);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size() || value > max)
        refuse(row, column, "0 to " + std::to_string(max));
    return value;
}

void CsvTable::refuse(std::size_t row, std::size_t column, const std::string& allowed) const {
    fail(source_, lines_[row],
         std::string(names_[column]) + ": found " + excerpt(text(row, column)) + ", allowed " + allowed);
}

}  // namespace sosa::host
