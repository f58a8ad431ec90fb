#include "host/workload.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <ostream>

#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace {
std::string escaped(std::string_view text) {
    using Json = nlohmann::json;
    return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void check_dimension(std::uint64_t value, const char* key, const std::function<std::string()>& place) {
    if (value >= 1 && value <= kMaxDimension) return;
    throw UserError(place() + ": key \"" + key + "\": found " + std::to_string(value) + ", allowed 1.." +
                    std::to_string(kMaxDimension));
}

void write_product(const Layer& layer, std::ostream& out) {
    out << ", \"m\": " << layer.m << ", \"k\": " << layer.k << ", \"n\": " << layer.n << ", \"kernel\": ["
        << layer.kernel_h << ", " << layer.kernel_w << "]";
    if (layer.groups != 1) out << ", \"groups\": " << layer.groups;
    if (layer.w_on_chip) out << ", \"w_on_chip\": true";
}

void write_layer(const Workload& workload, const Layer& layer, std::ostream& out) {
    out << "{\"name\": " << escaped(layer.name) << ", \"op\": " << escaped(layer.op);
    if (layer.is_vector())
        out << ", \"vector\": {\"elements\": " << layer.vector.elements
            << ", \"simple\": " << layer.vector.simple << ", \"special\": " << layer.vector.special << "}";
    else
        write_product(layer, out);
    out << ", \"deps\": [";
    const char* separator = "";
    for (const std::uint32_t dep : layer.deps) {
        out << separator << escaped(workload.layers.at(dep).name);
        separator = ", ";
    }
    out << "]}";
}
}  // namespace

std::uint64_t macs(const Workload& workload) {
    std::uint64_t sum = 0;
    for (const Layer& layer : workload.layers) sum += layer.macs();
    return sum * workload.repeat;
}

std::string layer_place(const std::string& source_name, std::size_t index, std::string_view layer_name) {
    std::string place = source_name + ": layer " + std::to_string(index);
    if (!layer_name.empty()) place += " " + in_quotes(layer_name);
    return place;
}

void check_sizes(const Workload& workload, const std::string& source_name) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < workload.layers.size(); ++i) {
        const Layer& layer = workload.layers[i];
        if (layer.is_vector()) continue;
        const auto place = [&] { return layer_place(source_name, i, layer.name); };
        check_dimension(layer.m, "m", place);
        check_dimension(layer.k, "k", place);
        check_dimension(layer.n, "n", place);
        if (layer.m * layer.k > kMaxMacs / layer.n || layer.m * layer.k * layer.n > kMaxMacs / layer.groups)
            throw UserError(place() + ": found m*k*n = " + std::to_string(layer.m) + "*" +
                            std::to_string(layer.k) + "*" + std::to_string(layer.n) +
                            (layer.groups == 1 ? "" : " in " + std::to_string(layer.groups) + " groups") +
                            ", allowed less than 2^62");
        if (layer.macs() > kMaxMacs / workload.repeat - sum)
            throw UserError(
                place() + ": found 2^62 or more multiply-accumulates in the layers up to here times repeat " +
                std::to_string(workload.repeat) + ", allowed less than 2^62");
        sum += layer.macs();
    }
}

Workload read_workload(const std::filesystem::path& path) {
    return parse_workload(traces::read_file(path, kMaxWorkloadBytes), path.string());
}

void write_workload(const Workload& workload, std::ostream& out) {
    out << "{\"name\": " << escaped(workload.name);
    if (workload.batch != 1) out << ", \"batch\": " << workload.batch;
    if (workload.image_size != 0) out << ", \"image_size\": " << workload.image_size;
    if (workload.seq_len != 0) out << ", \"seq_len\": " << workload.seq_len;
    if (workload.tail_layers != 0) out << ", \"tail_layers\": " << workload.tail_layers;
    out << ", \"repeat\": " << workload.repeat << ", \"layers\": [";
    const char* separator = "\n";
    for (const Layer& layer : workload.layers) {
        out << separator;
        write_layer(workload, layer, out);
        separator = ",\n";
    }
    out << "\n]";
    if (!workload.tensors.empty()) write_tensors(workload.tensors, out);
    out << "}\n";
}

}  // namespace sosa::host
