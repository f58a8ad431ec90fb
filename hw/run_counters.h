#pragma once
#include <array>
#include <cstdint>

namespace sosa::hw {

// Where the PE-cycles of a run went: cycles * pods * rows * cols in all; the parts add up exactly.
struct CycleLoss {
    std::uint64_t useful = 0;           // MACs
    std::uint64_t edge_tile = 0;        // PEs and rows that a tile smaller than the array leaves unused
    std::uint64_t weight_load = 0;      // waiting for weights to be loaded into the arrays
    std::uint64_t fill_drain = 0;       // route switching, SRAM round trip, the pipeline's end
    std::uint64_t dependency_wait = 0;  // pods without work because layers wait for others or for post-ops
    std::uint64_t route_conflict = 0;   // pods without work although ops waited: routes or banks were taken
    std::uint64_t memory_stall = 0;     // waiting for tiles from DRAM (or for the program)
    std::uint64_t idle = 0;             // pods without work after the last tile op
    std::uint64_t total() const {
        return useful + edge_tile + weight_load + fill_drain + dependency_wait + route_conflict +
               memory_stall + idle;
    }
};

// The counters of a run, as the register map shows them.
struct RunCounters {
    std::uint64_t cycles = 0, slices = 0, tile_ops = 0, post_ops = 0, macs = 0;
    std::uint64_t memory_stall_cycles = 0, program_stall_cycles = 0;
    std::uint64_t dram_read_bytes = 0, dram_write_bytes = 0, sram_read_bytes = 0, sram_array_read_bytes = 0,
                  sram_write_bytes = 0;
    std::uint64_t noc_bytes = 0, noc_bytes_unicast = 0;
    CycleLoss loss;
    std::uint64_t vector_ops = 0;
};

struct CounterEntry {
    const char* name;
    const char* unit;
    const char* description;
    std::uint64_t& (*field)(RunCounters&);
    std::uint64_t get(RunCounters c) const { return field(c); }
};

// One row per 64-bit counter, in the order of the registers.
constexpr std::array<CounterEntry, 23> kCounterTable = {{
    {"cycles", "cycles", "from the doorbell to the last result in its bank",
     [](RunCounters& c) -> std::uint64_t& { return c.cycles; }},
    {"slices", "slices", "slices run", [](RunCounters& c) -> std::uint64_t& { return c.slices; }},
    {"tile_ops", "ops", "tile ops run by pods", [](RunCounters& c) -> std::uint64_t& { return c.tile_ops; }},
    {"post_ops", "ops", "post-ops run by post-processors",
     [](RunCounters& c) -> std::uint64_t& { return c.post_ops; }},
    {"macs", "MAC", "multiply-accumulates", [](RunCounters& c) -> std::uint64_t& { return c.macs; }},
    {"memory_stall_cycles", "cycles", "slices held back until their tiles were in SRAM",
     [](RunCounters& c) -> std::uint64_t& { return c.memory_stall_cycles; }},
    {"program_stall_cycles", "cycles", "slices held back because the host had not written them yet",
     [](RunCounters& c) -> std::uint64_t& { return c.program_stall_cycles; }},
    {"dram_read_bytes", "B", "read from DRAM",
     [](RunCounters& c) -> std::uint64_t& { return c.dram_read_bytes; }},
    {"dram_write_bytes", "B", "written to DRAM (spilled partial sums)",
     [](RunCounters& c) -> std::uint64_t& { return c.dram_write_bytes; }},
    {"sram_read_bytes", "B", "read by units as tiles are stored, every multicast copy counted",
     [](RunCounters& c) -> std::uint64_t& { return c.sram_read_bytes; }},
    {"sram_array_read_bytes", "B", "read out of the banks' arrays, a multicast counted once",
     [](RunCounters& c) -> std::uint64_t& { return c.sram_array_read_bytes; }},
    {"sram_write_bytes", "B", "written to banks by units",
     [](RunCounters& c) -> std::uint64_t& { return c.sram_write_bytes; }},
    {"noc_bytes", "B", "over network links, a multicast counted once per link it crosses",
     [](RunCounters& c) -> std::uint64_t& { return c.noc_bytes; }},
    {"noc_bytes_unicast", "B", "over network links as if every copy travelled alone",
     [](RunCounters& c) -> std::uint64_t& { return c.noc_bytes_unicast; }},
    {"loss_useful", "PE-cycles", "PEs that multiplied",
     [](RunCounters& c) -> std::uint64_t& { return c.loss.useful; }},
    {"loss_edge_tile", "PE-cycles", "PEs and rows unused by tiles smaller than the array",
     [](RunCounters& c) -> std::uint64_t& { return c.loss.edge_tile; }},
    {"loss_weight_load", "PE-cycles", "waiting for weights to load",
     [](RunCounters& c) -> std::uint64_t& { return c.loss.weight_load; }},
    {"loss_fill_drain", "PE-cycles", "route switching, SRAM round trip and the last drain",
     [](RunCounters& c) -> std::uint64_t& { return c.loss.fill_drain; }},
    {"loss_dependency_wait", "PE-cycles", "pods without work: layers wait for earlier ones or for post-ops",
     [](RunCounters& c) -> std::uint64_t& { return c.loss.dependency_wait; }},
    {"loss_route_conflict", "PE-cycles", "pods without work although ops waited: routes or banks were taken",
     [](RunCounters& c) -> std::uint64_t& { return c.loss.route_conflict; }},
    {"loss_memory_stall", "PE-cycles", "waiting for DRAM or for the program",
     [](RunCounters& c) -> std::uint64_t& { return c.loss.memory_stall; }},
    {"loss_idle", "PE-cycles", "pods without work after the last tile op",
     [](RunCounters& c) -> std::uint64_t& { return c.loss.idle; }},
    {"vector_ops", "ops", "vector ops run by post-processors",
     [](RunCounters& c) -> std::uint64_t& { return c.vector_ops; }},
}};

}  // namespace sosa::hw
