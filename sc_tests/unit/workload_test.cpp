#include "host/workload.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "traces/error.h"
#include "traces/files.h"

namespace {
using sosa::host::parse_workload;
using sosa::host::Workload;

// The sentence a text earns as the file F.
std::string error_of(const std::string& text) {
    try {
        parse_workload(text, "F");
    } catch (const sosa::UserError& error) {
        return error.what();
    }
    return "no error";
}

// `text` with one occurrence of `from` replaced; a typo in a test fails here.
std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

const std::string kGood =
    R"({"name": "w", "repeat": 2, "layers": [
{"name": "a", "op": "Conv", "m": 4, "k": 18, "n": 3, "kernel": [3, 3], "deps": []},
{"name": "b", "op": "MatMul", "m": 5, "k": 6, "n": 7, "kernel": [1, 1], "deps": ["a"]},
{"name": "c", "op": "Dense", "m": 1, "k": 2, "n": 2, "kernel": [1, 1], "deps": ["b", "a"]}
]}
)";

std::string one_layer(const std::string& m, const std::string& k, const std::string& n, int repeat = 1) {
    return R"({"name": "w", "repeat": )" + std::to_string(repeat) +
           R"(, "layers": [{"name": "a", "op": "Dense", "m": )" + m + R"(, "k": )" + k + R"(, "n": )" + n +
           R"(, "kernel": [1, 1], "deps": []}]})";
}
}  // namespace

TEST_CASE("a workload file is read as it stands") {
    const Workload w = parse_workload(kGood, "F");
    CHECK(w.name == "w");
    CHECK(w.repeat == 2);
    CHECK(w.batch == 1);
    CHECK(w.image_size == 0);
    CHECK(w.seq_len == 0);
    REQUIRE(w.layers.size() == 3);
    CHECK(w.layers[0].op == "Conv");
    CHECK(w.layers[0].m == 4);
    CHECK(w.layers[0].k == 18);
    CHECK(w.layers[0].n == 3);
    CHECK(w.layers[0].kernel_h == 3);
    CHECK(w.layers[0].kernel_w == 3);
    CHECK(w.layers[0].deps.empty());
    CHECK(w.layers[2].deps == std::vector<std::uint32_t>{1, 0});
    CHECK(macs(w) == 2 * (4 * 18 * 3 + 5 * 6 * 7 + 1 * 2 * 2));
}

TEST_CASE("kernel height and width keep their places") {
    const Workload w = parse_workload(with(kGood, "[3, 3]", "[9, 2]"), "F");
    CHECK(w.layers[0].kernel_h == 9);
    CHECK(w.layers[0].kernel_w == 2);
}

TEST_CASE("writing a workload gives back the file") {
    std::string escaped = kGood;
    for (int i = 0; i < 3; ++i) escaped = with(escaped, "\"a\"", "\"\u00e4\\\"\\n\"");
    const std::vector<std::string> texts = {
        kGood, with(kGood, "\"repeat\"", "\"batch\": 8, \"image_size\": 9, \"repeat\""),
        with(kGood, "\"repeat\"", "\"seq_len\": 7, \"repeat\""), escaped};
    for (const std::string& text : texts) {
        std::ostringstream out;
        write_workload(parse_workload(text, "F"), out);
        CHECK(out.str() == text);
    }
}

TEST_CASE("the shipped example workloads are valid") {
    const std::filesystem::path folder = std::filesystem::path(SOSA_TEST_DATA) / "../../host/workloads";
    CHECK(macs(sosa::host::read_workload(folder / "mlp.json")) == 32 * (784 * 256 + 256 * 128 + 128 * 10));
    CHECK(macs(sosa::host::read_workload(folder / "residual.json")) ==
          784 * 27 * 32 + 196 * 64 * (32 + 288 + 576) + 64 * 10);
}

TEST_CASE("a missing file is named") {
    CHECK_THROWS_WITH(sosa::host::read_workload("no/such.json"), Catch::StartsWith("no/such.json: "));
}

TEST_CASE("text that is not JSON in UTF-8 is refused with its line") {
    CHECK_THAT(error_of(""), Catch::StartsWith("F: line 1, column 1: "));
    CHECK_THAT(error_of(kGood.substr(0, kGood.find("\"b\""))), Catch::StartsWith("F: line 3, column "));
    CHECK_THAT(error_of(with(kGood, "\"m\": 5", "\"m\" 5")), Catch::StartsWith("F: line 3, column "));
    CHECK_THAT(error_of(kGood + "x"), Catch::StartsWith("F: line 6, column 1: "));
    CHECK_THAT(error_of(with(kGood, "\"b\"", "\"\xff\"")),
               Catch::Contains("F: line 3, column") && Catch::Contains("UTF-8"));
    CHECK_THAT(error_of(with(kGood, "\"m\": 5", "\"m\": 1e999")), Catch::StartsWith("F: line 3, column "));
    CHECK_THAT(error_of(with(kGood, "\"m\": 5", "\"m\": 5, \"m\": 5")),
               Catch::Contains("\"m\"") && Catch::Contains("twice"));
    CHECK_THAT(error_of(std::string(1'000'000, '[')), Catch::StartsWith("F: line 1, column "));
    CHECK_THAT(error_of(std::string(1'000'000, '[') + std::string(1'000'000, ']')),
               Catch::Contains("nested deeper"));
}

