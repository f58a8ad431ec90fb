#pragma once
#include <map>
#include <string>
#include <vector>

#include "host/data_plan.h"
#include "host/graph_product.h"
#include "host/op_lowering.h"
#include "host/program.h"
#include "hw/config.h"

namespace sosa::host {

// Values of a graph, by number.
using GraphValues = std::map<std::uint32_t, TensorValue>;

// A run of a whole network with its own data. Quantised products (graph_product.h) run on pods; all other
// operators are steps between them, worked in no time when their results are first needed: element-wise ones
// on the post-processors, the rest on the host. Products that pods cannot compute keep their place and time
// in the program; the pods multiply zeros then, and the host computes. Tensors lie in DRAM as ONNX has them,
// row-major; maps of convolutions also with their channels last.
class GraphPlan final : public DataPlan {
  public:
    // One tenant, run once: `program` is placed from the lowering's workload. The arguments must outlive the
    // plan. Throws UserError for sums that may leave pods.psum_bits.
    GraphPlan(const OpGraph& graph, const Lowering& lowering, const Program& program,
              const hw::Config& config, const GraphValues& inputs);

    void host_step(std::uint32_t number, const DramAccess& dram) const override;

    // A result in DRAM. channels_last: [batch][spatial][channels] of a value that ONNX has channels first.
    struct Place {
        std::uint64_t address = 0;
        bool channels_last = false;
    };
    struct Result {
        std::uint32_t layer, value;
        Place place;
    };
    const std::vector<Result>& products() const { return products_; }  // of pods
    std::uint64_t address(std::uint32_t value) const {
        return plain_.at(value);
    }  // of an output of the graph
    // Nodes that the host computed, and why.
    struct OnHost {
        std::uint32_t node;
        std::string reason;
    };
    const std::vector<OnHost>& on_host() const { return on_host_; }
    const std::vector<std::uint32_t>& on_lanes() const { return on_lanes_; }  // nodes, on post-processors

  private:
    class Builder;
    struct HostStep {
        OpNode node{};
        std::size_t output = 0;
        std::vector<std::pair<std::uint32_t, std::uint64_t>>
            inputs{};                   // value (kAbsent) and address, 0: constant
        std::vector<OpValue> shapes{};  // of these
        std::uint64_t address = 0;
    };

    const OpGraph& graph_;
    std::map<std::uint32_t, std::uint64_t> plain_;  // by value
    std::vector<HostStep> host_steps_;
    std::map<std::uint32_t, TensorValue> constants_;  // that host steps read
    std::vector<Result> products_;
    std::vector<OnHost> on_host_;
    std::vector<std::uint32_t> on_lanes_;
};

// The value with its channels last: [batch][spatial][channels] of [batch][channels][spatial].
TensorValue channels_last(const TensorValue& value);

}  // namespace sosa::host
