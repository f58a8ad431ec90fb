#include <catch2/catch.hpp>

#include "sc_tests/unit/scalesim_kit.h"

using namespace sosa::tests;

TEST_CASE("depthwise layers have limits of their own") {
    CHECK(imported(kConv + "DP,4,4,3,3,2147483647,1,1,\n").workload.layers[0].groups == 2'147'483'647);
    CHECK(row_error("DP,4,4,3,3,0,1,1,") ==
          "F.csv: line 2 \"DP\": column \"Channels\": found \"0\", allowed an "
          "integer 1..2147483647");
    CHECK(error_of(kConv + "DP,65536,32767,1,1,2147483647,2147483647,1,\n") ==
          "F.csv: layer 0 \"DP\": found m*k*n = 2147418112*1*2147483647 in 2147483647 groups, allowed less "
          "than 2^62");
}

TEST_CASE("values that are no sizes are refused") {
    const std::string dimension = ", allowed an integer 1..2147483647";
    CHECK(row_error("c,9,9,3,3,1,1,0,") == "column \"Strides\": found \"0\", allowed an integer 1..65535");
    CHECK(row_error("c,9,9,3,3,1,1,") == "column \"Strides\": found nothing, allowed an integer 1..65535");
    CHECK(row_error("c,9,9,3,3,,1,1,") == "column \"Channels\": found nothing" + dimension);
    for (const std::string text : {"-9", "+9", "9.0", "9e1", "0x9", "x", "2147483648", "18446744073709551625",
                                   "99999999999999999999999999", "000"})
        CHECK(row_error("c," + text + ",9,3,3,1,1,1,") ==
              "column \"IFMAP Height\": found \"" + text + "\"" + dimension);
    CHECK(row_error("c,9,9,65536,3,1,1,1,") ==
          "column \"Filter Height\": found \"65536\", allowed an integer 1..65535");
    CHECK(row_error(std::string("c,9,9\0,3,3,1,1,1,", 17)) ==
          "column \"IFMAP Width\": found \"9\\u0000\"" + dimension);
    CHECK(error_of(kGemm + "g,1,1,2147483647,\n") == "no error");
    CHECK(error_of(kGemm + "g,1,0,1,\n") == "F.csv: line 2 \"g\": column \"N\": found \"0\"" + dimension);
}

TEST_CASE("filters larger than the map need padding") {
    CHECK(row_error("c,3,2,3,3,1,1,1,") ==
          "column \"Filter Width\": found 3, allowed at most the IFMAP Width 2 without padding");
    CHECK(imported(kConv + "c,3,2,3,3,1,1,1,", ScaleSimPadding::same).workload.layers[0].m == 6);
}

TEST_CASE("products of sizes stay within their limits") {
    CHECK(row_error("c,65536,32768,1,1,1,1,1,") ==
          "found outputs of height*width = 2147483648, allowed at most 2147483647");
    CHECK(row_error("c,65535,65535,65535,65535,2147483647,1,1,") ==
          "found filter height*width*channels = 9223090559730712575, allowed at most 2147483647");
    CHECK(error_of(kGemm + "g,2147483647,2,2147483647,\n") ==
          "F.csv: layer 0 \"g\": found m*k*n = 2147483647*2147483647*2, allowed less than 2^62");
}

TEST_CASE("all bad rows are listed at once and long lists are cut") {
    CHECK(error_of(kConv + "a,0,9,3,3,1,x,1,\nb,9,9,3,3,1,1,1,\nc,9,9,3,3,1,1,\n") ==
          "F.csv: line 2 \"a\": column \"IFMAP Height\": found \"0\", allowed an integer 1..2147483647; "
          "line 2 \"a\": column \"Num Filter\": found \"x\", allowed an integer 1..2147483647; "
          "line 4 \"c\": column \"Strides\": found nothing, allowed an integer 1..65535");
    std::string many = kGemm;
    for (int i = 0; i < 10; ++i) many += "g,1,1,0,\n";
    CHECK_THAT(error_of(many), Catch::Contains("line 9 \"g\"") && !Catch::Contains("line 10") &&
                                   Catch::EndsWith(" and 2 more"));
}

TEST_CASE("names of layers must be text") {
    const std::string allowed = ", allowed UTF-8 without control characters";
    CHECK(error_of(kGemm + ",1,1,1,\n") == "F.csv: line 2: column \"Layer name\": found nothing" + allowed);
    CHECK(error_of(kGemm + "a\x01,1,1,1,\n") ==
          "F.csv: line 2 \"a\\u0001\": column \"Layer name\": found \"a\\u0001\"" + allowed);
    CHECK(error_of(kGemm + "a\xff,1,1,1,\n") ==
          "F.csv: line 2 \"a\uFFFD\": column \"Layer name\": found \"a\uFFFD\"" + allowed);
    CHECK(imported(kGemm + "\u00e4 b,1,1,1,\n").workload.layers[0].name == "\u00e4 b");
}

TEST_CASE("a header row is demanded") {
    CHECK(error_of("") == "F.csv: found no header row" + kAllowedHeaders.substr(0, 9) +
                              kAllowedHeaders.substr(kAllowedHeaders.find(" \"")));
    CHECK(error_of("Conv1,9,9,3,3,1,1,1,\n") ==
          "F.csv: line 1: found \"Conv1,9,9,3,3,1,1,1,\"" + kAllowedHeaders);
    CHECK(error_of("Layer, M, K, N,\ng,1,1,1,\n") ==
          "F.csv: line 1: found \"Layer, M, K, N,\"" + kAllowedHeaders);
    CHECK(error_of("{\"name\": 1}") == "F.csv: line 1: found \"{\\\"name\\\": 1}\"" + kAllowedHeaders);
    CHECK(error_of(kConv) == "F.csv: found no layers, allowed at least 1");
}

TEST_CASE("a topology's workload has a name that can name a folder") {
    ScaleSimOptions options;
    options.name = "net";
    Lines repairs;
    CHECK(import_scalesim(kGemm + "g,1,1,1,", "F.csv", options, repairs).name == "net");
    options.name = "a/b";
    CHECK(error_of(kGemm + "g,1,1,1,", options) ==
          "F.csv: name of the workload: found \"a/b\", allowed 1..100 bytes of UTF-8 without '/' or control "
          "characters, not starting with '.'; --name sets it");
    for (const std::string name : {".a", "a\n", "\xff"}) {
        options.name = name;
        CHECK_THAT(error_of(kGemm + "g,1,1,1,", options), Catch::StartsWith("F.csv: name of the workload: "));
    }
    options.name = std::string(101, 'n');
    CHECK_THAT(error_of(kGemm + "g,1,1,1,", options), Catch::StartsWith("F.csv: name of the workload: "));
    options.name = std::string(100, 'n');
    CHECK(error_of(kGemm + "g,1,1,1,", options) == "no error");
}

TEST_CASE("hostile topologies end in a sentence") {
    for (const std::string& text : {std::string(1'000'000, ','), std::string(1'000'000, '\n'),
                                    std::string(1'000'000, '\0'), std::string(1'000'000, '#')})
        CHECK_THAT(error_of(text), Catch::StartsWith("F.csv: ") && Catch::Contains("header"));
    CHECK(error_of(kGemm + "g,1,1,1" + std::string(1'000'000, ',') + "\n") == "no error");
    CHECK(error_of(kGemm + std::string(1'000'000, 'g')).size() < 3000);
    for (std::size_t size = 0; size < kResnet18.size(); size += 7)
        CHECK(!error_of(kResnet18.substr(0, size)).empty());
}
