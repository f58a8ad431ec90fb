#pragma once
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "host/data_run.h"
#include "host/graph_plan.h"
#include "host/network.h"

namespace sosa::host {

// The inputs of a network from a folder: NAME.npy or NAME.pb, or input_0.pb, input_1.pb, ... in the order of
// the graph. Throws UserError for what is missing, twice there, or of another type or shape.
GraphValues read_inputs(const OpGraph& graph, const std::filesystem::path& folder);

bool has_pb_inputs(const std::filesystem::path& folder);

// A network with inputs of a person's own. The host evaluates the whole graph as well, in a thread of its
// own.
class GraphRun final : public CheckedRun {
  public:
    // The arguments must outlive the run.
    GraphRun(const Network& network, const Program& program, const hw::Config& config, GraphValues inputs);
    const DataPlan& data() const override { return plan_; }
    // Every product of the pods and every output of the graph must equal the host's, bit by bit.
    DataCheck check(System& system) override;
    // The outputs as they stand in DRAM, one file each; .pb if `like_pb`, else .npy.
    void write_outputs(System& system, const std::filesystem::path& folder, bool like_pb) const;
    // Who computed what, one line a kind of operator.
    std::vector<std::string> report() const;

  private:
    const Network& network_;
    const Program& program_;
    const GraphValues inputs_;
    const GraphPlan plan_;
    std::future<GraphValues> expected_;
};

}  // namespace sosa::host
