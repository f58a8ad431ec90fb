#include "traces/json_read.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "traces/error.h"

using sosa::UserError;
using sosa::traces::line_column;
using sosa::traces::line_of_path;
using sosa::traces::parse_json_strict;
using Place = std::pair<std::size_t, std::size_t>;

namespace {
std::string error_of(const std::string& text) {
    try {
        parse_json_strict(text, "f.json");
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }
}  // namespace

TEST_CASE("line_column counts lines and characters from 1") {
    CHECK(line_column("abc", 0) == Place(1, 1));
    CHECK(line_column("abc", 1) == Place(1, 1));
    CHECK(line_column("abc", 3) == Place(1, 3));
    CHECK(line_column("a\nbc\n", 3) == Place(2, 1));
    CHECK(line_column("a\nbc\n", 5) == Place(2, 3));  // the line break itself ends line 2
    CHECK(line_column("a\nbc\n", 6) == Place(3, 1));
    CHECK(line_column("a\nbc\n", 999) == Place(3, 1));
    CHECK(line_column("\xC3\xA4\xC3\xB6x", 5) == Place(1, 3));
    CHECK(line_column("", 1) == Place(1, 1));
}

TEST_CASE("line_of_path finds keys and elements") {
    const std::string text = R"({
  "a": {"x": 1,
        "y": [10, {"k": 2},
              {"k\u0031": "}]\"{", "k": [
                 [], [7]]}]},
  "b": null,
  "e": {}, "f": []
})";
    CHECK(line_of_path(text, {}) == 1);
    CHECK(line_of_path(text, {"a"}) == 2);
    CHECK(line_of_path(text, {"a", "x"}) == 2);
    CHECK(line_of_path(text, {"a", "y"}) == 3);
    CHECK(line_of_path(text, {"a", "y", "0"}) == 3);
    CHECK(line_of_path(text, {"a", "y", "2"}) == 4);
    CHECK(line_of_path(text, {"a", "y", "2", "k1"}) == 4);
    CHECK(line_of_path(text, {"a", "y", "2", "k", "1", "0"}) == 5);
    CHECK(line_of_path(text, {"b"}) == 6);
    CHECK(line_of_path(text, {"f"}) == 7);
}

TEST_CASE("line_of_path says 0 for what is not there") {
    const std::string text = R"({"a": {"x": 1}, "b": {"y": [1, 2]}})";
    CHECK(line_of_path(text, {"x"}) == 0);
    CHECK(line_of_path(text, {"a", "y"}) == 0);  // y is b's
    CHECK(line_of_path(text, {"b", "y", "2"}) == 0);
    CHECK(line_of_path(text, {"a", "x", "z"}) == 0);
    CHECK(line_of_path("", {}) == 0);
    CHECK(line_of_path("3", {"a"}) == 0);
}

TEST_CASE("strict parsing gives the document") {
    CHECK(parse_json_strict(R"({"a": [1, -2, 3.5, true, null, "\u00e4"]})", "f") ==
          nlohmann::json::parse(R"({"a": [1, -2, 3.5, true, null, "\u00e4"]})"));
    CHECK(parse_json_strict("\xEF\xBB\xBF 3 ", "f") == 3);
    CHECK(parse_json_strict(R"([{"a": 1}, {"a": 2, "b": {"a": 3}}])", "f").size() == 2);
}

TEST_CASE("strict parsing says line and column of a syntax error") {
    CHECK(
        error_of("{\n  \"a\": 1,\n  \"b\" 2\n}") ==
        "f.json: line 3, column 7: syntax error while parsing object separator - unexpected number literal; "
        "expected ':'");
    CHECK_THAT(error_of("{\"a\": 1,}"), Catch::StartsWith("f.json: line 1, column 9: syntax error"));
    CHECK_THAT(error_of(""), Catch::StartsWith("f.json: line 1, column 1: syntax error"));
    CHECK_THAT(error_of("[1\n"), Catch::StartsWith("f.json: line 2, column 1: syntax error"));
    CHECK_THAT(error_of("[1] 2"), Catch::StartsWith("f.json: line 1, column 5: syntax error"));
    CHECK_THAT(error_of("[NaN]"), Catch::StartsWith("f.json: line 1, column 2"));
    CHECK_THAT(error_of("[\"\xFF\"]"), Catch::StartsWith("f.json: line 1, column 3"));
    CHECK_THAT(error_of("// c\n1"), Catch::StartsWith("f.json: line 1"));
    CHECK(error_of("[1,\n 1e999]") == "f.json: line 2, column 6: number overflow parsing '1e999'");
}

TEST_CASE("strict parsing refuses a key that stands twice") {
    CHECK(error_of("{\"a\": 1,\n \"b\": {\"a\": 1}, \"\\u0061\": 2}") ==
          "f.json: line 2, column 17: the key \"a\" stands twice in the same object");
    CHECK(error_of("[[{\"k\": [], \"k\": {}}]]") ==
          "f.json: line 1, column 13: the key \"k\" stands twice in the same object");
}

TEST_CASE("strict parsing allows 64 levels") {
    CHECK(error_of(nested(64)) == "no error");
    CHECK(error_of(nested(65)) == "f.json: line 1, column 65: nested deeper than the 64 levels allowed");
    CHECK_THAT(error_of(std::string(3000000, '[')), Catch::EndsWith("64 levels allowed"));
    std::string objects;
    for (int i = 0; i < 100; ++i) objects += "{\"a\":\n";
    CHECK(error_of(objects) == "f.json: line 65, column 1: nested deeper than the 64 levels allowed");
}

TEST_CASE("strict parsing keeps a message short") {
    CHECK(error_of("[\"" + std::string(5000000, 'a')).size() < 400);
    CHECK(error_of("{\"" + std::string(5000, 'a') + "\": 1, \"" + std::string(5000, 'a') + "\": 1}").size() <
          400);
}
