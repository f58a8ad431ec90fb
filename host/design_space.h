#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/experiment.h"
#include "host/experiment_table.h"
#include "host/plot.h"
#include "hw/config.h"

namespace sosa::host {

// The closed form for every shape of a pod, each with as many pods as the power allows.
struct DesignSpace {
    struct Shape {
        std::uint32_t rows, cols, pods;
        double tops;                     // harmonic mean over the groups; 0 if not even one pod fits
        std::vector<double> group_tops;  // that of each; empty then
    };
    std::vector<std::uint32_t> sides;
    std::vector<Shape> shapes;  // by rows, then by columns

    const Shape& optimum() const;
    // Null if there is none.
    const Shape* find(std::uint32_t rows, std::uint32_t cols) const;
};

DesignSpace map_design_space(const DesignSpaceSpec& spec, const hw::Config& config);

// The optimum, and whether the shapes that the spec names are near it.
std::vector<CheckResult> check_design_space(const DesignSpaceSpec& spec, const DesignSpace& space);
Plot design_space_plot(const DesignSpaceSpec& spec, const DesignSpace& space, const std::string& title);

// Shapes for the simulation, spread over the logarithm of rows and columns and over the workloads, always the
// same; only with sides from `smallest_sample` on and not more tile ops than `most_tile_ops`.
std::vector<SweepPoint> sample_design_space(const DesignSpaceSpec& spec, const SweepPoint& base,
                                            const hw::Config& config);

}  // namespace sosa::host
