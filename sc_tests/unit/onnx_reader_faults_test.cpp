#include <catch2/catch.hpp>
#include <fstream>

#include "sc_tests/unit/onnx_kit.h"
#include "sc_tests/unit/temp_folder.h"

using namespace sosa::host;
using namespace sosa::tests;

namespace {

std::string refusal_of(const std::filesystem::path& path) {
    try {
        read_onnx(path, {});
    } catch (const sosa::UserError& error) {
        return error.what();
    }
    return "";
}

std::string refusal_of_bytes(const TempFolder& folder, const std::string& bytes) {
    std::ofstream(folder / "m.onnx", std::ios::binary) << bytes;
    const std::string sentence = refusal_of(folder / "m.onnx");
    const std::string path = (folder / "m.onnx").string();
    return sentence.substr(0, path.size()) == path ? sentence.substr(path.size())
                                                   : "another file: " + sentence;
}

OnnxKit relu() {
    OnnxKit kit;
    kit.input("x", {2}).output("y").node("Relu", {"x"}, {"y"});
    return kit;
}

}  // namespace

TEST_CASE("Files that are no models are refused in a sentence") {
    const TempFolder folder;
    const std::string whole = relu().bytes();
    CHECK(refusal_of(relu().save(folder / "good.onnx")).empty());
    CHECK(refusal_of_bytes(folder, "") ==
          ": found 0 bytes that are no protobuf message or only the beginning of one, allowed an ONNX model");
    CHECK(refusal_of_bytes(folder, whole.substr(0, whole.size() - 9)) ==
          ": found " + std::to_string(whole.size() - 9) +
              " bytes that are no protobuf message or only the beginning of one, allowed an ONNX model");
    CHECK(refusal_of_bytes(folder, "version https://git-lfs.github.com/spec/v1\noid sha256:1\n") ==
          ": found a pointer of Git LFS, allowed an ONNX model; fetch it by `git lfs pull`");
    CHECK(refusal_of_bytes(folder, std::string("\x08\x08", 2)) == ": found no graph, allowed an ONNX model");
    CHECK(refusal_of(folder.path()) ==
          folder.path().string() + ": found no regular file, allowed an ONNX model");
    CHECK(refusal_of(folder / "none.onnx") ==
          (folder / "none.onnx").string() + ": cannot be opened: No such file or directory");
}

TEST_CASE("A file of more than 2 GiB is refused before it is read") {
    const TempFolder folder;
    std::ofstream(folder / "big.onnx") << "x";
    std::filesystem::resize_file(folder / "big.onnx", 3'000'000'000);
    CHECK(refusal_of(folder / "big.onnx") ==
          (folder / "big.onnx").string() +
              ": found 3000000000 bytes, allowed 2147483647 in one file; keep the weights as "
              "external data");
}

TEST_CASE("Every name is made once") {
    OnnxKit twice = relu();
    twice.node("Abs", {"x"}, {"y"});
    CHECK(twice.refusal() ==
          "kit.onnx: found the name \"y\" a second time, of node 1 (Abs), allowed once for inputs, "
          "initializers and results of nodes");
    OnnxKit input = relu();
    input.input("x", {3});
    CHECK(input.refusal() ==
          "kit.onnx: found the name \"x\" a second time, of an input, allowed once for inputs, initializers "
          "and results of nodes");
    OnnxKit weights = relu();
    weights.constant("w", kit_zeros({1})).constant("w", kit_zeros({1}));
    CHECK(weights.refusal() ==
          "kit.onnx: found the name \"w\" a second time, of an initializer, allowed once for inputs, "
          "initializers and results of nodes");
    OnnxKit nameless = relu();
    nameless.constant("", kit_zeros({1}));
    CHECK(nameless.refusal() == "kit.onnx: found an initializer without a name, allowed one with a name");
}

TEST_CASE("Every input of a node and every output is made") {
    OnnxKit input = relu();
    input.node("Abs", {"q"}, {"z"}).set_name("lost");
    CHECK(input.refusal() ==
          "kit.onnx: node 1 \"lost\" (Abs): input: found \"q\", allowed an input, an initializer or a result "
          "of "
          "a node");
    OnnxKit output = relu();
    output.output("nowhere");
    CHECK(output.refusal() ==
          "kit.onnx: output: found \"nowhere\", allowed an input, an initializer or a result of a node");
    OnnxKit none;
    none.input("x", {2}).node("Relu", {"x"}, {"y"});
    CHECK(none.refusal() == "kit.onnx: found no outputs, allowed at least 1");
}

TEST_CASE("A cycle is refused with a node on it") {
    OnnxKit kit;
    kit.input("x", {2}).output("d");
    kit.node("Relu", {"c"}, {"d"}).set_name("after");
    kit.node("Add", {"r", "b"}, {"a"}).set_name("one");
    kit.node("Neg", {"a"}, {"b"}).set_name("two");
    kit.node("Abs", {"b"}, {"c"}).set_name("also after");
    kit.node("Relu", {"x"}, {"r"}).set_name("before");
    CHECK(kit.refusal() ==
          "kit.onnx: node 2 \"two\" (Neg): found that it reads what follows from its own result, allowed no "
          "cycles");
}

TEST_CASE("Nodes need an operator and attributes one name each") {
    OnnxKit kit = relu();
    kit.node("", {"x"}, {"z"});
    CHECK(kit.refusal() == "kit.onnx: node 1: found no operator, allowed one a node");
    OnnxKit twice;
    twice.input("x", {2}).output("y").node("Elu", {"x"}, {"y"}, {{"alpha", 1.F}, {"alpha", 2.F}});
    CHECK(twice.refusal() == "kit.onnx: node 0 \"y\" (Elu): attribute \"alpha\": found twice, allowed once");
}

TEST_CASE("Initializers must fit their shape") {
    OnnxKit negative = relu();
    negative.bare_constant("w", {2, -1});
    CHECK(negative.refusal() ==
          "kit.onnx: initializer \"w\": found a tensor of shape 2x-1, allowed up to 64 dimensions of 0 to "
          "2147483647 and 2^48 elements");
    OnnxKit overflow = relu();
    overflow.bare_constant("w", {1 << 30, 1 << 30, 1 << 30, 1 << 30});
    CHECK(overflow.refusal() ==
          "kit.onnx: initializer \"w\": found a tensor of shape 1073741824x1073741824x1073741824x1073741824, "
          "allowed up to 64 dimensions of 0 to 2147483647 and 2^48 elements");
    OnnxKit bytes = relu();
    bytes.bare_constant("w", {2, 2}).set_raw_data("12345");
    CHECK(bytes.refusal() == "kit.onnx: initializer \"w\": found 5 bytes, allowed the 16 of float32 2x2");
    OnnxKit values = relu();
    values.bare_constant("w", {2, 2}).add_float_data(1);
    CHECK(values.refusal() == "kit.onnx: initializer \"w\": found 1 values, allowed the 4 of shape 2x2");
}

TEST_CASE("Names need not be UTF-8 nor short") {
    OnnxKit kit;
    kit.input("x", {2}).input("z", {3}).output("y");
    kit.node("Add", {"x", "z"}, {"y"}).set_name("caf\xc3\xa9 \xff");
    CHECK(kit.refusal() ==
          "kit.onnx: node 0 \"caf\xc3\xa9 \xef\xbf\xbd\" (Add): found inputs or attributes that do not fit: "
          "Incompatible dimensions");
    kit.model.mutable_graph()->mutable_node(0)->set_name(std::string(100'000, 'n'));
    CHECK(kit.refusal().size() < 300);
}
