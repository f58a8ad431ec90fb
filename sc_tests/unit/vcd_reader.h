#pragma once
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace sosa::tests {

// A small VCD reader that refuses what is not well formed; it shares no code with the writer.
struct VcdReader {
    struct Change {
        std::uint64_t time;
        std::string value;  // binary digits, "x", or the text of a real
        bool operator==(const Change& o) const { return time == o.time && value == o.value; }
    };
    using Changes = std::vector<Change>;

    std::map<std::string, Changes> signals;       // by full dotted name, each with all written values
    std::map<std::string, std::string> declared;  // full name -> "wire 2 [1:0]"
    std::vector<std::string> comments, sections;  // sections: "$dumpvars@0"
    std::uint64_t last_time = 0;
    std::string error;  // empty: well formed

    explicit VcdReader(const std::string& text) : in_(text) {
        if (text.empty() || text.back() != '\n') error = "no newline at the end";
        std::string word;
        while (error.empty() && in_ >> word) header_ ? header_word(word) : body_word(word);
        if (error.empty() && (header_ || in_section_)) error = "ends too early";
    }

  private:
    std::string until_end() {
        std::string all, word;
        while (in_ >> word && word != "$end") all += (all.empty() ? "" : " ") + word;
        if (word != "$end") error = "$end is missing";
        return all;
    }

    void header_word(const std::string& word) {
        const std::string text = until_end();
        if (word == "$scope") {
            if (text.rfind("module ", 0) != 0) error = "scope " + text;
            scopes_.push_back(text.substr(7));
        } else if (word == "$upscope") {
            if (scopes_.empty())
                error = "upscope without scope";
            else
                scopes_.pop_back();
        } else if (word == "$var") {
            variable(text);
        } else if (word == "$comment") {
            comments.push_back(text);
        } else if (word == "$enddefinitions") {
            if (!scopes_.empty()) error = "scopes are not closed";
            header_ = false;
        } else if (word != "$version" && word != "$timescale") {
            error = "header word " + word;
        }
    }

    void variable(const std::string& text) {
        std::istringstream words(text);
        std::string type, width, id, name, range, full;
        words >> type >> width >> id >> name >> range;
        for (const auto& scope : scopes_) full += scope + ".";
        full += name;
        if (scopes_.empty()) error = "variable outside of scopes";
        if (!names_.emplace(id, full).second) error = "id declared twice: " + id;
        if (!declared.emplace(full, type + " " + width + (range.empty() ? "" : " " + range)).second)
            error = "name declared twice: " + full;
        signals[full];
    }

    void body_word(const std::string& word) {
        const char c = word[0];
        if (c == '#') {
            const std::uint64_t time = std::stoull(word.substr(1));
            if (timed_ && time <= last_time) error = "time " + word + " after " + std::to_string(last_time);
            timed_ = true;
            last_time = time;
        } else if (word == "$comment") {
            comments.push_back(until_end());
        } else if (word == "$end" && in_section_) {
            in_section_ = false;
        } else if (c == '$') {
            in_section_ = true;
            sections.push_back(word + "@" + std::to_string(last_time));
        } else if (c == 'b' || c == 'r') {
            std::string id;
            in_ >> id;
            change(id, word.substr(1));
        } else if (c == '0' || c == '1' || c == 'x') {
            change(word.substr(1), word.substr(0, 1));
        } else {
            error = "word " + word;
        }
    }

    void change(const std::string& id, const std::string& value) {
        const auto name = names_.find(id);
        if (name == names_.end() || !timed_)
            error = "value of " + id;
        else
            signals[name->second].push_back({last_time, value});
    }

    std::istringstream in_;
    bool header_ = true, in_section_ = false, timed_ = false;
    std::vector<std::string> scopes_;
    std::map<std::string, std::string> names_;
};

}  // namespace sosa::tests
