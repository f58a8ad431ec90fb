#include "host/wave_view.h"

#include <algorithm>
#include <fstream>
#include <set>

#include "host/wave_filters.h"
#include "host/wave_scopes.h"
#include "traces/error.h"
#include "traces/text.h"
#include "traces/vcd_header_reader.h"

namespace sosa::host {

namespace {

using traces::SaveFile;
using traces::VcdSignal;

// GTKWave takes 0.1 ms to open a row, hidden or not.
constexpr std::size_t most_members = 256;  // scopes of a scope that have rows
constexpr std::size_t most_signals = 32;   // signals of a scope likewise, such as switches of a stage
constexpr std::size_t open_pods = 4, open_posts = 1;

constexpr const char* kSaveFile = "trace.gtkw";

// What people look for, in this order.
constexpr const char* kFirst[] = {"state",           "layer",    "tile",     "rows", "slice",
                                  "utilization_pct", "tile_ops", "post_ops", "total"};

// What was traced; the end is not part of it.
SliceRange slices_in(const WaveFacts& facts) {
    const auto& starts = facts.slice_starts_ps;
    const auto last = static_cast<std::ptrdiff_t>(facts.program.slices()) - 1;
    const auto slice = [&](auto after_it) {
        return static_cast<std::uint32_t>(std::clamp(after_it - starts.begin() - 1, std::ptrdiff_t{0}, last));
    };
    const std::uint32_t first = slice(std::upper_bound(starts.begin(), starts.end(), facts.begin_ps));
    return {first, std::max(first, slice(std::lower_bound(starts.begin(), starts.end(), facts.end_ps)))};
}

std::string cut(const std::string& comment) {
    constexpr std::size_t most = SaveFile::most_letters;
    return comment.size() <= most ? comment : comment.substr(0, most - 2) + "..";
}

SaveFile::Row row_of(const VcdSignal& signal) {
    SaveFile::Row row;
    const auto curve = [&](unsigned height, SaveFile::Color color) {
        row.format = SaveFile::Format::analog;
        row.height = height;
        row.color = color;
    };
    if (signal.is_real)
        curve(signal.name == "total" ? 3 : 2, SaveFile::Color::orange);
    else if (signal.name == "tile_ops" || signal.name == "post_ops" || signal.name == "used_bytes")
        curve(2, SaveFile::Color::yellow);
    else if (traces::glob_match("*.pins", signal.scope))
        row.format = SaveFile::Format::hex;
    return row;
}

class View {
  public:
    explicit View(const WaveFacts& facts)
        : facts_(facts),
          save_(facts.top, facts.signals),
          slices_(slices_in(facts)),
          filters_(facts.program, slices_),
          scopes_(facts.signals) {}

    void write(const std::filesystem::path& folder) {
        save_.comment(cut(facts_.title));
        save_.comment("slices " + std::to_string(slices_.first) + " to " + std::to_string(slices_.last) +
                      " of " + std::to_string(facts_.program.slices()));
        mark_layers();
        for (const char* path : {"scheduler", "power"}) show_named(path);
        show_pods();
        for (const char* path : {"dma", "dram"}) show_named(path);
        show_named("posts", open_posts);
        show_networks();
        show_banks();
        show_rest();
        save_.primary_marker(first_start());  // the values beside the names are those of then
        save_.zoom(facts_.begin_ps, facts_.end_ps);
        filters_.write(folder);
        save_.write(folder / kSaveFile, facts_.dump_file);
    }

  private:
    // Of a slice, if one was traced.
    std::uint64_t first_start() const {
        const auto& starts = facts_.slice_starts_ps;
        const auto start = std::lower_bound(starts.begin(), starts.end(), facts_.begin_ps);
        return start == starts.end() || *start >= facts_.end_ps ? facts_.begin_ps : *start;
    }

    const WaveScope* take(const std::string& path) {
        const WaveScope* const scope = scopes_.find(path);
        if (scope) taken_.insert(scope);
        return scope;
    }

    void show_named(const std::string& path, std::size_t open_members = 0) {
        const WaveScope* const scope = take(path);
        if (!scope) return;
        save_.open_group(scope->name);
        show_content(*scope, open_members);
        save_.close_group();
    }

    void show(const WaveScope& scope, bool closed) {
        save_.open_group(scope.name, closed);
        show_content(scope, 0);
        save_.close_group();
    }

    void show_content(const WaveScope& scope, std::size_t open_members) {
        show_signals(scope.signals);
        for (std::size_t i = 0; i < scope.below.size() && i < most_members; ++i)
            show(*scope.below[i], i >= open_members);
        if (scope.below.size() > most_members)
            say_more(scope.below.size() - most_members, scope.below[most_members]->name,
                     scope.below.back()->name);
    }

