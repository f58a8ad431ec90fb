#include "host/program_file.h"

#include <catch2/catch.hpp>
#include <limits>

#include "host/program_check.h"
#include "host/program_derive.h"
#include "sc_tests/unit/program_samples.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/files.h"

namespace {
using sosa::host::check_program;
using sosa::host::parse_program;
using sosa::host::Program;
using sosa::host::TileIndex;
using sosa::pods::TileRef;
using sosa::tests::error_of;
using sosa::tests::matmul;
using sosa::tests::text_of;
using sosa::tests::with;
using sosa::tests::workload_of;

std::string parse_error(const std::string& text) {
    return error_of([&] { parse_program(text, "F"); });
}

void check_same(const Program& a, const Program& b) {
    CHECK(a.pods == b.pods);
    CHECK(a.topology == b.topology);
    CHECK(a.shape.rows == b.shape.rows);
    CHECK(a.shape.cols == b.shape.cols);
    CHECK(a.shape.partition == b.shape.partition);
    CHECK(a.shape.psum_bytes == b.shape.psum_bytes);
    CHECK(a.workloads == b.workloads);
    CHECK(a.policy == b.policy);
    CHECK(sosa::tests::same_ops(a.ops, b.ops));
    CHECK(sosa::tests::same_ops(a.posts, b.posts));
    CHECK(a.op_begin == b.op_begin);
    CHECK(a.post_begin == b.post_begin);
    CHECK(a.waiting_ops == b.waiting_ops);
    CHECK(a.last_main_slice == b.last_main_slice);
    CHECK(a.last_post_slice == b.last_post_slice);
    REQUIRE(a.layers.size() == b.layers.size());
    for (std::size_t l = 0; l < a.layers.size(); ++l) {
        const auto &x = a.layers[l], &y = b.layers[l];
        CHECK(x.name == y.name);
        CHECK(x.tenant == y.tenant);
        CHECK(x.layer.name == y.layer.name);
        CHECK(x.layer.op == y.layer.op);
        CHECK(std::vector{x.layer.m, x.layer.k, x.layer.n} == std::vector{y.layer.m, y.layer.k, y.layer.n});
        CHECK(x.layer.kernel_h == y.layer.kernel_h);
        CHECK(x.layer.kernel_w == y.layer.kernel_w);
        CHECK(x.layer.deps == y.layer.deps);
        CHECK(x.x_from_dram == y.x_from_dram);
        CHECK(x.x_address == y.x_address);
        CHECK(x.w_address == y.w_address);
        CHECK(x.first_slice == y.first_slice);
        CHECK(x.last_slice == y.last_slice);
    }
}

void check_round_trip(const Program& program) {
    const std::string text = text_of(program);
    const Program again = parse_program(text, "F");
    check_same(program, again);
    CHECK(text_of(again) == text);
}

const std::string kSmall = R"(sosa-program 1
chip pods 4 topology butterfly-2 rows 4 cols 4 partition 4 psum_bytes 2
policy "paper"
workload "net"
layer 0 "a" "MatMul" m 8 k 8 n 4 kernel 1x1 x dram
layer 1 "b" "Conv" m 4 k 4 n 4 kernel 2x2 x chip deps 0
slice 0
op 0.0 pod 0 x 0.0 w 0.0 out 0.0
op 0.1 pod 1 x 1.0 w 0.0 out 1.0
slice 1
op 0.2 pod 0 x 2.0 w 1.0 pin 0.0 out 0.1
op 0.3 pod 1 x 3.0 w 1.0 out 1.1
slice 2
post 0.0 unit 1 a 1.0 b 1.1 out 2.0
slice 3
post 0.1 unit 0 a 1.1 b 1.0 out 2.0
slice 4
op 1.0 pod 2 x 0.1 w 0.1 out 2.1
end layers 2 slices 5 ops 5 posts 2
)";
}  // namespace

TEST_CASE("programs read back as they were written") {
    for (const auto& topology : sosa::noc::Topology::names())
        for (const std::uint32_t pods : {1u, 3u, 16u})
            for (unsigned seed = 100; seed < 104; ++seed) {
                CAPTURE(topology, pods, seed);
                check_round_trip(sosa::tests::random_program(topology, pods, seed));
            }
}

