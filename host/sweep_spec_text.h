#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

// For sweep_spec.cpp only (it pulls in all of json.hpp).
namespace sosa::host {

// The JSON of a spec, which knows the lines of its parts.
class SpecText {
  public:
    using Path = std::vector<std::string>;  // {"zip", "0", "pods.rows"}

    // Throws UserError for what is no JSON.
    SpecText(std::string_view text, const std::string& source);

    const std::string& source() const { return source_; }
    const nlohmann::json& root() const { return root_; }

    // A part of the root that may be left out: an object or a list.
    const nlohmann::json& part(const char* key, bool list) const;

    // Of an object that has one at least, as they stand in the text; Json sorts them.
    std::vector<std::string> keys_in_order(const Path& path) const;

    std::string place(const Path& path) const;  // "spec.json:3: "
    [[noreturn]] void fail(const Path& path, const std::string& what) const;

  private:
    std::string_view text_;
    std::string source_;
    nlohmann::json root_;
    nlohmann::ordered_json ordered_;
};

}  // namespace sosa::host
