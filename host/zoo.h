#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/workload.h"

// The paper's ten benchmarks and other networks, generated from their architectures at any batch and image or
// sequence size.
namespace sosa::host {

inline constexpr std::uint32_t kMaxBatch = 1024;
inline constexpr std::uint32_t kMaxImageSize = 16'384;
inline constexpr std::uint32_t kMaxSeqLen = 65'536;

struct ZooOptions {
    std::optional<std::uint32_t> batch;       // default 1
    std::optional<std::uint32_t> image_size;  // pixels, square; default of the entry
    std::optional<std::uint32_t> seq_len;     // tokens; default of the entry
};

struct ZooEntry {
    std::string name;
    std::string description;
    bool image;                  // takes --image-size
    bool sequence;               // takes --seq-len; never both
    std::uint32_t default_size;  // of the one it takes
};

inline constexpr std::size_t kPaperBenchmarks = 10;

// The paper's benchmarks stand first.
const std::vector<ZooEntry>& zoo_entries();

// Throws UsageError for an unknown name, an option the workload does not have, and a size out of range or
// too small for a layer of the architecture.
Workload make_zoo_workload(const std::string& name, const ZooOptions& options);

// A zoo name, else a file if it contains '/' or '.' or exists; a file has fixed sizes, so options are an
// error.
Workload load_workload(const std::string& name_or_file, const ZooOptions& options);

}  // namespace sosa::host
