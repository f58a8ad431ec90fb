// Several workloads on one chip (arXiv 2203.11540, section 6).
#include "sc_tests/system/run_files.h"

namespace sosa::tests {

using nlohmann::json;
using Words = std::vector<std::string>;

namespace {

json summary_of(const TempFolder& folder, Words words) {
    words.insert(words.begin(), "run");
    words.insert(words.end(), {"--out", "o"});
    check_done(run_sosa(folder.path(), words));
    return json_of(folder / "o/summary.json");
}

std::uint64_t figure(const json& summary, const char* key) { return summary.at(key).get<std::uint64_t>(); }

}  // namespace

TEST_CASE("two tenants take less time than one after the other") {
    const TempFolder folder;
    const json mlp = summary_of(folder, {"--workload", kMlp}),
               residual = summary_of(folder, {"--workload", kResidual});
    const json both = summary_of(folder, {"--workload", kMlp, "--workload", kResidual});
    CHECK(both.at("workload") == "mlp+residual");
    for (const char* sum : {"ops", "tile_ops", "post_ops"}) {
        INFO(sum);
        CHECK(figure(both, sum) == figure(mlp, sum) + figure(residual, sum));
    }
    CHECK(figure(both, "cycles") < figure(mlp, "cycles") + figure(residual, "cycles"));
    CHECK(figure(both, "slices") >= std::max(figure(mlp, "slices"), figure(residual, "slices")));
    CHECK(figure(both, "slices") < figure(mlp, "slices") + figure(residual, "slices"));
    std::map<std::string, std::size_t> layers;
    std::map<std::string, std::uint64_t> macs;
    for (const auto& row : csv_of(folder / "o/layers.csv")) {
        ++layers[row.at("workload")];
        macs[row.at("workload")] += std::stoull(row.at("macs"));
    }
    CHECK(layers == std::map<std::string, std::size_t>{{"mlp", 3}, {"residual", 5}});
    CHECK(2 * macs["mlp"] == figure(mlp, "ops"));
    CHECK(2 * macs["residual"] == figure(residual, "ops"));
}

TEST_CASE("the same workload twice is two tenants") {
    const TempFolder folder;
    const json one = summary_of(folder, {"--config", "tiny", "--workload", kResidual});
    const json two =
        summary_of(folder, {"--config", "tiny", "--workload", kResidual, "--workload", kResidual});
    CHECK(two.at("workload") == "residual+residual");
    CHECK(figure(two, "ops") == 2 * figure(one, "ops"));
    CHECK(figure(two, "cycles") < 2 * figure(one, "cycles"));
}

TEST_CASE("the paper's pair of tenants: BERT-medium first") {
    const TempFolder folder;
    const json both = summary_of(folder, {"--workload", "bert_medium", "--workload", "resnet152"});
    CHECK(both.at("effective_tops").get<double>() == Approx(396.7).margin(0.5).epsilon(0));
}

TEST_CASE("the paper's pair of tenants: ResNet-152 first") {
    const TempFolder folder;
    const json both = summary_of(folder, {"--workload", "resnet152", "--workload", "bert_medium"});
    CHECK(both.at("effective_tops").get<double>() == Approx(424.5).margin(0.5).epsilon(0));
}

}  // namespace sosa::tests