TEST_CASE("programs of several tenants and of a partition of none read back") {
    std::mt19937 random(7);
    const auto first = sosa::tests::random_workload(random, false),
               second = sosa::tests::random_workload(random, false);
    check_round_trip(sosa::tests::program_of({first, second}, "butterfly-2", 4, sosa::tests::kSmallTiles));
    const auto repeated =
        sosa::host::expand_repeat(workload_of("r", {matmul("a", 9, 9, 9), matmul("b", 9, 9, 9)}, 3));
    check_round_trip(sosa::tests::program_of({first, repeated}, "benes", 4, sosa::tests::kSmallTiles));
    check_round_trip(sosa::tests::program_of({second}, "bus", 4, {8, 4, 0, 4}));
}

TEST_CASE("names with quotes and controls and letters of the world read back") {
    auto layer = matmul("say \"x\" \\ \n\x01 \xc3\xa9 @1", 5, 5, 5);
    layer.op = "a b";
    layer.kernel_h = 5;
    auto workload = workload_of("na\xc3\xafve net",
                                {layer, matmul("a", 5, 5, 5, {0}), matmul("a@1", 5, 5, 5, {0, 1})}, 2);
    const Program program = sosa::tests::program_of({workload}, "crossbar", 2, sosa::tests::kSmallTiles);
    REQUIRE(program.layers.size() == 6);
    check_round_trip(program);
}

TEST_CASE("a program file is short and says what its ops do") {
    CHECK(text_of(parse_program(kSmall, "F")) == kSmall);
    const Program p = parse_program(kSmall, "F");
    check_program(p, "F");
    REQUIRE(p.layers.size() == 2);
    CHECK(p.layers[1].name == "b");
    CHECK(p.layers[1].layer.kernel_w == 2);
    CHECK(p.layers[1].layer.deps == std::vector<std::uint32_t>{0});
    // X: 4 tiles of 16 bytes, W: 2; then only W, as the X of "b" is on chip.
    CHECK(p.layers[0].x_address == 0);
    CHECK(p.layers[0].w_address == 64);
    CHECK(p.layers[1].x_address == 0);
    CHECK(p.layers[1].w_address == 96);
    CHECK(p.layers[0].first_slice == 0);
    CHECK(p.layers[0].last_slice == 3);
    CHECK(p.layers[1].first_slice == 4);
    CHECK(p.ops[2].pin.reads == 1);
    CHECK(p.ops[0].pout.reads == 1);
    CHECK(p.ops[1].pout.reads == 2);  // by both halves of the sum
    CHECK(p.ops[2].pout.reads == 0);  // an output
    CHECK(p.ops[4].x_on_chip == 1);
    CHECK(p.ops[4].x_bytes == 4);  // 16 elements of an im2col tile of 2 x 2
    CHECK(p.posts[0].rows == 4);
    CHECK(p.posts[0].cols == 4);
    CHECK(p.waiting_ops == std::vector<std::uint32_t>{2, 0, 0, 0, 0});
    CHECK(p.last_main_slice == 4);
    CHECK(p.last_post_slice == 4);
}

TEST_CASE("blank lines and comments and CRLF and the order within a slice do not matter") {
    const Program plain = parse_program(kSmall, "F");
    std::string text = with(kSmall, "slice 1\n", "  # the second half\n\n \t slice \t 1  \n");
    text = with(text, "op 0.2 pod 0 x 2.0 w 1.0 pin 0.0 out 0.1\n", "");
    text = with(text, "w 1.0 out 1.1\n", "w 1.0 out 1.1\nop 0.2 pod 0 x 2.0 w 1.0 pin 0.0 out 0.1\n");
    check_same(parse_program("# made by hand\n" + text + "\n# the end", "F"), plain);
    std::string crlf;
    for (const char c : kSmall) crlf += c == '\n' ? "\r\n" : std::string(1, c);
    check_same(parse_program(crlf, "F"), plain);
    check_same(parse_program(kSmall.substr(0, kSmall.size() - 1), "F"), plain);
}

TEST_CASE("a program file cut short anywhere is found") {
    for (std::size_t size = 0; size + 1 < kSmall.size(); ++size) {
        CAPTURE(size);
        CHECK(parse_error(kSmall.substr(0, size)).rfind("F:", 0) == 0);
    }
    CHECK(parse_error("") ==
          "F:0: found the end of the file, allowed a line \"end ...\" before it: the file is cut short");
    CHECK(parse_error(kSmall.substr(0, kSmall.find("end"))) ==
          "F:18: found the end of the file, allowed a line \"end ...\" before it: the file is cut short");
}

