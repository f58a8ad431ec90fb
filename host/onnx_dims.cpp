#include <algorithm>
#include <set>

#include "host/onnx_parts.h"
#include "host/onnx_tensor.h"
#include "host/workload_reader.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {
namespace {

constexpr std::size_t kMostTold = 16;

class Binder {
  public:
    explicit Binder(OnnxParts& parts) : parts_(parts), given_(parts.options.dims) {}

    void run() {
        for (const auto& [name, size] : given_)
            if (size < 1 || size > kMaxDim)
                throw UsageError("--dim " + name + "=" + std::to_string(size) + ": found " +
                                 std::to_string(size) + ", allowed 1 to " + std::to_string(kMaxDim));
        for (const std::uint32_t input : parts_.graph.inputs) bind_input(input);
        for (const auto& [name, size] : given_) check_used(name);
        refuse_unbound();
        for (onnx::TypeProto& type : parts_.types)
            if (type.has_tensor_type() && type.tensor_type().has_shape())
                for (auto& dim : *type.mutable_tensor_type()->mutable_shape()->mutable_dim())
                    if (const auto found = given_.find(dim.dim_param());
                        dim.has_dim_param() && found != given_.end())
                        dim.set_dim_value(found->second);
    }

  private:
    void bind_input(std::uint32_t input) {
        onnx::TypeProto& type = parts_.types[input];
        const std::string& name = parts_.graph.values[input].name;
        if (!type.has_tensor_type()) return;
        if (!type.tensor_type().has_shape())
            throw UserError(parts_.graph.source + ": input " + in_quotes(name) +
                            ": found no shape, allowed one with all its dimensions");
        auto& dims = *type.mutable_tensor_type()->mutable_shape()->mutable_dim();
        Dims sizes;
        for (int axis = 0; axis < dims.size(); ++axis) {
            bind(dims[axis], name + "." + std::to_string(axis));
            sizes.push_back(dims[axis].dim_value());
        }
        const std::string fault = shape_fault(sizes);
        if (!fault.empty())
            throw UserError(parts_.graph.source + ": input " + in_quotes(name) + ": found a tensor" + fault);
    }

    // Some exporters write -1 where ONNX wants no value.
    void bind(onnx::TensorShapeProto::Dimension& dim, const std::string& unnamed) {
        if (dim.has_dim_value() && dim.dim_value() != -1) return;
        const std::string name = dim.dim_param().empty() ? unnamed : dim.dim_param();
        if (known_.insert(name).second) names_.push_back(name);
        const auto found = given_.find(name);
        dim.set_dim_value(found == given_.end() ? 0 : found->second);
    }

    void check_used(const std::string& name) const {
        if (known_.count(name) > 0) return;
        const std::string all = names_.empty() ? "none, as all sizes are fixed" : traces::join(names_);
        throw UsageError("--dim: found " + in_quotes(name) +
                         traces::did_you_mean(traces::nearest(name, names_)) + ", allowed in " +
                         parts_.graph.source + ": " + all);
    }

    void refuse_unbound() const {
        std::vector<std::string> missing;
        for (const std::string& name : names_)
            if (given_.count(name) == 0) missing.push_back(name);
        if (missing.empty()) return;
        const std::size_t more = missing.size() - std::min(missing.size(), kMostTold);
        missing.resize(missing.size() - more);
        throw UserError(parts_.graph.source + ": found dimensions of unknown size: " + traces::join(missing) +
                        (more > 0 ? " and " + std::to_string(more) + " more" : "") +
                        "; allowed sizes are given by --dim, as in --dim " + missing.front() + "=1");
    }

    OnnxParts& parts_;
    const std::map<std::string, std::int64_t>& given_;
    std::vector<std::string> names_{};  // of all dimensions that have no fixed size, in the order of the file
    std::set<std::string> known_{};
};

}  // namespace

void bind_dims(OnnxParts& parts) { Binder(parts).run(); }

}  // namespace sosa::host
