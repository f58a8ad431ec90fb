// ONNX models: a sentence, or a graph whose workload has a file that reads back equal.
#include "host/onnx_reader.h"
#include "host/op_lowering.h"
#include "sc_tests/fuzz/fuzz.h"

using namespace sosa;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    host::Workload workload;
    const auto import = [&] {
        std::vector<std::string> notices;
        host::OnnxOptions options;
        options.notices = &notices;
        workload = host::lower(host::read_onnx_bytes(tests::text_of(data, size), "F", "no-folder", options))
                       .workload;
    };
    if (!tests::accepted(import) || workload.layers.empty()) return 0;
    const auto text_of = [](const host::Workload& w) {
        return tests::written([&](std::ostream& out) { host::write_workload(w, out); });
    };
    const std::string text = text_of(workload);
    SOSA_CHECK(text_of(host::parse_workload(text, "F")) == text, "reads back otherwise: " + text);
    return 0;
}
