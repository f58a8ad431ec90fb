#include "host/workload_show.h"

#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>

#include "traces/error.h"

namespace {
using sosa::host::Layer;
using sosa::host::Workload;

Workload sample() {
    Workload w;
    w.name = "w";
    w.layers = {{"a", "Conv", 40, 18, 3, 3, 3, {}},
                {"b\"\x1b", "MatMul", 5, 6, 7, 1, 1, {0}},
                {"c", "Dense", 1, 2, 2, 1, 1, {1, 0}}};
    return w;
}

std::string table(const Workload& w) {
    std::ostringstream out;
    sosa::host::show_workload(w, out);
    return out.str();
}

std::string error_of(const std::vector<std::string>& args) {
    try {
        sosa::host::workload_command(args);
    } catch (const sosa::UsageError& error) {
        return error.what();
    }
    return "no error";
}

// What the command writes to standard output.
std::string printed_by(const std::vector<std::string>& args) {
    std::ostringstream out;
    std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
    try {
        sosa::host::workload_command(args);
    } catch (...) {
        std::cout.rdbuf(before);
        throw;
    }
    std::cout.rdbuf(before);
    return out.str();
}
}  // namespace

TEST_CASE("a workload is shown as a table with totals") {
    CHECK(table(sample()) ==
          "#  layer  op       M   K  N  kernel  MACs  X bytes  W bytes  Y bytes  after\n"
          "0  a      Conv    40  18  3     3x3  2160      720       54      120  -\n"
          "1  b\"?    MatMul   5   6  7     1x1   210       30       42       35  0\n"
          "2  c      Dense    1   2  2     1x1     4        2        4        2  1 0\n"
          "   total                             2374      752      100      157\n");
}

TEST_CASE("the totals of a workload count its repeats") {
    Workload w = sample();
    w.layers.resize(1);
    w.repeat = 3;
    CHECK(table(w) ==
          "#  layer               op     M   K  N  kernel  MACs  X bytes  W bytes  Y bytes  after\n"
          "0  a                   Conv  40  18  3     3x3  2160      720       54      120  -\n"
          "   total of 3 repeats                           6480     2160      162      360\n");
}

TEST_CASE("long names and many dependencies are cut in the table") {
    Workload w;
    w.layers.assign(9, {"a", "Dense", 1, 1, 1, 1, 1, {}});
    w.layers[8].name = std::string(41, 'n');
    w.layers[8].deps = {0, 1, 2, 3, 4, 5, 6, 7};
    CHECK_THAT(table(w), Catch::Contains("8  " + std::string(37, 'n') + "...  Dense") &&
                             Catch::Contains("  0 1 2 3 4 5 +2\n"));
    w.layers[8].name.pop_back();
    CHECK_THAT(table(w), Catch::Contains("8  " + std::string(40, 'n') + "  Dense"));
}

TEST_CASE("a workload is shown as a digraph") {
    std::ostringstream out;
    sosa::host::show_workload_dot(sample(), out);
    CHECK(out.str() == R"(digraph "w" {
  node [shape=box];
  n0 [label="a\nConv 40x18x3"];
  n1 [label="b\"\u001b\nMatMul 5x6x7"];
  n0 -> n1;
  n2 [label="c\nDense 1x2x2"];
  n1 -> n2;
  n0 -> n2;
}
)");
}

TEST_CASE("groups and vector work are shown as such") {
    Workload w;
    w.name = "w";
    Layer groups{"g", "Conv", 4, 9, 2, 3, 3};
    groups.groups = 5;
    Layer work;
    work.name = "v", work.op = "Softmax";
    work.vector = {40, 4, 2};
    work.deps = {0};
    w.layers = {groups, work};
    std::ostringstream table, dot;
    show_workload(w, table);
    show_workload_dot(w, dot);
    CHECK(table.str().find("0  g      Conv     4  9  2 x5     3x3   360      180       90       40  -") !=
          std::string::npos);
    CHECK(table.str().find("1  v      Softmax  -  -     -       -     -        -        -       40  0") !=
          std::string::npos);
    CHECK(dot.str() == R"(digraph "w" {
  node [shape=box];
  n0 [label="g\nConv 4x9x2 x5"];
  n1 [label="v\nSoftmax 40 elements", shape=ellipse];
  n0 -> n1;
}
)");
}

TEST_CASE("sosa workload show prints a table or a digraph of a model with its sizes bound") {
    const std::string model = SOSA_TEST_DATA "/onnx/digits_cnn.onnx";
    const std::string two = printed_by({"show", model, "--dim", "batch=2"});
    CHECK_THAT(two, Catch::Contains("9  product_q       MatMul               2  24"));
    CHECK_THAT(printed_by({"show", model, "--dim", "batch=4"}),
               Catch::Contains("9  product_q       MatMul               4  24"));
    const std::string dot = printed_by({"show", "--dot", model, "--dim", "batch=2"});
    CHECK(dot.rfind("digraph \"digits_cnn\" {\n", 0) == 0);
    CHECK_THAT(dot, Catch::Contains("[label=\"product_q\\nMatMul 2x24x10\"]"));
}

TEST_CASE("sosa workload refuses wrong usage") {
    CHECK(error_of({}) == "workload: found nothing, allowed show NAME|FILE");
    CHECK(error_of({"shw"}) == "workload: found \"shw\", allowed show NAME|FILE");
    CHECK(error_of({"show"}) == "workload show: found nothing, allowed one NAME|FILE");
    CHECK(error_of({"show", "a", "b"}) == "workload show: found \"a b\", allowed one NAME|FILE");
    CHECK(error_of({"show", "a", "--dott"}) ==
          "workload show: found \"--dott\", allowed --dot and --dim NAME=SIZE");
    CHECK_THAT(error_of({"show", "resnet5"}), Catch::Contains("did you mean \"resnet50\""));
}
