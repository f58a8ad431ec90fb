#include "host/pareto.h"

#include <catch2/catch.hpp>
#include <random>

#include "traces/error.h"

namespace sosa::host {

namespace {

// As sosa collect writes them, with fewer figures.
constexpr const char* kHead =
    "point,pods.count,noc.topology,config,workload,batch,policy,cycles,effective_tops,peak_power_w,area_mm2,"
    "status,reason,hash\n";
const std::string kRows =
    "1,32,benes,c,resnet50,1,paper,900,10,5,100,ok,,a1\n"
    "2,64,benes,c,resnet50,1,paper,500,18,9,unknown,ok,,a2\n"
    "3,128,benes,c,resnet50,1,paper,300,30,20,400,ok,,a3\n"
    "4,64,\"a,\"\"b\"\"\",c,resnet50,1,paper,450,20,8,210,ok,,a4\n"
    "5,256,benes,c,resnet50,1,paper,,,,,failed,\"no, really\",a5\n"
    "6,256,benes,c,resnet50,1,paper,200,30,unknown,800,ok,,a6\n";

ResultsCsv results() { return {kHead + kRows, "r.csv"}; }

ParetoAsk power_ask(std::vector<std::string> where = {}) {
    ParetoAsk ask{"peak_power_w", "effective_tops"};
    for (const auto& text : where) ask.filters.push_back(parse_row_filter(text));
    return ask;
}

std::vector<std::size_t> rows_of(const std::vector<ParetoPoint>& points) {
    std::vector<std::size_t> rows;
    for (const auto& point : points) rows.push_back(point.row);
    return rows;
}

template <class Call>
std::string error_of(const Call& call) {
    try {
        call();
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

using Rows = std::vector<std::size_t>;

}  // namespace

TEST_CASE("the front of a few points, best x first") {
    const std::vector<ParetoPoint> points = {{3, 3, 0}, {1, 1, 1}, {2, 2, 2},
                                             {2, 1, 3}, {3, 3, 4}, {4, 2, 5}};
    const auto front = [&](Goal x, Goal y) { return rows_of(pareto_front(points, x, y)); };
    CHECK(front(Goal::minimise, Goal::maximise) == Rows{1, 2, 0, 4});
    CHECK(front(Goal::minimise, Goal::minimise) == Rows{1});
    CHECK(front(Goal::maximise, Goal::maximise) == Rows{5, 0, 4});
    CHECK(front(Goal::maximise, Goal::minimise) == Rows{5, 3});
    CHECK(pareto_front({}, Goal::minimise, Goal::minimise).empty());
}

TEST_CASE("the front is what no point beats, by definition") {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<ParetoPoint> points;
        for (std::size_t row = 0; row < 40; ++row)
            points.push_back({static_cast<double>(random() % 12), static_cast<double>(random() % 12), row});
        const Goal x = round % 2 ? Goal::minimise : Goal::maximise,
                   y = round % 4 < 2 ? Goal::minimise : Goal::maximise;
        const auto gain = [](Goal goal, double from, double to) {
            return goal == Goal::minimise ? from - to : to - from;
        };
        Rows expected;
        for (const auto& p : points) {
            const bool beaten = std::any_of(points.begin(), points.end(), [&](const ParetoPoint& q) {
                const double in_x = gain(x, p.x, q.x), in_y = gain(y, p.y, q.y);
                return in_x >= 0 && in_y >= 0 && in_x + in_y > 0;
            });
            if (!beaten) expected.push_back(p.row);
        }
        Rows found = rows_of(pareto_front(points, x, y));
        std::sort(found.begin(), found.end());
        REQUIRE(found == expected);
    }
}

TEST_CASE("what is better follows from a figure's name") {
    for (const char* name : {"peak_power_w", "peak_power_noc_w", "cycles", "memory_stall_cycles", "energy_j",
                             "area_mm2", "area_known_mm2", "dram_read_bytes", "noc_bytes_unicast",
                             "run_time_ns", "slices", "banks.size_bytes", "cycle_loss.idle_pe_cycles"}) {
        INFO(name);
        CHECK(goal_of(name) == Goal::minimise);
    }
    for (const char* name : {"effective_tops", "peak_tops", "effective_tops_at_400w", "utilization_pct",
                             "busy_pods_pct", "cycle_loss.useful_pe_cycles"}) {
        INFO(name);
        CHECK(goal_of(name) == Goal::maximise);
    }
    for (const char* name : {"pods.count", "batch", "ops", "stops", "wide", "tile_ops", ""}) {
        INFO(name);
        CHECK_FALSE(goal_of(name));
    }
}

TEST_CASE("conditions on rows are read") {
    using Op = RowFilter::Op;
    const auto check = [](const char* text, const char* column, Op op, const char* value, bool number) {
        const RowFilter filter = parse_row_filter(text);
        INFO(text);
        CHECK(filter.column == column);
        CHECK(filter.op == op);
        CHECK(filter.value == value);
        CHECK(filter.number.has_value() == number);
    };
    check("area_mm2<=300", "area_mm2", Op::less_equal, "300", true);
    check(" a >= 1e3 ", "a", Op::greater_equal, "1e3", true);
    check("a<1", "a", Op::less, "1", true);
    check("a>-1.5", "a", Op::greater, "-1.5", true);
    check("noc.topology==butterfly-2", "noc.topology", Op::equal, "butterfly-2", false);
    check("a=b", "a", Op::equal, "b", false);
    check("a!=x y", "a", Op::not_equal, "x y", false);
    for (const char* bad : {"", "a", "<3", "a<", "a!3", "a!", " == ", "a<=>"})
        CHECK_THROWS_AS(parse_row_filter(bad), UsageError);
    CHECK(error_of([] { parse_row_filter("area"); }) ==
          "pareto: --where: found \"area\", allowed COLUMN OP VALUE such as \"area_mm2<=300\", OP one of < "
          "<= > >= == !=");
    CHECK(error_of([] { parse_row_filter("size<256KiB"); }) ==
          "pareto: --where: found \"size<256KiB\", allowed a number after <");
}

TEST_CASE("failed, unknown and filtered rows are left out and counted") {
    const ParetoAnswer all = results().answer(power_ask());
    CHECK(all.x_goal == Goal::minimise);
    CHECK(all.y_goal == Goal::maximise);
    CHECK(rows_of(all.points) == Rows{0, 1, 2, 3});
    CHECK(rows_of(all.front) == Rows{0, 3, 2});
    CHECK(all.failed == 1);
    CHECK(all.unknown == 1);
    CHECK(all.filtered == 0);
    CHECK(all.axes == std::vector<std::string>{"pods.count", "noc.topology"});

    const ParetoAnswer small = results().answer(power_ask({"area_mm2<=300"}));
    CHECK(rows_of(small.points) == Rows{0, 3});
    CHECK(small.filtered == 2);  // rows 3 and 6, whose power does not matter then
    CHECK(small.unknown == 1);   // row 2, whose area nobody knows

    const ParetoAnswer both = results().answer(power_ask({"area_mm2<=300", "pods.count!=64"}));
    CHECK(rows_of(both.points) == Rows{0});
    CHECK(both.filtered == 4);  // an unknown area does not matter where another condition fails
    CHECK(both.unknown == 0);
    CHECK(both.axes.empty());
}

TEST_CASE("points are told apart by what they were given, not by figures") {
    std::string rows = kRows;
    rows.replace(rows.find("paper"), 5, "other");
    CHECK(ResultsCsv(kHead + rows, "r.csv").answer(power_ask()).axes ==
          std::vector<std::string>{"pods.count", "noc.topology", "policy"});
}

TEST_CASE("each operator of a condition") {
    const auto kept = [](const char* where) { return rows_of(results().answer(power_ask({where})).points); };
    CHECK(kept("cycles<450") == Rows{2});
    CHECK(kept("cycles<=450") == Rows{2, 3});
    CHECK(kept("cycles>500") == Rows{0});
    CHECK(kept("cycles>=500") == Rows{0, 1});
    CHECK(kept("cycles==5e2") == Rows{1});
    CHECK(kept("cycles!=500.0") == Rows{0, 2, 3});
    CHECK(kept("noc.topology==benes") == Rows{0, 1, 2});
    CHECK(kept("noc.topology!=benes") == Rows{3});
    CHECK(kept("noc.topology==a,\"b\"") == Rows{3});
}

TEST_CASE("goals can be set") {
    ParetoAsk ask{"pods.count", "effective_tops"};
    CHECK(error_of([&] { results().answer(ask); }) ==
          "pareto: whether a smaller or a larger pods.count is better does not follow from its name, allowed "
          "--minimise pods.count or --maximise pods.count");
    ask.minimise = {"pods.count", "effective_tops"};
    CHECK(rows_of(results().answer(ask).front) == Rows{0});
    ask.minimise = {};
    ask.maximise = {"pods.count"};
    CHECK(rows_of(results().answer(ask).front) == Rows{5});
    ask.minimise = {"pods.count"};
    CHECK(error_of([&] { results().answer(ask); }) ==
          "pareto: found \"pods.count\" after --minimise and --maximise, allowed one of them");
}

TEST_CASE("columns that are not there, and cells that are no numbers") {
    CHECK(error_of([] {
              results().answer({"peak_power", "effective_tops"});
          }) ==
          "pareto: --x: found \"peak_power\" (did you mean \"peak_power_w\"?), allowed the columns of r.csv: "
          "point, "
          "pods.count, noc.topology, config, workload, batch, policy, cycles, effective_tops, peak_power_w, "
          "area_mm2, "
          "status, reason, hash");
    CHECK_THAT(error_of([] {
                   results().answer({"cycles", "zzz"});
               }),
               Catch::StartsWith("pareto: --y: found \"zzz\", allowed the columns of r.csv: point,"));
    CHECK_THAT(
        error_of([] { results().answer(power_ask({"workloat==a"})); }),
        Catch::StartsWith("pareto: --where: found \"workloat\" (did you mean \"workload\"?), allowed"));
    CHECK(error_of([] { results().answer(power_ask({"noc.topology<3"})); }) ==
          "r.csv: line 2: noc.topology: found \"benes\", allowed a number or unknown");
    ParetoAsk words{"workload", "cycles"};
    words.minimise = {"workload"};
    CHECK(error_of([&] { results().answer(words); }) ==
          "r.csv: line 2: workload: found \"resnet50\", allowed a number or unknown");
    CHECK(error_of([] { results().answer(power_ask({"cycles<5"})); }) ==
          "r.csv: no point is left to choose from: 1 failed, 5 left out by --where, 0 unknown");
    CHECK_THROWS_AS(ResultsCsv("a,b\n1,2\n", "r.csv"), UserError);
    CHECK_THROWS_AS(ResultsCsv("", "r.csv"), UserError);
    CHECK_THROWS_AS(ResultsCsv("a,status\n1\n", "r.csv"), UserError);
}

TEST_CASE("the rows of the front keep all their columns") {
    const ResultsCsv table = results();
    const auto csv = table.csv(table.answer(power_ask()).front);
    CHECK(csv == std::string(kHead) + "1,32,benes,c,resnet50,1,paper,900,10,5,100,ok,,a1\n" +
                     "4,64,\"a,\"\"b\"\"\",c,resnet50,1,paper,450,20,8,210,ok,,a4\n" +
                     "3,128,benes,c,resnet50,1,paper,300,30,20,400,ok,,a3\n");
}

TEST_CASE("the plot shows all points and the front") {
    const ResultsCsv table = results();
    ParetoAsk ask = power_ask();
    ask.log_x = true;
    const ParetoAnswer answer = table.answer(ask);
    const Plot plot = pareto_plot(table, ask, answer, "sizes");
    CHECK(plot.title == "sizes: 3 Pareto-optimal of 4 points");
    CHECK(plot.x.label == "peak power (W), smaller is better");
    CHECK(plot.y.label == "effective tops, larger is better");
    CHECK(plot.x.log_base == 10);
    CHECK(plot.y.log_base == 0);
    REQUIRE(plot.series.size() == 3);
    CHECK(plot.series[0].faint);
    REQUIRE(plot.series[0].points.size() == 1);
    CHECK(plot.series[0].points[0].x == 9);
    CHECK(plot.series[0].points[0].y == 18);
    CHECK(plot.series[1].style == PlotStyle::steps);
    CHECK(plot.series[1].points.size() == 3);
    CHECK(plot.series[2].name == "Pareto-optimal: count, topology");
    REQUIRE(plot.series[2].points.size() == 3);
    CHECK(plot.series[2].points[0].label == "32, benes");
    CHECK(plot.series[2].points[1].label == "64, a,\"b\"");
    CHECK(plot.series[2].points[2].x == 20);
}

}  // namespace sosa::host
