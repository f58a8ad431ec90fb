// Programs with work on the post-processors, groups, and weights that are results.
#include <algorithm>

#include "sc_tests/unit/vector_programs.h"

using namespace sosa::tests;
using sosa::host::parse_program;
using sosa::host::Program;

namespace {

std::string parse_error(const std::string& text) {
    return error_of([&] { parse_program(text, "F"); });
}

void check_round_trip(const Program& program) {
    const std::string text = text_of(program);
    const Program again = parse_program(text, "F");
    CHECK(text_of(again) == text);
    CHECK(verdict(again) == "");
    CHECK(same_ops(again.ops, program.ops));
    CHECK(same_ops(again.posts, program.posts));
    CHECK(same_ops(again.vectors, program.vectors));
    CHECK(again.op_begin == program.op_begin);
    CHECK(again.post_begin == program.post_begin);
    CHECK(again.vector_begin == program.vector_begin);
    CHECK(again.waiting_ops == program.waiting_ops);
    CHECK(again.dram_bytes == program.dram_bytes);
    CHECK((program.vectors.empty() || again.shape.same_lanes(program.shape)));
    REQUIRE(again.layers.size() == program.layers.size());
    for (std::size_t l = 0; l < again.layers.size(); ++l) {
        const auto &x = again.layers[l].layer, &y = program.layers[l].layer;
        CHECK(x.groups == y.groups);
        CHECK(x.w_on_chip == y.w_on_chip);
        CHECK(x.vector.elements == y.vector.elements);
        CHECK(x.vector.simple == y.vector.simple);
        CHECK(x.vector.special == y.vector.special);
        CHECK(again.layers[l].first_slice == program.layers[l].first_slice);
        CHECK(again.layers[l].last_slice == program.layers[l].last_slice);
    }
}

// Up to six layers of any kind, each after some of those before.
sosa::host::Workload any_workload(std::mt19937& random) {
    const auto up_to = [&](std::uint32_t most) { return 1 + static_cast<std::uint32_t>(random() % most); };
    std::vector<sosa::host::Layer> layers;
    const std::uint32_t count = 2 + up_to(4);
    for (std::uint32_t l = 0; l < count; ++l) {
        const bool work = random() % 2 == 0;
        auto layer = work ? matmul("v" + std::to_string(l), 0, 0, 0)
                          : matmul("p" + std::to_string(l), up_to(12), up_to(12), up_to(8));
        for (std::uint32_t dep = 0; dep < l; ++dep)
            if (random() % 2 == 0) layer.deps.push_back(dep);
        if (work) layer.vector = {up_to(200), up_to(5) - 1, up_to(3) - 1};
        if (!work) layer.groups = up_to(3);
        if (!work) layer.w_on_chip = !layer.deps.empty() && random() % 2 == 0;
        layers.push_back(layer);
    }
    return workload_of("any", layers, up_to(3));
}

}  // namespace

