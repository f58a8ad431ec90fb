// Program files: a sentence or a program that reads back equal, and of which can be said whether it can run.
#include "host/program_check.h"
#include "host/program_file.h"
#include "sc_tests/fuzz/fuzz.h"

using namespace sosa;

int sc_main(int, char**) { return 1; }  // SystemC's library wants one; nothing calls it

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    host::Program program;
    if (!tests::accepted([&] { program = host::parse_program(tests::text_of(data, size), "F"); })) return 0;
    const auto text_of = [](const host::Program& p) {
        return tests::written([&](std::ostream& out) { host::write_program(p, out); });
    };
    const std::string text = text_of(program);
    SOSA_CHECK(text_of(host::parse_program(text, "F")) == text, "reads back otherwise: " + text);
    tests::accepted([&] { host::check_program(program, "F"); });
    return 0;
}
