#pragma once
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// For the reader of program files: one line after the other, taken apart from left to right.
namespace sosa::host {

class LineReader {
  public:
    LineReader(std::string_view text, const std::string& source) : text_(text), source_(source) {}

    // Goes to the next line that is neither blank nor a comment; false at the end of the text.
    bool next();
    std::size_t line() const { return line_; }

    // Takes the word or fixed characters if they stand next.
    bool accept(std::string_view word) {
        if (rest_.substr(0, word.size()) != word || !ends_word(word.size())) return false;
        take(word.size());
        return true;
    }
    bool accept_char(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        take(1);
        return true;
    }
    void expect(std::string_view word) {
        if (!accept(word)) fail_expected(word);
    }
    void expect_char(char c, std::string_view allowed) {
        if (!accept_char(c)) fail(allowed);
    }
    // A number min..max that is a word, or (number_part) that one of the characters . , x may follow.
    std::uint64_t number(std::uint64_t min, std::uint64_t max, std::string_view what) {
        const std::uint64_t value = number_before(" \t", min, max, what);
        take(0);
        return value;
    }
    std::uint64_t number_part(std::uint64_t min, std::uint64_t max, std::string_view what) {
        return number_before(" \t.,x", min, max, what);
    }
    // A JSON string that is not empty.
    std::string quoted(std::string_view what);
    // A string that may become part of a file name: as the name of a workload.
    std::string quoted_name(std::string_view what);
    void expect_end() {
        if (!rest_.empty()) fail("the end of the line");
    }
    bool at_end() const { return rest_.empty(); }

    // "FILE:LINE: found WORD, allowed ...", where WORD stands next.
    [[noreturn]] void fail(std::string_view allowed) const;
    [[noreturn]] void fail(const std::string& found, std::string_view allowed) const {
        fail_at(line_, found, allowed);
    }
    [[noreturn]] void fail_at(std::size_t line, const std::string& found, std::string_view allowed) const;
    // For a sentence that is complete but for its place.
    [[noreturn]] void fail_with(const std::string& sentence) const;

  private:
    static bool blank(char c) { return c == ' ' || c == '\t'; }
    bool ends_word(std::size_t at) const { return at == rest_.size() || blank(rest_[at]); }
    void take(std::size_t bytes) {
        rest_.remove_prefix(bytes);
        while (!rest_.empty() && blank(rest_[0])) rest_.remove_prefix(1);
    }
    std::uint64_t number_before(std::string_view ends, std::uint64_t min, std::uint64_t max,
                                std::string_view what) {
        std::uint64_t value = 0;
        const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        const auto size = static_cast<std::size_t>(read.ptr - rest_.data());
        const bool ended = size == rest_.size() || ends.find(rest_[size]) != std::string_view::npos;
        if (read.ec != std::errc{} || !ended || value < min || value > max) fail_number(min, max, what);
        rest_.remove_prefix(size);
        return value;
    }
    [[noreturn]] void fail_expected(std::string_view word) const;
    [[noreturn]] void fail_number(std::uint64_t min, std::uint64_t max, std::string_view what) const;

    std::string_view text_, rest_;  // what follows this line; what is left of it
    const std::string& source_;
    std::size_t line_ = 0;
};

}  // namespace sosa::host
