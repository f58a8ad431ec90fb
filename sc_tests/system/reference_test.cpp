// A quick part of the published runs; system_long/ has all 120.
#include "sc_tests/system/reference_check.h"

using sosa::tests::check_reference_row;
using sosa::tests::reference_run;

TEST_CASE("published run: ResNet-50 on SOSA") {
    check_reference_row(reference_run("resnet50", 299, 256, "butterfly-2"));
}

TEST_CASE("published run: BERT-medium with memory stalls") {
    check_reference_row(reference_run("bert_medium", 20, 256, "butterfly-2"));
    check_reference_row(reference_run("bert_medium", 100, 256, "benes"));
    check_reference_row(reference_run("bert_medium", 300, 128, "butterfly-1"));
}

TEST_CASE("published run: DenseNet-121 on a crossbar") {
    check_reference_row(reference_run("densenet121", 299, 256, "crossbar"));
}

TEST_CASE("published run: BERT-base whose partial sums overflow their banks") {
    check_reference_row(reference_run("bert_base", 300, 128, "butterfly-1"));
}
