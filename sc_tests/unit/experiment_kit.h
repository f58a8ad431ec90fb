#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/config_file.h"
#include "host/experiment_table.h"

// Experiments whose points have figures of the test's choice.
namespace sosa::tests {

inline const std::string kSpec = R"({
  "name": "e", "title": "a title", "about": "An | about.", "source": "A source.", "tolerance": "Allowed: 1 %.",
  "row_title": "pods", "row": "{pods.count}, {workload}",
  "columns": [
    {"figure": "effective_tops", "title": "TOPS", "mean": "harmonic", "tolerance_pct": 1},
    {"figure": "effective_tops", "name": "relative", "title": "over 1 pod", "mean": "harmonic", "digits": 2,
     "relative_to": ["1, {workload}"]}
  ],
  "published": {"4, resnet50": {"effective_tops": 200}},
  "checks": [
    {"check": "rising", "column": "effective_tops", "per": "{workload}", "limit": 2},
    {"check": "best", "column": "effective_tops", "row": "4, resnet50"},
    {"check": "knee", "column": "effective_tops", "per": "{workload}", "limit": 50}
  ],
  "plot": {"style": "bars", "columns": ["effective_tops"], "y_title": "TOPS"},
  "sweep": {"base": {"workload": "resnet50"}, "grid": {"pods.count": [1, 4]}}
})";

// The spec with other values at some of its keys.
inline host::Experiment spec_with(const nlohmann::json& changes) {
    auto json = nlohmann::json::parse(kSpec);
    json.merge_patch(changes);
    return host::parse_experiment(json.dump(), "e.json");
}

inline host::ExperimentPoint point_with(std::uint32_t pods, const std::string& workload,
                                        std::vector<host::Figure> figures) {
    host::SweepPoint point;
    point.workloads = {workload};
    point.sets = {"pods.count=" + std::to_string(pods)};
    host::PointResult result{"", {}, {}, "", std::move(figures), {}};
    return {point, {}, host::load_config(point.config, point.sets), result};
}

inline host::ExperimentPoint point_with(std::uint32_t pods, const std::string& workload, double tops) {
    return point_with(pods, workload, {{"effective_tops", tops}});
}

}  // namespace sosa::tests
