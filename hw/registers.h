#pragma once
#include <cstdint>
#include <vector>

// The accelerator's register map, in one place: the register file, the host, a test and the README's table
// use it.
namespace sosa::hw::registers {

constexpr std::uint32_t id_value = 0x534f5341;  // "SOSA"
constexpr std::uint32_t version_value = 0x00030000;

enum Offset : std::uint64_t {
    id = 0x00,
    version = 0x04,
    pods = 0x08,
    pod_shape = 0x0c,
    control = 0x10,
    status = 0x14,
    doorbell = 0x18,
    irq_status = 0x20,
    irq_enable = 0x24,
    program_space = 0x28,
    fetch_space = 0x2c,
    counters = 0x100,
    program_window = 0x10000000,
    fetch_window = 0x20000000,
    layer_window = 0x30000000,
    step_window = 0x40000000,
};
constexpr std::uint64_t window_bytes = 0x10000000;

// irq_status and irq_enable
constexpr std::uint32_t irq_done = 1, irq_space = 2, irq_fault = 4;
// control
constexpr std::uint32_t control_enable = 1;

struct Entry {
    std::uint64_t offset;
    std::uint32_t bytes;
    const char* name;
    const char* access;
    const char* description;
};

// Every register by offset; the counters come from kCounterTable.
const std::vector<Entry>& table();

}  // namespace sosa::hw::registers
