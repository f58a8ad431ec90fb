#pragma once
#include <cstdint>
#include <vector>

#include "host/workload.h"
#include "traces/energy.h"

// The paper's estimate of a run without simulating it, for maps of the design space.
namespace sosa::host {

// time = sum over layers of ceil(tiles / pods) * rows: every pod is busy until the layer's tiles are used up,
// a tile op lasts `rows` cycles (X tiles have as many rows as the array), nothing else takes time.
class ClosedForm {
  public:
    explicit ClosedForm(const Workload& workload);

    std::uint64_t cycles(std::uint32_t rows, std::uint32_t cols, std::uint64_t pods) const;
    std::uint64_t tile_ops(std::uint32_t rows, std::uint32_t cols) const;
    std::uint64_t macs() const { return macs_; }

  private:
    // Layers of one size.
    struct Shape {
        std::uint64_t m, k, n, groups, count;
        std::uint64_t tiles(std::uint32_t rows, std::uint32_t cols) const;
    };
    std::vector<Shape> shapes_;
    std::uint64_t macs_;
};

// The most pods of rows x cols, joined by Butterfly-2 networks, whose peak power is at most `power_w`; 0 if
// one is too much.
std::uint32_t most_pods(const traces::EnergyTable& table, std::uint32_t rows, std::uint32_t cols,
                        double power_w, std::uint64_t macro_bytes, double clock_hz);

}  // namespace sosa::host
