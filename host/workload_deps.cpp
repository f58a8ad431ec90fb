#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "host/workload.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {

namespace {
using Json = nlohmann::json;

class DepResolver {
  public:
    DepResolver(const Json& json, Workload& workload, const std::string& source)
        : json_(json), workload_(workload), source_(source) {}
    void run() {
        index_names();
        for (std::uint32_t i = 0; i < workload_.layers.size(); ++i) read_deps(json_[i], i);
    }

  private:
    [[noreturn]] void fail(std::uint32_t layer, const std::string& what) const {
        throw UserError(layer_place(source_, layer, workload_.layers[layer].name) + ": " + what);
    }
    [[noreturn]] void fail_deps(std::uint32_t layer, const std::string& what) const {
        fail(layer, "key \"deps\": " + what);
    }
    void index_names();
    void read_deps(const Json& json, std::uint32_t self);
    void check_order(std::uint32_t self, std::uint32_t dep) const;
    std::vector<std::uint32_t> path(std::uint32_t from, std::uint32_t to) const;
    std::vector<std::uint32_t> known_deps(std::uint32_t layer) const;

    const Json& json_;  // the list of layers
    Workload& workload_;
    const std::string& source_;
    std::unordered_map<std::string, std::uint32_t> index_;
};

void DepResolver::index_names() {
    for (std::uint32_t i = 0; i < workload_.layers.size(); ++i) {
        const auto [place, is_new] = index_.emplace(workload_.layers[i].name, i);
        if (is_new) continue;
        fail(i, "key \"name\": found the name of layer " + std::to_string(place->second) +
                    " again, allowed one layer per name");
    }
}

void DepResolver::read_deps(const Json& json, std::uint32_t self) {
    const Json& deps = json.at("deps");
    if (!deps.is_array())
        fail_deps(self, "found " + found(deps) + ", allowed a list of names of earlier layers");
    std::set<std::uint32_t> seen;
    for (const Json& dep : deps) {
        if (!dep.is_string())
            fail_deps(self, "found " + found(dep) + ", allowed a list of names of earlier layers");
        const auto& name = dep.get_ref<const std::string&>();
        const auto known = index_.find(name);
        if (known == index_.end())
            fail_deps(self, "found " + in_quotes(name) + ", allowed names of layers of this file");
        check_order(self, known->second);
        if (!seen.insert(known->second).second)
            fail_deps(self, "found " + in_quotes(name) + " twice, allowed once");
        workload_.layers[self].deps.push_back(known->second);
    }
}

void DepResolver::check_order(std::uint32_t self, std::uint32_t dep) const {
    if (dep < self) return;
    if (dep == self) fail_deps(self, "found the layer itself, allowed earlier layers");
    const std::string later = in_quotes(workload_.layers[dep].name) + " (layer " + std::to_string(dep) + ")";
    const auto cycle = path(dep, self);
    if (cycle.empty())
        fail_deps(self, "found " + later + ", which stands later; layers must stand in placement order");
    constexpr std::size_t shown = 8;
    std::string told = in_quotes(workload_.layers[self].name);
    for (std::size_t i = 0; i + 1 < cycle.size() && i < shown; ++i)
        told += " -> " + in_quotes(workload_.layers[cycle[i]].name);
    if (cycle.size() > shown + 1) told += " -> ... (" + std::to_string(cycle.size()) + " layers)";
    fail_deps(self, "found the cycle " + told + " -> " + in_quotes(workload_.layers[self].name) +
                        ", layers must stand in placement order");
}

// The dependencies of any layer as far as they name layers; only for explaining an error.
std::vector<std::uint32_t> DepResolver::known_deps(std::uint32_t layer) const {
    std::vector<std::uint32_t> known;
    const Json& deps = json_[layer].at("deps");
    if (!deps.is_array()) return known;
    for (const Json& dep : deps)
        if (dep.is_string())
            if (const auto found_dep = index_.find(dep.get_ref<const std::string&>());
                found_dep != index_.end())
                known.push_back(found_dep->second);
    return known;
}

// Shortest way along dependencies, both ends included; empty if there is none.
std::vector<std::uint32_t> DepResolver::path(std::uint32_t from, std::uint32_t to) const {
    std::unordered_map<std::uint32_t, std::uint32_t> came_from{{from, from}};
    std::vector<std::uint32_t> queue{from};
    for (std::size_t next = 0; next < queue.size() && came_from.count(to) == 0; ++next)
        for (const std::uint32_t dep : known_deps(queue[next]))
            if (came_from.emplace(dep, queue[next]).second) queue.push_back(dep);
    if (came_from.count(to) == 0) return {};
    std::vector<std::uint32_t> way{to};
    while (way.back() != from) way.push_back(came_from.at(way.back()));
    std::reverse(way.begin(), way.end());
    return way;
}

}  // namespace

void resolve_deps(const Json& layers, Workload& workload, const std::string& source_name) {
    DepResolver(layers, workload, source_name).run();
}

}  // namespace sosa::host
