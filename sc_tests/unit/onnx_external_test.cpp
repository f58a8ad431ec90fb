#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sc_tests/unit/onnx_kit.h"
#include "sc_tests/unit/temp_folder.h"

using namespace sosa::host;
using namespace sosa::tests;
namespace fs = std::filesystem;

namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

OnnxKit with_external(const Entries& entries) {
    OnnxKit kit;
    kit.input("x", {2, 2}).output("y").node("MatMul", {"x", "w"}, {"y"});
    auto& tensor = kit.bare_constant("w", {2, 2});
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
        auto* entry = tensor.add_external_data();
        entry->set_key(key);
        entry->set_value(value);
    }
    return kit;
}

void write_floats(const fs::path& path, const std::vector<float>& values) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
}

std::string reading_fails(const OnnxKit& kit, const fs::path& folder) {
    const OpGraph graph = kit.read({}, folder);
    try {
        graph.constant(value_of(graph, "w"));
    } catch (const sosa::UserError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("External weights are read when asked for") {
    const TempFolder folder;
    fs::create_directory(folder / "data");
    write_floats(folder / "data/w.bin", {9, 1, 2, 3, 4, 9});
    const OnnxKit kit = with_external({{"location", "data/w.bin"}, {"offset", "4"}, {"length", "16"}});
    const OpGraph graph = kit.read({}, folder.path());
    const std::uint32_t w = value_of(graph, "w");
    CHECK(type_of(graph, "y") == "float32 2x2");
    REQUIRE(graph.has_bytes(w));
    const TensorValue value = graph.constant(w);
    CHECK(std::vector<float>(elements<float>(value), elements<float>(value) + 4) ==
          std::vector<float>{1, 2, 3, 4});
    write_floats(folder / "data/w.bin", {9, 5, 6, 7, 8, 9});
    CHECK(elements<float>(graph.constant(w))[3] == 8);
}

TEST_CASE("A missing external file matters only to those who want its bytes") {
    const TempFolder folder;
    const OnnxKit kit = with_external({{"location", "w.bin"}});
    const OpGraph graph = kit.read({}, folder.path());
    const std::uint32_t w = value_of(graph, "w");
    CHECK(type_of(graph, "y") == "float32 2x2");
    CHECK(graph.values[w].is_constant);
    CHECK_FALSE(graph.has_bytes(w));
    CHECK_THROWS_WITH(graph.constant(w), "kit.onnx: initializer \"w\": external data " +
                                             (folder / "w.bin").string() +
                                             ": found no such file, allowed one with the weights");
}

TEST_CASE("External files are checked for length and offset") {
    const TempFolder folder;
    write_floats(folder / "w.bin", {1, 2, 3, 4});
    const std::string place = "kit.onnx: initializer \"w\": external data ";
    const std::string file = place + (folder / "w.bin").string() + ": ";
    CHECK(reading_fails(with_external({{"location", "w.bin"}, {"offset", "0"}}), folder.path()).empty());
    CHECK(reading_fails(with_external({{"location", "w.bin"}, {"offset", "4"}}), folder.path()) ==
          file + "found 16 bytes, allowed at least 4 + 16");
    CHECK(reading_fails(with_external({{"location", "w.bin"}, {"offset", "999999999999999999"}}),
                        folder.path()) == file + "found 16 bytes, allowed at least 999999999999999999 + 16");
    CHECK(reading_fails(with_external({{"location", "w.bin"}, {"length", "12"}}), folder.path()) ==
          file + "found length 12, allowed the 16 bytes of float32 2x2");
    CHECK(reading_fails(with_external({{"location", "w.bin"}, {"offset", "-4"}}), folder.path()) ==
          "kit.onnx: initializer \"w\": external data: found offset \"-4\", allowed a number of bytes");
}

TEST_CASE("External files outside the model's folder are refused") {
    const TempFolder folder, other;
    write_floats(other / "w.bin", {1, 2, 3, 4});
    fs::create_symlink(other / "w.bin", folder / "link.bin");
    fs::create_directory_symlink(other.path(), folder / "link");
    for (const std::string& location :
         {std::string("/etc/passwd"), std::string("../w.bin"), std::string("a/../../w.bin"), std::string(""),
          std::string("link.bin"), std::string("link/w.bin")})
        CHECK(with_external({{"location", location}}).refusal({}, folder.path()) ==
              "kit.onnx: initializer \"w\": found external data in \"" + location +
                  "\", allowed a file in the folder of the model");
}

TEST_CASE("Shapes may stand in external files") {
    const TempFolder folder;
    const std::vector<std::int64_t> shape = {4, -1};
    std::ofstream(folder / "s.bin", std::ios::binary).write(reinterpret_cast<const char*>(shape.data()), 16);
    OnnxKit kit;
    kit.input("x", {2, 6}).output("y").node("Reshape", {"x", "s"}, {"y"});
    auto& tensor = kit.bare_constant("s", {2}, ElementType::s64);
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    tensor.add_external_data()->set_key("location");
    tensor.mutable_external_data(0)->set_value("s.bin");
    CHECK(type_of(kit.read({}, folder.path()), "y") == "float32 4x3");
}
