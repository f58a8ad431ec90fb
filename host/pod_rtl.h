#pragma once
#include <filesystem>

#include "host/port_map.h"
#include "host/rtl_build.h"
#include "hw/config.h"
#include "pods/rtl_pod.h"

// Which RTL stands for a pod, and how it comes into the simulation.
namespace sosa::host {

struct PodRtl {
    std::filesystem::path port_map;  // of a person's own module; empty: pods/rtl/sosa_pod.sv
    std::filesystem::path sources;   // a folder whose pods/rtl/*.sv replace ours; empty: none
};

// Builds the pod for the configuration, or finds it built. What tools complain of is left in `out`.
RtlLibrary pod_library(const hw::Config& config, const PodRtl& rtl, const std::filesystem::path& out);

// A module in the SystemC hierarchy, during elaboration. Registers start with random values of the seed.
std::unique_ptr<pods::RtlPod> make_rtl_pod(const RtlLibrary& library, const std::string& name,
                                           std::uint64_t seed);

}  // namespace sosa::host
