// How fast the systolic array and the engines of a pod are, a line of JSON for each instruction set of this
// machine:
//   batch_ns, step_ns        per clock edge of a 32 x 32 array with B = F = 16, streaming X and loading W
//   fine_batch_ns            likewise with B = F = 1
//   pe_updates_per_s         of the first
//   tile_ns, cycle_ns        per tile op of 32 x 32 x 32 with the next weights loaded, by each engine
// Usage: sosa_array_bench; every figure is the best of many short rounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "pods/cycle_engine.h"

namespace {

using namespace sosa;

// Nanoseconds per call of the fastest of many short rounds.
template <class Act>
double best_ns(int calls, Act act) {
    double best = 1e300;
    for (int round = 0; round < 300; ++round) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < calls; ++i) act();
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count() / calls);
    }
    return best;
}

struct Bytes {
    Bytes() : b(1 << 14) {
        std::mt19937 random(1);
        for (auto& byte : b) byte = static_cast<std::uint8_t>(random());
    }
    std::vector<std::uint8_t> b;
};

// 32 rows of X and of W, then what it takes to drain.
double edge_ns(const pods::ArrayShape& shape, const pods::ArrayKernels& kernels, bool in_batches) {
    const Bytes bytes;
    const std::vector<std::int32_t> psum(shape.cols, 7);
    pods::SystolicArray array(shape, kernels);
    std::vector<pods::ArrayInputs> in(32);
    for (std::size_t k = 0; k < in.size(); ++k) {
        in[k].x_valid = in[k].w_valid = true;
        in[k].x_swap = in[k].w_first = k == 0;
        in[k].x = bytes.b.data() + k * shape.rows;
        in[k].w = bytes.b.data() + 8192 + k * shape.cols;
        in[k].psum = psum.data();
    }
    std::vector<pods::ArrayOutputs> out(in.size());
    const double ns = best_ns(20, [&] {
        if (in_batches) {
            array.run(in.data(), out.data(), in.size());
        } else {
            for (const pods::ArrayInputs& pins : in) array.step(pins);
        }
    });
    return ns / static_cast<double>(in.size());
}

double op_ns(pods::ArrayEngine& engine, const pods::ArrayShape& shape) {
    const Bytes bytes;
    std::vector<std::uint8_t> results(std::size_t{32} * shape.cols * shape.psum_bytes());
    const pods::WeightTile weights{bytes.b.data(), shape.rows, shape.cols, true};
    const pods::StreamTile stream{
        bytes.b.data() + 4096, bytes.b.data() + 8192, 32, shape.rows, shape.cols, true};
    engine.load(weights);
    return best_ns(20, [&] {
        engine.start(stream);
        engine.load(weights);
        engine.finish(results.data());
    });
}

}  // namespace

extern "C" int sc_main(int, char**) {  // libsystemc holds main
    const pods::ArrayShape shape{32, 32, 16, 16}, fine{32, 32, 1, 1};
    for (const pods::ArrayKernels* kernels : pods::array_kernels()) {
        const double batch = edge_ns(shape, *kernels, true);
        pods::CycleEngine cycle(shape, *kernels);
        std::printf(
            "{\"kernels\": \"%s\", \"batch_ns\": %.1f, \"step_ns\": %.1f, \"fine_batch_ns\": %.1f, "
            "\"pe_updates_per_s\": %.3g, \"tile_ns\": %.0f, \"cycle_ns\": %.0f}\n",
            kernels->name, batch, edge_ns(shape, *kernels, false), edge_ns(fine, *kernels, true),
            shape.rows * shape.cols / batch * 1e9, op_ns(*pods::make_tile_engine(shape, *kernels), shape),
            op_ns(cycle, shape));
    }
    return 0;
}
