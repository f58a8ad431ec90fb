#include "host/worst_layers.h"

#include <algorithm>
#include <iomanip>
#include <map>
#include <ostream>
#include <utility>

#include "host/loss_reason.h"

namespace sosa::host {

namespace {

std::uint64_t lost(const hw::CycleLoss& loss) { return loss.total() - loss.useful; }

void add(LayerCost& sum, const LayerCost& cost) {
    for (const LossPart& part : kLossParts) sum.loss.*part.part += cost.loss.*part.part;
    sum.sram_bytes += cost.sram_bytes;
    sum.link_bytes += cost.link_bytes;
    sum.dram_bytes += cost.dram_bytes;
}

// Layers with their copies, in the order of the program.
std::vector<LayerFacts> join_copies(const Program& program, const LayerAccount& account,
                                    const hw::Config& config) {
    std::vector<LayerFacts> all;
    std::map<std::pair<std::uint32_t, std::string_view>, std::size_t> known;
    for (std::uint32_t l = 0; l < program.layers.size(); ++l) {
        const ProgramLayer& layer = program.layers[l];
        const auto [at, is_new] = known.try_emplace({layer.tenant, layer.layer.name}, all.size());
        if (is_new) all.push_back({program, config, l, 0, {}});
        ++all[at->second].copies;
        add(all[at->second].cost, account.layers[l]);
    }
    return all;
}

WorstLayer judge(const LayerFacts& facts, double lost_by_all) {
    const Program& p = facts.program;
    const ProgramLayer& layer = p.layers[facts.layer];
    const hw::CycleLoss& loss = facts.cost.loss;
    const double total = static_cast<double>(loss.total()), its_loss = static_cast<double>(lost(loss));
    WorstLayer worst;
    worst.name = (p.workloads.size() > 1 ? p.workloads[layer.tenant] + ": " : "") + layer.layer.name;
    if (facts.copies > 1) worst.name += " (" + with_commas(std::uint64_t{facts.copies}) + " copies)";
    worst.cycles = total / p.pods / p.shape.rows / p.shape.cols;
    worst.utilization_pct = percent(static_cast<double>(loss.useful), total);
    worst.loss_pct = percent(its_loss, lost_by_all);
    const LossPart* largest = nullptr;
    for (const LossPart& part : kLossParts)
        if (part.part != &hw::CycleLoss::useful && (!largest || loss.*part.part > loss.*largest->part))
            largest = &part;
    const double share = percent(static_cast<double>(loss.*largest->part), its_loss);
    worst.reason = std::string(largest->label) + ", " + with_commas(share, 0) +
                   " % of its loss: " + loss_reason(facts, *largest);
    return worst;
}

}  // namespace

std::vector<WorstLayer> worst_layers(const Program& program, const LayerAccount& account,
                                     const hw::Config& config, std::size_t count) {
    std::vector<LayerFacts> layers = join_copies(program, account, config);
    double lost_by_all = static_cast<double>(lost(account.outside.loss));
    for (const LayerFacts& facts : layers) lost_by_all += static_cast<double>(lost(facts.cost.loss));
    std::vector<const LayerFacts*> order;
    for (const LayerFacts& facts : layers)
        if (lost(facts.cost.loss) > 0) order.push_back(&facts);
    std::stable_sort(order.begin(), order.end(), [](const LayerFacts* a, const LayerFacts* b) {
        return lost(a->cost.loss) > lost(b->cost.loss);
    });
    order.resize(std::min(count, order.size()));
    std::vector<WorstLayer> worst;
    for (const LayerFacts* facts : order) worst.push_back(judge(*facts, lost_by_all));
    return worst;
}

void print_worst_layers(const std::vector<WorstLayer>& layers, const TextStyle& style, std::ostream& out) {
    if (layers.empty()) return;
    constexpr std::size_t least = 32, most = 60;
    std::size_t name_columns = least;
    for (const WorstLayer& layer : layers)
        name_columns = std::clamp(columns_of(layer.name), name_columns, most);
    out << painted(padded_name("Layers that lose the most", name_columns + 2), Ink::heading, style)
        << painted("  cycles  utilisation  of the loss", Ink::faint, style) << '\n';
    for (const WorstLayer& layer : layers)
        out << "  " << padded_name(layer.name, name_columns) << std::setw(8) << with_commas(layer.cycles, 0)
            << std::setw(11) << with_commas(layer.utilization_pct, 1) << " %" << std::setw(11)
            << with_commas(layer.loss_pct, 1) << " %\n    " << layer.reason << '\n';
}

std::string_view working_layer(const Program& program, std::uint32_t slice) {
    std::uint32_t oldest = kNone;
    const auto look = [&](const auto& ops, const std::vector<std::uint32_t>& begin) {
        for (std::uint32_t i = begin[slice]; i < begin[slice + 1]; ++i)
            oldest = std::min(oldest, ops[i].layer);
    };
    look(program.ops, program.op_begin);
    look(program.posts, program.post_begin);
    look(program.vectors, program.vector_begin);
    return oldest == kNone ? std::string_view() : program.layers[oldest].name;
}

}  // namespace sosa::host
