// The list "tensors" of a workload file: its strict reader, and its writer.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>
#include <unordered_map>

#include "host/workload.h"
#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/format.h"
#include "traces/text.h"

namespace sosa::host {

namespace {
using Json = nlohmann::json;
using Words = std::vector<std::string>;

struct OpForm {
    const char* word;
    TensorOp op;
    Words required, optional;  // keys besides name and op
    std::size_t min_inputs, max_inputs;
};

const std::array<OpForm, 6>& forms() {
    static const std::array<OpForm, 6> all = {{
        {"input", TensorOp::input, {"shape"}, {}, 0, 0},
        {"layer", TensorOp::layer, {"inputs"}, {"stride", "dilation", "pad", "relu"}, 1, 1},
        {"add", TensorOp::add, {"inputs"}, {"relu"}, 2, 2},
        {"concat", TensorOp::concat, {"inputs"}, {}, 1, kMaxTensors},
        {"max_pool", TensorOp::max_pool, {"inputs", "kernel"}, {"stride", "pad"}, 1, 1},
        {"average_pool", TensorOp::average_pool, {"inputs", "kernel"}, {"stride", "pad"}, 1, 1},
    }};
    return all;
}

Words op_words() {
    Words words;
    for (const OpForm& form : forms()) words.push_back(form.word);
    return words;
}

class GraphReader {
  public:
    GraphReader(const Json& json, Workload& workload, const std::string& source)
        : json_(json), workload_(workload), source_(source) {}
    void run();

  private:
    [[noreturn]] void fail(const std::string& what) const {
        throw UserError(source_ + ": tensor " + std::to_string(index_) +
                        (node_.name.empty() ? "" : " " + in_quotes(node_.name)) + ": " + what);
    }
    [[noreturn]] void fail_key(const char* key, const Json& value, const std::string& allowed) const {
        fail("key " + in_quotes(key) + ": found " + found(value) + ", allowed " + allowed);
    }
    void check_whole() const;
    void read_node(const Json& json);
    const OpForm& read_form(const Json& json) const;
    void check_keys(const Json& json, const OpForm& form) const;
    void read_name(const Json& json);
    void read_inputs(const Json& json, const OpForm& form);
    void read_shape(const Json& json);
    void read_window(const Json& json);
    template <std::size_t N>
    void read_numbers(const Json& json, const char* key, const char* what, std::uint64_t min,
                      std::uint64_t max, const std::array<std::uint32_t*, N>& to) const;

