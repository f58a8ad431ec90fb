#include "traces/vcd_header_reader.h"

#include <charconv>
#include <istream>

#include "traces/error.h"

namespace sosa::traces {

namespace {

using Words = std::vector<std::string>;

constexpr std::size_t most_scopes = 100, longest_word = 4096, widest = std::size_t{1} << 20;

class Reader {
  public:
    Reader(std::istream& in, const std::string& file) : in_(in), file_(file) {}

    std::vector<VcdVariable> read() {
        for (;;) {
            const std::string keyword = word();
            const Words rest = words();
            if (keyword == "$enddefinitions") break;
            if (keyword == "$scope")
                open_scope(rest);
            else if (keyword == "$upscope")
                close_scope();
            else if (keyword == "$var")
                variable(rest);
            else if (keyword[0] != '$')
                fail("\"" + keyword + "\" where a keyword such as $scope was expected");
        }
        if (!scopes_.empty()) fail("the scope " + scopes_.back() + " has no $upscope");
        return std::move(variables_);
    }

  private:
    [[noreturn]] void fail(const std::string& what) const {
        throw UserError(file_ + ": not a VCD header: " + what);
    }

    std::string word() {
        in_.width(longest_word);
        std::string word;
        if (!(in_ >> word)) fail("it ends before $enddefinitions");
        if (word.size() + 1 >= longest_word)
            fail("a word of more than " + std::to_string(longest_word) + " bytes");
        return word;
    }

    // Up to $end.
    Words words() {
        Words all;
        for (std::string next = word(); next != "$end"; next = word())
            if (all.size() < 6) all.push_back(std::move(next));  // the rest is of comments
        return all;
    }

    // $scope KIND NAME $end
    void open_scope(const Words& words) {
        if (words.size() != 2) fail("a $scope that is not of a kind and a name");
        if (scopes_.size() == most_scopes)
            fail("more than " + std::to_string(most_scopes) + " nested scopes");
        scopes_.push_back((scopes_.empty() ? "" : scopes_.back()) + words[1] + ".");
    }

    void close_scope() {
        if (scopes_.empty()) fail("an $upscope without $scope");
        scopes_.pop_back();
    }

    // $var KIND WIDTH CODE NAME [RANGE] $end
    void variable(const Words& words) {
        if (words.size() < 4 || words.size() > 5)
            fail("a $var that is not of kind, width, code, name and range");
        const std::string& width = words[1];
        VcdVariable variable{(scopes_.empty() ? "" : scopes_.back()) + words[3], words[0], 0};
        const char* const end = width.data() + width.size();
        const auto read = std::from_chars(width.data(), end, variable.width);
        if (read.ec != std::errc() || read.ptr != end || variable.width == 0 || variable.width > widest)
            fail("the width \"" + width + "\" of " + variable.name);
        if (words.size() == 5) variable.name += words[4];
        variables_.push_back(std::move(variable));
    }

    std::istream& in_;
    const std::string& file_;
    Words scopes_;  // full names with a dot at the end
    std::vector<VcdVariable> variables_;
};

}  // namespace

std::vector<VcdVariable> read_vcd_header(std::istream& in, const std::string& file) {
    return Reader(in, file).read();
}

std::vector<std::string> names_of(const std::vector<VcdVariable>& variables) {
    std::vector<std::string> names;
    names.reserve(variables.size());
    for (const auto& variable : variables) names.push_back(variable.name);
    return names;
}

}  // namespace sosa::traces
