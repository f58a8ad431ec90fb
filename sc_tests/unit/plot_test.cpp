#include "host/plot.h"

#include <stdlib.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "host/plot_layout.h"
#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace {

using tests::TempFolder;

Plot one_series(PlotStyle style, std::vector<PlotPoint> points) {
    Plot plot{"title", {"x (W)"}, {"y (TOPS)"}};
    plot.series = {{"series", style, std::move(points)}};
    return plot;
}

std::string error_of(const Plot& plot) {
    try {
        plot_script(plot, "p.svg");
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

std::string drawn(const TempFolder& folder, const Plot& plot) {
    write_plot(plot, folder / "p.svg");
    return traces::read_file(folder / "p.svg");
}

void collect_texts(const boost::property_tree::ptree& tree, std::vector<std::string>& texts) {
    for (const auto& [name, child] : tree) {
        if (name == "text" || name == "title") texts.push_back(child.data());
        collect_texts(child, texts);
    }
}

// Of an SVG that must be well-formed XML.
std::vector<std::string> texts_of(const std::string& svg) {
    std::istringstream in(svg);
    boost::property_tree::ptree tree;
    boost::property_tree::read_xml(in, tree, boost::property_tree::xml_parser::trim_whitespace);
    std::vector<std::string> texts;
    collect_texts(tree, texts);
    return texts;
}

bool has(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

HeatMap small_map() {
    return {{1, 2, 3}, {10, 20}, {1.0, 2.0, 3.0, 4.0, std::nullopt, 6.0}, "effective TOPS"};
}

}  // namespace

TEST_CASE("a plot of each style becomes an SVG with its texts") {
    const TempFolder folder;
    for (const PlotStyle style :
         {PlotStyle::line, PlotStyle::points, PlotStyle::line_points, PlotStyle::steps, PlotStyle::bars}) {
        Plot plot = one_series(style, {{0, 3, "label 0"}, {1, 5, "label 1"}});
        if (style == PlotStyle::bars) plot.groups = {"group 0", "group 1"};
        const auto texts = texts_of(drawn(folder, plot));
        INFO(static_cast<int>(style));
        for (const char* text : {"title", "x (W)", "y (TOPS)", "series", "label 0", "label 1"})
            CHECK(has(texts, text));
        CHECK(has(texts, "group 1") == (style == PlotStyle::bars));
        CHECK_FALSE(has(texts, "Gnuplot"));
    }
}

TEST_CASE("the same plot gives the same bytes and only the file") {
    const TempFolder folder;
    Plot plot = one_series(PlotStyle::line_points, {{1, 3}, {2, 5}, {4, 4, "end"}});
    const std::string first = drawn(folder, plot);
    CHECK(drawn(folder, plot) == first);
    CHECK(folder.entries() == 1);
    plot.series[0].points[2].y = 4.5;
    CHECK(drawn(folder, plot) != first);
}

TEST_CASE("no text is code of gnuplot, a shell or SVG") {
    const TempFolder folder;
    const std::string touched = (folder / "touched").string();
    const std::string hostile[] = {"`touch " + touched + "`",
                                   "$(touch " + touched + ")",
                                   "'; system('touch " + touched + "'); '",
                                   "\"; system(\"touch " + touched + "\"); \"",
                                   "@GPVAL_VERSION {/*9 big} a_b^c %g %s 50% \\",
                                   "<script>alert(1)</script> &amp; &alpha; ]]> --",
                                   "# not a comment ; { ( [",
                                   "ends with backslash \\"};
    for (const std::string& text : hostile) {
        INFO(text);
        Plot plot{text, {text}, {text}};
        plot.series = {{text, PlotStyle::bars, {{0, 1, text}, {1, 2}}}};
        plot.groups = {text, text};
        plot.marks = {{0.5, 1, text}};
        plot.width_px = 3000;  // room for all of it
        const auto texts = texts_of(drawn(folder, plot));
        const std::string shown = harmless_text(text);
        // title (shown, and of the file), two axes, legend, label, two groups, mark
        CHECK(std::count(texts.begin(), texts.end(), shown) == 9);
        plot = Plot{text, {text}, {text}};
        plot.heat_map = small_map();
        plot.heat_map->z_label = text;
        plot.heat_map->contours = {2};
        const auto map_texts = texts_of(drawn(folder, plot));
        CHECK(std::count(map_texts.begin(), map_texts.end(), shown) == 5);
        CHECK(has(map_texts, shown + " = 2"));
    }
    CHECK_FALSE(std::filesystem::exists(touched));
}

TEST_CASE("what breaks a script or XML is replaced") {
    CHECK(harmless_text("it's") == "it\u2019s");
    CHECK(harmless_text("a]]>b") == "a]] >b");
    CHECK(harmless_text("a\xef\xbf\xbe b\xef\xbf\xbf") == "a? b?");
    CHECK(harmless_text("plain \u2603 & <b>") == "plain \u2603 & <b>");
}

TEST_CASE("line breaks, control characters and broken UTF-8 do not reach gnuplot") {
    const TempFolder folder;
    Plot plot = one_series(PlotStyle::points, {{1, 1}});
    plot.title = "a\nset output 'x'\r\x01 \xff\xfe b";
    const std::string script = plot_script(plot, "p.svg");
    CHECK_THAT(script, Catch::Contains("set label 'a?set output \u2019x\u2019?? ?? b' at screen"));
    CHECK(has(texts_of(drawn(folder, plot)), "a?set output \u2019x\u2019?? ?? b"));
    plot.title = std::string(5000, 'w');
    CHECK(has(texts_of(drawn(folder, plot)), std::string(157, 'w') + "..."));
}

TEST_CASE("ranges show what there is to draw") {
    const auto range = [](const Plot& plot) { return PlotLayout(plot); };
    const PlotLayout from_zero = range(one_series(PlotStyle::points, {{0, 10}, {10, 100}}));
    CHECK(from_zero.x.from == 0);
    CHECK(from_zero.x.to == Approx(10.5));
    CHECK(from_zero.y.from == 0);
    CHECK(from_zero.y.to == Approx(107.2));
    const PlotLayout narrow = range(one_series(PlotStyle::points, {{90, -1}, {100, -1}}));
    CHECK(narrow.x.from == Approx(89.5));
    CHECK(narrow.x.to == Approx(100.5));
    CHECK(narrow.y.from == Approx(-1.1));
    CHECK(narrow.y.to == Approx(-0.9));
    Plot log = one_series(PlotStyle::points, {{32, 1}, {512, 1}});
    log.x.log_base = 2;
    log.y = {"y", 0, 0.5, 9};
    CHECK(range(log).x.from == Approx(32 / std::pow(16, 0.05)));
    CHECK(range(log).x.share(128) == Approx(0.5));
    CHECK(range(log).y.from == 0.5);
    CHECK(range(log).y.to == 9);
    Plot map{"m", {"x"}, {"y"}};
    map.heat_map = small_map();
    CHECK(range(map).x.from == 0.5);
    CHECK(range(map).x.to == 3.5);
    CHECK(range(map).y.from == 5);
    CHECK(range(map).y.to == 25);
}

TEST_CASE("bars stand side by side or on each other") {
    Plot plot{"t", {"x"}, {"y"}};
    plot.groups = {"a", "b"};
    plot.series = {{"p", PlotStyle::bars, {{0, 3}, {1, 5}}}, {"q", PlotStyle::bars, {{1, 7}}}};
    const auto beside = PlotLayout(plot).bars;
    CHECK(beside[0][1].x == Approx(0.8));
    CHECK(beside[1][0].x == Approx(1.2));
    CHECK(beside[1][0].half_width == Approx(0.4 * 0.46));
    CHECK(beside[1][0].bottom == 0);
    CHECK(beside[1][0].top == 7);
    plot.stacked = true;
    const auto stacked = PlotLayout(plot).bars;
    CHECK(stacked[0][1].x == 1);
    CHECK(stacked[1][0].x == 1);
    CHECK(stacked[1][0].bottom == 5);
    CHECK(stacked[1][0].top == 12);
    plot.series[1].points[0].x = 2;
    CHECK(tests::aborts([&] { plot_script(plot, "p.svg"); }));
}

TEST_CASE("labels do not lie on each other, and those of marks are all there") {
    std::vector<PlotPoint> points;
    for (int i = 0; i < 60; ++i) points.push_back({i % 10 * 0.01, i * 0.01, "a label of some length"});
    Plot plot = one_series(PlotStyle::points, points);
    const auto alone = PlotLayout(plot).labels(plot);
    CHECK(alone.size() > 2);
    CHECK(alone.size() < 60);
    for (const auto& a : alone)
        for (const auto& b : alone)
            if (&a != &b && a.anchor == b.anchor && std::fabs(a.x_px - b.x_px) < 100)
                CHECK(std::fabs(a.y_px - b.y_px) >= 11);
    plot.marks = {{0.05, 0.3, "mark"}, {0.05, 0.3, "mark"}, {0.05, 0.3, "mark"}};
    const auto with_marks = PlotLayout(plot).labels(plot);
    CHECK(std::count_if(with_marks.begin(), with_marks.end(),
                        [](const auto& l) { return l.text == "mark"; }) == 3);
}

TEST_CASE("a plot that cannot be drawn is refused in a sentence") {
    const double inf = std::numeric_limits<double>::infinity(),
                 nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(error_of(Plot{"empty"}) == "plot \"empty\": there is nothing to draw");
    CHECK(error_of(one_series(PlotStyle::line, {})) == "plot \"title\": there is nothing to draw");
    CHECK(error_of(one_series(PlotStyle::line, {{inf, 1}})) ==
          "plot \"title\": found a value of x that is not finite");
    CHECK(error_of(one_series(PlotStyle::line, {{1, nan}})) ==
          "plot \"title\": found a value of y that is not finite");
    Plot log = one_series(PlotStyle::line, {{0, 1}, {3, 1}});
    log.x.log_base = 10;
    CHECK(error_of(log) ==
          "plot \"title\": found 0 on axis x, allowed what is above 0: the axis has a logarithm");
    Plot backwards = one_series(PlotStyle::line, {{1, 1}});
    backwards.y = {"y", 0, 5, 2};
    CHECK(error_of(backwards) == "plot \"title\": axis y cannot go from 5 to 2");
    CHECK(error_of(one_series(PlotStyle::line, {{-1e308, 1}, {1e308, 1}})) ==
          "plot \"title\": axis x cannot go from -inf to inf");
    Plot map{"m", {"x"}, {"y"}};
    map.heat_map = small_map();
    map.heat_map->z.pop_back();
    CHECK(error_of(map) ==
          "plot \"m\": found a map of 3 x 2 with 5 values, allowed 2 x 2 and more, all there");
    map.heat_map->z.assign(6, std::nullopt);
    CHECK(error_of(map) == "plot \"m\": found a map without a value, or with one that is not finite");
    map.heat_map->z[0] = inf;
    CHECK(error_of(map) == "plot \"m\": found a map without a value, or with one that is not finite");
}

TEST_CASE("a heat map is one sharp picture with contours and marks") {
    const TempFolder folder;
    Plot plot{"design space", {"rows"}, {"columns"}};
    plot.heat_map = small_map();
    plot.heat_map->contours = {2.5, 3};
    plot.marks = {{2, 20, "optimum"}};
    const std::string svg = drawn(folder, plot);
    CHECK_THAT(svg, Catch::Contains("<image style='image-rendering:pixelated' ") &&
                        Catch::Contains("data:image/png;base64,"));
    const auto texts = texts_of(svg);
    for (const char* text :
         {"design space", "rows", "columns", "effective TOPS", "effective TOPS = 2.5, 3", "optimum"})
        CHECK(has(texts, text));
    CHECK_THAT(plot_script(plot, "p.svg"), Catch::Contains("\n2 20 NaN\n"));
}

TEST_CASE("without gnuplot a sentence names its package, and a file that was there stays") {
    const TempFolder folder;
    const std::string path = getenv("PATH");
    std::ofstream(folder / "p.svg") << "old";
    setenv("PATH", folder.path().c_str(), 1);
    std::string error = "no error";
    try {
        write_plot(one_series(PlotStyle::line, {{1, 1}}), folder / "p.svg");
    } catch (const UserError& e) {
        error = e.what();
    }
    std::ofstream(folder / "gnuplot") << "#!/bin/sh\necho 'line 3: no luck'\nexit 1\n";
    std::filesystem::permissions(folder / "gnuplot", std::filesystem::perms::owner_all);
    std::string broken = "no error";
    try {
        write_plot(one_series(PlotStyle::line, {{1, 1}}), folder / "p.svg");
    } catch (const UserError& e) {
        broken = e.what();
    }
    setenv("PATH", path.c_str(), 1);
    CHECK(error == "plots need the program gnuplot, which is not in PATH; the package gnuplot-nox has it");
    CHECK(broken == (folder / "gnuplot").string() + " could not draw \"title\": line 3: no luck?");
    CHECK(traces::read_file(folder / "p.svg") == "old");
}

}  // namespace sosa::host