TEST_CASE("the counts at the end of a program file are checked") {
    CHECK(parse_error(with(kSmall, "ops 5", "ops 6")) ==
          "F:19: found \"6\", allowed the ops that stand above, 5");
    CHECK(parse_error(with(kSmall, "end layers 2", "end layers 3")) ==
          "F:19: found \"3\", allowed the layers that stand above, 2");
    CHECK(parse_error(with(kSmall, "posts 2\n", "posts\n")) ==
          "F:19: found the end of the line, allowed the posts that stand above, 2");
    CHECK(parse_error(kSmall + "slice 5\n") ==
          "F:20: found \"slice\", allowed nothing after the line \"end\"");
}

TEST_CASE("the head of a program file is strict") {
    CHECK(parse_error(with(kSmall, "sosa-program 1", "sosa-program 2")) ==
          "F:1: found another first line or version, allowed \"sosa-program 1\"");
    CHECK(parse_error("{\"name\": 1}\n") ==
          "F:1: found another first line or version, allowed \"sosa-program 1\"");
    CHECK(parse_error(with(kSmall, "chip pods 4", "chip pods 5000")) ==
          "F:2: found \"5000\", allowed a number 1..4096");
    CHECK(parse_error(with(kSmall, "chip pods 4", "chip pods 0")) ==
          "F:2: found \"0\", allowed a number 1..4096");
    CHECK(parse_error(with(kSmall, "butterfly-2", "butterfly-3")) ==
          "F:2: found \"butterfly-3\", allowed butterfly-1, butterfly-2, butterfly-4, butterfly-8, "
          "butterfly-16, benes, "
          "crossbar, bus");
    CHECK(parse_error(with(kSmall, " rows 4", " row 4")) == "F:2: found \"row\", allowed \"rows\"");
    CHECK(parse_error(with(kSmall, "psum_bytes 2", "psum_bytes 8")) ==
          "F:2: found \"8\", allowed a number 2..4");
    CHECK(parse_error(with(kSmall, "psum_bytes 2", "psum_bytes 2 3")) ==
          "F:2: found \"3\", allowed the end of the line");
    CHECK(parse_error(with(kSmall, "policy \"paper\"", "policy paper")) ==
          "F:3: found \"paper\", allowed a policy in quotes, as a JSON string that is not empty");
    CHECK(parse_error(with(kSmall, "\"net\"", "\"../net\"")) ==
          "F:4: found \"../net\", allowed a workload of at most 100 bytes without '/' or control characters, "
          "not starting "
          "with '.'");
    CHECK(parse_error(with(kSmall, "\"net\"", "\"\"")) ==
          "F:4: found \"\\\"\\\"\", allowed a workload in quotes, as a JSON string that is not empty");
    CHECK(parse_error(with(kSmall, "\"net\"", "\"n\xff\"")).rfind("F:4: found ", 0) == 0);
    CHECK(parse_error(with(kSmall, "\"net\"", "\"net")) ==
          "F:4: found \"\\\"net\", allowed a workload in quotes, as a JSON string that is not empty");
}

