#pragma once
#include <map>
#include <utility>
#include <vector>

#include "host/data_plan.h"
#include "host/op_graph.h"

// Where the values of a network lie in DRAM while it runs with data, and what the host does to make them.
namespace sosa::host {

// Values of a graph, by number.
using GraphValues = std::map<std::uint32_t, TensorValue>;

// The value with its channels last: [batch][spatial][channels] of [batch][channels][spatial].
TensorValue channels_last(const TensorValue& value);

// Whether that is another order of the bytes.
bool has_channel_order(const OpValue& value);

std::uint64_t bytes_of(const OpValue& value);

// Tensors lie row-major, as ONNX has them; maps of convolutions also, or only, with their channels last. A
// form that is asked for and is not there becomes a step of the host, which is addressing and free.
class GraphTensors {
  public:
    // Everything lies from `data.end` on. The arguments must outlive it.
    GraphTensors(const OpGraph& graph, TensorData& data);

    // 64-byte aligned. Throws UserError for more than kMaxPlanBytes in all.
    std::uint64_t reserve(std::uint64_t bytes);
    std::uint64_t place(std::vector<std::uint8_t> bytes);  // an image, and its address
    void place(std::uint32_t value, const TensorValue& tensor);
    void made(std::uint32_t value, std::uint64_t address, bool with_channels_last = false);

    // Addresses; the value is made, placed or a constant.
    std::uint64_t plain(std::uint32_t value);
    std::uint64_t with_channels_last(std::uint32_t value);
    std::uint64_t broadcast(std::uint32_t value, const Dims& dims);
    std::uint64_t address(std::uint32_t value) const { return plain_.at(value); }

    // Of the file, or what follows from those.
    TensorValue constant(std::uint32_t value);

    // The host computes the node's results.
    void add_node(const OpNode& node);
    void run(std::uint32_t step, const DramAccess& dram) const;

  private:
    struct Operand {
        enum class Kind : std::uint8_t { absent, constant, tensor } kind = Kind::absent;
        std::uint64_t address = 0;
        TensorValue value{};  // of constants; of tensors without bytes
    };
    struct HostStep {
        OpNode node{};
        std::size_t output = 0;
        std::vector<Operand> operands{};
        std::uint64_t address = 0;
    };
    std::uint64_t add_step(OpNode node, std::size_t output, std::vector<Operand> operands,
                           std::uint64_t bytes);
    static Operand tensor(const OpValue& value, const Dims& dims, std::uint64_t address);

    const OpGraph& g_;
    TensorData& data_;
    const std::uint64_t begin_;
    std::map<std::uint32_t, std::uint64_t> plain_, channels_last_;  // by value
    GraphValues constants_;                                         // that followed from others
    std::vector<HostStep> steps_;
};

}  // namespace sosa::host
