#pragma once
#include <map>
#include <string>
#include <vector>

#include "host/graph_lanes.h"
#include "host/graph_product.h"
#include "host/graph_tensors.h"
#include "host/op_lowering.h"
#include "host/program.h"
#include "hw/config.h"

namespace sosa::host {

// A run of a whole network with its own data. Quantised products (graph_product.h) run on pods; all other
// operators are steps between them, worked in no time when their results are first needed: element-wise ones
// on the post-processors, the rest on the host. Products that pods cannot compute keep their place and time
// in the program; the pods multiply zeros then, and the host computes.
class GraphPlan final : public DataPlan {
  public:
    // One tenant, run once: `program` is placed from the lowering's workload. The arguments must outlive the
    // plan. Throws UserError for sums that may leave pods.psum_bits, and for operators that nobody computes.
    GraphPlan(const OpGraph& graph, const Lowering& lowering, const Program& program,
              const hw::Config& config, const GraphValues& inputs);

    void host_step(std::uint32_t number, const DramAccess& dram) const override {
        tensors_.run(number, dram);
    }

    // A result of pods in DRAM. channels_last: in that order, where ONNX has channels first.
    struct Result {
        std::uint32_t layer, value;
        std::uint64_t address;
        bool channels_last;
    };
    const std::vector<Result>& products() const { return products_; }
    std::uint64_t address(std::uint32_t output) const { return tensors_.address(output); }
    const std::vector<std::uint32_t>& on_lanes() const { return on_lanes_; }  // nodes, on post-processors
    const std::vector<std::uint32_t>& on_host() const { return on_host_; }    // nodes; without layout

  private:
    bool runs(std::uint32_t node) const;
    void check_operators() const;
    void add_node(std::uint32_t node);
    void add_lanes(std::uint32_t node, const GraphLanes& lanes);
    void add_product(const GraphProduct& product, std::uint32_t layer);
    void check_sums(const GraphProduct& product, std::int64_t largest) const;

    const OpGraph& g_;
    const Lowering& lowering_;
    const Program& program_;
    const hw::PodConfig pods_;
    const GraphValues& inputs_;
    GraphTensors tensors_;
    std::map<std::uint32_t, std::uint32_t> layer_of_;  // of products, by node
    std::vector<Result> products_;
    std::vector<std::uint32_t> on_lanes_, on_host_;
};

}  // namespace sosa::host
