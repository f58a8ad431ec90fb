#pragma once
#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sosa::traces {

// {path in the project, text} of traces/report/, compiled in.
const std::vector<std::pair<std::string_view, std::string_view>>& embedded_report();

// A page in HTML that needs no other file, no server and no network: the template with its style, scripts,
// plotting library and licences, and the data. Data can only ever be data there, whatever text it holds.
void write_report_page(const nlohmann::json& data, const std::string& title, std::ostream& out);

}  // namespace sosa::traces
