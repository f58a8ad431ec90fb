// SCALE-Sim reads its columns by place and ignores their names; so does this, but the names must be near.
#include "host/import_scalesim.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "host/scalesim_text.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

using namespace scalesim;

constexpr const char* kHeaders =
    "\"Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\" "
    "or \"Layer, M, N, K,\"";

struct Column {
    const char* name;
    std::uint64_t max;
};
const std::vector<Column> kConvColumns = {{"IFMAP Height", kMaxDimension}, {"IFMAP Width", kMaxDimension},
                                          {"Filter Height", kMaxWindow},   {"Filter Width", kMaxWindow},
                                          {"Channels", kMaxDimension},     {"Num Filter", kMaxDimension},
                                          {"Strides", kMaxWindow}};
const std::vector<Column> kGemmColumns = {{"M", kMaxDimension}, {"N", kMaxDimension}, {"K", kMaxDimension}};
constexpr std::size_t kStrideWidth = 8;  // an optional field of convolutions

class Importer {
  public:
    Importer(const std::string& source, const ScaleSimOptions& options)
        : source_(source), options_(options) {}
    Workload run(std::string_view text);
    const Notices& notices() const { return notices_; }

  private:
    void read_name();
    void read_lines(std::string_view text);
    void read_line(std::string_view line);
    void read_header(std::string_view row, const std::vector<std::string_view>& fields);
    void read_row(const std::vector<std::string_view>& fields);
    std::uint64_t stride_width(const std::vector<std::string_view>& fields, std::uint64_t stride_height);
    void note_further(const std::vector<std::string_view>& fields, std::size_t from);
    std::uint64_t outputs(std::size_t axis, const std::vector<std::uint64_t>& sizes, std::uint64_t stride);
    void bad(const std::string& what) { bad_.add("line " + std::to_string(line_) + name_ + ": " + what); }
    void bad_field(const std::string& column, std::string_view text, std::uint64_t max);
    void make_depthwise(Layer& layer, std::uint64_t channels);
    std::string unique(std::string name);
    void add_layer(const std::string& name, Layer layer);

    const std::string& source_;
    const ScaleSimOptions& options_;
    Workload workload_;
    Notices notices_;
    Told bad_;
    const std::vector<Column>* columns_ = nullptr;  // known once the header was read
    std::string stride_width_header_;
    std::size_t line_ = 0;
    std::string name_;  // of the row being read, as an error tells it
    std::unordered_set<std::string> names_;
    std::unordered_map<std::string, std::size_t> copies_;
};

void Importer::read_name() {
    workload_.name = options_.name.empty() ? std::filesystem::path(source_).stem().string() : options_.name;
    const std::string& name = workload_.name;
    const bool fits = !name.empty() && name.size() <= 100 && name.front() != '.' && !has_control(name) &&
                      name.find('/') == std::string::npos && is_utf8(name);
    if (!fits)
        throw UserError(source_ + ": name of the workload: found " + in_quotes(name) +
                        ", allowed 1..100 bytes of UTF-8 without '/' or control characters, not starting "
                        "with '.'; --name sets it");
}

void Importer::read_header(std::string_view row, const std::vector<std::string_view>& fields) {
    const auto in_place = [&](const std::vector<Column>& columns) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < columns.size() && i + 1 < fields.size(); ++i)
            count += plain(fields[i + 1]) == plain(columns[i].name);
        return count;
    };
    if (in_place(kGemmColumns) == kGemmColumns.size())
        columns_ = &kGemmColumns;
    else if (in_place(kConvColumns) >= 4)
        columns_ = &kConvColumns;
    else
        throw UserError(source_ + ": line " + std::to_string(line_) + ": found " + in_quotes(row) +
                        ", allowed a header row " + kHeaders);
    if (columns_ == &kGemmColumns) return;
    for (std::size_t i = 0; i < columns_->size(); ++i) {
        const std::string name(i + 1 < fields.size() ? fields[i + 1] : "");
        const bool stride = i == 6 && plain(name).rfind("stride", 0) == 0;
        if (!stride && plain(name) != plain((*columns_)[i].name))
            notices_.add(line_, "column " + std::to_string(i + 2) + " " + in_quotes(name) + " read as " +
                                    (*columns_)[i].name + ", by its place");
    }
    if (fields.size() > kStrideWidth) stride_width_header_ = plain(fields[kStrideWidth]);
}

