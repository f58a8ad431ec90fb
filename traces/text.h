#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sosa::traces {

// The candidate nearest to `word` by edit distance, or "" if none is near enough to be meant.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// " (did you mean "GUESS"?)", or "" for an empty guess.
std::string did_you_mean(const std::string& guess);

// "a, b, c"
std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");

// Whether `name` matches a shell-style glob with * and ?.
bool glob_match(std::string_view glob, std::string_view name);

}  // namespace sosa::traces
