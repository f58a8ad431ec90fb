#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/job.h"
#include "host/zoo.h"
#include "hw/config.h"

// One run of a sweep: what a person says of it, and what it comes to.
namespace sosa::host {

struct SweepPoint {
    std::string config = "sosa-256";       // a name or a file
    std::vector<std::string> sets{};       // KEY=VALUE of the configuration, each key once
    std::vector<std::string> workloads{};  // names or files; several are tenants
    ZooOptions zoo{};
    std::vector<std::string> dims{};  // NAME=SIZE of an ONNX model
    std::string policy = "paper";
};

// Replaces the value if the list has one of the key: lists stay as long as there are keys.
void replace_pair(std::vector<std::string>& pairs, const std::string& key, const std::string& value);
// The value of the key in such a list; none if it is not there.
std::optional<std::string> pair_value(const std::vector<std::string>& pairs, const std::string& key);

// The point as `sosa run` would have it.
Job job_of(const SweepPoint& point);

// What tables say of a point. `hash` is of everything that defines the result and of nothing else: the
// version, the policy, the effective configuration, the energy table and the layers of the workloads.
struct PointRow {
    std::string hash;      // 40 hexadecimal digits
    std::string config;    // as the point says it
    std::string workload;  // tenants joined by "+"
    // As it is in the workload's layers; none if it has none, or tenants do not agree.
    std::optional<std::uint32_t> batch{}, image_size{}, seq_len{};
    std::string dims{};  // joined by a blank
    std::string policy;
};

// Looks points up. What was read for one is remembered for those that follow.
class PointReader {
  public:
    explicit PointReader(std::string version);
    ~PointReader();
    PointReader(const PointReader&) = delete;
    PointReader& operator=(const PointReader&) = delete;

    // The configuration is the point's. Throws UserError for everything that is wrong and can be known
    // without placing the workload.
    PointRow read(const SweepPoint& point, const hw::Config& config);

    // load_config; what is told of a file is told once.
    hw::Config config(const SweepPoint& point);

  private:
    struct Memory;
    std::string version_;
    std::unique_ptr<Memory> memory_;
};

// The hash, of a point whose workloads have been read.
std::string point_hash(const std::string& version, const std::string& policy, const hw::Config& config,
                       const std::string& workload_hash);

// What the formula of the paper gives before anything runs.
double peak_power_w(const hw::Config& config);

}  // namespace sosa::host