void Importer::bad_field(const std::string& column, std::string_view text, std::uint64_t max) {
    bad("column \"" + column + "\": found " + (text.empty() ? "nothing" : in_quotes(text)) +
        ", allowed an integer 1.." + std::to_string(max));
}

// SCALE-Sim takes a number right after Strides for the stride across the width.
std::uint64_t Importer::stride_width(const std::vector<std::string_view>& fields,
                                     std::uint64_t stride_height) {
    const std::string_view text = fields.size() > kStrideWidth ? fields[kStrideWidth] : "";
    const bool named = stride_width_header_.rfind("stride", 0) == 0;
    const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
    const bool is_stride = !text.empty() && (named || (stride_width_header_.empty() && digits));
    note_further(fields, is_stride ? kStrideWidth + 1 : kStrideWidth);
    if (!is_stride) return stride_height;
    if (const auto value = number(text, kMaxWindow)) return *value;
    bad_field("Strides of the width", text, kMaxWindow);
    return 0;
}

void Importer::note_further(const std::vector<std::string_view>& fields, std::size_t from) {
    for (std::size_t i = from; i < fields.size(); ++i) {
        if (fields[i].empty()) continue;
        const bool sparsity = fields[i].find(':') != std::string_view::npos;
        notices_.add(line_, sparsity ? "sparsity ignored, every weight counts" : "further columns ignored");
    }
}

// `axis` 0 is the height, 1 the width.
std::uint64_t Importer::outputs(std::size_t axis, const std::vector<std::uint64_t>& sizes,
                                std::uint64_t stride) {
    const std::uint64_t map = sizes[axis], filter = sizes[2 + axis];
    if (options_.padding == ScaleSimPadding::same) return (map + stride - 1) / stride;
    if (filter > map) {
        bad("column \"" + std::string((*columns_)[2 + axis].name) + "\": found " + std::to_string(filter) +
            ", allowed at most the " + (*columns_)[axis].name + " " + std::to_string(map) +
            " without padding");
        return 1;
    }
    if ((map - filter) % stride != 0)
        notices_.add(line_,
                     "SCALE-Sim itself counts one output row or column more, as it rounds up where a "
                     "convolution without padding rounds down");
    return (map - filter) / stride + 1;
}

// A repeated name gets the first free number.
std::string Importer::unique(std::string name) {
    if (names_.insert(name).second) return name;
    notices_.add(line_, "repeated layer name numbered (_2, _3, ...)");
    std::size_t& copy = copies_.emplace(name, 1).first->second;
    std::string numbered;
    do numbered = name + "_" + std::to_string(++copy);
    while (!names_.insert(numbered).second);
    return numbered;
}

void Importer::add_layer(const std::string& name, Layer layer) {
    const auto check = [&](std::uint64_t value, const char* what) {
        if (value > kMaxDimension)
            bad("found " + (what + (" = " + std::to_string(value))) + ", allowed at most " +
                std::to_string(kMaxDimension));
    };
    check(layer.m, "outputs of height*width");
    check(layer.k, "filter height*width*channels");
    if (bad_.count > 0) return;  // nothing will come of it
    const std::size_t index = workload_.layers.size();
    if (index == kMaxLayers)
        throw UserError(source_ + ": line " + std::to_string(line_) + ": found one more layer, allowed " +
                        std::to_string(kMaxLayers));
    if (index > 0) layer.deps.push_back(static_cast<std::uint32_t>(index - 1));
    layer.name = unique(name);
    workload_.layers.push_back(std::move(layer));
}

