#include "host/onnx_parts.h"
#include "host/onnx_tensor.h"

namespace sosa::host {
namespace {

using onnx::AttributeProto;

// Files of the first ONNX versions give no type.
AttributeProto::AttributeType type_of(const AttributeProto& attribute) {
    if (attribute.type() != AttributeProto::UNDEFINED) return attribute.type();
    if (attribute.has_f()) return AttributeProto::FLOAT;
    if (attribute.has_i()) return AttributeProto::INT;
    if (attribute.has_s()) return AttributeProto::STRING;
    if (attribute.has_t()) return AttributeProto::TENSOR;
    if (attribute.floats_size() > 0) return AttributeProto::FLOATS;
    if (attribute.ints_size() > 0) return AttributeProto::INTS;
    if (attribute.strings_size() > 0) return AttributeProto::STRINGS;
    return AttributeProto::UNDEFINED;
}

}  // namespace

OpAttribute read_attribute(const AttributeProto& attribute, const std::string& place) {
    using Kind = OpAttribute::Kind;
    OpAttribute out;
    out.kind = Kind::other;
    if (!attribute.ref_attr_name().empty()) return out;
    switch (type_of(attribute)) {
        case AttributeProto::INT:
            out.kind = Kind::integer;
            out.integer = attribute.i();
            break;
        case AttributeProto::FLOAT:
            out.kind = Kind::real;
            out.real = attribute.f();
            break;
        case AttributeProto::STRING:
            out.kind = Kind::text;
            out.text = attribute.s();
            break;
        case AttributeProto::INTS:
            out.kind = Kind::integers;
            out.integers.assign(attribute.ints().begin(), attribute.ints().end());
            break;
        case AttributeProto::FLOATS:
            out.kind = Kind::reals;
            out.reals.assign(attribute.floats().begin(), attribute.floats().end());
            break;
        case AttributeProto::STRINGS:
            out.kind = Kind::texts;
            out.texts.assign(attribute.strings().begin(), attribute.strings().end());
            break;
        case AttributeProto::TENSOR:
            check_tensor(attribute.t(), place);
            if (data_place(attribute.t()) != DataPlace::here) break;
            out.kind = Kind::tensor;
            out.tensor = decode_tensor(attribute.t(), place);
            break;
        default:
            break;
    }
    return out;
}

}  // namespace sosa::host