TEST_CASE("a program with vector work is short and says what its ops do") {
    const Program p = parse_program(kWork, "F");
    CHECK(text_of(p) == kWork);
    CHECK(verdict(p) == "");
    CHECK(p.shape.lanes == 8);
    CHECK(p.shape.simple_cycles == 1);
    CHECK(p.shape.special_cycles == 4);
    CHECK(p.layers[0].layer.groups == 2);
    CHECK(p.layers[2].layer.w_on_chip);
    REQUIRE(p.vectors.size() == 5);
    // One row of 8 takes 1; a row of "s" takes 2 + 4, and two rows fit into a slice of 16 cycles.
    std::vector<std::vector<std::uint32_t>> ops;
    for (const auto& op : p.vectors) ops.push_back({op.layer, op.op, op.unit, op.elements, op.cycles});
    CHECK(ops ==
          std::vector<std::vector<std::uint32_t>>{
              {3, 0, 0, 8, 1}, {1, 0, 0, 16, 12}, {1, 1, 1, 16, 12}, {1, 2, 0, 3, 6}, {4, 0, 2, 9, 2}});
    CHECK(p.vector_begin == std::vector<std::uint32_t>{0, 0, 0, 1, 1, 3, 4, 4, 4, 5});
    CHECK(p.layers[1].first_slice == 4);
    CHECK(p.layers[1].last_slice == 5);
    CHECK(p.last_main_slice == 7);
    CHECK(p.last_post_slice == 8);
    // 4 X tiles and 4 W tiles of 16 bytes, then the slot of the W tile that is a result.
    CHECK(p.layers[2].w_address == 128);
    CHECK(p.dram_bytes == 144);
    CHECK(p.ops[4].x_on_chip == 1);
    CHECK(p.ops[4].w_on_chip == 1);
    CHECK(p.waiting_ops == std::vector<std::uint32_t>{2, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("what a chip reads of a program with vector work") {
    const Program p = parse_program(kWork, "F");
    sosa::hw::SliceProgram record;
    p.slice_record(4, record);
    CHECK(record.header.vector_ops == 2);
    CHECK(record.header.flags == sosa::hw::SliceHeader::more_to_come);
    REQUIRE(record.vectors.size() == 2);
    CHECK(record.vectors[1].op == 1);
    p.slice_record(8, record);
    CHECK(record.header.vector_ops == 1);
    CHECK(record.header.flags == sosa::hw::SliceHeader::last);
    std::vector<sosa::hw::Fetch> list;
    std::vector<std::uint64_t> from;
    p.fetch_list(0, list);
    for (const auto& fetch : list) from.push_back(fetch.dram_address);
    // W tiles 0 and 1, then X tile 0 of the first group and X tile 0 of the second, which is number 2.
    CHECK(from == std::vector<std::uint64_t>{64, 80, 0, 32});
    p.fetch_list(7, list);
    CHECK(list.empty());  // a product of two results
}

TEST_CASE("programs with work of every kind read back as they were written") {
    check_round_trip(parse_program(kWork, "F"));
    const sosa::host::TileShape shape{4, 4, 4, 2, 6, 2, 5};
    std::size_t vectors = 0, on_chip = 0;
    for (unsigned seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const char* const topologies[] = {"butterfly-2", "benes", "crossbar", "bus"};
        const auto workload = any_workload(random);
        if (sosa::host::macs(workload) == 0) continue;
        const Program p = program_of({workload}, topologies[seed % 4], 1 + seed % 5, shape);
        CHECK(verdict(p) == "");
        check_round_trip(p);
        vectors += p.vectors.size();
        on_chip += static_cast<std::size_t>(
            std::count_if(p.ops.begin(), p.ops.end(), [](const auto& op) { return op.w_on_chip != 0; }));
    }
    CHECK(vectors > 500);
    CHECK(on_chip > 200);
}

TEST_CASE("a program of vector work alone reads back") {
    auto work = matmul("v", 0, 0, 0);
    work.vector = {100, 1, 0};
    const Program p = program_of({workload_of("net", {work}, 2)}, "crossbar", 4, {4, 4, 4, 2, 6, 1, 4});
    REQUIRE(p.ops.empty());
    CHECK(p.vectors.size() == 2 * 5);
    check_round_trip(p);
}

TEST_CASE("lanes stand in a program only for vector work") {
    CHECK(text_of(parse_program(kGood, "F")).find("lanes") == std::string::npos);
    CHECK(text_of(parse_program(kGood, "F")).find("vectors") == std::string::npos);
    CHECK(text_of(parse_program(kGood, "F")).find("groups") == std::string::npos);
    CHECK(parse_error(with(kWork, "lanes 8", "lanes 0")) == "F:2: found \"0\", allowed a number 1..1024");
    CHECK(parse_error(with(kWork, "lanes 8", "lanes 1025")) ==
          "F:2: found \"1025\", allowed a number 1..1024");
    CHECK(parse_error(with(kWork, "lanes 8 simple 1", "lanes 8 simple 0")) ==
          "F:2: found \"0\", allowed a number 1..1024");
    CHECK(parse_error(with(kWork, " special 4", "")) ==
          "F:2: found the end of the line, allowed \"special\"");
    CHECK(
        parse_error(with(kWork, " lanes 8 simple 1 special 4", "")) ==
        "F:6: found vector work, allowed \"lanes N simple N special N\" on the line \"chip ...\" before it");
    CHECK(parse_error(with(kWork, "lanes 8 ", "")) == "F:2: found \"simple\", allowed the end of the line");
}

TEST_CASE("layers of vector work and of groups are strict") {
    CHECK(parse_error(with(kWork, "vector 35", "vector 0")) ==
          "F:6: found \"0\", allowed a number 1..1099511627776");
    CHECK(
        parse_error(with(kWork, "vector 35", "vector 1099511627776")).rfind("F:6: layer \"s\": found ", 0) ==
        0);
    CHECK(parse_error(with(kWork, "simple 2", "simple 65536")) ==
          "F:6: found \"65536\", allowed a number 0..65535");
    CHECK(parse_error(with(kWork, "35 simple 2", "35")) == "F:6: found \"special\", allowed \"simple\"");
    CHECK(parse_error(with(kWork, "special 1 x chip", "special 1 x dram")) ==
          "F:6: found vector work that reads DRAM, allowed x chip");
    CHECK(parse_error(with(kWork, "special 0 x chip\n", "special 0 x chip w chip\n")) ==
          "F:8: found \"chip\", allowed chip, and only of a product");
    CHECK(parse_error(with(kWork, "w chip", "w dram")) ==
          "F:7: found \"dram\", allowed chip, and only of a product");
    CHECK(parse_error(with(kWork, "groups 2", "groups 0")) ==
          "F:5: found \"0\", allowed a number 1..2147483647");
    CHECK(parse_error(with(kWork, "groups 2", "groups 2147483647"))
              .rfind("F:5: layer \"a\": found 1 x 2 x 2147483647 tile ops", 0) == 0);
}

TEST_CASE("ops belong to layers of their kind") {
    CHECK(parse_error(with(kWork, "vector 3.0 unit", "vector 0.0 unit")) ==
          "F:18: found a vector op of layer 0, allowed vector ops of vector work, tile ops and post-ops of "
          "products");
    CHECK(parse_error(with(kWork, "op 2.0 pod", "op 1.0 pod")) ==
          "F:28: found a tile op of layer 1, allowed vector ops of vector work, tile ops and post-ops of "
          "products");
    CHECK(parse_error(with(kWork, "post 0.0 unit", "post 4.0 unit")) ==
          "F:17: found a post-op of layer 4, allowed vector ops of vector work, tile ops and post-ops of "
          "products");
    CHECK(parse_error(with(kWork, "vector 1.2 unit", "vector 1.3 unit")) ==
          "F:25: found \"3\", allowed a vector op of the layer, 0..2");
    CHECK(parse_error(with(kWork, "vector 4.0 unit 2", "vector 4.0 unit 4")) ==
          "F:30: found \"4\", allowed unit 0..3");
    CHECK(parse_error(with(kWork, "vector 4.0 unit 2", "vector 4.0 unit 2 out 0.0")) ==
          "F:30: found \"out\", allowed the end of the line");
    CHECK(parse_error(with(kWork, " vectors 5", "")) ==
          "F:31: found the end of the line, allowed \"vectors\"");
    CHECK(parse_error(with(kWork, "vectors 5", "vectors 6")) ==
          "F:31: found \"6\", allowed the vectors that stand above, 5");
    CHECK(parse_error(with(kGood, "posts 6", "posts 6 vectors 0")) ==
          "F:34: found \"vectors\", allowed the end of the line");
}

TEST_CASE("vector ops may stand in any order within a slice of a file") {
    const std::string first = line_of(kWork, "vector 1.0"), second = line_of(kWork, "vector 1.1");
    const Program p = parse_program(with(kWork, first + second, second + first), "F");
    CHECK(text_of(p) == kWork);
}

TEST_CASE("a program file with vector work and any byte changed is read or refused") {
    std::mt19937 random(5);
    int read = 0, refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = kWork;
        const auto at = random() % text.size();
        if (random() % 2 == 0)
            text[at] = "0123456789 .,x\n"[random() % 15];
        else
            text.erase(at, random() % 30);
        ++(verdict(text).empty() ? read : refused);
    }
    CHECK(read > 100);
    CHECK(refused > 15'000);
}