    // Where some come first, the others are a closed group.
    void show_signals(std::vector<const VcdSignal*> signals) {
        auto others = signals.begin();
        for (const char* name : kFirst)
            others = std::stable_partition(others, signals.end(),
                                           [&](const VcdSignal* signal) { return signal->name == name; });
        others = std::stable_partition(others, signals.end(),
                                       [](const VcdSignal* signal) { return signal->is_real; });
        for (auto first = signals.begin(); first != others; ++first) show_signal(**first);
        const bool grouped = others != signals.begin() && others != signals.end();
        signals.erase(signals.begin(), others);
        if (grouped) save_.open_group("more", true);
        for (std::size_t i = 0; i < signals.size() && i < most_signals; ++i) show_signal(*signals[i]);
        if (signals.size() > most_signals)
            say_more(signals.size() - most_signals, signals[most_signals]->name, signals.back()->name);
        if (grouped) save_.close_group();
    }

    void show_signal(const VcdSignal& signal, const std::string& alias = {}) {
        SaveFile::Row row = row_of(signal);
        row.filter = filters_.file_for(signal);
        row.alias =
            alias.empty() && signal.width > 1 && !signal.is_real ? signal.name : alias;  // without the range
        save_.signal(signal, row);
    }

    void say_more(std::size_t count, const std::string& first, const std::string& last) {
        save_.comment(cut("and " + std::to_string(count) + " more, in the tree SST:"));
        save_.comment(cut(first + " to " + last));
    }

    void show_pods() {
        const WaveScope* const pods = take("pods");
        if (!pods) return;
        save_.open_group("pods");
        if (too_many_tile_ops(facts_.program, slices_))
            for (const char* text : {"tile ops are numbers here:", "too many to name them all"})
                save_.comment(text);
        if (pods->below.size() > 1) show_one_of_each(pods->below, "state", "states of all");
        show_content(*pods, open_pods);
        save_.close_group();
    }

    // The named signal of each scope, under the scope's name.
    void show_one_of_each(const std::vector<const WaveScope*>& scopes, const char* name,
                          const std::string& title) {
        save_.open_group(title, true);
        for (std::size_t i = 0; i < scopes.size() && i < most_members; ++i)
            if (const VcdSignal* signal = save_.find(scopes[i]->path, name))
                show_signal(*signal, scopes[i]->name);
        if (scopes.size() > most_members)
            say_more(scopes.size() - most_members, scopes[most_members]->name, scopes.back()->name);
        save_.close_group();
    }

    void show_networks() {
        std::vector<const WaveScope*> networks;
        for (const WaveScope* scope : scopes_.top().below)
            if (scope->name.rfind("noc_", 0) == 0) networks.push_back(take(scope->path));
        if (networks.empty()) return;
        save_.open_group("networks", true);
        for (const WaveScope* network : networks) show(*network, true);
        save_.close_group();
    }

    // The first bank of each kind, then all banks of each.
    void show_banks() {
        const WaveScope* const banks = take("banks");
        if (!banks) return;
        std::vector<std::vector<const WaveScope*>> kinds;
        for (const WaveScope* bank : banks->below) {
            if (kinds.empty() || without_number(kinds.back()[0]->name) != without_number(bank->name))
                kinds.emplace_back();
            kinds.back().push_back(bank);
        }
        save_.open_group("banks: bytes in use");
        for (const auto& kind : kinds)
            if (const VcdSignal* signal = save_.find(kind[0]->path, "used_bytes"))
                show_signal(*signal, kind[0]->name);
        for (const auto& kind : kinds)
            show_one_of_each(kind, "used_bytes", "every " + without_number(kind[0]->name));
        save_.close_group();
    }

    void show_rest() {
        show_signals(scopes_.top().signals);
        for (const WaveScope* scope : scopes_.top().below)
            if (taken_.count(scope) == 0) show(*scope, true);
    }

    // Layers that begin at one time share a marker.
    void mark_layers() {
        std::map<std::uint64_t, std::string> names;
        for (const auto& layer : facts_.program.layers) {
            if (layer.first_slice >= facts_.slice_starts_ps.size()) continue;
            const std::uint64_t time = facts_.slice_starts_ps[layer.first_slice];
            if (time < facts_.begin_ps || time >= facts_.end_ps) continue;
            std::string& name = names[time];
            name += (name.empty() ? "" : " + ") + layer.name;
        }
        if (names.empty()) return;
        save_.open_group("layers at the markers", true);
        char letter = 'A';
        for (const auto& [time, name] : names)
            if (save_.marker(time, name)) save_.comment(cut(std::string(1, letter++) + " " + name));
        save_.close_group();
    }

    const WaveFacts& facts_;
    SaveFile save_;
    const SliceRange slices_;
    WaveFilters filters_;
    const WaveScopes scopes_;
    std::set<const WaveScope*> taken_;
};

}  // namespace

void write_wave_view(const std::filesystem::path& folder, const WaveFacts& facts) {
    View(facts).write(folder);
}

void check_wave_view(const std::filesystem::path& folder, const std::string& vcd_file) {
    const auto path = folder / vcd_file;
    std::ifstream in(path);
    if (!in) throw UserError(path.string() + ": cannot be read");
    traces::check_save_file(folder / kSaveFile, traces::names_of(traces::read_vcd_header(in, path.string())));
}

}  // namespace sosa::host
