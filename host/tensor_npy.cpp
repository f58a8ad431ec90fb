#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "host/onnx_tensor.h"
#include "host/tensor_file.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlign = 64;

struct NpyType {
    std::string_view code;
    ElementType type;
};
constexpr std::array<NpyType, 12> kTypes{{{"f2", ElementType::f16},
                                          {"f4", ElementType::f32},
                                          {"f8", ElementType::f64},
                                          {"i1", ElementType::s8},
                                          {"i2", ElementType::s16},
                                          {"i4", ElementType::s32},
                                          {"i8", ElementType::s64},
                                          {"u1", ElementType::u8},
                                          {"u2", ElementType::u16},
                                          {"u4", ElementType::u32},
                                          {"u8", ElementType::u64},
                                          {"b1", ElementType::boolean}}};

// What stands after `'key':` up to `end`, without spaces; nothing if the key is not there.
std::optional<std::string> field(std::string_view header, const std::string& key, char end) {
    auto at = header.find("'" + key + "'");
    if (at == std::string_view::npos) return std::nullopt;
    at = header.find(':', at);
    const auto stop = at == std::string_view::npos ? at : header.find(end, at);
    if (stop == std::string_view::npos) return std::nullopt;
    std::string text(header.substr(at + 1, stop - at - 1));
    text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
    return text;
}

// "(3,4", "(3,", "(".
std::optional<Dims> shape(const std::string& text) {
    if (text.empty() || text[0] != '(') return std::nullopt;
    Dims dims;
    for (std::size_t at = 1; at < text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string word = text.substr(at, comma - at);
        if (word.empty() || word.size() > 18 || word.find_first_not_of("0123456789") != std::string::npos)
            return std::nullopt;
        dims.push_back(std::stoll(word));
        at = comma + 1;
    }
    return dims;
}

ElementType type_of(const std::string& descr, const std::string& source) {
    // 'X' with a byte order before the code; that of one byte does not matter.
    const std::string_view code =
        descr.size() == 5 ? std::string_view(descr).substr(2, 2) : std::string_view();
    const auto* const found =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const NpyType& row) { return row.code == code; });
    const bool little =
        found != kTypes.end() && (element_bytes(found->type) == 1 || descr[1] == '<' || descr[1] == '=');
    if (!little || descr.front() != '\'' || descr.back() != '\'')
        throw UserError(source + ": found elements " + in_quotes(descr) +
                        ", allowed little-endian integers, floats and bool like '<f4'");
    return found->type;
}

// The header's text, after which the elements stand; version 1 has two bytes for its length, later ones four.
std::string_view header_of(std::string_view bytes, const std::string& source) {
    const std::size_t width = bytes.size() > kMagic.size() && bytes[kMagic.size()] == 1 ? 2 : 4;
    const std::size_t start = kMagic.size() + 2 + width;
    std::size_t length = 0;
    if (bytes.substr(0, kMagic.size()) != kMagic || bytes.size() < start)
        throw UserError(source + ": found " + std::to_string(bytes.size()) +
                        " bytes without NumPy's mark, allowed an .npy file");
    const auto version = static_cast<unsigned char>(bytes[kMagic.size()]);
    if (version < 1 || version > 3)
        throw UserError(source + ": found version " + std::to_string(version) + " of .npy, allowed 1 to 3");
    for (std::size_t i = width; i-- > 0;)
        length = length << 8 | static_cast<unsigned char>(bytes[start - width + i]);
    if (length > bytes.size() - start)
        throw UserError(source + ": found " + std::to_string(bytes.size()) + " bytes, allowed a header of " +
                        std::to_string(length));
    return bytes.substr(start, length);
}

}  // namespace

TensorValue parse_npy(std::string_view bytes, const std::string& source) {
    const std::string_view header = header_of(bytes, source);
    const auto descr = field(header, "descr", ',');
    const auto fortran = field(header, "fortran_order", ',');
    const auto text = field(header, "shape", ')');
    const auto dims = text ? shape(*text) : std::nullopt;
    if (!descr || !fortran || !dims || (*fortran != "True" && *fortran != "False"))
        throw UserError(source + ": found header " + in_quotes(header) +
                        ", allowed one with 'descr', 'fortran_order' and 'shape'");
    const ElementType type = type_of(*descr, source);
    const std::string fault = shape_fault(*dims);
    if (!fault.empty()) throw UserError(source + ": found an array" + fault);
    if (*fortran == "True" && dims->size() > 1)
        throw UserError(source + ": found Fortran order, allowed C order; numpy.ascontiguousarray makes it");
    const std::string_view rest =
        bytes.substr(static_cast<std::size_t>(header.data() - bytes.data()) + header.size());
    const std::int64_t needed = element_count(*dims) * static_cast<std::int64_t>(element_bytes(type));
    if (static_cast<std::int64_t>(rest.size()) != needed)
        throw UserError(source + ": found " + std::to_string(rest.size()) +
                        " bytes of elements, allowed the " + std::to_string(needed) + " of " +
                        std::string(element_name(type)) + " " + dims_text(*dims));
    TensorValue value = make_tensor(type, *dims);
    if (!rest.empty()) std::memcpy(value.bytes.data(), rest.data(), rest.size());
    if (type == ElementType::boolean)
        for (std::uint8_t& byte : value.bytes) byte = byte != 0;
    return value;
}

std::string npy_header(const TensorValue& value, const std::string& source) {
    const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                           [&](const NpyType& row) { return row.type == value.type; });
    if (found == kTypes.end())
        throw UserError(source + ": found " + std::string(element_name(value.type)) +
                        " elements, allowed those that NumPy has; a .pb file takes bfloat16 too");
    std::string dims;
    for (const std::int64_t dim : value.dims) dims += (dims.empty() ? "" : " ") + std::to_string(dim) + ",";
    if (value.dims.size() > 1) dims.pop_back();
    std::string header = std::string("{'descr': '") + (element_bytes(value.type) == 1 ? '|' : '<') +
                         std::string(found->code) + "', 'fortran_order': False, 'shape': (" + dims + "), }";
    const std::size_t start = kMagic.size() + 4;
    header.append((kAlign - (start + header.size() + 1) % kAlign) % kAlign, ' ');
    header += '\n';
    const std::size_t length = header.size();
    return std::string(kMagic) + '\1' + '\0' + static_cast<char>(length & 0xff) +
           static_cast<char>(length >> 8) + header;
}

}  // namespace sosa::host
