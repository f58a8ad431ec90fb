// SCALE-Sim topologies with either padding: a sentence, or a workload whose file can be read.
#include <vector>

#include "host/import_scalesim.h"
#include "sc_tests/fuzz/fuzz.h"

using namespace sosa;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const auto padding : {host::ScaleSimPadding::valid, host::ScaleSimPadding::same}) {
        host::Workload workload;
        std::vector<std::string> repairs;
        const auto import = [&] {
            workload = host::import_scalesim(tests::text_of(data, size), "F", {padding, "fuzz"}, repairs);
        };
        if (!tests::accepted(import)) continue;
        const std::string text =
            tests::written([&](std::ostream& out) { host::write_workload(workload, out); });
        SOSA_CHECK(host::parse_workload(text, "F").layers.size() == workload.layers.size(), text);
    }
    return 0;
}
