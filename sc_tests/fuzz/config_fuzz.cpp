// A config file, and after every byte 0 one --set: a sentence or a config that reads back equal.
#include <sys/mman.h>
#include <unistd.h>

#include <vector>

#include "hw/config.h"
#include "sc_tests/fuzz/fuzz.h"

using namespace sosa;

namespace {
// A file in memory, since configs are read from files.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view text) : descriptor_(::memfd_create("config", 0)) {
        const auto written = ::write(descriptor_, text.data(), text.size());
        SOSA_CHECK(written == static_cast<ssize_t>(text.size()), "memfd_create or write fails");
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

hw::Config load(std::string_view text, const std::vector<std::string>& sets) {
    const MemoryFile file(text);
    return hw::load_config(file.path(), sets);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = tests::text_of(data, size);
    const auto next_part = [&] {
        const std::string_view part = rest.substr(0, rest.find('\0'));
        rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : rest.size());
        return part;
    };
    const std::string_view json = next_part();
    std::vector<std::string> sets;
    while (!rest.empty()) sets.emplace_back(next_part());

    hw::Config config;
    if (!tests::accepted([&] { config = load(json, sets); })) return 0;
    const auto text_of = [](const hw::Config& c) {
        return tests::written([&](std::ostream& out) { hw::write_config(c, out); });
    };
    const std::string text = text_of(config);
    SOSA_CHECK(text_of(load(text, {})) == text, "reads back otherwise: " + text);
    return 0;
}
