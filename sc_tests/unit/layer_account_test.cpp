// Who of the layers a run's cycles and bytes are charged to.
#include "host/layer_account.h"

#include <catch2/catch.hpp>

#include "host/loss_parts.h"
#include "sc_tests/unit/aborts.h"
#include "sc_tests/unit/vector_programs.h"

namespace {
using namespace sosa::host;
using sosa::kNoLayer;
using sosa::LayerId;
using sosa::hw::CycleAccount;
using sosa::hw::CycleLoss;
using sosa::hw::SliceFacts;
namespace tests = sosa::tests;

constexpr std::uint32_t kPods = 4, kPes = 16;

// useful edge weight-load fill/drain dependency conflict memory idle
using Parts = std::vector<std::uint64_t>;
Parts parts(const CycleLoss& loss) {
    Parts all;
    for (const auto& part : kLossParts) all.push_back(loss.*part.part);
    return all;
}

// A slice of a program as the scheduler would keep it, every slice one cycle longer than its rows.
SliceFacts facts_of(const Program& program, std::uint32_t slice) {
    SliceFacts f;
    for (std::uint32_t i = program.op_begin[slice]; i < program.op_begin[slice + 1]; ++i) {
        const auto& op = program.ops[i];
        ++f.ops;
        f.longest_rows = std::max(f.longest_rows, op.rows);
        f.macs += std::uint64_t{op.rows} * op.depth * op.cols;
    }
    f.run_cycles = f.longest_rows + 1;
    f.more_to_come = slice + 1 < program.slices();
    return f;
}

struct Run {
    Program program;
    std::vector<SliceFacts> slices;
    CycleAccount whole{kPods, kPes};

    explicit Run(const std::string& text) : program(parse_program(text, "F")) {
        for (std::uint32_t s = 0; s < program.slices(); ++s) slices.push_back(facts_of(program, s));
    }
    void close() {
        for (const auto& f : slices) whole.slice(f);
    }
    LayerAccount account() const { return account_layers(program, slices, whole.loss(), kPods, kPes); }
};
}  // namespace

TEST_CASE("a slice of one layer is all that layer's") {
    Run run(tests::kGood);
    run.slices.resize(1);  // two ops of 4 x 4 x 4 of layer 0, on two of four pods
    run.slices[0].waiting_ops = 1;
    run.close();
    const auto account = run.account();
    CHECK(parts(account.layers[0].loss) == Parts{128, 0, 0, 2 * 16, 1 * 5 * 16, 1 * 5 * 16, 0, 0});
    CHECK(parts(account.layers[1].loss) == Parts(8));
    CHECK(parts(account.outside.loss) == Parts(8));
    CHECK(account.slice_layers == std::vector<LayerId>{LayerId{0}});
}

TEST_CASE("layers that share a slice each pay for their ops and the oldest for the rest") {
    // Slice 2 of kGood holds two tile ops of layer 2, 4 rows each, and a post-op of layer 0.
    Run run(tests::kGood);
    run.slices.resize(3);
    run.slices[2].post_rows = 7;
    run.slices[2].run_cycles = 8;
    run.close();
    const auto account = run.account();
    CHECK(account.slice_layers == std::vector<LayerId>(3, LayerId{0}));
    CHECK(parts(account.layers[2].loss) == Parts{128, 0, 0, 2 * 16, 2 * 3 * 16, 0, 0, 0});
    CHECK(account.layers[0].loss.dependency_wait == 2 * (2 * 5 * 16) + 2 * 8 * 16);
    CHECK(parts(account.layers[1].loss) == Parts(8));
}

TEST_CASE("what a small tile leaves unused is charged to its own layer") {
    Run run(tests::with(tests::kGood, "\"c\" \"MatMul\" m 4 k 8 n 4", "\"c\" \"MatMul\" m 4 k 8 n 3"));
    run.close();
    const auto account = run.account();
    CHECK(account.layers[0].loss.edge_tile == 0);
    CHECK(account.layers[1].loss.edge_tile == 0);
    CHECK(account.layers[2].loss.edge_tile == 2 * 4 * 4);
}

TEST_CASE("a wait is charged to the oldest layer of the slice that waits") {
    Run run(tests::kGood);
    run.slices[4].stall_cycles = 5;  // before slice 5, which has post-ops of layer 0 and 2
    run.slices[5].stall_cycles = 3;  // before slice 6, of layer 1
    run.whole.memory_wait(11);       // before slice 0
    run.whole.weight_load(9);
    run.close();
    run.whole.drain(2);
    const auto account = run.account();
    CHECK(account.layers[0].loss.memory_stall == (5 + 11) * kPods * kPes);
    CHECK(account.layers[1].loss.memory_stall == 3 * kPods * kPes);
    CHECK(account.layers[2].loss.memory_stall == 0);
    CHECK(parts(account.outside.loss) == Parts{0, 0, 9 * 64, 2 * 64, 0, 0, 0, 0});
}

