// The page as text: one file, nothing from outside, and data that stays data.
#include "traces/report_page.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "host/loss_parts.h"

namespace sosa::tests {

using nlohmann::json;

namespace {

std::string page_of(const json& data, const std::string& title = "a run") {
    std::ostringstream out;
    traces::write_report_page(data, title, out);
    return out.str();
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

std::string data_in(const std::string& page) {
    const std::string open = "<script type=\"application/json\" id=\"data\">";
    const auto begin = page.find(open) + open.size();
    return page.substr(begin, page.find("</script>", begin) - begin);
}

std::string file(const std::string& name) {
    for (const auto& [path, text] : traces::embedded_report())
        if (path == "traces/report/" + name) return std::string(text);
    FAIL("no " << name);
    return "";
}

}  // namespace

TEST_CASE("a report is one page that loads nothing") {
    const std::string page = page_of({{"runs", json::array()}});
    CHECK(page.rfind("<!DOCTYPE html>", 0) == 0);
    CHECK(page.find("default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src "
                    "data: blob:") != std::string::npos);
    CHECK(page.find("src=") ==
          page.find("src=", page.find(file("third_party/echarts.min.js").substr(0, 200))));
    for (const char* outside : {"<link", "@import", "fetch(", "<iframe", "innerHTML"})
        CHECK(count(page, outside) == count(file("third_party/echarts.min.js"), outside));
    CHECK(count(page, "<script") == 3);
    CHECK(count(page, "</script>") == 3);
    CHECK(page.find("{{") == std::string::npos);
    CHECK(page.find("Apache License") != std::string::npos);
    CHECK(page.find("Copyright 2010-2016 Mike Bostock") != std::string::npos);
}

TEST_CASE("the plotting library is in the page as it was published") {
    const std::string library = file("third_party/echarts.min.js");
    CHECK(library.size() == 1121883);
    CHECK(page_of({}).find(library) != std::string::npos);
}

TEST_CASE("data cannot leave its place in the page") {
    const json data = {"</script><script>alert(1)</script>", "<!--<script>", "{{style}}", "\"'&\\",
                       "\u2028 ü \x01"};
    const std::string page = page_of(data, "</title><b>\"&{{data}}");
    CHECK(count(page, "<script") == 3);
    CHECK(count(page, "<!--") == 0);
    CHECK(json::parse(data_in(page)) == data);
    CHECK(data_in(page).find('<') == std::string::npos);
    CHECK(page.find("<title>&lt;/title&gt;&lt;b&gt;&quot;&amp;{{data}}</title>") != std::string::npos);
}

TEST_CASE("bytes that are no UTF-8 become replacement characters") {
    CHECK(json::parse(data_in(page_of({"a\xff"}))) == json({"a\ufffd"}));
}

TEST_CASE("the report names the parts of the cycle-loss account as the program does") {
    const std::string script = file("losses.js");
    for (const auto& part : host::kLossParts)
        CHECK(script.find(std::string("[\"") + part.key + "\", \"" + part.label + "\", ") !=
              std::string::npos);
}

}  // namespace sosa::tests
