// The strict reader of workload files. Checks go from the whole to the parts: keys, values, graph.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "host/workload.h"
#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/json_read.h"
#include "traces/text.h"

namespace sosa::host {

using Json = nlohmann::json;

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 80;
    return Json(std::string(text.substr(0, longest))).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string found(const Json& value) {
    if (value.is_object()) return "an object";
    if (value.is_array() && (value.size() > 4 || std::any_of(value.begin(), value.end(), [](const Json& v) {
                                 return v.is_structured() || v.is_string();
                             })))
        return "a list of " + std::to_string(value.size());
    return value.is_string() ? in_quotes(value.get_ref<const std::string&>()) : value.dump();
}

std::optional<std::uint64_t> integer_within(const Json& value, std::uint64_t min, std::uint64_t max) {
    if (!value.is_number_unsigned()) return std::nullopt;
    const auto number = value.get<std::uint64_t>();
    return number >= min && number <= max ? std::optional(number) : std::nullopt;
}

std::string integer_allowed(const Json& value, std::uint64_t min, std::uint64_t max) {
    const std::string kind = value.is_number_integer() ? "" : "an integer ";
    return kind + std::to_string(min) + ".." + std::to_string(max);
}

namespace {
const std::vector<std::string> kRootRequired = {"name", "repeat", "layers"};
const std::vector<std::string> kRootOptional = {"batch", "image_size", "seq_len", "tail_layers", "tensors"};
const std::vector<std::string> kLayerRequired = {"name", "op", "m", "k", "n", "kernel", "deps"};
const std::vector<std::string> kVectorRequired = {"name", "op", "vector", "deps"};
const std::vector<std::string> kLayerKeys = {"name",   "op",   "m",      "k",         "n",
                                             "kernel", "deps", "groups", "w_on_chip", "vector"};
const std::vector<std::string> kWorkKeys = {"elements", "simple", "special"};
const std::vector<std::string> kOps = {"Conv", "MatMul", "Dense"};

std::string listed(std::vector<std::string> words) {
    constexpr std::size_t most = 20;
    if (words.size() <= most) return traces::join(words);
    const std::size_t more = words.size() - most;
    words.resize(most);
    return traces::join(words) + " and " + std::to_string(more) + " more";
}

class Reader {
  public:
    Reader(const Json& root, const std::string& source) : root_(root), source_(source) {}
    Workload read();

  private:
    [[noreturn]] void fail(const std::string& what) const;
    [[noreturn]] void fail_key(const char* key, const std::string& what) const {
        fail("key " + in_quotes(key) + ": " + what);
    }
    void check_unknown_keys() const;
    void check_unknown_ops() const;
    void check_missing(const Json& object, const std::vector<std::string>& required) const;
    std::uint64_t integer(const Json& value, const char* key, std::uint64_t max) const;
    std::uint32_t small(const Json& object, const char* key, std::uint64_t max) const;
    std::string text(const Json& object, const char* key) const;
    void read_header();
    void read_layer(const Json& json);
    void read_product(const Json& json, Layer& layer) const;
    void read_kernel(const Json& json, Layer& layer) const;
    void read_vector(const Json& json, Layer& layer) const;

