#include "host/program.h"

#include <catch2/catch.hpp>

#include "host/program_check.h"
#include "host/zoo.h"
#include "sc_tests/unit/program_samples.h"
#include "sc_tests/unit/reference_csv.h"

namespace {
using sosa::host::expand_repeat;
using sosa::host::Program;
using sosa::host::Workload;
using sosa::hw::BankKind;
using sosa::tests::kSmallTiles;
using sosa::tests::matmul;
using sosa::tests::program_of;
using sosa::tests::workload_of;

// A published run of 256 pods of 32 x 32 on a butterfly-2.
void check_published(const std::string& name, std::uint32_t param) {
    const Workload workload = sosa::host::make_zoo_workload(name, {});
    const Program program = program_of({workload}, "butterfly-2", 256, {32, 32, 32, 2});
    sosa::host::check_program(program, name);
    const auto reference = sosa::tests::reference_run(name, param, 256, "butterfly-2");
    CHECK(program.last_main_slice == reference.number("last_main_slice"));
    CHECK(program.last_post_slice == reference.number("last_post_slice"));
    CHECK(program.ops.size() == reference.number("tile_ops"));
    CHECK(program.macs() == macs(workload));
    CHECK(2 * program.macs() == reference.number("ops"));
    std::uint64_t macs_of_ops = 0;
    for (const auto& op : program.ops) macs_of_ops += std::uint64_t{op.rows} * op.depth * op.cols;
    CHECK(macs_of_ops == macs(workload));
}

std::vector<std::string> names_of(const Workload& workload) {
    std::vector<std::string> names;
    for (const auto& layer : workload.layers) names.push_back(layer.name);
    return names;
}
std::vector<std::vector<std::uint32_t>> deps_of(const Workload& workload) {
    std::vector<std::vector<std::uint32_t>> deps;
    for (const auto& layer : workload.layers) deps.push_back(layer.deps);
    return deps;
}

// "X 2.0@32:16" for a fetch of X bank 2 tag 0, from address 32, 16 bytes.
std::string fetches_of(const Program& program, std::uint32_t slice) {
    std::vector<sosa::hw::Fetch> list;
    program.fetch_list(slice, list);
    std::string all;
    for (const auto& f : list)
        all += (all.empty() ? "" : ", ") + std::string(f.kind == BankKind::x ? "X " : "W ") +
               std::to_string(f.bank) + "." + std::to_string(f.tag) + "@" + std::to_string(f.dram_address) +
               ":" + std::to_string(f.bytes);
    return all;
}
}  // namespace

TEST_CASE("the program of ResNet-50 keeps every rule and has the published slices") {
    check_published("resnet50", 299);
}

TEST_CASE("the program of BERT-medium keeps every rule and has the published slices") {
    check_published("bert_medium", 100);
}

TEST_CASE("copies of a repeated workload follow each other with tiles of their own") {
    // A copy takes slices 0 to 2: two layers, one after the other, and one beside the first.
    const Workload workload =
        workload_of("w", {matmul("a", 4, 4, 8), matmul("b", 4, 4, 4, {0}), matmul("c", 4, 4, 4, {1})}, 3);
    const Program p = program_of({workload}, "crossbar", 4, kSmallTiles);
    sosa::host::check_program(p, "w");
    REQUIRE(p.layers.size() == 9);
    REQUIRE(p.ops.size() == 12);
    CHECK(p.macs() == 3 * (4 * 4 * 8 + 4 * 4 * 4 + 4 * 4 * 4));
    CHECK(p.layers[0].name == "a");
    CHECK(p.layers[3].name == "a@1");
    CHECK(p.layers[8].name == "c@2");
    CHECK(p.layers[8].layer.deps == std::vector<std::uint32_t>{1});  // within its copy
    // Copy t > 0 begins in slice 3 t + 1.
    for (std::uint32_t copy = 0; copy < 3; ++copy)
        for (std::uint32_t l = 0; l < 3; ++l)
            CHECK(p.layers[3 * copy + l].first_slice == 3 * copy + (copy > 0) + l);
    CHECK(p.slices() == 10);
    CHECK(p.op_begin == std::vector<std::uint32_t>{0, 2, 3, 4, 4, 6, 7, 8, 10, 11, 12});
    CHECK(p.last_main_slice == 9);
    // Only the first layer brings its X tiles, of further copies every layer does.
    for (std::uint32_t l = 0; l < 9; ++l) CHECK(p.layers[l].x_from_dram == (l == 0 || l >= 3));
    for (const auto& op : p.ops) CHECK((op.x_on_chip == 1) == !p.layers[op.layer].x_from_dram);
}