    const Json& json_;
    Workload& workload_;
    const std::string& source_;
    std::unordered_map<std::string, std::uint32_t> layers_, tensors_;  // by name
    std::uint32_t index_ = 0;
    TensorNode node_;  // being read
};

void GraphReader::check_whole() const {
    const auto refuse = [&](const std::string& what) {
        throw UserError(source_ + ": key \"tensors\": found " + what);
    };
    if (!json_.is_array() || json_.empty() || json_.size() > kMaxTensors)
        refuse(found(json_) + ", allowed a list of 1.." + std::to_string(kMaxTensors) + " tensors");
    if (workload_.repeat != 1)
        refuse("it with repeat " + std::to_string(workload_.repeat) + ", allowed only with repeat 1");
}

void GraphReader::run() {
    check_whole();
    for (std::uint32_t i = 0; i < workload_.layers.size(); ++i) layers_.emplace(workload_.layers[i].name, i);
    for (; index_ < json_.size(); ++index_) {
        node_ = {};
        read_node(json_[index_]);
        workload_.tensors.push_back(std::move(node_));
    }
    if (const std::string wrong = misfit(workload_.tensors, workload_.layers); !wrong.empty())
        throw UserError(source_ + ": " + wrong);
}

void GraphReader::read_node(const Json& json) {
    if (!json.is_object()) fail("found " + found(json) + ", allowed an object");
    if (const auto name = json.find("name"); name != json.end() && name->is_string())
        node_.name = name->get<std::string>();
    const OpForm& form = read_form(json);
    node_.op = form.op;
    check_keys(json, form);
    read_name(json);
    if (json.contains("inputs")) read_inputs(json.at("inputs"), form);
    if (json.contains("shape")) read_shape(json);
    read_window(json);
    if (const auto relu = json.find("relu"); relu != json.end()) {
        if (!relu->is_boolean()) fail_key("relu", *relu, "true or false");
        node_.relu = relu->get<bool>();
    }
    const std::string wrong = infer_shape(workload_.tensors, workload_.layers, node_);
    if (!wrong.empty()) fail(wrong);
}

const OpForm& GraphReader::read_form(const Json& json) const {
    const auto op = json.find("op");
    if (op == json.end()) fail("missing keys: \"op\"");
    for (const OpForm& form : forms())
        if (*op == form.word) return form;
    const std::string guess =
        op->is_string() ? traces::did_you_mean(traces::nearest(op->get<std::string>(), op_words())) : "";
    fail("key \"op\": found " + found(*op) + guess + ", allowed " + traces::join(op_words()));
}

void GraphReader::check_keys(const Json& json, const OpForm& form) const {
    Words known = {"name", "op"};
    known.insert(known.end(), form.required.begin(), form.required.end());
    Words missing, strange;
    for (const auto& key : known)
        if (!json.contains(key)) missing.push_back(in_quotes(key));
    if (!missing.empty()) fail("missing keys: " + traces::join(missing));
    known.insert(known.end(), form.optional.begin(), form.optional.end());
    for (const auto& item : json.items())
        if (std::find(known.begin(), known.end(), item.key()) == known.end())
            strange.push_back(in_quotes(item.key()));
    if (!strange.empty())
        fail("keys that op \"" + std::string(form.word) + "\" does not have: found " + traces::join(strange) +
             ", allowed " + traces::join(known));
}

// A layer's result has the layer's name, and no other tensor has.
void GraphReader::read_name(const Json& json) {
    if (node_.name.empty()) fail_key("name", json.at("name"), "a string that is not empty");
    const auto layer = layers_.find(node_.name);
    if (node_.op == TensorOp::layer) {
        if (layer == layers_.end())
            fail("key \"name\": found no layer of this name, allowed names of layers of this file");
        node_.layer = layer->second;
        node_.window.kernel_h = workload_.layers[node_.layer].kernel_h;
        node_.window.kernel_w = workload_.layers[node_.layer].kernel_w;
    } else if (layer != layers_.end()) {
        fail("key \"name\": found the name of layer " + std::to_string(layer->second) +
             ", allowed only with op \"layer\"");
    }
    const auto [place, is_new] = tensors_.emplace(node_.name, index_);
    if (!is_new)
        fail("key \"name\": found the name of tensor " + std::to_string(place->second) +
             " again, allowed one tensor per name");
}

void GraphReader::read_inputs(const Json& json, const OpForm& form) {
    if (!json.is_array()) fail_key("inputs", json, "a list of names of earlier tensors");
    if (json.size() < form.min_inputs || json.size() > form.max_inputs) {
        const std::string least = std::to_string(form.min_inputs), most = std::to_string(form.max_inputs);
        fail("key \"inputs\": found " + std::to_string(json.size()) + " names, allowed " +
             (least == most ? least : least + ".." + most) + " for op \"" + form.word + "\"");
    }
    for (const Json& input : json) {
        if (!input.is_string()) fail_key("inputs", json, "a list of names of earlier tensors");
        const auto known = tensors_.find(input.get_ref<const std::string&>());
        if (known == tensors_.end() || known->second == index_)
            fail_key("inputs", input, "names of tensors that stand before this one");
        node_.inputs.push_back(known->second);
    }
}

template <std::size_t N>
void GraphReader::read_numbers(const Json& json, const char* key, const char* what, std::uint64_t min,
                               std::uint64_t max, const std::array<std::uint32_t*, N>& to) const {
    const auto value = json.find(key);
    if (value == json.end()) return;
    if (!value->is_array() || value->size() != N)
        fail_key(key, *value, "a list of " + std::to_string(N) + " integers " + what);
    for (std::size_t i = 0; i < N; ++i) {
        const auto number = integer_within((*value)[i], min, max);
        if (!number) fail_key(key, (*value)[i], integer_allowed((*value)[i], min, max));
        *to[i] = static_cast<std::uint32_t>(*number);
    }
}

void GraphReader::read_shape(const Json& json) {
    TensorShape& s = node_.shape;
    read_numbers<4>(json, "shape", "[batch, height, width, channels]", 1, kMaxDimension,
                    {&s.batch, &s.height, &s.width, &s.channels});
}

void GraphReader::read_window(const Json& json) {
    TensorWindow& w = node_.window;
    const char* pair = "[height, width]";
    read_numbers<2>(json, "kernel", pair, 1, kMaxDimension, {&w.kernel_h, &w.kernel_w});
    read_numbers<2>(json, "stride", pair, 1, kMaxWindow, {&w.stride_h, &w.stride_w});
    read_numbers<2>(json, "dilation", pair, 1, kMaxWindow, {&w.dilation_h, &w.dilation_w});
    read_numbers<4>(json, "pad", "[top, left, bottom, right]", 0, kMaxWindow,
                    {&w.pad_top, &w.pad_left, &w.pad_bottom, &w.pad_right});
}

void write_numbers(const char* key, std::initializer_list<std::uint32_t> numbers, std::ostream& out) {
    out << ", \"" << key << "\": [";
    const char* separator = "";
    for (const std::uint32_t number : numbers) {
        out << separator << number;
        separator = ", ";
    }
    out << "]";
}

void write_window(const TensorNode& node, std::ostream& out) {
    const TensorWindow& w = node.window;
    if (node.op == TensorOp::max_pool || node.op == TensorOp::average_pool)
        write_numbers("kernel", {w.kernel_h, w.kernel_w}, out);
    if (w.stride_h != 1 || w.stride_w != 1) write_numbers("stride", {w.stride_h, w.stride_w}, out);
    if (w.dilation_h != 1 || w.dilation_w != 1) write_numbers("dilation", {w.dilation_h, w.dilation_w}, out);
    if (w.pad_top != 0 || w.pad_left != 0 || w.pad_bottom != 0 || w.pad_right != 0)
        write_numbers("pad", {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}, out);
}

void write_node(const std::vector<TensorNode>& tensors, const TensorNode& node, std::ostream& out) {
    const auto form =
        std::find_if(forms().begin(), forms().end(), [&](const OpForm& f) { return f.op == node.op; });
    out << "{\"name\": " << traces::json_string(node.name) << ", \"op\": \"" << form->word << '"';
    if (node.op == TensorOp::input) {
        const TensorShape& s = node.shape;
        write_numbers("shape", {s.batch, s.height, s.width, s.channels}, out);
    } else {
        const char* separator = ", \"inputs\": [";
        for (const std::uint32_t input : node.inputs) {
            out << separator << traces::json_string(tensors[input].name);
            separator = ", ";
        }
        out << "]";
    }
    write_window(node, out);
    if (node.relu) out << ", \"relu\": true";
    out << "}";
}
}  // namespace

const std::vector<std::string>& tensor_keys() {
    static const Words keys = {"name",   "op",       "inputs", "shape", "kernel",
                               "stride", "dilation", "pad",    "relu"};
    return keys;
}

void read_tensors(const nlohmann::json& tensors, Workload& workload, const std::string& source_name) {
    GraphReader(tensors, workload, source_name).run();
}

void write_tensors(const std::vector<TensorNode>& tensors, std::ostream& out) {
    out << ", \"tensors\": [";
    const char* separator = "\n";
    for (const TensorNode& node : tensors) {
        out << separator;
        write_node(tensors, node, out);
        separator = ",\n";
    }
    out << "\n]";
}

}  // namespace sosa::host