TEST_CASE("every truncation of a workload file is refused") {
    const std::size_t whole = kGood.rfind('}') + 1;
    for (std::size_t size = 0; size < whole; ++size)
        CHECK_THAT(error_of(kGood.substr(0, size)), Catch::StartsWith("F: "));
    CHECK(error_of(kGood.substr(0, whole)) == "no error");
}

TEST_CASE("all unknown keys of a workload are listed at once") {
    std::string text = with(kGood, R"("repeat": 2)", R"("repeat": 2, "repaet": 2, "zzzzzzzzzz": 0)");
    text = with(with(text, R"("op": "MatMul")", R"("op": "MatMul", "kernl": 0)"), R"("op": "Dense")",
                R"("op": "Dense", "kernl": 0, "dep": 0)");
    CHECK(error_of(text) ==
          "F: unknown keys: found \"repaet\" (did you mean \"repeat\"?), \"zzzzzzzzzz\", layer 1 \"kernl\" "
          "(did you mean "
          "\"kernel\"?), layer 2 \"dep\" (did you mean \"deps\"?), allowed name, repeat, layers, batch, "
          "image_size, seq_len, tail_layers, tensors "
          "and in a layer name, op, m, k, n, kernel, deps, groups, w_on_chip, vector");
}

TEST_CASE("missing keys of a workload are listed") {
    CHECK(error_of("{}") == "F: missing keys: \"name\", \"repeat\", \"layers\"");
    CHECK(error_of(with(kGood, R"("m": 5, "k": 6, )", "")) == "F: layer 1 \"b\": missing keys: \"m\", \"k\"");
    CHECK(error_of(with(kGood, R"("name": "b", )", "")) == "F: layer 1: missing keys: \"name\"");
}

TEST_CASE("unknown operators are listed at once") {
    CHECK(error_of(with(with(kGood, "MatMul", "Matmul"), "Dense", "Softmax")) ==
          "F: unknown ops: found layer 1 \"b\" \"Matmul\" (did you mean \"MatMul\"?), layer 2 \"c\" "
          "\"Softmax\", "
          "allowed Conv, MatMul, Dense");
}

TEST_CASE("values of the wrong type are refused with their place") {
    CHECK(error_of("[]") == "F: found [], allowed an object with name, repeat, layers");
    CHECK(error_of(with(kGood, R"("name": "w")", R"("name": 7)")) ==
          "F: key \"name\": found 7, allowed a string that is not empty");
    CHECK(error_of(with(kGood, R"("name": "b")", R"("name": "")")) ==
          "F: layer 1: key \"name\": found \"\", allowed a string that is not empty");
    CHECK(error_of(with(kGood, R"("op": "MatMul")", R"("op": null)")) ==
          "F: layer 1 \"b\": key \"op\": found null, allowed a string that is not empty");
    CHECK(error_of(with(kGood, R"("m": 5)", R"("m": "5")")) ==
          "F: layer 1 \"b\": key \"m\": found \"5\", allowed an integer 1..2147483647");
    CHECK(error_of(with(kGood, R"("m": 5)", R"("m": 5.5)")) ==
          "F: layer 1 \"b\": key \"m\": found 5.5, allowed an integer 1..2147483647");
    CHECK(error_of(with(kGood, R"(["a"])", R"("a")")) ==
          "F: layer 1 \"b\": key \"deps\": found \"a\", allowed a list of names of earlier layers");
    CHECK(error_of(with(kGood, R"(["a"])", "[0]")) ==
          "F: layer 1 \"b\": key \"deps\": found 0, allowed a list of names of earlier layers");
    CHECK(error_of(R"({"name": "w", "repeat": 1, "layers": [[]]})") ==
          "F: layer 0: found [], allowed an object");
    CHECK(error_of(R"({"name": "w", "repeat": 1, "layers": []})") ==
          "F: key \"layers\": found [], allowed a list of 1..1000000 layers");
    CHECK(error_of(R"({"name": "w", "repeat": 1, "layers": {}})") ==
          "F: key \"layers\": found an object, allowed a list of 1..1000000 layers");
}

TEST_CASE("a workload name can name a folder") {
    const std::string allowed =
        ", allowed at most 100 bytes without '/' or control characters, not starting with '.'";
    for (const std::string name : {"../up", "..", "a/b", "a\\nb"})
        CHECK(error_of(with(kGood, R"("name": "w")", R"("name": ")" + name + "\"")) ==
              "F: key \"name\": found \"" + name + "\"" + allowed);
}