TEST_CASE("waiting ops are those whose layer may have run and whose slice is later") {
    // Five ops on two pods, then one that waits for them.
    const Workload workload = workload_of("w", {matmul("a", 20, 4, 4), matmul("b", 4, 4, 4, {0})});
    const Program p = program_of({workload}, "crossbar", 2, kSmallTiles);
    CHECK(p.waiting_ops == std::vector<std::uint32_t>{3, 1, 0, 0});
}

TEST_CASE("the fetch list has W tiles in pod order and then the X tiles that lie in DRAM") {
    // "a" is 2 x 1 x 2 tiles: X tiles of 5 and 3 rows of 4 in slots of 20 bytes, W tiles of 4 x 4 and 4 x 2.
    const Workload workload = workload_of("w", {matmul("a", 8, 4, 6), matmul("b", 5, 4, 4, {0})});
    const Program p = program_of({workload}, "crossbar", 4, {4, 4, 5, 2});
    REQUIRE(p.layers[0].x_address == 0);
    REQUIRE(p.layers[0].w_address == 40);
    REQUIRE(p.layers[1].w_address == 72);
    // Pods 0 to 3 run (i 0, l 0), (i 0, l 1), (i 1, l 0), (i 1, l 1); each tile is listed once, at its first
    // pod.
    CHECK(fetches_of(p, 0) == "W 0.0@40:16, W 1.0@56:8, X 0.0@0:20, X 1.0@20:12");
    CHECK(fetches_of(p, 1) == "W 0.1@72:16");  // X of "b" is on chip
}

TEST_CASE("slice records carry their ops and flags") {
    // One sum at the end: its second half is the last slice, without tile ops.
    const Program p = program_of({workload_of("w", {matmul("a", 4, 8, 4)})}, "crossbar", 2, kSmallTiles);
    REQUIRE(p.slices() == 3);
    sosa::hw::SliceProgram record;
    const auto flags_of = [&](std::uint32_t slice) {
        p.slice_record(slice, record);
        CHECK(record.header.slice == slice);
        CHECK(record.header.tile_ops == record.ops.size());
        CHECK(record.header.post_ops == record.posts.size());
        return record.header.flags;
    };
    CHECK(flags_of(0) == 0);  // no later tile ops, but not the last slice
    CHECK(record.ops.size() == 2);
    CHECK(record.posts.empty());
    CHECK(flags_of(1) == 0);
    CHECK(record.posts.size() == 1);
    CHECK(flags_of(2) == sosa::hw::SliceHeader::last);
    const Program two = program_of({workload_of("w", {matmul("a", 12, 4, 4)})}, "crossbar", 2, kSmallTiles);
    two.slice_record(0, record);
    CHECK(record.header.flags == sosa::hw::SliceHeader::more_to_come);
    CHECK(record.header.waiting_ops == 1);
}

TEST_CASE("expand_repeat chains copies and appends the tail to the last one") {
    Workload workload = workload_of("w",
                                    {matmul("in", 1, 1, 1), matmul("mid", 1, 1, 1, {0}),
                                     matmul("out", 1, 1, 1, {0, 1}), matmul("head", 1, 1, 1, {2})},
                                    3);
    workload.tail_layers = 1;
    const Workload all = expand_repeat(workload);
    CHECK(all.repeat == 1);
    CHECK(all.tail_layers == 0);
    CHECK(all.name == "w");
    CHECK(names_of(all) == std::vector<std::string>{"in", "mid", "out", "in@1", "mid@1", "out@1", "in@2",
                                                    "mid@2", "out@2", "head@2"});
    CHECK(deps_of(all) ==
          std::vector<std::vector<std::uint32_t>>{{}, {0}, {0, 1}, {2}, {3}, {3, 4}, {5}, {6}, {6, 7}, {8}});
    CHECK(macs(all) == 3 * 3 + 1);
}

