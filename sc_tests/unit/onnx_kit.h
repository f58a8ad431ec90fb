#pragma once
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/onnx_reader.h"
#include "host/onnx_tensor.h"
#include "traces/error.h"

// Small ONNX models made in a test.
namespace sosa::tests {

using KitDim = std::variant<std::int64_t, std::string>;  // a size or a symbol; "" is no size at all
using KitAttribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                                  std::vector<float>, host::TensorValue>;
using KitAttributes = std::vector<std::pair<std::string, KitAttribute>>;

template <class T>
host::TensorValue kit_tensor(host::ElementType type, host::Dims dims, const std::vector<T>& values) {
    host::TensorValue tensor = host::make_tensor(type, std::move(dims));
    std::copy(values.begin(), values.end(), host::elements<T>(tensor));
    return tensor;
}
inline host::TensorValue kit_integers(const std::vector<std::int64_t>& values) {
    return kit_tensor(host::ElementType::s64, {static_cast<std::int64_t>(values.size())}, values);
}
inline host::TensorValue kit_zeros(host::Dims dims, host::ElementType type = host::ElementType::f32) {
    return host::make_tensor(type, std::move(dims));
}

class OnnxKit {
  public:
    explicit OnnxKit(int opset = 13) {
        model.set_ir_version(8);
        model.mutable_graph()->set_name("kit");
        if (opset > 0) import_domain("", opset);
    }

    OnnxKit& import_domain(const std::string& domain, int opset) {
        auto* import = model.add_opset_import();
        import->set_domain(domain);
        import->set_version(opset);
        return *this;
    }

    OnnxKit& input(const std::string& name, const std::vector<KitDim>& dims,
                   host::ElementType type = host::ElementType::f32) {
        declare(*model.mutable_graph()->add_input(), name, dims, type);
        return *this;
    }

    // With its type or without.
    OnnxKit& output(const std::string& name) {
        model.mutable_graph()->add_output()->set_name(name);
        return *this;
    }
    OnnxKit& output(const std::string& name, const std::vector<KitDim>& dims,
                    host::ElementType type = host::ElementType::f32) {
        declare(*model.mutable_graph()->add_output(), name, dims, type);
        return *this;
    }

    OnnxKit& constant(const std::string& name, const host::TensorValue& value) {
        *model.mutable_graph()->add_initializer() = host::encode_tensor(value, name);
        return *this;
    }

    // A shape whose data are not in the file.
    onnx::TensorProto& bare_constant(const std::string& name, const host::Dims& dims,
                                     host::ElementType type = host::ElementType::f32) {
        auto& tensor = *model.mutable_graph()->add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(host::onnx_type(type));
        for (const std::int64_t dim : dims) tensor.add_dims(dim);
        return tensor;
    }

    // Named as its first output, if not given otherwise.
    onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs,
                          const std::vector<std::string>& outputs, const KitAttributes& attributes = {}) {
        return fill(*model.mutable_graph()->add_node(), op, inputs, outputs, attributes);
    }

    static onnx::NodeProto& fill(onnx::NodeProto& node, const std::string& op,
                                 const std::vector<std::string>& inputs,
                                 const std::vector<std::string>& outputs,
                                 const KitAttributes& attributes = {}) {
        node.set_op_type(op);
        for (const auto& name : inputs) node.add_input(name);
        for (const auto& name : outputs) node.add_output(name);
        for (const auto& [name, value] : attributes) set(*node.add_attribute(), name, value);
        return node;
    }

    std::string bytes() const { return model.SerializeAsString(); }

    std::filesystem::path save(const std::filesystem::path& path) const {
        std::ofstream(path, std::ios::binary) << bytes();
        return path;
    }

    host::OpGraph read(const host::OnnxOptions& options = {},
                       const std::filesystem::path& folder = ".") const {
        return host::read_onnx_bytes(bytes(), "kit.onnx", folder, options);
    }

    // The sentence by which the model is refused; "" if it is not.
    std::string refusal(const host::OnnxOptions& options = {},
                        const std::filesystem::path& folder = ".") const {
        try {
            read(options, folder);
        } catch (const UserError& error) {
            return error.what();
        }
        return "";
    }

    onnx::ModelProto model;

  private:
    static void declare(onnx::ValueInfoProto& info, const std::string& name, const std::vector<KitDim>& dims,
                        host::ElementType type) {
        info.set_name(name);
        auto* tensor = info.mutable_type()->mutable_tensor_type();
        tensor->set_elem_type(host::onnx_type(type));
        auto* shape = tensor->mutable_shape();
        for (const KitDim& dim : dims) {
            auto* added = shape->add_dim();
            if (const auto* size = std::get_if<std::int64_t>(&dim))
                added->set_dim_value(*size);
            else if (!std::get<std::string>(dim).empty())
                added->set_dim_param(std::get<std::string>(dim));
        }
    }

    static void set(onnx::AttributeProto& to, const std::string& name, const KitAttribute& value) {
        using Proto = onnx::AttributeProto;
        to.set_name(name);
        if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            to.set_type(Proto::INT);
            to.set_i(*integer);
        } else if (const auto* real = std::get_if<float>(&value)) {
            to.set_type(Proto::FLOAT);
            to.set_f(*real);
        } else if (const auto* text = std::get_if<std::string>(&value)) {
            to.set_type(Proto::STRING);
            to.set_s(*text);
        } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) {
            to.set_type(Proto::INTS);
            for (const std::int64_t one : *integers) to.add_ints(one);
        } else if (const auto* reals = std::get_if<std::vector<float>>(&value)) {
            to.set_type(Proto::FLOATS);
            for (const float one : *reals) to.add_floats(one);
        } else {
            to.set_type(Proto::TENSOR);
            *to.mutable_t() = host::encode_tensor(std::get<host::TensorValue>(value), "");
        }
    }
};

// By its name; a test that names one that is not there fails.
inline std::uint32_t value_of(const host::OpGraph& graph, const std::string& name) {
    for (std::uint32_t i = 0; i < graph.values.size(); ++i)
        if (graph.values[i].name == name) return i;
    throw std::logic_error("no value " + name);
}

// "float32 1x3", "?" if it is not known.
inline std::string type_of(const host::OpGraph& graph, const std::string& name) {
    const host::OpValue& value = graph.values[value_of(graph, name)];
    return value.known ? std::string(host::element_name(value.type)) + " " + host::dims_text(value.dims)
                       : "?";
}

}  // namespace sosa::tests
