#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/csv_table.h"
#include "hw/config.h"
#include "traces/energy.h"

namespace sosa::host {

inline constexpr std::uint32_t kMaxRunSlices = 1u << 24;  // as many as a program may have

// What `sosa run` left in its folder. Read in full and checked as far as sizes and indices go: every slice,
// pod and layer that a table names is one of the run.
class RunFolder {
  public:
    // Throws UserError that names the file and the place for what is missing, cut off or out of range.
    // Folders of earlier versions have no slices.csv, occupancy.csv or power.csv.
    explicit RunFolder(const std::filesystem::path& path);
    ~RunFolder();
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    const nlohmann::json& summary() const { return *summary_; }
    const nlohmann::json& manifest() const { return *manifest_; }
    // The table `networks` of counters.json: an object with "columns" and "rows".
    const nlohmann::json& networks() const { return *networks_; }
    const hw::Config& config() const { return config_; }
    const CsvTable& layers() const { return *layers_; }
    const std::vector<traces::EnergyRow>& energy() const { return energy_; }
    const std::optional<CsvTable>& slices() const { return slices_; }
    const std::optional<CsvTable>& occupancy() const { return occupancy_; }
    const std::optional<CsvTable>& power() const { return power_; }

    std::string workload() const;  // the names in summary.json
    std::string config_name() const;
    std::uint32_t slice_count() const { return slice_count_; }

  private:
    void check_summary();
    void check_networks() const;
    void check_slices() const;

    std::filesystem::path path_;
    std::unique_ptr<const nlohmann::json> summary_, manifest_, networks_;
    hw::Config config_;
    std::vector<traces::EnergyRow> energy_;
    std::optional<CsvTable> layers_, slices_, occupancy_, power_;
    std::uint32_t slice_count_ = 0;
};

// The rows of a run's energy.csv alone. Throws UserError, also where count * pj_each is not the energy.
std::vector<traces::EnergyRow> read_energy(const std::filesystem::path& folder);

}  // namespace sosa::host