TEST_CASE("a slice without ops is nobody's and one of vector work its layer's") {
    Run run(tests::kWork);
    run.slices[5].run_cycles = run.slices[6].run_cycles = 10;
    run.slices[6].stall_cycles = 4;  // before slice 7, of layer 2
    run.close();
    const auto account = run.account();
    CHECK(account.slice_layers[5] == LayerId{1});
    CHECK(account.slice_layers[6] == kNoLayer);
    CHECK(account.slice_layers[8] == LayerId{4});
    CHECK(account.slice_layers[2] == LayerId{0});  // its post-op is older than the vector op beside it
    CHECK(parts(account.outside.loss) == Parts{0, 0, 0, 0, 10 * 64, 0, 0, 0});
    CHECK(account.layers[1].loss.dependency_wait == (1 + 10) * 64);
    CHECK(account.layers[2].loss.memory_stall == 4 * 64);
    CHECK(account.layers[4].loss.idle == 1 * 64);
}

TEST_CASE("a run stopped early is charged as far as it went") {
    Run run(tests::kGood);
    run.slices.resize(6);
    run.slices[5].stall_cycles = 7;  // before slice 6, which has begun but is not over
    run.close();
    const auto account = run.account();
    CHECK(account.layers[1].loss.total() == 7 * kPods * kPes);
    CHECK(account.slice_layers.size() == 6);

    Run nothing(tests::kGood);
    nothing.slices.clear();
    nothing.whole.memory_wait(8);
    CHECK(nothing.account().layers[0].loss.memory_stall == 8 * kPods * kPes);
}

TEST_CASE("layers and outside add up to the account of random programs") {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
        const Program program = tests::random_program("butterfly-2", kPods, seed);
        std::vector<SliceFacts> slices;
        CycleAccount whole(kPods, kPes);
        whole.memory_wait(below(50));
        whole.weight_load(5);
        for (std::uint32_t s = 0; s < program.slices(); ++s) {
            SliceFacts f = facts_of(program, s);
            f.weight_rows = below(6);
            f.post_rows = below(9);
            f.run_cycles += below(12);
            f.waiting_ops = below(4);
            if (s + 1 < program.slices()) f.stall_cycles = below(3);
            whole.slice(f);
            slices.push_back(f);
        }
        whole.drain(3);
        const auto account = account_layers(program, slices, whole.loss(), kPods, kPes);
        CycleLoss sum = account.outside.loss;
        std::uint64_t macs = 0;
        for (std::size_t i = 0; i < program.layers.size(); ++i) {
            sum += account.layers[i].loss;
            CHECK(account.layers[i].loss.useful == program.layers[i].layer.macs());
            macs += program.layers[i].layer.macs();
        }
        CHECK(parts(sum) == parts(whole.loss()));
        CHECK(sum.useful == macs);
        // An account that is not this run's does not add up.
        auto other = whole.loss();
        ++other.dependency_wait;
        CHECK(tests::aborts([&] { account_layers(program, slices, other, kPods, kPes); }));
    }
}

TEST_CASE("bytes of layers that are not known are outside") {
    LayerAccount account;
    account.layers.resize(3);
    account_bytes({{{10, 20}, 35}, {{1, 2, 3, 4, 5}, 100}, {{}, 7}}, account);
    CHECK(account.layers[0].sram_bytes == 10);
    CHECK(account.layers[1].sram_bytes == 20);
    CHECK(account.layers[2].sram_bytes == 0);
    CHECK(account.outside.sram_bytes == 5);
    CHECK(account.layers[2].link_bytes == 3);
    CHECK(account.outside.link_bytes == 94);
    CHECK(account.outside.dram_bytes == 7);
    CHECK(tests::aborts([&] { account_bytes({{{10, 20}, 29}, {}, {}}, account); }));
}

TEST_CASE("the energy of a layer is that of its MACs and bytes as far as it is known") {
    LayerCost cost;
    cost.loss.useful = 10;
    cost.loss.idle = 1000;
    cost.sram_bytes = 20;
    cost.link_bytes = 30;
    cost.dram_bytes = 40;
    CHECK(cost.known_pj({0.5, 9.0, 2.0, 0.25, std::nullopt}) == 5 + 40 + 7.5);
    CHECK(cost.known_pj({0.5, 9.0, 2.0, 0.25, 3.0}) == 5 + 40 + 7.5 + 120);
}
