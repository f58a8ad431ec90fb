#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

// What becomes of each operator of ONNX' own domain, opset 7 to 17.
namespace sosa::host {

enum class OpClass : std::uint8_t {
    product,     // tile ops on the pods
    vector,      // lane operations on the post-processors
    layout,      // moves or renames elements only: free
    constant,    // follows from shapes and constants: free
    unsupported  // unless constants alone make it a constant
};

// What the lane operations of a row are counted on.
enum class OpCount : std::uint8_t {
    none,
    output,         // elements of the first result
    operands,       // of the first result, times the operands
    more_operands,  // of the first result, times the operands after the first
    input,          // of the first operand
    second,         // of the second operand
    window,         // of the first result, times the elements of the kernel
    sort,           // of the first operand, times log2 of the axis' length
    taps,           // of the first result, times the neighbours it is interpolated from
    updates         // of the third operand, if they are added or multiplied to what is there
};

// Where the functional run computes it.
enum class OpExact : std::uint8_t { pods, post_processors, host, nowhere };

struct OpRow {
    std::string_view name;
    OpClass use = OpClass::unsupported;
    OpCount per = OpCount::none;
    std::uint32_t simple = 0, special = 0;  // lane operations
    OpExact exact = OpExact::nowhere;
    std::string_view note{};  // the parts that the operations are the sum of; why it is unsupported
};

// By name; `note` and `name` are those of the program, never freed.
const std::vector<OpRow>& op_table();

// Null: ONNX has no such operator up to opset 17.
const OpRow* find_op(std::string_view op);

// As a table of GitHub markdown with a legend before it.
void print_op_table(std::ostream& out);

}  // namespace sosa::host