TEST_CASE("sizes of a workload stay within their limits") {
    CHECK(error_of(with(kGood, R"("m": 5)", R"("m": -1)")) ==
          "F: layer 1 \"b\": key \"m\": found -1, allowed 1..2147483647");
    CHECK(error_of(with(kGood, R"("k": 6)", R"("k": 0)")) ==
          "F: layer 1 \"b\": key \"k\": found 0, allowed 1..2147483647");
    CHECK(error_of(with(kGood, R"("n": 7)", R"("n": 2147483648)")) ==
          "F: layer 1 \"b\": key \"n\": found 2147483648, allowed 1..2147483647");
    CHECK(error_of(with(kGood, R"("n": 7)", R"("n": 18446744073709551616)")) ==
          "F: layer 1 \"b\": key \"n\": found 1.8446744073709552e+19, allowed an integer 1..2147483647");
    CHECK(error_of(with(kGood, R"("repeat": 2)", R"("repeat": 0)")) ==
          "F: key \"repeat\": found 0, allowed 1..65535");
    CHECK(error_of(with(kGood, R"("repeat": 2)", R"("repeat": 65536)")) ==
          "F: key \"repeat\": found 65536, allowed 1..65535");
    CHECK(error_of(with(kGood, R"("repeat": 2)", R"("repeat": 2, "batch": 0)")) ==
          "F: key \"batch\": found 0, allowed 1..2147483647");
    CHECK(error_of(with(kGood, R"("repeat": 2)", R"("repeat": 65535)")) == "no error");
}

TEST_CASE("multiply-accumulates stay below 2^62") {
    CHECK(macs(parse_workload(one_layer("2147483647", "2147483647", "1"), "F")) == 4611686014132420609U);
    CHECK(error_of(one_layer("2147483647", "2147483647", "2")) ==
          "F: layer 0 \"a\": found m*k*n = 2147483647*2147483647*2, allowed less than 2^62");
    CHECK(error_of(one_layer("2147483647", "2147483647", "2147483647")) ==
          "F: layer 0 \"a\": found m*k*n = 2147483647*2147483647*2147483647, allowed less than 2^62");
    CHECK(
        error_of(one_layer("2147483647", "2147483647", "1", 2)) ==
        "F: layer 0 \"a\": found 2^62 or more multiply-accumulates in the layers up to here times repeat 2, "
        "allowed less than 2^62");
}

TEST_CASE("a kernel must fit the contraction size") {
    CHECK(error_of(with(kGood, "[3, 3]", "[4, 1]")) ==
          "F: layer 0 \"a\": key \"kernel\": found [4,1], allowed a height*width that divides k = 18");
    CHECK(error_of(with(kGood, "[3, 3]", "[3]")) ==
          "F: layer 0 \"a\": key \"kernel\": found [3], allowed a list of two integers [height, width]");
    CHECK(error_of(with(kGood, "[3, 3]", "[0, 3]")) ==
          "F: layer 0 \"a\": key \"kernel\": found 0, allowed 1..65535");
}

TEST_CASE("layer names are unique and dependencies exist") {
    CHECK(error_of(with(kGood, R"("name": "c")", R"("name": "a")")) ==
          "F: layer 2 \"a\": key \"name\": found the name of layer 0 again, allowed one layer per name");
    CHECK(error_of(with(kGood, R"(["a"])", R"(["A"])")) ==
          "F: layer 1 \"b\": key \"deps\": found \"A\", allowed names of layers of this file");
    CHECK(error_of(with(kGood, R"("b", "a")", R"("b", "b")")) ==
          "F: layer 2 \"c\": key \"deps\": found \"b\" twice, allowed once");
}

TEST_CASE("layers must stand in placement order") {
    CHECK(error_of(with(kGood, R"(["a"])", R"(["b"])")) ==
          "F: layer 1 \"b\": key \"deps\": found the layer itself, allowed earlier layers");
    CHECK(error_of(with(with(kGood, R"(["a"])", R"(["c"])"), R"(["b", "a"])", "[]")) ==
          "F: layer 1 \"b\": key \"deps\": found \"c\" (layer 2), which stands later; layers must stand in "
          "placement order");
    CHECK(error_of(with(kGood, "[]}", R"(["c"]})")) ==
          "F: layer 0 \"a\": key \"deps\": found the cycle \"a\" -> \"c\" -> \"a\", layers must stand in "
          "placement order");
    CHECK(error_of(with(with(kGood, "[]}", R"(["c"]})"), R"(["b", "a"])", R"(["b"])")) ==
          "F: layer 0 \"a\": key \"deps\": found the cycle \"a\" -> \"c\" -> \"b\" -> \"a\", layers must "
          "stand in placement "
          "order");
}

TEST_CASE("long names are cut in messages") {
    const std::string message =
        error_of(with(with(kGood, R"("name": "b")", R"("name": ")" + std::string(5000, 'b') + "\""),
                      R"("m": 5)", R"("m": 0)"));
    CHECK(message ==
          "F: layer 1 \"" + std::string(80, 'b') + "\": key \"m\": found 0, allowed 1..2147483647");
}
