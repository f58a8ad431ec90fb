#include "hw/registers.h"

#include "hw/run_counters.h"

namespace sosa::hw::registers {

const std::vector<Entry>& table() {
    static const std::vector<Entry> all = [] {
        std::vector<Entry> t = {
            {id, 4, "ID", "r", "0x534f5341, \"SOSA\""},
            {version, 4, "VERSION", "r", "of this register map: major in the upper half"},
            {pods, 4, "PODS", "r", "number of pods, and of banks of each kind"},
            {pod_shape, 4, "POD_SHAPE", "r", "rows in the upper half, columns in the lower"},
            {control, 4, "CONTROL", "rw", "bit 0: interrupts enabled at all"},
            {status, 4, "STATUS", "r",
             "scheduler state: 0 idle, 1 fetch, 2 preload, 3 run, 4 stall, 5 drain, 6 done, 7 fault"},
            {doorbell, 4, "DOORBELL", "w",
             "any value starts the program; further slices may follow while it runs"},
            {irq_status, 4, "IRQ_STATUS", "rw1c",
             "bit 0: done; bit 1: a window became half empty; bit 2: fault"},
            {irq_enable, 4, "IRQ_ENABLE", "rw", "which bits of IRQ_STATUS raise the interrupt"},
            {program_space, 4, "PROGRAM_SPACE", "r", "slices that the program window takes now"},
            {fetch_space, 4, "FETCH_SPACE", "r", "fetch lists that the fetch window takes now"},
        };
        std::uint64_t offset = counters;
        for (const auto& counter : kCounterTable) {
            t.push_back({offset, 8, counter.name, "r", counter.description});
            offset += 8;
        }
        t.push_back(
            {program_window, 0, "PROGRAM_WINDOW", "w", "one slice record a write, see program_format.h"});
        t.push_back({fetch_window, 0, "FETCH_WINDOW", "w", "one fetch list a write, see program_format.h"});
        t.push_back({layer_window, 0, "LAYER_WINDOW", "w",
                     "one LayerRecord a write, see layer_record.h; only where a run moves data"});
        t.push_back({step_window, 0, "STEP_WINDOW", "w",
                     "one vector step a write, see layer_record.h; only where a run moves data"});
        return t;
    }();
    return all;
}

}  // namespace sosa::hw::registers
