#include "host/op_table.h"

#include <algorithm>
#include <ostream>

#include "host/op_table_rows.h"
#include "traces/error.h"

namespace sosa::host {

namespace {
constexpr const char* kLegend =
    R"(- **timed**: a `product` is tile ops on the pods, `vector` is lane operations on the post-processors.
- **free**: `layout` moves or renames elements only; `constant` follows from shapes and constants alone.
- **exact**: where the functional fidelity computes it, equal to ONNX' definition; pods multiply integers,
  products of floats run on the host; `-`: timing only.
- **unsupported**: a network with it is refused, unless the result follows from constants alone.

)";

bool by_name(const OpRow& a, const OpRow& b) { return a.name < b.name; }

std::vector<OpRow> make_table() {
    std::vector<OpRow> rows;
    for (const OpRow& group : op_groups()) {
        for (std::size_t at = 0; at < group.name.size();) {
            const std::size_t end = std::min(group.name.find(' ', at), group.name.size());
            rows.push_back(group);
            rows.back().name = group.name.substr(at, end - at);
            at = end + 1;
        }
    }
    std::sort(rows.begin(), rows.end(), by_name);
    return rows;
}

const char* timed_as(OpClass use) {
    switch (use) {
        case OpClass::product:
            return "product";
        case OpClass::vector:
            return "vector";
        case OpClass::layout:
            return "free: layout";
        case OpClass::constant:
            return "free: constant";
        case OpClass::unsupported:
            return "unsupported";
    }
    SOSA_CHECK(false, "no class of operators");
}

const char* exact_on(OpExact exact) {
    switch (exact) {
        case OpExact::pods:
            return "pods";
        case OpExact::post_processors:
            return "post-processors";
        case OpExact::host:
            return "host";
        case OpExact::nowhere:
            return "-";
    }
    SOSA_CHECK(false, "no place for operators");
}

const char* counted_per(OpCount per) {
    switch (per) {
        case OpCount::none:
            return "";
        case OpCount::output:
            return " per output element";
        case OpCount::operands:
            return " per output element and operand";
        case OpCount::more_operands:
            return " per output element and operand after the first";
        case OpCount::input:
            return " per input element";
        case OpCount::second:
            return " per element of the second input";
        case OpCount::window:
            return " per output element and element of the kernel";
        case OpCount::sort:
            return " per input element and level, log2 of the axis";
        case OpCount::taps:
            return " per output element and neighbour";
        case OpCount::updates:
            return " per update";
    }
    SOSA_CHECK(false, "nothing to count on");
}

std::string lane_operations(const OpRow& row) {
    std::string cell;
    if (row.simple > 0) cell = std::to_string(row.simple) + " simple";
    if (row.special > 0) cell += (cell.empty() ? "" : " + ") + std::to_string(row.special) + " special";
    cell += counted_per(row.per);
    if (!row.note.empty()) cell += (cell.empty() ? "" : ": ") + std::string(row.note);
    return cell.empty() ? "-" : cell;
}
}  // namespace

const std::vector<OpRow>& op_table() {
    static const std::vector<OpRow> table = make_table();
    return table;
}

const OpRow* find_op(std::string_view op) {
    OpRow wanted;
    wanted.name = op;
    const auto& table = op_table();
    const auto row = std::lower_bound(table.begin(), table.end(), wanted, by_name);
    return row != table.end() && row->name == op ? &*row : nullptr;
}

void print_op_table(std::ostream& out) {
    out << kLegend << "| operator | timed as | lane operations | exact on |\n|---|---|---|---|\n";
    for (const OpRow& row : op_table())
        out << "| " << row.name << " | " << timed_as(row.use) << " | " << lane_operations(row) << " | "
            << exact_on(row.exact) << " |\n";
}

}  // namespace sosa::host
