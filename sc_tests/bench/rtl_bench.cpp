// The Verilated RTL of a pod and SystolicArray under the same pins: 32 x 32, B = F = 16, a row of X and of W
// at every edge. Prints {"rtl_ns", "array_ns" per clock edge, "ratio"}; the best of several rounds of each,
// in turn. Usage: sosa_rtl_bench; builds the RTL if it is not in the cache.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <systemc>

#include "host/data_run.h"
#include "host/pod_rtl.h"
#include "pods/systolic_array.h"

namespace {

using namespace sosa;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kEdges = 32;

struct Pins {
    std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(1 << 12);
    std::vector<std::int32_t> psum;
    std::vector<pods::ArrayInputs> array;
    std::vector<std::vector<std::uint32_t>> x, w;
    std::vector<std::uint32_t> psum_words;

    explicit Pins(const pods::ArrayShape& shape) : psum(shape.cols, 0), psum_words(shape.cols, 0) {
        std::mt19937 random(1);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
        for (std::size_t k = 0; k < kEdges; ++k) {
            pods::ArrayInputs in;
            in.x_valid = in.w_valid = true;
            in.x_swap = in.w_first = k == 0;
            in.x = bytes.data() + k * shape.rows;
            in.w = bytes.data() + 2048 + k * shape.cols;
            in.psum = psum.data();
            array.push_back(in);
            x.push_back(words(in.x, shape.rows));
            w.push_back(words(in.w, shape.cols));
        }
    }
    static std::vector<std::uint32_t> words(const std::uint8_t* bytes, std::uint32_t count) {
        std::vector<std::uint32_t> all((count + 3) / 4);
        for (std::uint32_t i = 0; i < count; ++i) all[i / 4] |= std::uint32_t{bytes[i]} << (8 * (i % 4));
        return all;
    }
};

class Bench final : public sc_core::sc_module {
  public:
    Bench(sc_core::sc_module_name name, const pods::ArrayShape& shape, const host::RtlLibrary& library)
        : sc_module(name), pins_(shape), array_(shape), rtl_(host::make_rtl_pod(library, "rtl", 1)) {
        SC_HAS_PROCESS(Bench);
        SC_THREAD(run);
    }
    double rtl_ns = 1e300, array_ns = 1e300;

  private:
    void edge(const pods::RtlPodInputs& in) {
        const sc_core::sc_time half(500, sc_core::SC_PS);
        rtl_->drive(in);
        rtl_->clock(false);
        wait(half);
        rtl_->clock(true);
        wait(half);
    }
    void stream_rtl() {
        pods::RtlPodInputs in;
        in.rst_n = in.enable = in.x_valid = in.x_signed = in.w_valid = in.w_signed = true;
        in.psum = pins_.psum_words.data();
        for (std::size_t k = 0; k < kEdges; ++k) {
            in.x_swap = in.w_first = k == 0;
            in.x = pins_.x[k].data();
            in.w = pins_.w[k].data();
            edge(in);
        }
    }
    template <class Act>
    static double ns_of(Act act) {
        const auto start = Clock::now();
        act();
        return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / kEdges;
    }
    void run() {
        pods::RtlPodInputs reset;
        const std::vector<std::uint32_t> zeros(256, 0);
        reset.x = reset.w = reset.psum = zeros.data();
        for (int i = 0; i < 4; ++i) edge(reset);
        std::vector<pods::ArrayOutputs> out(kEdges);
        for (int round = 0; round < 400; ++round) {
            rtl_ns = std::min(rtl_ns, ns_of([&] { stream_rtl(); }));
            array_ns = std::min(array_ns, ns_of([&] { array_.run(pins_.array.data(), out.data(), kEdges); }));
        }
        sc_core::sc_stop();
    }

    const Pins pins_;
    pods::SystolicArray array_;
    std::unique_ptr<pods::RtlPod> rtl_;
};

}  // namespace

int sc_main(int, char**) {
    const hw::Config config = hw::load_config("sosa-256", {});
    const auto folder = std::filesystem::temp_directory_path() / "sosa-rtl-bench";
    std::filesystem::create_directories(folder);
    const auto library = host::pod_library(config, {}, folder);
    Bench bench("bench", host::array_shape(config), library);
    sc_core::sc_start();
    std::printf("{\"rtl_ns\": %.1f, \"array_ns\": %.1f, \"ratio\": %.2f}\n", bench.rtl_ns, bench.array_ns,
                bench.rtl_ns / bench.array_ns);
    return 0;
}