void Importer::read_row(const std::vector<std::string_view>& fields) {
    const std::string name(fields[0]);
    name_ = name.empty() ? "" : " " + in_quotes(name);
    if (name.empty() || has_control(name) || !is_utf8(name))
        bad("column \"Layer name\": found " + (name.empty() ? "nothing" : in_quotes(name)) +
            ", allowed UTF-8 without control characters");
    const bool conv = columns_ == &kConvColumns;
    const std::size_t bad_before = bad_.count;
    std::vector<std::uint64_t> sizes;
    for (std::size_t i = 0; i < columns_->size(); ++i) {
        const auto [column, max] = (*columns_)[i];
        const std::string_view text = i + 1 < fields.size() ? fields[i + 1] : "";
        const auto value = number(text, max);
        if (!value) bad_field(column, text, max);
        sizes.push_back(value.value_or(1));
    }
    if (!conv) {
        note_further(fields, 1 + sizes.size());
        return add_layer(name, {"", "MatMul", sizes[0], sizes[2], sizes[1], 1, 1, {}});
    }
    const std::uint64_t across = stride_width(fields, sizes[6]);
    if (bad_.count > bad_before) return;
    const std::uint64_t m = outputs(0, sizes, sizes[6]) * outputs(1, sizes, across);
    const auto kernel_h = static_cast<std::uint32_t>(sizes[2]),
               kernel_w = static_cast<std::uint32_t>(sizes[3]);
    Layer layer{"", "Conv", m, sizes[2] * sizes[3] * sizes[4], sizes[5], kernel_h, kernel_w, {}};
    if (name.find("DP") != std::string::npos) make_depthwise(layer, sizes[4]);
    add_layer(name, std::move(layer));
}

// SCALE-Sim makes such a row one layer per channel, each of a single channel and with all of Num Filter.
void Importer::make_depthwise(Layer& layer, std::uint64_t channels) {
    layer.groups = static_cast<std::uint32_t>(channels);
    layer.k /= channels;
    notices_.add(line_, "\"DP\" in the name: depthwise, every channel a product of its own");
    if (layer.n > 1)
        notices_.add(line_, "Num Filter of a depthwise layer counts for every channel, as in SCALE-Sim");
}

void Importer::read_line(std::string_view line) {
    const std::string_view row = without_comment(line);
    if (row.size() < trimmed(line).size()) notices_.add(line_, "comment ignored");
    const auto fields = fields_of(row);
    if (is_blank(row)) {
        if (row.size() == trimmed(line).size()) notices_.add(line_, "blank row skipped");
        return;
    }
    if (columns_ == nullptr) return read_header(row, fields);
    if (row.back() != ',') notices_.add(line_, "trailing comma added");
    read_row(fields);
}

void Importer::read_lines(std::string_view text) {
    if (skip_byte_order_mark(text)) notices_.add(1, "byte-order mark removed");
    while (!text.empty()) {
        ++line_;
        name_.clear();
        const Line line = next_line(text);
        read_line(line.text);
        if (line.carriage_return) notices_.add(line_, "carriage return removed");
    }
}

Workload Importer::run(std::string_view text) {
    read_name();
    read_lines(text);
    if (columns_ == nullptr)
        throw UserError(source_ + ": found no header row, allowed " + std::string(kHeaders));
    if (bad_.count > 0) throw UserError(source_ + ": " + bad_.text("; "));
    if (workload_.layers.empty()) throw UserError(source_ + ": found no layers, allowed at least 1");
    check_sizes(workload_, source_);
    return std::move(workload_);
}

}  // namespace

Workload import_scalesim(std::string_view text, const std::string& source_name,
                         const ScaleSimOptions& options, std::vector<std::string>& repairs) {
    Importer importer(source_name, options);
    Workload workload = importer.run(text);
    importer.notices().append_to(repairs, source_name);
    return workload;
}

}  // namespace sosa::host