TEST_CASE("expand_repeat without a tail waits for every layer that no other one uses") {
    const Workload workload = workload_of(
        "w",
        {matmul("a", 1, 1, 1), matmul("b", 1, 1, 1, {0}), matmul("c", 1, 1, 1, {0}), matmul("d", 1, 1, 1)},
        2);
    const Workload all = expand_repeat(workload);
    CHECK(deps_of(all) ==
          std::vector<std::vector<std::uint32_t>>{{}, {0}, {0}, {}, {1, 2, 3}, {4}, {4}, {1, 2, 3}});
    const Workload once = workload_of("w", {matmul("a", 1, 1, 1), matmul("b", 1, 1, 1, {0})});
    CHECK(names_of(expand_repeat(once)) == std::vector<std::string>{"a", "b"});
    CHECK(deps_of(expand_repeat(once)) == std::vector<std::vector<std::uint32_t>>{{}, {0}});
}

TEST_CASE("BERT-medium in full has its heads after the last encoder only") {
    const Workload bert = sosa::host::make_zoo_workload("bert_medium", {});
    REQUIRE(bert.repeat == 8);
    REQUIRE(bert.tail_layers == 3);
    const Workload all = expand_repeat(bert);
    const std::size_t encoder = bert.layers.size() - 3;
    REQUIRE(all.layers.size() == 8 * encoder + 3);
    // The residual sum that heads and the next encoder take: the layers "O" and FeedForward2.
    const std::vector<std::uint32_t> outputs = bert.layers[encoder].deps;
    REQUIRE(outputs.size() == 2);
    std::size_t heads = 0;
    for (std::size_t l = 0; l < all.layers.size(); ++l) {
        const std::size_t copy = std::min<std::size_t>(l / encoder, 7), of_copy = l - copy * encoder;
        CAPTURE(l, all.layers[l].name);
        CHECK(all.layers[l].name == bert.layers[of_copy].name + (copy ? "@" + std::to_string(copy) : ""));
        heads += of_copy >= encoder;
        auto deps = bert.layers[of_copy].deps;
        const bool chained = deps.empty() && copy > 0;
        if (chained) deps = outputs;
        for (auto& dep : deps) dep += static_cast<std::uint32_t>((chained ? copy - 1 : copy) * encoder);
        CHECK(all.layers[l].deps == deps);
    }
    CHECK(heads == 3);
    CHECK(macs(all) ==
          macs(bert) -
              7 * (bert.layers[encoder].m * bert.layers[encoder].k * bert.layers[encoder].n +
                   bert.layers[encoder + 1].m * bert.layers[encoder + 1].k * bert.layers[encoder + 1].n +
                   bert.layers[encoder + 2].m * bert.layers[encoder + 2].k * bert.layers[encoder + 2].n));
}

TEST_CASE("programs of several tenants keep every rule") {
    sosa::host::ZooOptions options;
    options.seq_len = 20;
    const Workload bert = expand_repeat(sosa::host::make_zoo_workload("bert_medium", options));
    const Workload other =
        workload_of("other", {matmul("a", 300, 400, 500), matmul("b", 300, 500, 100, {0})});
    const Program p = program_of({bert, other}, "butterfly-2", 64, {32, 32, 32, 2});
    sosa::host::check_program(p, "two");
    CHECK(p.macs() == macs(bert) + macs(other));
    CHECK(p.workloads == std::vector<std::string>{"bert_medium", "other"});
    CHECK(p.layers.back().tenant == 1);
    CHECK(p.layers.back().layer.deps == std::vector<std::uint32_t>{0});
}
