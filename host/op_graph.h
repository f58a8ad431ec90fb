#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/tensor_value.h"

// A network as its file says it: operators and the tensors between them, all shapes known. What an ONNX file
// becomes before it is lowered to the layers of a workload (onnx_import.h) or computed (op_eval.h).
namespace sosa::host {

struct OpAttribute {
    enum class Kind : std::uint8_t { integer, real, text, integers, reals, texts, tensor, other };
    Kind kind = Kind::integer;
    std::int64_t integer = 0;
    float real = 0;
    std::string text{};
    std::vector<std::int64_t> integers{};
    std::vector<float> reals{};
    std::vector<std::string> texts{};
    TensorValue tensor{};
};

inline constexpr std::uint32_t kAbsent = 0xffffffff;  // an optional input or output that is not there

struct OpNode {
    std::string name;                     // never empty: that of its first output if the file gives none
    std::string op;                       // "Conv"
    std::string domain;                   // "" is ONNX' own
    std::int32_t opset = 0;               // of its domain
    std::vector<std::uint32_t> inputs{};  // values, or kAbsent
    std::vector<std::uint32_t> outputs{};
    std::map<std::string, OpAttribute> attributes{};

    // "node 12 "conv1" (Conv)" needs the index, which the graph knows; this is `"conv1" (Conv)`.
    std::string place() const;
    const OpAttribute* find(const std::string& attribute) const;
    std::int64_t integer(const std::string& attribute, std::int64_t otherwise) const;
    float real(const std::string& attribute, float otherwise) const;
    std::string text(const std::string& attribute, const std::string& otherwise) const;
    std::vector<std::int64_t> integers(const std::string& attribute) const;  // empty if not there
};

struct OpValue {
    std::string name;
    ElementType type = ElementType::none;
    Dims dims{};
    bool known = false;             // whether type and dims are
    std::uint32_t maker = kAbsent;  // node; kAbsent of inputs and of constants of the file
    bool is_constant = false;       // weights, and what follows from constants alone
};

class OpGraph {
  public:
    std::string name, source;  // of the graph; of the file
    std::vector<OpValue> values;
    std::vector<OpNode> nodes;                   // each after those whose results it reads
    std::vector<std::uint32_t> inputs, outputs;  // values; inputs without the constants among them

    // The bytes of a constant, read from the file that holds them if they are not in memory. Throws UserError
    // (a file that is not there or too short, a model that came without its weights).
    TensorValue constant(std::uint32_t value) const;
    bool has_bytes(std::uint32_t value) const;  // a constant whose bytes `constant` can give

    // How the reader hands over constants: by value. Empty function: shape only.
    std::map<std::uint32_t, std::function<TensorValue()>> constants;

    std::string place(std::uint32_t node) const;  // `FILE: node 12 "conv1" (Conv)`
};

}  // namespace sosa::host
