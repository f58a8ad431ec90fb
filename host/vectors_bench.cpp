#include "host/vectors_bench.h"

namespace sosa::host {

namespace {

const std::string kBus8Rows = "8 * sosa_params::ROWS";
const std::string kBus8Cols = "8 * sosa_params::COLS";
const std::string kBusPsum = "sosa_params::PSUM_BITS * sosa_params::COLS";

constexpr const char* kHead =
    R"sv(// Self-checking bench of sosa_pod, written by sosa vectors: run.sh compiles and runs it. Each line of stimulus.hex
// holds all input pins of one clock edge, the same line of expected.hex all output pins after that edge.
`timescale 1ns / 1ps

module sosa_pod_tb;
)sv";

constexpr const char* kMemories = R"sv(
    reg clk = 0;
    reg [IN_BITS-1:0] stimulus [0:CYCLES-1];
    reg [OUT_BITS-1:0] expected [0:CYCLES-1];
    integer cycle, lane, compared = 0;

)sv";

constexpr const char* kTasks = R"sv(
    // Exactly CYCLES lines of `digits` digits: $readmemh alone is silent about a short line and goes on without a file.
    task must_be_whole(input [8*16-1:0] name, input integer digits);
        integer file, c, lines, column;
        begin
            file = $fopen(name, "r");
            if (file == 0) $fatal(1, "%0s: cannot be read", name);
            lines = 0;
            column = 0;
            c = $fgetc(file);
            while (c != -1) begin
                if (c != "\n") column = column + 1;
                else begin
                    if (column != digits)
                        $fatal(1, "%0s: line %0d: found %0d digits, allowed %0d", name, lines + 1, column, digits);
                    lines = lines + 1;
                    column = 0;
                end
                c = $fgetc(file);
            end
            $fclose(file);
            if (lines != CYCLES || column != 0)
                $fatal(1, "%0s: found %0d whole lines, allowed %0d", name, lines, CYCLES);
        end
    endtask

    task must_be_known;
        for (cycle = 0; cycle < CYCLES; cycle = cycle + 1) begin
            if (^stimulus[cycle] === 1'bx) $fatal(1, "stimulus.hex: line %0d has unknown bits", cycle + 1);
            if (^expected[cycle] === 1'bx) $fatal(1, "expected.hex: line %0d has unknown bits", cycle + 1);
        end
    endtask

    task check(input [8*16-1:0] signal, input integer at, input [31:0] got, input [31:0] want);
        begin
            if (^got === 1'bx)
                $fatal(1, "cycle %0d: %0s[%0d]: expected %h, got %h (unknown)", cycle, signal, at, want, got);
            if (got !== want) $fatal(1, "cycle %0d: %0s[%0d]: expected %h, got %h", cycle, signal, at, want, got);
            compared = compared + 1;
        end
    endtask
)sv";

std::string declaration(const VectorPin& pin, const std::string& kind, const std::string& prefix) {
    const std::string range = pin.width == "1" ? "" : "[" + pin.width + "-1:0] ";
    return "    " + kind + " " + range + prefix + pin.name + ";\n";
}

std::string concatenation(const std::vector<VectorPin>& pins, const std::string& prefix) {
    std::string text;
    for (const auto& pin : pins) text += (text.empty() ? "{" : ", ") + prefix + pin.name;
    return text + "}";
}

std::string comparison(const VectorPin& pin) {
    if (pin.lanes == 1)
        return "            check(\"" + pin.name + "\", 0, " + pin.name + ", want_" + pin.name + ");\n";
    const std::string bits = std::to_string(pin.lane_bits);
    const std::string slice = "[lane*" + bits + " +: " + bits + "]";
    return "            for (lane = 0; lane < " + std::to_string(pin.lanes) + "; lane = lane + 1)\n" +
           "                check(\"" + pin.name + "\", lane, " + pin.name + slice + ", want_" + pin.name +
           slice + ");\n";
}

std::string instance(const std::vector<VectorPin>& inputs, const std::vector<VectorPin>& outputs) {
    std::string text = "\n    sosa_pod dut (\n        .clk(clk)";
    for (const auto* pins : {&inputs, &outputs})
        for (const auto& pin : *pins) text += ",\n        ." + pin.name + "(" + pin.name + ")";
    return text + "\n    );\n";
}

std::string digits(std::uint32_t bits) { return std::to_string((bits + 3) / 4); }

std::string run_block(const std::vector<VectorPin>& inputs, const std::vector<VectorPin>& outputs) {
    const std::string drive = concatenation(inputs, ""), want = concatenation(outputs, "want_");
    std::string text = "\n    initial begin\n";
    text += "        if ($bits(" + drive + ") != IN_BITS || $bits(" + want + ") != OUT_BITS)\n";
    text += "            $fatal(1, \"sosa_params.sv is of another shape than the vectors\");\n";
    text += "        must_be_whole(\"stimulus.hex\", " + digits(total_bits(inputs)) + ");\n";
    text += "        must_be_whole(\"expected.hex\", " + digits(total_bits(outputs)) + ");\n";
    text += "        $readmemh(\"stimulus.hex\", stimulus);\n";
    text += "        $readmemh(\"expected.hex\", expected);\n        must_be_known;\n";
    text += "        for (cycle = 0; cycle < CYCLES; cycle = cycle + 1) begin\n";
    text += "            " + drive + " = stimulus[cycle];\n            " + want + " = expected[cycle];\n";
    text += "            #5 clk = 1;\n            #1;\n";
    for (const auto& pin : outputs) text += comparison(pin);
    text += "            #4 clk = 0;\n        end\n";
    text += "        $display(\"PASS: %0d cycles, %0d values compared\", cycle, compared);\n";
    return text + "        $finish;\n    end\nendmodule\n";
}

}  // namespace

std::vector<VectorPin> vector_inputs(const pods::ArrayShape& s) {
    std::vector<VectorPin> pins;
    for (const char* name :
         {"rst_n", "en", "x_valid", "x_swap", "x_last", "x_signed", "w_valid", "w_first", "w_signed"})
        pins.push_back({name, 1, 1, "1"});
    pins.push_back({"x_row", s.rows, 8, kBus8Rows});
    pins.push_back({"w_row", s.cols, 8, kBus8Cols});
    pins.push_back({"ps_in", s.cols, s.psum_bits, kBusPsum});
    return pins;
}

std::vector<VectorPin> vector_outputs(const pods::ArrayShape& s) {
    std::uint32_t count_bits = 0;
    while (s.rows >> count_bits != 0) ++count_bits;
    return {{"out_valid", 1, 1, "1"},
            {"out_last", 1, 1, "1"},
            {"busy", 1, 1, "1"},
            {"w_rows", 1, count_bits, "$clog2(sosa_params::ROWS + 1)"},
            {"out_overflow", s.cols, 1, "sosa_params::COLS"},
            {"out_row", s.cols, s.psum_bits, kBusPsum}};
}

std::uint32_t total_bits(const std::vector<VectorPin>& pins) {
    std::uint32_t bits = 0;
    for (const auto& pin : pins) bits += pin.bits();
    return bits;
}

std::string pod_bench(const pods::ArrayShape& shape, std::uint64_t cycles) {
    const auto inputs = vector_inputs(shape), outputs = vector_outputs(shape);
    std::string text = kHead;
    text += "    localparam integer CYCLES = " + std::to_string(cycles) + ";\n";
    text += "    localparam integer IN_BITS = " + std::to_string(total_bits(inputs)) + ";\n";
    text += "    localparam integer OUT_BITS = " + std::to_string(total_bits(outputs)) + ";\n";
    text += kMemories;
    for (const auto& pin : inputs) text += declaration(pin, "reg", "");
    for (const auto& pin : outputs) text += declaration(pin, "wire", "");
    for (const auto& pin : outputs) text += declaration(pin, "reg", "want_");
    return text + instance(inputs, outputs) + kTasks + run_block(inputs, outputs);
}

std::string vectors_script(const std::vector<std::string>& sources) {
    std::string files;
    for (const auto& source : sources) files += " " + source;
    return R"sh(#!/bin/sh
# Compiles the pod and its bench with Icarus Verilog and runs them; exit code 0 only if every value agreed.
set -eu
cd -- "$(dirname -- "$0")"
command -v iverilog >/dev/null || {
    echo "run.sh: iverilog is missing (Debian: apt-get install iverilog)" >&2
    exit 1
}
iverilog -g2012 -s sosa_pod_tb -o tb)sh" +
           files + R"sh(
exec vvp -n tb
)sh";
}

}  // namespace sosa::host
