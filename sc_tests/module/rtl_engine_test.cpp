// An array in RTL as an engine of the chip: the same bytes as a product of whole tiles.
#include "host/rtl_engine.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "host/data_run.h"
#include "host/pod_rtl.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"

namespace sosa::tests {

namespace fs = std::filesystem;
using sc_core::sc_time;

namespace {

hw::Config small_config() {
    return hw::load_config("tiny",
                           {"pods.rows=4", "pods.cols=6", "pods.multicast_cols=3", "pods.fanin_rows=2"});
}

// Gives both engines the same tile ops, one a slice, as a pod does.
class Slices final : public sc_core::sc_module {
  public:
    Slices(const sc_core::sc_module_name& name, host::RtlEngine& rtl, const pods::ArrayShape& shape,
           int slices)
        : sc_core::sc_module(name), rtl_(rtl), shape_(shape), left_(slices) {
        SC_HAS_PROCESS(Slices);
        SC_METHOD(act);
    }
    int equal = 0;
    std::uint64_t overflows = 0;

  private:
    struct Weights {
        std::uint32_t depth, cols;
        bool is_signed;
        std::vector<std::uint8_t> bytes;
    };

    std::vector<std::uint8_t> bytes(std::size_t count) {
        std::vector<std::uint8_t> all(count);
        for (auto& b : all) b = static_cast<std::uint8_t>(random_());
        return all;
    }
    std::uint32_t from_one_to(std::uint32_t most) { return 1 + static_cast<std::uint32_t>(random_() % most); }

    void load_next() {
        next_ = {from_one_to(shape_.rows), from_one_to(shape_.cols), random_() % 2 == 0, {}};
        next_.bytes = bytes(std::size_t{next_.depth} * next_.cols);
        const pods::WeightTile tile{next_.bytes.data(), next_.depth, next_.cols, next_.is_signed};
        rtl_.load(tile);
        reference_->load(tile);
    }

    void act() {
        if (running_) {
            const auto expected = reference_->finish(expected_.data());
            overflows += expected;
            equal += rtl_.finish(got_.data()) == expected && got_ == expected_;
        }
        if (left_-- == 0) return;
        const bool late = left_ % 4 == 0;  // the weights come when the slice has begun already
        if (!running_ || late_) load_next();
        const std::uint32_t rows = from_one_to(9), depth = next_.depth, cols = next_.cols;
        x_ = bytes(std::size_t{rows} * depth);
        psum_ = bytes(std::size_t{rows} * cols * shape_.psum_bytes());
        got_.assign(psum_.size(), 1);
        expected_.assign(psum_.size(), 2);
        const pods::StreamTile tile{x_.data(),
                                    left_ % 3 ? psum_.data() : nullptr,
                                    rows,
                                    depth,
                                    cols,
                                    left_ % 2 == 0,
                                    static_cast<std::uint32_t>(left_),
                                    5,
                                    10 + static_cast<std::uint32_t>(left_)};
        rtl_.start(tile);
        reference_->start(tile);
        late_ = late;
        if (!late) load_next();
        running_ = true;
        next_trigger(sc_time(40, sc_core::SC_NS));
    }

    host::RtlEngine& rtl_;
    const pods::ArrayShape shape_;
    const std::unique_ptr<pods::ArrayEngine> reference_ = pods::make_tile_engine(shape_);
    int left_;
    bool running_ = false, late_ = false;
    Weights next_{};
    std::vector<std::uint8_t> x_, psum_, got_, expected_;
    std::mt19937 random_{1};
};

}  // namespace

TEST_CASE("an array in RTL gives the bytes of a whole product") {
    const TempFolder folder;
    const auto config = small_config();
    const auto library = host::pod_library(config, {}, folder.path());
    host::RtlEngine rtl("pod3", library, host::array_shape(config), {sc_time(1, sc_core::SC_NS)});
    Slices slices("slices", rtl, host::array_shape(config), 300);
    sc_core::sc_start();
    CHECK(slices.equal == 300);
    CHECK(slices.overflows > 1000);
    CHECK(rtl.cycles() > 300 * 3);
    CHECK_FALSE(rtl.diverged());
    rtl.check(folder.path());
    CHECK(folder.entries() == 0);
    CHECK_THROWS_WITH(rtl.flip_weight(0, 0, 1),
                      "pod3: found a fault to put into a weight, allowed only in arrays that are not RTL");
}

TEST_CASE("a mistake in an array in RTL stops the run with its place") {
    const TempFolder folder;
    const auto config = small_config();
    std::ifstream in(SOSA_TEST_DATA "/../../pods/rtl/sosa_pod.sv");
    std::string text(std::istreambuf_iterator<char>(in), {});
    const std::string from = ".ps_in(ps_above)";
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), ".ps_in(g == 1 && h == 1 ? '0 : ps_above)");
    fs::create_directories(folder / "pods/rtl");
    std::ofstream(folder / "pods/rtl/sosa_pod.sv") << text;

    const auto library = host::pod_library(config, {{}, folder.path()}, folder.path());
    host::RtlEngine rtl("pod3", library, host::array_shape(config), {sc_time(1, sc_core::SC_NS)});
    Slices slices("slices", rtl, host::array_shape(config), 300);
    sc_core::sc_start();
    REQUIRE(rtl.diverged());
    CHECK(rtl.cycles() < 200);
    std::string sentence;
    try {
        rtl.check(folder.path());
    } catch (const UserError& error) {
        sentence = error.what();
    }
    CHECK_THAT(sentence, Catch::Matchers::StartsWith("pod3: out_row lane 3 differs at cycle ") &&
                             Catch::Matchers::Contains("from block (1,1)") &&
                             Catch::Matchers::Contains(", layer 5; tile op 30"));
    CHECK(fs::exists(folder / "divergence.vcd"));
    CHECK(fs::exists(folder / "divergence.gtkw"));
}

}  // namespace sosa::tests
