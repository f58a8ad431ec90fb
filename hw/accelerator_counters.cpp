// What the chip counted, as sums, as a described tree and as energy.
#include <algorithm>
#include <string>

#include "hw/accelerator.h"

namespace sosa::hw {

namespace {

void add_banks(RunCounters& c, const std::deque<Bank>& banks) {
    for (const auto& bank : banks) {
        c.sram_read_bytes += bank.counters().read_bytes;
        c.sram_array_read_bytes += bank.counters().array_read_bytes;
        c.sram_write_bytes += bank.counters().written_bytes;
    }
}

std::uint64_t dma_sram_bytes(const std::deque<Bank>& banks) {
    std::uint64_t bytes = 0;
    for (const auto& bank : banks) bytes += bank.counters().fill_bytes + bank.counters().spill_bytes;
    return bytes;
}

void describe_banks(traces::StatGroup& root, const char* name, const char* what,
                    const std::deque<Bank>& banks) {
    std::vector<traces::StatRow> rows;
    for (std::size_t i = 0; i < banks.size(); ++i) {
        const BankCounters& c = banks[i].counters();
        const TileStore& tags = banks[i].tags();
        rows.push_back(
            {"bank" + std::to_string(i),
             {&c.reads, &c.read_bytes, &c.array_read_bytes, &c.writes, &c.written_bytes, &c.fill_bytes,
              &c.spill_bytes, &c.busy_cycles, tags.peak_bytes(), tags.evictions()}});
    }
    root.table(name, what,
               {{"reads", "transfers", "tiles read by units, every multicast copy counted"},
                {"read_bytes", "B", "of these"},
                {"array_read_bytes", "B", "read out of the array, a multicast counted once"},
                {"writes", "transfers", "tiles written by units"},
                {"written_bytes", "B", "of these"},
                {"fill_bytes", "B", "brought by DMA"},
                {"spill_bytes", "B", "taken by DMA to DRAM"},
                {"busy_cycles", "cycles", "rows read or written, summed over the ports"},
                {"peak_bytes", "B", "most bytes held at a time"},
                {"evictions", "tiles", "that made room for others"}},
               std::move(rows));
}

}  // namespace

RunCounters Accelerator::collect() const {
    RunCounters c = scheduler_.counters();
    c.dram_read_bytes = dma_.counters().read_bytes;
    c.dram_write_bytes = dma_.counters().written_bytes;
    add_banks(c, x_banks_);
    add_banks(c, w_banks_);
    add_banks(c, p_banks_);
    for (const auto& network : networks_)
        for (const auto& stage : network->stages()) {
            c.noc_bytes += stage.bytes;
            c.noc_bytes_unicast += stage.bytes_unicast;
        }
    return c;
}

std::vector<traces::EnergyRow> Accelerator::energy(const traces::EnergyTable& table) const {
    const RunCounters c = collect();
    std::vector<traces::EnergyRow> rows;
    std::uint64_t macs = 0, additions = 0;
    for (const auto& pod : pods_) macs += pod.counters().macs;
    for (const auto& post : posts_) additions += post.counters().additions;
    rows.push_back({"pods", "macs", static_cast<double>(macs), table.mac_pj, table.mac_source});
    rows.push_back({"posts", "additions", static_cast<double>(additions), std::nullopt,
                    "the paper gives no energy for the post-processors; left out of the totals"});
    const double sram_pj = table.sram_byte_pj(config_.banks.macro_bytes);
    const auto sram = [&](const char* component, const char* counter, std::uint64_t bytes) {
        rows.push_back({component, counter, static_cast<double>(bytes), sram_pj, table.sram_source});
    };
    sram("banks", "array_read_bytes", c.sram_array_read_bytes);
    sram("banks", "written_bytes", c.sram_write_bytes);
    sram("banks", "dma_bytes",
         dma_sram_bytes(x_banks_) + dma_sram_bytes(w_banks_) + dma_sram_bytes(p_banks_));
    const double link_pj =
        table.noc_route_byte_pj(topology_.power_coefficient(), topology_.ports()) / topology_.stages();
    for (std::size_t i = 0; i < net_count; ++i) {
        std::uint64_t bytes = 0;
        for (const auto& stage : networks_[i]->stages()) bytes += stage.bytes;
        rows.push_back({std::string("noc_") + kNetworkNames[i], "link_bytes", static_cast<double>(bytes),
                        link_pj, table.noc_source});
    }
    rows.push_back({"dram", "bytes", static_cast<double>(c.dram_read_bytes + c.dram_write_bytes),
                    table.dram_byte_pj, table.dram_source});
    return rows;
}

LayerTraffic Accelerator::layer_traffic() const {
    const RunCounters c = collect();
    LayerTraffic traffic;
    traffic.sram = {sram_layer_bytes_.bytes(), c.sram_array_read_bytes + c.sram_write_bytes +
                                                   dma_sram_bytes(x_banks_) + dma_sram_bytes(w_banks_) +
                                                   dma_sram_bytes(p_banks_)};
    auto& links = traffic.links.by_layer;
    for (const auto& network : networks_) {
        const auto& bytes = network->layer_bytes();
        links.resize(std::max(links.size(), bytes.size()));
        for (std::size_t layer = 0; layer < bytes.size(); ++layer) links[layer] += bytes[layer];
    }
    traffic.links.all = c.noc_bytes;
    traffic.dram = {dma_.layer_bytes(), c.dram_read_bytes + c.dram_write_bytes};
    return traffic;
}

void Accelerator::describe(traces::StatGroup& root) const {
    const RunCounters c = collect();
    auto& run = root.group("run", "the whole run, as the register map shows it");
    for (const auto& entry : kCounterTable)
        run.value(entry.name, entry.description, entry.unit, entry.get(c));

    std::vector<traces::StatRow> rows;
    for (std::size_t i = 0; i < pods_.size(); ++i) {
        const auto& p = pods_[i].counters();
        const std::uint64_t occupied = scheduler_.occupied_cycles()[i];
        rows.push_back({"pod" + std::to_string(i),
                        {&p.tile_ops, &p.busy_cycles, occupied - p.busy_cycles, c.cycles - occupied,
                         &p.weight_load_cycles, &p.macs, &p.x_bytes_in, &p.w_bytes_in, &p.pin_bytes_in,
                         &p.pout_bytes_out, &p.overflows}});
    }
    root.table("pods", "one row per pod; busy + stall + idle cycles are the run's cycles",
               {{"tile_ops", "ops", "tile ops run"},
                {"busy_cycles", "cycles", "rows of X streamed through the array"},
                {"stall_cycles", "cycles", "in a slice with an op, but not streaming"},
                {"idle_cycles", "cycles", "without an op"},
                {"weight_load_cycles", "cycles", "rows of weights loaded, also while streaming"},
                {"macs", "MAC", "multiply-accumulates"},
                {"x_bytes_in", "B", "activations received"},
                {"w_bytes_in", "B", "weights received"},
                {"pin_bytes_in", "B", "partial sums received"},
                {"pout_bytes_out", "B", "partial sums sent"},
                {"overflows", "results", "that left the range of a partial sum; 0 where no data moves"}},
               std::move(rows));

    rows.clear();
    for (std::size_t i = 0; i < posts_.size(); ++i) {
        const auto& p = posts_[i].counters();
        rows.push_back(
            {"post" + std::to_string(i),
             {&p.post_ops, &p.busy_cycles, c.cycles - p.busy_cycles - p.vector_cycles, &p.additions,
              &p.bytes_in, &p.bytes_out, &p.overflows, &p.vector_ops, &p.vector_cycles, &p.vector_elements}});
    }
    root.table("posts", "one row per post-processor",
               {{"post_ops", "ops", "post-ops run"},
                {"busy_cycles", "cycles", "rows added"},
                {"idle_cycles", "cycles", "neither adding nor at vector work"},
                {"additions", "additions", "elements added"},
                {"bytes_in", "B", "partial sums received"},
                {"bytes_out", "B", "partial sums sent"},
                {"overflows", "sums", "that left the range of a partial sum; 0 where no data moves"},
                {"vector_ops", "ops", "vector ops run"},
                {"vector_cycles", "cycles", "lanes at vector work"},
                {"vector_elements", "elements", "worked on"}},
               std::move(rows));

    describe_banks(root, "x_banks", "banks of activation tiles", x_banks_);
    describe_banks(root, "w_banks", "banks of weight tiles", w_banks_);
    describe_banks(root, "p_banks", "banks of partial-sum tiles", p_banks_);

    rows.clear();
    for (std::size_t i = 0; i < net_count; ++i) {
        std::size_t number = 0;
        for (const auto& stage : networks_[i]->stages())
            rows.push_back({std::string(kNetworkNames[i]) + "_stage" + std::to_string(++number),
                            {stage.links_claimed, stage.multicast_shares, stage.bytes, stage.bytes_unicast}});
    }
    root.table("networks", "one row per network and stage",
               {{"links_claimed", "link-slices", "links in use, summed over the slices"},
                {"multicast_shares", "routes", "further routes over a link that their source holds already"},
                {"bytes", "B", "a multicast counted once per link"},
                {"bytes_unicast", "B", "as if every copy travelled alone"}},
               std::move(rows));

    auto& dma = root.group("dma", "tiles between DRAM and banks");
    const DmaCounters& d = dma_.counters();
    dma.counter("fetches", "tiles brought from DRAM", "tiles", &d.fetches);
    dma.counter("skipped", "tiles found in their bank", "tiles", &d.skipped);
    dma.counter("demands", "evicted partial-sum tiles brought back, which holds the next slice", "tiles",
                &d.demands);
    dma.counter("spills", "partial-sum tiles written to DRAM because their bank was full", "tiles",
                &d.spills);
    dma.counter("read_bytes", "from DRAM", "B", &d.read_bytes);
    dma.counter("written_bytes", "to DRAM", "B", &d.written_bytes);
}

}  // namespace sosa::hw
