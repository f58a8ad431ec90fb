#include "host/run_tables.h"

#include <algorithm>

#include "host/csv_text.h"
#include "host/loss_parts.h"

namespace sosa::host {

namespace {

// Slices one after the other in which a pod works for the same layer.
struct Stretch {
    std::uint32_t pod, layer, first_slice, slices;
};

std::vector<Stretch> stretches(const Program& program, std::uint32_t slices) {
    std::vector<Stretch> found;
    std::vector<std::size_t> last(program.pods);  // of the pod, its place in `found` + 1; 0 if there is none
    for (std::uint32_t s = 0; s < slices; ++s)
        for (std::uint32_t i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i) {
            const std::uint32_t pod = program.ops[i].pod, layer = program.ops[i].layer;
            if (last[pod] > 0) {
                Stretch& stretch = found[last[pod] - 1];
                if (stretch.layer == layer && stretch.first_slice + stretch.slices == s) {
                    ++stretch.slices;
                    continue;
                }
            }
            found.push_back({pod, layer, s, 1});
            last[pod] = found.size();
        }
    std::stable_sort(found.begin(), found.end(),
                     [](const Stretch& a, const Stretch& b) { return a.pod < b.pod; });
    return found;
}

}  // namespace

std::string layers_csv(const Program& program, const LayerAccount& account, const traces::PartRates& rates,
                       const hw::PodConfig& pods, const std::vector<std::uint64_t>& starts,
                       std::uint64_t end) {
    std::string header =
        "layer,workload,op,m,k,n,tile_ops,post_ops,first_slice,last_slice,start_cycle,end_cycle,cycles,macs,"
        "utilization_pct,groups,vector_ops,sram_bytes,link_bytes,dram_bytes,energy_pj";
    for (const LossPart& part : kLossParts) header += std::string(",loss_") + part.key + "_pe_cycles";
    CsvText csv(header);
    std::vector<std::uint64_t> post_ops(program.layers.size());
    for (const auto& op : program.posts) ++post_ops[op.layer];
    const std::uint64_t pes = std::uint64_t{pods.count} * pods.rows * pods.cols;
    const auto start_of = [&](std::uint32_t slice) { return slice < starts.size() ? starts[slice] : end; };
    for (std::size_t i = 0; i < program.layers.size(); ++i) {
        const ProgramLayer& row = program.layers[i];
        const Layer& layer = row.layer;
        const LayerTiles tiles = program.tiles(static_cast<std::uint32_t>(i));
        const std::uint64_t begin = start_of(row.first_slice), until = start_of(row.last_slice + 1);
        const std::uint64_t macs = layer.macs();
        csv.add(row.name).add(program.workloads[row.tenant]).add(layer.op);
        csv.add(layer.m).add(layer.k).add(layer.n).add(tiles.ops()).add(post_ops[i]);
        csv.add(row.first_slice).add(row.last_slice).add(begin).add(until).add(until - begin).add(macs);
        csv.add(percent(static_cast<double>(macs), static_cast<double>((until - begin) * pes)), 3);
        csv.add(layer.groups).add(tiles.vector_ops());
        const LayerCost& cost = account.layers[i];
        csv.add(cost.sram_bytes).add(cost.link_bytes).add(cost.dram_bytes).add(cost.known_pj(rates));
        for (const LossPart& part : kLossParts) csv.add(cost.loss.*part.part);
        csv.end_row();
    }
    return csv.take();
}

std::string slices_csv(const std::vector<hw::SliceFacts>& slices, const std::vector<std::uint64_t>& starts,
                       const std::vector<LayerId>& layers) {
    CsvText csv(
        "slice,start_cycle,run_cycles,stall_cycles,tile_ops,post_ops,vector_ops,macs,longest_rows,"
        "weight_rows,post_rows,waiting_ops,layer");
    for (std::size_t s = 0; s < slices.size(); ++s) {
        const hw::SliceFacts& f = slices[s];
        csv.add(s).add(starts[s]).add(f.run_cycles).add(f.stall_cycles).add(f.ops).add(f.post_ops);
        csv.add(f.vector_ops).add(f.macs).add(f.longest_rows).add(f.weight_rows).add(f.post_rows);
        csv.add(f.waiting_ops);
        if (layers[s] == kNoLayer)
            csv.none();
        else
            csv.add(layers[s].value);
        csv.end_row();
    }
    return csv.take();
}

std::string occupancy_csv(const Program& program, std::uint32_t slices) {
    CsvText csv("pod,layer,first_slice,slices");
    for (const Stretch& stretch : stretches(program, slices)) {
        csv.add(stretch.pod).add(stretch.layer).add(stretch.first_slice).add(stretch.slices);
        csv.end_row();
    }
    return csv.take();
}

std::string power_csv(const std::vector<traces::PowerWindow>& windows) {
    std::string header = "start_ns,end_ns";
    for (const auto& part : traces::kPowerParts) header += std::string(",") + part.counter;
    for (const auto& part : traces::kPowerParts) header += std::string(",") + part.name + "_pj";
    header += ",total_pj,cumulative_pj";
    for (const auto& part : traces::kPowerParts) header += std::string(",") + part.name + "_w";
    CsvText csv(header + ",total_w");
    const auto ns = [](std::uint64_t ps) { return static_cast<double>(ps) / 1000; };
    for (const traces::PowerWindow& window : windows) {
        csv.add(ns(window.start_ps)).add(ns(window.end_ps));
        for (const std::uint64_t count : window.counts) csv.add(count);
        for (const auto& pj : window.pj) csv.add(pj);
        csv.add(window.total_pj()).add(window.cumulative_pj);
        for (std::size_t part = 0; part < traces::power_parts; ++part) csv.add(window.watts(part));
        csv.add(window.total_watts()).end_row();
    }
    return csv.take();
}

}  // namespace sosa::host
