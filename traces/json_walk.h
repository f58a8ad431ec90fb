#pragma once
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

// For json_read.cpp only (it pulls in all of json.hpp).
namespace sosa::traces {

inline constexpr std::string_view json_blanks = " \t\r\n";

// Walks valid JSON token by token and tells the visitor
//   open(depth, at)         a container begins; the outermost has depth 1
//   item(depth, label, at)  a key, or an array element (label = its index) of the innermost container
//   close(depth)
// where `at` is a byte offset from 0. The walk ends early when open() or item() returns false.
template <class Visitor>
class JsonWalk {
  public:
    JsonWalk(std::string_view text, Visitor& visitor) : text_(text), visitor_(visitor) {}

    void run() {
        while ((at_ = text_.find_first_not_of(json_blanks, at_)) != std::string_view::npos) {
            if (!token()) return;
        }
    }

  private:
    struct Frame {
        bool is_object;
        bool label_next = true;  // the next token that is not a bracket starts an item
        std::size_t index = 0;
    };

    bool token() {
        const char c = text_[at_];
        if (c == '}' || c == ']') {
            visitor_.close(frames_.size());
            frames_.pop_back();
            ++at_;
            return true;
        }
        if (c == ',' || c == ':') {
            if (c == ',') frames_.back().label_next = true;
            ++at_;
            return true;
        }
        return value_or_key(c);
    }

    bool value_or_key(char c) {
        const std::size_t begin = at_;
        const bool starts_item = !frames_.empty() && frames_.back().label_next;
        if (starts_item) frames_.back().label_next = false;
        if (starts_item && frames_.back().is_object) {
            skip_string();
            return visitor_.item(frames_.size(), decoded(begin), begin);
        }
        if (starts_item && !visitor_.item(frames_.size(), std::to_string(frames_.back().index++), begin))
            return false;
        if (c == '{' || c == '[') {
            frames_.push_back({c == '{'});
            ++at_;
            return visitor_.open(frames_.size(), begin);
        }
        if (c == '"')
            skip_string();
        else
            at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
        return true;
    }

    void skip_string() {
        for (++at_; text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\') ++at_;
        ++at_;
    }

    std::string decoded(std::size_t begin) const {
        const std::string_view quoted = text_.substr(begin, at_ - begin);
        if (quoted.find('\\') == std::string_view::npos)
            return std::string(quoted.substr(1, quoted.size() - 2));
        return nlohmann::json::parse(quoted).get<std::string>();
    }

    std::string_view text_;
    Visitor& visitor_;
    std::size_t at_ = 0;
    std::vector<Frame> frames_;
};

template <class Visitor>
void walk_json(std::string_view text, Visitor& visitor) {
    JsonWalk<Visitor>(text, visitor).run();
}

}  // namespace sosa::traces
