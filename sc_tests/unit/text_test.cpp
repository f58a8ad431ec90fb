#include "traces/text.h"

#include <catch2/catch.hpp>

#include "sc_tests/unit/aborts.h"
#include "traces/error.h"

using sosa::traces::glob_match;
using sosa::traces::join;
using sosa::traces::nearest;

TEST_CASE("the nearest word is the one that was meant") {
    const std::vector<std::string> words = {"pods.count", "pods.rows", "banks.size", "noc.topology"};
    CHECK(nearest("pods.cuont", words) == "pods.count");
    CHECK(nearest("pods.row", words) == "pods.rows");
    CHECK(nearest("noc.topolgy", words) == "noc.topology");
    CHECK(nearest("banks.size", words) == "banks.size");
    CHECK(nearest("something", words) == "");
    CHECK(nearest("x", {}) == "");
    CHECK(nearest("", words) == "");
    CHECK(nearest("ab", {"ad", "ac"}) == "ad");  // the first of equals
}

TEST_CASE("words are joined") {
    CHECK(join({}) == "");
    CHECK(join({"a"}) == "a");
    CHECK(join({"a", "b", "c"}) == "a, b, c");
    CHECK(join({"a", "b"}, ".") == "a.b");
}

TEST_CASE("globs match as in a shell") {
    CHECK(glob_match("", ""));
    CHECK_FALSE(glob_match("", "a"));
    CHECK(glob_match("*", ""));
    CHECK(glob_match("*", "a.b"));
    CHECK(glob_match("a*c", "ac"));
    CHECK(glob_match("a*c", "abcbc"));
    CHECK_FALSE(glob_match("a*c", "abcb"));
    CHECK(glob_match("?b", "ab"));
    CHECK_FALSE(glob_match("?b", "b"));
    CHECK_FALSE(glob_match("ab", "abc"));
    CHECK_FALSE(glob_match("abc", "ab"));
    CHECK(glob_match("sosa.pods.pod?.*", "sosa.pods.pod7.state"));
    CHECK_FALSE(glob_match("sosa.pods.pod?.*", "sosa.pods.pod17.state"));
    CHECK(glob_match("**a**", "bab"));
    CHECK(glob_match("*aab", "aaaaab"));
    CHECK(glob_match("a*b*c*", "a1b2b3c"));
    CHECK_FALSE(glob_match(std::string(50, '*') + "b", std::string(5000, 'a')));
}

TEST_CASE("a broken invariant aborts and a kept one costs no text") {
    int made = 0;
    const auto text = [&] {
        ++made;
        return std::string("seen");
    };
    SOSA_CHECK(made == 0, text());
    CHECK(made == 0);
    CHECK(sosa::tests::aborts([&] { SOSA_CHECK(made == 1, text()); }));
}
