#include "hw/registers.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "hw/run_counters.h"

namespace {
namespace registers = sosa::hw::registers;

std::string hex(std::uint64_t value) {
    std::ostringstream out;
    out << "0x" << std::hex << value;
    return out.str();
}

// As it stands in hw/README.md.
std::string readme_table() {
    std::string text = "| offset | bytes | register | access | is |\n|---|---|---|---|---|\n";
    for (const auto& e : registers::table())
        text += "| `" + hex(e.offset) + "` | " + (e.bytes ? std::to_string(e.bytes) : "a record") + " | `" +
                e.name + "` | " + e.access + " | " + e.description + " |\n";
    return text;
}
}  // namespace

TEST_CASE("registers are aligned and ascend without overlap") {
    std::uint64_t end = 0;
    std::set<std::string> names;
    for (const auto& e : registers::table()) {
        CAPTURE(e.name);
        CHECK(e.offset >= end);
        const std::uint64_t bytes = e.bytes ? e.bytes : registers::window_bytes;  // 0: a window
        CHECK((e.bytes == 0 || e.bytes == 4 || e.bytes == 8));
        CHECK(e.offset % bytes == 0);
        end = e.offset + bytes;
        CHECK(names.insert(e.name).second);
        CHECK(std::set<std::string>{"r", "w", "rw", "rw1c"}.count(e.access) == 1);
        CHECK(std::string(e.description) != "");
    }
    CHECK(registers::table().size() == 11 + sosa::hw::kCounterTable.size() + 4);
}

TEST_CASE("every offset of the header stands in the table") {
    std::set<std::uint64_t> offsets;
    for (const auto& e : registers::table()) offsets.insert(e.offset);
    using namespace sosa::hw::registers;
    for (const std::uint64_t offset :
         {id, version, pods, pod_shape, control, status, doorbell, irq_status, irq_enable, program_space,
          fetch_space, counters, program_window, fetch_window, layer_window, step_window})
        CHECK(offsets.count(offset) == 1);
}

TEST_CASE("the counter registers are the counter table in its order") {
    std::vector<std::string> names, wanted;
    std::uint64_t offset = registers::counters;
    for (const auto& e : registers::table()) {
        if (e.bytes != 8) continue;
        CHECK(e.offset == offset);
        CHECK(std::string(e.access) == "r");
        offset += 8;
        names.push_back(e.name);
    }
    for (const auto& c : sosa::hw::kCounterTable) wanted.push_back(c.name);
    CHECK(names == wanted);
}

TEST_CASE("each counter has a field of its own and all fields are counters") {
    sosa::hw::RunCounters c;
    std::set<const std::uint64_t*> fields;
    for (const auto& entry : sosa::hw::kCounterTable) fields.insert(&entry.field(c));
    CHECK(fields.size() == sosa::hw::kCounterTable.size());
    CHECK(sizeof c == 8 * sosa::hw::kCounterTable.size());
    std::uint64_t value = 100;
    for (const auto& entry : sosa::hw::kCounterTable) entry.field(c) = value++;
    value = 100;
    for (const auto& entry : sosa::hw::kCounterTable) CHECK(entry.get(c) == value++);
}

TEST_CASE("the loss counters are all parts of the cycle-loss account") {
    sosa::hw::RunCounters c;
    std::uint64_t sum = 0, value = 1;
    for (const auto& entry : sosa::hw::kCounterTable) {
        if (std::string(entry.name).rfind("loss_", 0) != 0) continue;
        entry.field(c) = value;
        sum += value;
        value *= 10;
    }
    CHECK(c.loss.total() == sum);
    CHECK(sum == 11111111);  // eight of them
}

TEST_CASE("the register table of the README is the code's") {
    std::ifstream in(SOSA_TEST_DATA "/../../hw/README.md");
    std::stringstream text;
    text << in.rdbuf();
    const std::string table = readme_table();
    INFO("hw/README.md should hold\n" << table);
    CHECK(text.str().find("\n" + table + "\n") != std::string::npos);
}