TEST_CASE("the layers of a program file are strict") {
    CHECK(parse_error(with(kSmall, "layer 1 ", "layer 2 ")) == "F:6: found \"2\", allowed the next layer 1");
    CHECK(parse_error(with(kSmall, "m 8 k", "m 0 k")) == "F:5: found \"0\", allowed a number 1..2147483647");
    CHECK(parse_error(with(kSmall, "m 8 k", "m -8 k")) ==
          "F:5: found \"-8\", allowed a number 1..2147483647");
    CHECK(parse_error(with(kSmall, "m 8 k", "m 99999999999999999999 k")) ==
          "F:5: found \"99999999999999999999\", allowed a number 1..2147483647");
    CHECK(parse_error(with(kSmall, "m 8 k", "m 8. k")) ==
          "F:5: found \"8.\", allowed a number 1..2147483647");
    CHECK(parse_error(with(kSmall, "kernel 2x2", "kernel 2,2")) ==
          "F:6: found \",2\", allowed an x between height and width of the kernel");
    CHECK(parse_error(with(kSmall, "x chip", "x bank")) == "F:6: found \"bank\", allowed dram or chip");
    CHECK(parse_error(with(kSmall, "deps 0", "deps 1")) ==
          "F:6: found \"1\", allowed an earlier layer of the same workload and copy, 0");
    CHECK(parse_error(with(kSmall, "x dram", "x dram deps 0")) ==
          "F:5: found \"0\", allowed none for the first layer of a workload or copy");
    CHECK(parse_error(with(kSmall, "deps 0", "deps 0,")) ==
          "F:6: found the end of the line, allowed an earlier layer of the same workload and copy, 0");
    CHECK(parse_error(with(kSmall, "layer 1", "workload \"other\"\nlayer 1")) ==
          "F:7: found \"0\", allowed none for the first layer of a workload or copy");
    CHECK(parse_error(with(kSmall, "layer 0", "copy 2\nlayer 0")) ==
          "F:5: found the workload or copy before without layers, allowed at least one line \"layer ...\" "
          "there");
    CHECK(parse_error(with(kSmall, "layer 1", "copy 2\nlayer 1")) ==
          "F:6: found \"2\", allowed the next copy 1");
    CHECK(parse_error(with(kSmall, "workload \"net\"\n", "")) ==
          "F:4: found a layer before the first workload, allowed it after a line \"workload ...\"");
    CHECK(parse_error(with(kSmall, "slice 0\n", "workload \"other\"\nslice 0\n")) ==
          "F:8: found the workload or copy before without layers, allowed at least one line \"layer ...\" "
          "there");
    CHECK(parse_error(with(kSmall, "slice 0\n", "")) ==
          "F:7: found \"op\", allowed workload, copy, layer or slice");
    const std::string huge =
        "layer 2 \"c\" \"MatMul\" m 2147483647 k 2147483647 n 2147483647 kernel 1x1 x chip\nslice 0\n";
    CHECK(parse_error(with(kSmall, "slice 0\n", huge)).rfind("F:7: layer \"c\": found ", 0) == 0);
}

TEST_CASE("the ops of a program file are strict") {
    CHECK(parse_error(with(kSmall, "slice 1\n", "slice 2\n")) ==
          "F:10: found \"2\", allowed the next slice 1");
    CHECK(parse_error(with(kSmall, "op 1.0", "op 2.0")) == "F:18: found \"2.0\", allowed a layer 0..1");
    CHECK(parse_error(with(kSmall, "op 0.3", "op 0.4")) ==
          "F:12: found \"4\", allowed a tile op of the layer, 0..3");
    CHECK(parse_error(with(kSmall, "post 0.1", "post 0.8")) ==
          "F:16: found \"8\", allowed a post-op of the layer, 0..7");
    CHECK(parse_error(with(kSmall, "pod 2", "pod 4")) == "F:18: found \"4\", allowed pod 0..3");
    CHECK(parse_error(with(kSmall, "unit 1", "unit x")) == "F:14: found \"x\", allowed unit 0..3");
    CHECK(parse_error(with(kSmall, "pin 0.0", "pin 4.0")) == "F:11: found \"4.0\", allowed a bank 0..3");
    CHECK(parse_error(with(kSmall, "pin 0.0", "pin 0")) ==
          "F:11: found \"out\", allowed a point between bank and tag");
    CHECK(parse_error(with(kSmall, "pin 0.0", "pin 0.16777216")) ==
          "F:11: found \"16777216\", allowed a tag 0..16777215");
    CHECK(parse_error(with(kSmall, "pin 0.0 out", "oin 0.0 out")) == "F:11: found \"oin\", allowed \"out\"");
    CHECK(parse_error(with(kSmall, "b 1.1 out 2.0", "b 1.1")) ==
          "F:14: found the end of the line, allowed \"out\"");
    CHECK(parse_error(with(kSmall, "slice 2", "layer 2")) ==
          "F:13: found \"layer\", allowed op, post, vector, slice or end");
    // 5 ops, 2 posts; X and W tiles: 4 + 2 and 1 + 1.
    CHECK(parse_error(with(kSmall, "w 0.1 out", "w 0.15 out")) ==
          "F:18: found w tag 15, allowed a tag below 15, the ops, posts, X and W tiles of the file");
    CHECK(parse_error(with(kSmall, "w 0.1 out", "w 0.14 out")) == "");
}

