#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sosa::host {

// A CSV file as `sosa run` writes them (RFC 4180): a header line, then rows of as many fields, every line
// ended. Columns are found by name, so that later versions may add some. Every error is a UserError that
// names the file and the line.
class CsvTable {
  public:
    // `source` names the file in errors. Throws for a line that is cut off, or has too many or too few
    // fields.
    CsvTable(std::string text, std::string source);

    std::size_t rows() const { return lines_.size(); }
    const std::vector<std::string_view>& names() const { return names_; }  // of the columns

    bool has(std::string_view column) const { return find(column).has_value(); }
    // Throws if there is no such column.
    std::size_t column(std::string_view name) const;

    std::string_view text(std::size_t row, std::size_t column) const {
        return cells_[row * names_.size() + column];
    }
    // None for "unknown"; throws for what is not a finite number.
    std::optional<double> number(std::size_t row, std::size_t column) const;
    // Throws for what is not a whole number of at most `max`.
    std::uint64_t whole(std::size_t row, std::size_t column, std::uint64_t max) const;

    // Throws "FILE: line L: COLUMN: found "...", allowed ALLOWED".
    [[noreturn]] void refuse(std::size_t row, std::size_t column, const std::string& allowed) const;

  private:
    class Reader;
    std::optional<std::size_t> find(std::string_view column) const;

    std::string source_;
    std::unique_ptr<const std::string> text_;  // what the cells look into
    std::deque<std::string> unescaped_;        // fields with quotes in them
    std::vector<std::string_view> names_, cells_;
    std::vector<std::size_t> lines_;  // of each row
};

}  // namespace sosa::host
