#include "traces/stats.h"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sc_tests/unit/aborts.h"
#include "traces/format.h"

using sosa::tests::aborts;
using sosa::traces::StatGroup;
using sosa::traces::StatNumber;

namespace {
std::string text_of(const StatGroup& group, std::size_t indent = 0) {
    std::ostringstream out;
    group.write_json(out, indent);
    return out.str();
}

StatNumber integer(std::uint64_t n) { return StatNumber(n); }
}  // namespace

TEST_CASE("a tree of statistics is written as nested objects") {
    std::uint64_t macs = 7;
    StatGroup root("sosa", "The chip.");
    auto& pods = root.group("pods", "All \"pods\".");
    pods.counter("macs", "MACs done.", "MACs", &macs);
    root.value("share", "A ratio.", "%", 12.5);
    root.value("lines", "A size.", "lines", 256u);
    macs = 18446744073709551615u;
    CHECK(text_of(root) == R"({
  "description": "The chip.",
  "pods": {
    "description": "All \"pods\".",
    "macs": {"value": 18446744073709551615, "unit": "MACs", "description": "MACs done."}
  },
  "share": {"value": 12.5, "unit": "%", "description": "A ratio."},
  "lines": {"value": 256, "unit": "lines", "description": "A size."}
})");
    CHECK(text_of(StatGroup("e", ""), 4) == "{\n      \"description\": \"\"\n    }");
}

TEST_CASE("a table names its columns once and has a row a line") {
    std::uint64_t busy[2] = {1, 2};
    StatGroup root("sosa", "");
    root.table("pods", "Per pod.", {{"busy_cycles", "cycles", "Computing."}, {"share", "%", "Of the run."}},
               {{"pod0", {&busy[0], 0.5}}, {"pod.1", {&busy[1], 3.0}}});
    busy[1] = 40;
    CHECK(text_of(root) == R"({
  "description": "",
  "pods": {
    "description": "Per pod.",
    "columns": [
      {"name": "busy_cycles", "unit": "cycles", "description": "Computing."},
      {"name": "share", "unit": "%", "description": "Of the run."}
    ],
    "rows": {
      "pod0": [1, 0.5],
      "pod.1": [40, 3.0]
    }
  }
})");
    CHECK(root.find("pods.pod.1.busy_cycles") == integer(40));
    CHECK(root.find("pods.pod0.share") == StatNumber(0.5));
    CHECK_FALSE(root.find("pods.pod2.share"));
    CHECK_FALSE(root.find("pods.pod0.other"));
    CHECK_FALSE(root.find("pods.pod0"));
    CHECK_FALSE(root.find("pods"));
}

TEST_CASE("an empty table is valid JSON") {
    StatGroup root("sosa", "");
    root.table("t", "", {}, {});
    CHECK(nlohmann::json::parse(text_of(root))["t"]["rows"].empty());
}

TEST_CASE("a statistic is found by its dotted path") {
    std::uint64_t n = 3;
    StatGroup root("sosa", "");
    auto& b = root.group("a", "").group("b", "");
    b.counter("n", "", "", &n);
    CHECK(root.find("a.b.n") == integer(3));
    n = 4;
    CHECK(root.find("a.b.n") == integer(4));
    CHECK(b.find("n") == integer(4));
    for (const char* missing : {"", "a", "a.b", "a.b.n.x", "b.n", "a..n", "a.b.", ".a"})
        CHECK_FALSE(root.find(missing));
}

TEST_CASE("a wrong use of the statistics tree aborts") {
    StatGroup root("sosa", "");
    std::uint64_t n = 0;
    root.value("a", "", "", 1.0);
    CHECK(aborts([&] { root.value("a", "", "", 1.0); }));
    CHECK(aborts([&] { root.counter("a", "", "", &n); }));
    CHECK(aborts([&] { root.group("a", ""); }));
    CHECK(aborts([&] { root.table("a", "", {}, {}); }));
    for (const char* bad : {"", "x.y", "x y", "description"})
        CHECK(aborts([&] { root.value(bad, "", "", 1.0); }));
    CHECK(aborts([&] { root.counter("null", "", "", nullptr); }));
    CHECK(aborts([&] { root.table("t", "", {{"c", "", ""}, {"c", "", ""}}, {}); }));
    CHECK(aborts([&] { root.table("t", "", {{"c", "", ""}}, {{"r", {}}}); }));
    CHECK(aborts([&] { root.table("t", "", {}, {{"r", {}}, {"r", {}}}); }));
    CHECK_FALSE(aborts([&] { root.value("b", "", "", 1.0); }));
}

TEST_CASE("numbers have one shortest form") {
    using sosa::traces::json_number;
    using sosa::traces::shortest;
    CHECK(shortest(0.1) == "0.1");
    CHECK(shortest(-0.0) == "0");
    CHECK(shortest(1e15) == "1000000000000000");
    CHECK(shortest(9007199254740992.0 * 4) == "36028797018963968");
    CHECK(shortest(1e22) == "1e+22");
    CHECK(shortest(1.0 / 3) == "0.3333333333333333");
    CHECK(json_number(12) == "12.0");
    CHECK(json_number(1e22) == "1e+22");
    CHECK(json_number(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(json_number(std::numeric_limits<double>::infinity()) == "null");
    for (const double v : {5e-324, 2.875e-5, 1.7976931348623157e308, 123456.789e-3})
        CHECK(nlohmann::json::parse(json_number(v)).get<double>() == v);
}