TEST_CASE("a program file with any byte changed is read or refused") {
    std::mt19937 random(3);
    int read = 0, refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = kSmall;
        for (auto edits = 1 + random() % 3; edits > 0; --edits) {
            const auto at = random() % text.size();
            switch (random() % 3) {
                case 0:
                    text[at] = "0123456789 .,x\n\"-\\\0\xff"[random() % 20];
                    break;
                case 1:
                    text.erase(at, random() % 30);
                    break;
                default:
                    text.insert(at, text.substr(random() % text.size(), random() % 40));
            }
            if (text.empty()) text = " ";
        }
        const bool good = error_of([&] { check_program(parse_program(text, "F"), "F"); }).empty();
        ++(good ? read : refused);
    }
    CHECK(read > 50);
    CHECK(refused > 10'000);
}

TEST_CASE("a file of many idle slices on a large chip is read and checked at once") {
    std::string text = with(kSmall, "pods 4", "pods 4096");
    text = with(text, "butterfly-2", "butterfly-16");
    std::string idle;
    for (int s = 2; s < 200'000; ++s) idle += "slice " + std::to_string(s) + "\n";
    text = with(text, "slice 4\n", "slice 200002\n");
    text = with(text, "slice 3\n", "slice 200001\n");
    text = with(text, "slice 2\n", idle + "slice 200000\n");
    const Program program = parse_program(with(text, "slices 5", "slices 200003"), "F");
    CHECK(program.slices() == 200'003);
    check_program(program, "F");
}

TEST_CASE("a program has a limit of slices in a file") {
    Program program = parse_program(kSmall, "F");
    program.waiting_ops.resize(sosa::host::kMaxProgramSlices + 1);
    CHECK(error_of([&] { text_of(program); }) ==
          "program file: found 2 layers in 16777217 slices, allowed 1000000 in 16777216");
}

TEST_CASE("read_program names the file") {
    const sosa::tests::TempFolder folder;
    const auto path = folder / "p.sosa";
    sosa::traces::write_file(path, [](std::ostream& out) { out << kSmall; });
    check_same(sosa::host::read_program(path), parse_program(kSmall, "F"));
    sosa::traces::write_file(path, [](std::ostream& out) { out << with(kSmall, "slice 4", "slice 5"); });
    CHECK(error_of([&] { sosa::host::read_program(path); }) ==
          path.string() + ":17: found \"5\", allowed the next slice 4");
    CHECK(error_of([&] { sosa::host::read_program(folder / "none"); }).find("none") != std::string::npos);
}

TEST_CASE("the example in program_format.md is a good program") {
    const std::string page = sosa::traces::read_file(SOSA_TEST_DATA "/../../host/program_format.md");
    const auto begin = page.find("```\nsosa-program") + 4, end = page.find("```", begin);
    const std::string example = page.substr(begin, end - begin);
    CHECK(text_of(parse_program(example, "F")) == example);
    check_program(parse_program(example, "F"), "F");
}

TEST_CASE("TileIndex finds tiles whatever the order and the gaps of tags") {
    const auto ref = [](std::uint16_t bank, std::uint32_t tag) {
        TileRef tile;
        tile.bank = bank;
        tile.tag = tag;
        return tile;
    };
    const TileIndex dense(3, {ref(2, 6), ref(0, 1), ref(2, 5), ref(2, 7)});
    CHECK(dense.find(ref(2, 5)) == 2);
    CHECK(dense.find(ref(2, 6)) == 0);
    CHECK(dense.find(ref(2, 7)) == 3);
    CHECK(dense.find(ref(0, 1)) == 1);
    for (const auto& none : {ref(2, 4), ref(2, 8), ref(0, 0), ref(1, 0), ref(3, 5), TileRef{}})
        CHECK(dense.find(none) == sosa::host::kNone);
    CHECK(!dense.duplicate());
    const TileIndex gaps(2, {ref(1, 100), ref(1, 3), ref(1, 4), ref(1, 50), ref(1, 0xffffffff)});
    CHECK(gaps.find(ref(1, 100)) == 0);
    CHECK(gaps.find(ref(1, 4)) == 2);
    CHECK(gaps.find(ref(1, 50)) == 3);
    CHECK(gaps.find(ref(1, 0xffffffff)) == 4);
    CHECK(gaps.find(ref(1, 5)) == sosa::host::kNone);
    const TileIndex twice(1, {ref(0, 9), ref(0, 2), ref(0, 9)});
    CHECK(twice.duplicate() == std::pair<std::uint32_t, std::uint32_t>(0, 2));
}
