#include "host/sweep_point.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "host/config_file.h"
#include "noc/topology.h"
#include "traces/energy.h"
#include "traces/error.h"
#include "traces/files.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

using Size = std::optional<std::uint32_t>;

// What a point's tenants have in common.
struct Tenants {
    std::string hash;
    Size batch, image_size, seq_len;
};

// The size of those that have one, if it is the same.
Size common_size(const std::vector<Workload>& tenants, std::uint32_t Workload::*size) {
    std::set<std::uint32_t> found;
    for (const auto& tenant : tenants)
        if (tenant.*size > 0) found.insert(tenant.*size);
    return found.size() == 1 ? Size(*found.begin()) : std::nullopt;
}

Tenants read_tenants(const SweepPoint& point, const hw::Config& config) {
    PhaseSeconds phases;
    const JobInput input = load_input(job_of(point), config, phases);
    return {input.hash, common_size(input.tenants, &Workload::batch),
            common_size(input.tenants, &Workload::image_size),
            common_size(input.tenants, &Workload::seq_len)};
}

// Everything that read_tenants looks at, as a key.
std::string tenants_key(const SweepPoint& point) {
    std::ostringstream key;
    for (const auto& name : point.workloads) key << name << '\n';
    for (const Size& size : {point.zoo.batch, point.zoo.image_size, point.zoo.seq_len})
        key << '/' << (size ? *size : 0);
    for (const auto& dim : point.dims) key << '\n' << dim;
    return key.str();
}

// "" for a table that comes with the program: that is of its version.
std::string energy_table_text(const std::string& name) {
    for (const auto& table : traces::embedded_energy_tables())
        if (table.first == name) return "";
    return traces::read_file(name);
}

// Silences what is said on stderr while it lives.
class Quiet {
  public:
    explicit Quiet(bool quiet) : buffer_(std::cerr.rdbuf()) {
        if (quiet) std::cerr.rdbuf(nullptr);
    }
    ~Quiet() { std::cerr.rdbuf(buffer_); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

  private:
    std::streambuf* buffer_;
};

}  // namespace

struct PointReader::Memory {
    std::map<std::string, Tenants> tenants;
    std::set<std::string> configs;  // whose notices were told
};

PointReader::PointReader(std::string version)
    : version_(std::move(version)), memory_(std::make_unique<Memory>()) {}
PointReader::~PointReader() = default;

hw::Config PointReader::config(const SweepPoint& point) {
    const Quiet quiet(memory_->configs.count(point.config) > 0);
    hw::Config config = load_config(point.config, point.sets);
    memory_->configs.insert(point.config);
    return config;
}

PointRow PointReader::read(const SweepPoint& point, const hw::Config& config) {
    if (point.workloads.empty()) throw UserError("found no workload, allowed is one or a list of tenants");
    traces::load_energy_table(config.power.energy_table);  // throws if there is none
    const std::string key = tenants_key(point);
    auto known = memory_->tenants.find(key);
    if (known == memory_->tenants.end())
        known = memory_->tenants.emplace(key, read_tenants(point, config)).first;
    const Tenants& tenants = known->second;
    return {point_hash(version_, point.policy, config, tenants.hash),
            point.config,
            traces::join(point.workloads, "+"),
            tenants.batch,
            tenants.image_size,
            tenants.seq_len,
            traces::join(point.dims, " "),
            point.policy};
}

void replace_pair(std::vector<std::string>& pairs, const std::string& key, const std::string& value) {
    const std::string begin = key + "=";
    const auto same = [&](const auto& pair) { return pair.rfind(begin, 0) == 0; };
    const auto old = std::find_if(pairs.begin(), pairs.end(), same);
    if (old == pairs.end())
        pairs.push_back(begin + value);
    else
        *old = begin + value;
}

std::optional<std::string> pair_value(const std::vector<std::string>& pairs, const std::string& key) {
    const std::string begin = key + "=";
    for (const auto& pair : pairs)
        if (pair.rfind(begin, 0) == 0) return pair.substr(begin.size());
    return std::nullopt;
}

Job job_of(const SweepPoint& point) {
    Job job;
    job.config_name = point.config;
    job.sets = point.sets;
    job.workload_names = point.workloads;
    job.zoo = point.zoo;
    job.dims = point.dims;
    job.policy = point.policy;
    job.fidelity = "timing";
    return job;
}

std::string point_hash(const std::string& version, const std::string& policy, const hw::Config& config,
                       const std::string& workload_hash) {
    std::ostringstream text;
    text << "sosa " << version << '\n' << policy << '\n' << workload_hash << '\n';
    hw::write_config(config, text);
    text << energy_table_text(config.power.energy_table);
    return content_hash(text.str());
}

double peak_power_w(const hw::Config& config) {
    const noc::Topology topology(config.noc.topology, config.pods.count);
    return traces::peak_power(traces::load_energy_table(config.power.energy_table), config.pods.rows,
                              config.pods.cols, config.pods.count, topology.power_coefficient(),
                              config.banks.macro_bytes, config.clock_hz)
        .total();
}

}  // namespace sosa::host
