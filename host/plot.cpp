#include "host/plot.h"

#include <boost/algorithm/string/replace.hpp>
#include <ostream>

#include "host/plot_layout.h"
#include "host/temporary_folder.h"
#include "host/terminal.h"
#include "host/tool_run.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace fs = std::filesystem;

namespace {

constexpr const char* kTool = "gnuplot";

std::string xml_text(const std::string& text) {
    std::string escaped = harmless_text(text);
    boost::replace_all(escaped, "&", "&amp;");
    boost::replace_all(escaped, "<", "&lt;");
    return escaped;
}

// What gnuplot has no option for: the title that a browser shows, fonts to fall back on, cells with sharp
// edges.
std::string finished(std::string svg, const Plot& plot) {
    boost::replace_all(svg, "<title>Gnuplot</title>", "<title>" + xml_text(plot.title) + "</title>");
    boost::replace_all(svg, "font-family=\"Helvetica\"", "font-family=\"Helvetica,Arial,sans-serif\"");
    boost::replace_all(svg, "<image ", "<image style='image-rendering:pixelated' ");
    return svg;
}

std::string draw(const Plot& plot) {
    const auto gnuplot = find_tool(kTool);
    if (!gnuplot)
        throw UserError(std::string("plots need the program ") + kTool +
                        ", which is not in PATH; the package " + kPlotPackage + " has it");
    constexpr const char *script_name = "plot.gp", *svg_name = "plot.svg";
    const std::string script = plot_script(plot, svg_name);
    const TemporaryFolder folder;
    traces::write_file(folder.path() / script_name, [&](std::ostream& out) { out << script; });
    const ToolResult result = run_tool({gnuplot->string(), "--default-settings", script_name}, folder.path());
    if (result.exit_code != 0 || !fs::exists(folder.path() / svg_name))
        throw UserError(gnuplot->string() + " could not draw \"" + clipped(plot.title, 80) +
                        "\": " + clipped(result.output, 300));
    return finished(traces::read_file(folder.path() / svg_name), plot);
}

}  // namespace

void write_plot(const Plot& plot, const fs::path& svg) {
    const std::string text = draw(plot);
    traces::write_file(svg, [&](std::ostream& out) { out << text; });
}

}  // namespace sosa::host
