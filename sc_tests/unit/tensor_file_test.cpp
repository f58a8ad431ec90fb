#include "host/tensor_file.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <limits>

#include "sc_tests/unit/onnx_kit.h"
#include "sc_tests/unit/temp_folder.h"

using namespace sosa::host;
using namespace sosa::tests;

namespace {

const std::vector<ElementType> kAll = {
    ElementType::f16, ElementType::bf16, ElementType::f32,    ElementType::f64, ElementType::s8,
    ElementType::s16, ElementType::s32,  ElementType::s64,    ElementType::u8,  ElementType::u16,
    ElementType::u32, ElementType::u64,  ElementType::boolean};

TensorValue sample(ElementType type, const Dims& dims) {
    TensorValue value = make_tensor(type, dims);
    for (std::size_t i = 0; i < value.bytes.size(); ++i)
        value.bytes[i] = static_cast<std::uint8_t>(type == ElementType::boolean ? i % 2 : i * 37 + 1);
    return value;
}

std::string npy(const std::string& header, const std::string& data = "") {
    return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + data;
}

TensorValue parse(const std::string& bytes) { return parse_npy(bytes, "a.npy"); }

onnx::TensorProto typed(ElementType type) {
    onnx::TensorProto tensor;
    tensor.set_data_type(onnx_type(type));
    tensor.add_dims(2);
    return tensor;
}

template <class T>
std::vector<T> decoded(const onnx::TensorProto& tensor) {
    check_tensor(tensor, "t");
    const TensorValue value = decode_tensor(tensor, "t");
    return {elements<T>(value), elements<T>(value) + element_count(value.dims)};
}

}  // namespace

TEST_CASE("Tensors of every type and rank come back from their files") {
    const TempFolder folder;
    for (const ElementType type : kAll)
        for (const Dims& dims : {Dims{}, Dims{3}, Dims{2, 3}, Dims{2, 0, 3}, Dims{1, 2, 3, 4}})
            for (const char* name : {"t.pb", "t.npy"}) {
                if (type == ElementType::bf16 && name == std::string("t.npy")) continue;
                const TensorValue value = sample(type, dims);
                write_tensor_file(folder / name, value, "t");
                const TensorValue back = read_tensor_file(folder / name);
                INFO(element_name(type) << " " << dims_text(dims) << " " << name);
                CHECK(back.type == type);
                CHECK(back.dims == dims);
                CHECK(back.bytes == value.bytes);
            }
    CHECK(folder.entries() == 2);
}

