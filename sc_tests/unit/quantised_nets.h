#pragma once
#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "host/graph_product.h"
#include "sc_tests/unit/op_eval_kit.h"
#include "sc_tests/unit/op_graph_kit.h"

// Networks of one operator whose constants have data.
namespace sosa::tests {

class QuantisedNet : public OpGraphKit {
  public:
    std::uint32_t input(host::ElementType type, Dims dims) {
        const std::uint32_t value = OpGraphKit::input(std::move(dims));
        graph.values[value].type = type;
        return value;
    }
    std::uint32_t known(const host::TensorValue& tensor) {
        const std::uint32_t value = constant(tensor.dims);
        graph.values[value].type = tensor.type;
        tensors[value] = tensor;
        return value;
    }
    template <class T>
    std::uint32_t number(T value) {
        return known(host::kit::scalar<T>(value));
    }
    template <class T>
    std::uint32_t list(const std::vector<T>& values) {
        return known(host::kit::list<T>(values));
    }
    // The node whose result it is, now the graph's output.
    host::OpNode& out(std::uint32_t value, host::ElementType type) {
        graph.values[value].type = type;
        output(value);
        return graph.nodes.back();
    }
    host::ConstantOf constants() const {
        return [this](std::uint32_t value) { return tensors.at(value); };
    }

    std::map<std::uint32_t, host::TensorValue> tensors;
};

// Of the net's only node, lowered as `sosa run` lowers it.
inline std::optional<host::GraphProduct> made_of(const QuantisedNet& net) {
    const host::Lowering lowering = net.lowered();
    REQUIRE(lowering.products.size() == 1);
    const host::LoweredProduct& p = lowering.products[0];
    return host::graph_product(net.graph, p.node, lowering.workload.layers[p.layer], net.constants());
}
inline host::GraphProduct product_of(const QuantisedNet& net) {
    const auto product = made_of(net);
    REQUIRE(product);
    return *product;
}

}  // namespace sosa::tests
