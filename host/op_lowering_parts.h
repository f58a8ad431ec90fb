#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "host/op_lowering.h"
#include "host/op_table.h"

// What the steps of lowering share.
namespace sosa::host {

// `FILE: node 3 "conv1" (Conv): found ..., allowed ...`
[[noreturn]] void refuse_node(const OpGraph& graph, std::uint32_t node, const std::string& found,
                              const std::string& allowed);

// Of operand `i`, or of a result; refused if it is absent or its shape is not known.
const Dims& operand_dims(const OpGraph& graph, std::uint32_t node, std::size_t i);
const Dims& result_dims(const OpGraph& graph, std::uint32_t node);
std::uint32_t operand(const OpNode& node, std::size_t i);  // kAbsent past the end too

// Elements of dims[begin..]; the largest number there is instead of any larger.
std::uint64_t count_elements(const Dims& dims, std::size_t begin = 0);
std::uint64_t times(std::uint64_t a, std::uint64_t b);  // the same

// Who reads what, of the nodes that the outputs of the graph need.
struct GraphUse {
    explicit GraphUse(const OpGraph& graph);

    bool is_live(std::uint32_t value) const { return is_result[value] || !readers[value].empty(); }
    // The operator's class, but `constant` of every node whose results follow from constants alone.
    OpClass class_of(std::uint32_t node) const;

    const OpGraph& graph;
    std::vector<bool> needed;                         // by node
    std::vector<bool> is_result;                      // by value: an output of the graph
    std::vector<std::vector<std::uint32_t>> readers;  // by value: nodes, once for every reading
};

// Throws UserError that lists all needed nodes that are not supported, or else those of unknown shapes.
void check_operators(const GraphUse& use);

// A product and what may be done together with it.
struct ProductShape {
    std::uint32_t x = kAbsent, w = kAbsent, bias = kAbsent;  // values; bias: added when results are finished
    std::uint64_t m = 0, k = 0, n = 0, groups = 1;           // not checked yet, 0 of empty tensors
    std::uint64_t kernel_h = 1, kernel_w = 1;
    std::optional<std::size_t> w_channels, channels;  // axes of W and of the result along which n runs
    std::uint64_t overlaps = 0;                       // elements to sum after the product
    std::uint32_t added = kAbsent;  // a value to add after the product, like bias but no constant
    bool is_empty() const { return m == 0 || k == 0 || n == 0 || groups == 0; }
    bool is_last() const { return overlaps == 0 && added == kAbsent; }  // nothing to do after the product
};
ProductShape product_shape(const OpGraph& graph, std::uint32_t node);
// Refuses the node unless a workload may have a layer of that size.
void check_product(const OpGraph& graph, std::uint32_t node, const ProductShape& shape);

// Work of a node of class vector or layout; none if it only moves or renames elements.
std::optional<VectorWork> vector_work(const OpGraph& graph, std::uint32_t node);

// Whether a BatchNormalization computes mean and variance itself.
bool is_training(const OpNode& node);

// Whether a DequantizeLinear is done by the products that read it, and by nobody else.
bool is_before_products(const GraphUse& use, std::uint32_t node);
// The nodes behind a product that are done when its results are finished, in order.
std::vector<std::uint32_t> after_product(const GraphUse& use, std::uint32_t node, const ProductShape& shape);

// Which layers each value waits for.
class Reach {
  public:
    explicit Reach(const OpGraph& graph) : graph_(graph), layers_(graph.values.size()) {}
    // Sorted, each once, of what `node` reads: its first `operands` operands.
    std::vector<std::uint32_t> of(std::uint32_t node, std::size_t operands = SIZE_MAX);
    const std::vector<std::uint32_t>& of_value(std::uint32_t value) const;
    // The results of `node` wait for the layer, or for what its operands wait for.
    void made_by(std::uint32_t node, std::uint32_t layer);
    void passes(std::uint32_t node);

  private:
    using Layers = std::shared_ptr<const std::vector<std::uint32_t>>;  // null: none
    std::vector<Layers> distinct(std::uint32_t node, std::size_t operands) const;
    std::vector<std::uint32_t> merged(std::uint32_t node, const std::vector<Layers>& parts);
    void set(std::uint32_t node, const Layers& layers);

    const OpGraph& graph_;
    std::vector<Layers> layers_;  // by value
    std::uint64_t gathered_ = 0;  // entries merged so far
};

// Names of layers, each given once: "conv", "conv#2".
class LayerNames {
  public:
    std::string fresh(const std::string& wanted);

  private:
    std::unordered_set<std::string> given_;
    std::unordered_map<std::string, std::uint32_t> last_;  // number behind '#', by the name wanted
};
// Of the workload: the file's name without folder and ending, as a workload file allows it.
std::string workload_name(const std::string& source);

// "3 Reshape, 2 Transpose", in the order of their first nodes.
class OpTally {
  public:
    void count(const std::string& op);
    std::string text() const;
    bool empty() const { return counts_.empty(); }

  private:
    std::vector<std::pair<std::string, std::size_t>> counts_;
    std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace sosa::host