    const Json& root_;
    const std::string& source_;
    Workload workload_;
    std::optional<std::size_t> layer_;  // being read
    std::string layer_name_;
};

void Reader::fail(const std::string& what) const {
    throw UserError((layer_ ? layer_place(source_, *layer_, layer_name_) : source_) + ": " + what);
}

// Every key that is not known, in the whole file, each told once with the first place it stands.
void Reader::check_unknown_keys() const {
    std::vector<std::string> root_keys = kRootRequired;
    root_keys.insert(root_keys.end(), kRootOptional.begin(), kRootOptional.end());
    std::vector<std::string> told;
    std::set<std::string> seen;
    const auto collect = [&](const Json& object, const std::vector<std::string>& known,
                             const std::string& prefix) {
        for (const auto& item : object.items()) {
            if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
            if (!seen.insert(prefix.substr(0, 1) + item.key()).second) continue;
            told.push_back(prefix + in_quotes(item.key()) +
                           traces::did_you_mean(traces::nearest(item.key(), known)));
        }
    };
    collect(root_, root_keys, "");
    std::string parts;
    const auto collect_list = [&](const char* list, const std::string& part,
                                  const std::vector<std::string>& known) {
        const std::size_t before = told.size();
        if (const auto all = root_.find(list); all != root_.end() && all->is_array())
            for (std::size_t i = 0; i < all->size(); ++i)
                if ((*all)[i].is_object()) collect((*all)[i], known, part + " " + std::to_string(i) + " ");
        if (told.size() > before) parts += " and in a " + part + " " + traces::join(known);
    };
    collect_list("layers", "layer", kLayerKeys);
    collect_list("tensors", "tensor", tensor_keys());
    if (!told.empty())
        fail("unknown keys: found " + listed(told) + ", allowed " + traces::join(root_keys) + parts);
}

void Reader::check_missing(const Json& object, const std::vector<std::string>& required) const {
    std::vector<std::string> missing;
    for (const auto& key : required)
        if (!object.contains(key)) missing.push_back(in_quotes(key));
    if (!missing.empty()) fail("missing keys: " + traces::join(missing));
}

std::uint64_t Reader::integer(const Json& value, const char* key, std::uint64_t max) const {
    if (const auto number = integer_within(value, 1, max)) return *number;
    fail_key(key, "found " + found(value) + ", allowed " + integer_allowed(value, 1, max));
}

std::uint32_t Reader::small(const Json& object, const char* key, std::uint64_t max) const {
    return static_cast<std::uint32_t>(integer(object.at(key), key, max));
}

std::string Reader::text(const Json& object, const char* key) const {
    const Json& value = object.at(key);
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
        fail_key(key, "found " + found(value) + ", allowed a string that is not empty");
    return value.get<std::string>();
}

void Reader::read_header() {
    check_missing(root_, kRootRequired);
    workload_.name = text(root_, "name");
    const bool control = std::any_of(workload_.name.begin(), workload_.name.end(),
                                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '/'; });
    // It becomes part of the name of the output folder.
    if (control || workload_.name.front() == '.' || workload_.name.size() > 100)
        fail_key("name",
                 "found " + in_quotes(workload_.name) +
                     ", allowed at most 100 bytes without '/' or control characters, not starting with '.'");
    workload_.repeat = small(root_, "repeat", kMaxRepeat);
    if (root_.contains("batch")) workload_.batch = small(root_, "batch", kMaxDimension);
    if (root_.contains("image_size")) workload_.image_size = small(root_, "image_size", kMaxDimension);
    if (root_.contains("seq_len")) workload_.seq_len = small(root_, "seq_len", kMaxDimension);
    if (root_.contains("tail_layers")) workload_.tail_layers = small(root_, "tail_layers", kMaxLayers);
}

void Reader::read_kernel(const Json& json, Layer& layer) const {
    const Json& kernel = json.at("kernel");
    if (!kernel.is_array() || kernel.size() != 2)
        fail_key("kernel", "found " + found(kernel) + ", allowed a list of two integers [height, width]");
    layer.kernel_h = static_cast<std::uint32_t>(integer(kernel[0], "kernel", 65'535));
    layer.kernel_w = static_cast<std::uint32_t>(integer(kernel[1], "kernel", 65'535));
    if (layer.k % (std::uint64_t{layer.kernel_h} * layer.kernel_w) != 0)
        fail_key("kernel", "found " + found(kernel) +
                               ", allowed a height*width that divides k = " + std::to_string(layer.k));
}

void Reader::read_product(const Json& json, Layer& layer) const {
    layer.m = integer(json.at("m"), "m", kMaxDimension);
    layer.k = integer(json.at("k"), "k", kMaxDimension);
    layer.n = integer(json.at("n"), "n", kMaxDimension);
    read_kernel(json, layer);
    if (json.contains("groups")) layer.groups = small(json, "groups", kMaxDimension);
    const auto on_chip = json.find("w_on_chip");
    if (on_chip == json.end()) return;
    if (!on_chip->is_boolean()) fail_key("w_on_chip", "found " + found(*on_chip) + ", allowed true or false");
    layer.w_on_chip = on_chip->get<bool>();
}

void Reader::read_vector(const Json& json, Layer& layer) const {
    for (const auto* key : {"m", "k", "n", "kernel", "groups", "w_on_chip"})
        if (json.contains(key)) fail_key(key, "found beside \"vector\", allowed one of the two");
    const Json& work = json.at("vector");
    if (!work.is_object())
        fail_key("vector", "found " + found(work) + ", allowed an object with " + traces::join(kWorkKeys));
    for (const auto& item : work.items())
        if (std::find(kWorkKeys.begin(), kWorkKeys.end(), item.key()) == kWorkKeys.end())
            fail_key("vector", "found " + in_quotes(item.key()) +
                                   traces::did_you_mean(traces::nearest(item.key(), kWorkKeys)) +
                                   ", allowed " + traces::join(kWorkKeys));
    check_missing(work, kWorkKeys);
    const auto count = [&](const char* key, std::uint64_t min, std::uint64_t max) {
        if (const auto number = integer_within(work.at(key), min, max)) return *number;
        fail_key(key,
                 "found " + found(work.at(key)) + ", allowed " + integer_allowed(work.at(key), min, max));
    };
    layer.vector.elements = count("elements", 1, kMaxTensorBytes);
    layer.vector.simple = static_cast<std::uint32_t>(count("simple", 0, kMaxLaneOps));
    layer.vector.special = static_cast<std::uint32_t>(count("special", 0, kMaxLaneOps));
}

void Reader::read_layer(const Json& json) {
    if (!json.is_object()) fail("found " + found(json) + ", allowed an object");
    if (const auto name = json.find("name"); name != json.end() && name->is_string())
        layer_name_ = name->get<std::string>();
    const bool vector = json.contains("vector");
    check_missing(json, vector ? kVectorRequired : kLayerRequired);
    Layer layer;
    layer.name = text(json, "name");
    layer.op = text(json, "op");
    if (vector)
        read_vector(json, layer);
    else
        read_product(json, layer);
    workload_.layers.push_back(std::move(layer));
}

void Reader::check_unknown_ops() const {
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < workload_.layers.size(); ++i)
        if (!workload_.layers[i].is_vector() &&
            std::find(kOps.begin(), kOps.end(), workload_.layers[i].op) == kOps.end())
            first.emplace(workload_.layers[i].op, i);
    if (first.empty()) return;
    std::vector<std::string> told;
    for (const auto& [op, i] : first) {
        told.push_back("layer " + std::to_string(i) + " " + in_quotes(workload_.layers[i].name) + " " +
                       in_quotes(op) + traces::did_you_mean(traces::nearest(op, kOps)));
    }
    fail("unknown ops: found " + listed(told) + ", allowed " + traces::join(kOps));
}

Workload Reader::read() {
    if (!root_.is_object())
        fail("found " + found(root_) + ", allowed an object with " + traces::join(kRootRequired));
    check_unknown_keys();
    read_header();
    const Json& layers = root_.at("layers");
    if (!layers.is_array() || layers.empty() || layers.size() > kMaxLayers)
        fail_key("layers", "found " + found(layers) + ", allowed a list of 1.." + std::to_string(kMaxLayers) +
                               " layers");
    for (std::size_t i = 0; i < layers.size(); ++i) {
        layer_ = i;
        layer_name_.clear();
        read_layer(layers[i]);
    }
    layer_.reset();
    check_unknown_ops();
    if (workload_.tail_layers >= layers.size())
        fail_key("tail_layers", "found " + std::to_string(workload_.tail_layers) +
                                    ", allowed less than the " + std::to_string(layers.size()) + " layers");
    resolve_deps(layers, workload_, source_);
    check_sizes(workload_, source_);
    if (root_.contains("tensors")) read_tensors(root_.at("tensors"), workload_, source_);
    return std::move(workload_);
}
}  // namespace

Workload parse_workload(std::string_view json_text, const std::string& source_name) {
    const Json root = traces::parse_json_strict(json_text, source_name);
    return Reader(root, source_name).read();
}

}  // namespace sosa::host
