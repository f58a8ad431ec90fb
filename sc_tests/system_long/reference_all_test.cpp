// All 120 published runs of sc_tests/data/reference_cycles.csv.
#include "sc_tests/system/reference_check.h"

namespace {

void check_all(const std::string& workload, std::size_t expected) {
    std::size_t checked = 0;
    for (const auto& run : sosa::tests::read_reference_runs()) {
        if (run.text("workload") != workload) continue;
        sosa::tests::check_reference_row(run);
        ++checked;
    }
    CHECK(checked == expected);
}

}  // namespace

TEST_CASE("all published runs of BERT-base") { check_all("bert_base", 36); }
TEST_CASE("all published runs of BERT-medium") { check_all("bert_medium", 36); }
TEST_CASE("all published runs of DenseNet-121") { check_all("densenet121", 12); }
TEST_CASE("all published runs of DenseNet-169") { check_all("densenet169", 12); }
TEST_CASE("all published runs of ResNet-50") { check_all("resnet50", 12); }
TEST_CASE("all published runs of ResNet-101") { check_all("resnet101", 12); }
