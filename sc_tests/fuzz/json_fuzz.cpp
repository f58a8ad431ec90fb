// Workload files: a sentence or a workload that reads back equal.
#include "host/workload.h"
#include "sc_tests/fuzz/fuzz.h"

using namespace sosa;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    host::Workload workload;
    if (!tests::accepted([&] { workload = host::parse_workload(tests::text_of(data, size), "F"); })) return 0;
    const auto text_of = [](const host::Workload& w) {
        return tests::written([&](std::ostream& out) { host::write_workload(w, out); });
    };
    const std::string text = text_of(workload);
    SOSA_CHECK(text_of(host::parse_workload(text, "F")) == text, "reads back otherwise: " + text);
    return 0;
}