TEST_CASE("An npy file has the bytes that NumPy writes") {
    const TempFolder folder;
    write_tensor_file(folder / "a.npy", kit_tensor<float>(ElementType::f32, {1, 2}, {1, 2}), "");
    std::ifstream in(folder / "a.npy", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    REQUIRE(bytes.size() == 128 + 8);
    CHECK(bytes.substr(0, 10) == std::string("\x93NUMPY\x01\x00\x76\x00", 10));
    CHECK(bytes.substr(10, 59) == "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }");
    CHECK(bytes.substr(69, 59) == std::string(58, ' ') + "\n");
    CHECK(npy_header(make_tensor(ElementType::boolean, {5}), "").substr(10, 57) ==
          "{'descr': '|b1', 'fortran_order': False, 'shape': (5,), }");
    CHECK(npy_header(make_tensor(ElementType::s64, {}), "").substr(10, 55) ==
          "{'descr': '<i8', 'fortran_order': False, 'shape': (), }");
}

TEST_CASE("Version 2 of npy has a longer length") {
    const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";
    const std::string bytes = std::string("\x93NUMPY\x02\x00", 8) + static_cast<char>(header.size()) +
                              std::string(3, '\0') + header + "\x05\x06";
    CHECK(parse(bytes).bytes == std::vector<std::uint8_t>{5, 6});
}

TEST_CASE("Arrays that are not ours are refused in a sentence") {
    const auto refused = [](const std::string& header, const std::string& data = "12345678") {
        try {
            parse(npy(header, data));
        } catch (const sosa::UserError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(refused("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }").empty());
    CHECK(refused("{'descr': '<i4', 'fortran_order': True, 'shape': (2,), }").empty());
    CHECK(refused("{'descr': '<i4', 'fortran_order': True, 'shape': (1, 2), }") ==
          "a.npy: found Fortran order, allowed C order; numpy.ascontiguousarray makes it");
    CHECK(refused("{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }") ==
          "a.npy: found elements \"'>i4'\", allowed little-endian integers, floats and bool like '<f4'");
    CHECK(refused("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }") ==
          "a.npy: found elements \"'<c8'\", allowed little-endian integers, floats and bool like '<f4'");
    CHECK(refused("{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }") ==
          "a.npy: found 8 bytes of elements, allowed the 12 of int32 3");
    CHECK(refused("{'descr': '<i4', 'fortran_order': False, 'shape': (4294967296,), }") ==
          "a.npy: found an array of shape 4294967296, allowed up to 64 dimensions of 0 to 2147483647 and "
          "2^48 elements");
    CHECK(refused("{'descr': '<i4', 'fortran_order': False, 'shape': (-1,), }") ==
          "a.npy: found header \"{'descr': '<i4', 'fortran_order': False, 'shape': (-1,), }\", allowed one "
          "with 'descr', "
          "'fortran_order' and 'shape'");
    CHECK_THROWS_WITH(parse("PK"), "a.npy: found 2 bytes without NumPy's mark, allowed an .npy file");
    CHECK_THROWS_WITH(parse(npy("{}").substr(0, 11)), "a.npy: found 11 bytes, allowed a header of 2");
    CHECK_THROWS_WITH(parse(std::string("\x93NUMPY\x09\x00\x01\x00\x00\x00 ", 13)),
                      "a.npy: found version 9 of .npy, allowed 1 to 3");
}

TEST_CASE("Values of any field of a TensorProto are taken") {
    onnx::TensorProto tensor = typed(ElementType::s8);
    tensor.add_int32_data(-128);
    tensor.add_int32_data(127);
    CHECK(decoded<std::int8_t>(tensor) == std::vector<std::int8_t>{-128, 127});
    tensor.set_data_type(onnx_type(ElementType::s16));
    CHECK(decoded<std::int16_t>(tensor) == std::vector<std::int16_t>{-128, 127});
    tensor.set_data_type(onnx_type(ElementType::s32));
    CHECK(decoded<std::int32_t>(tensor) == std::vector<std::int32_t>{-128, 127});
    for (const ElementType type : {ElementType::f16, ElementType::bf16, ElementType::u16}) {
        onnx::TensorProto bits = typed(type);
        bits.add_int32_data(0x3c00);
        bits.add_int32_data(0xffff);
        CHECK(decoded<std::uint16_t>(bits) == std::vector<std::uint16_t>{0x3c00, 0xffff});
    }
    for (const ElementType type : {ElementType::boolean, ElementType::u8}) {
        onnx::TensorProto bits = typed(type);
        bits.add_int32_data(0);
        bits.add_int32_data(200);
        CHECK(decoded<std::uint8_t>(bits) == (type == ElementType::u8 ? std::vector<std::uint8_t>{0, 200}
                                                                      : std::vector<std::uint8_t>{0, 1}));
    }
    onnx::TensorProto wide = typed(ElementType::s64);
    wide.add_int64_data(std::numeric_limits<std::int64_t>::min());
    wide.add_int64_data(1);
    CHECK(decoded<std::int64_t>(wide) ==
          std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min(), 1});
    onnx::TensorProto natural = typed(ElementType::u64);
    natural.add_uint64_data(4294967295);
    natural.add_uint64_data(0);
    CHECK(decoded<std::uint64_t>(natural) == std::vector<std::uint64_t>{4294967295, 0});
    natural.set_data_type(onnx_type(ElementType::u32));
    CHECK(decoded<std::uint32_t>(natural) == std::vector<std::uint32_t>{4294967295, 0});
    onnx::TensorProto real = typed(ElementType::f64);
    real.add_double_data(0.1);
    real.add_double_data(-0.0);
    CHECK(decoded<double>(real)[0] == 0.1);
    onnx::TensorProto single = typed(ElementType::f32);
    single.add_float_data(0.1F);
    single.add_float_data(2);
    CHECK(decoded<float>(single) == std::vector<float>{0.1F, 2});
}

TEST_CASE("Values that the type has not are refused") {
    onnx::TensorProto tensor = typed(ElementType::u8);
    tensor.add_int32_data(1);
    tensor.add_int32_data(256);
    CHECK_THROWS_WITH(decoded<std::uint8_t>(tensor), "t: found value 256, allowed those of uint8");
    tensor.set_data_type(onnx_type(ElementType::boolean));
    tensor.set_int32_data(1, -1);
    CHECK_THROWS_WITH(decoded<std::uint8_t>(tensor), "t: found value -1, allowed those of bool");
}

TEST_CASE("Files that hold no tensor of numbers are refused") {
    const TempFolder folder;
    const auto refused = [&](const std::string& name, const std::string& bytes) {
        std::ofstream(folder / name, std::ios::binary) << bytes;
        try {
            read_tensor_file(folder / name);
        } catch (const sosa::UserError& error) {
            return std::string(error.what()).substr((folder / name).string().size());
        }
        return std::string();
    };
    onnx::TensorProto strings = typed(ElementType::f32);
    strings.set_data_type(onnx::TensorProto::STRING);
    CHECK(refused("s.pb", strings.SerializeAsString()) ==
          ": found element type 8 of ONNX, allowed integers, floats and bool");
    CHECK(refused("n.pb", typed(ElementType::f32).SerializeAsString()) ==
          ": found a tensor without data, allowed the 2 of its shape");
    CHECK(refused("e.pb", "") ==
          ": found 0 bytes that are no protobuf message or only the beginning of one, allowed an ONNX "
          "TensorProto");
    CHECK(refused("t.txt", "1 2") ==
          ": found the ending \".txt\", allowed \".pb\" (ONNX TensorProto) and \".npy\" (NumPy)");
    CHECK_THROWS_WITH(
        write_tensor_file(folder / "b.npy", sample(ElementType::bf16, {1}), ""),
        (folder / "b.npy").string() +
            ": found bfloat16 elements, allowed those that NumPy has; a .pb file takes bfloat16 too");
    CHECK_THROWS_WITH(
        write_tensor_file(folder / "b.bin", sample(ElementType::f32, {1}), ""),
        (folder / "b.bin").string() +
            ": found the ending \".bin\", allowed \".pb\" (ONNX TensorProto) and \".npy\" (NumPy)");
    CHECK(folder.entries() == 4);
}
