#include "host/tensor_plan.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "host/program_derive.h"
#include "host/random_data.h"
#include "host/reference.h"
#include "host/workload_reader.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

hw::VectorTensor tensor_of(std::uint64_t address, const TensorShape& s) {
    return {address, s.batch, s.height, s.width, s.channels};
}

hw::VectorOp vector_op(TensorOp op) {
    if (op == TensorOp::add) return hw::VectorOp::add;
    if (op == TensorOp::concat) return hw::VectorOp::concat;
    if (op == TensorOp::max_pool) return hw::VectorOp::max_pool;
    SOSA_CHECK(op == TensorOp::average_pool, std::to_string(static_cast<int>(op)));
    return hw::VectorOp::average_pool;
}

// A tensor with the root mean square that its values are expected to have.
struct Tensor {
    hw::VectorTensor at;
    double rms = 0;
};

class PlanBuilder {
  public:
    PlanBuilder(const Program& program, std::uint32_t psum_bits, std::uint64_t seed)
        : program_(program), psum_bits_(psum_bits), random_(seed) {
        data_.end = program.dram_bytes;
        data_.layers.resize(program.layers.size());
    }

    TensorData run(const std::vector<Workload>& tenants) {
        const auto begins = copy_begins(program_);
        for (std::uint32_t l = 0; l < begins.size(); l = end_of_copy_) {
            end_of_copy_ = static_cast<std::uint32_t>(
                std::find_if(begins.begin() + l, begins.end(), [l](std::uint32_t b) { return b != l; }) -
                begins.begin());
            const std::uint32_t tenant = program_.layers[l].tenant;
            const bool graph = tenant < tenants.size() && !tenants[tenant].tensors.empty();
            if (graph && copy_of(program_.layers[l]) == 0)
                add_graph(l, tenants[tenant]);
            else
                add_plain(l);
        }
        return std::move(data_);
    }

  private:
    std::uint64_t count(std::uint64_t bytes, std::uint32_t layer) {
        taken_ += bytes;
        if (bytes > kMaxPlanBytes || taken_ > kMaxPlanBytes)
            throw UserError("layer " + in_quotes(program_.layers[layer].name) +
                            ": found more than 16 GiB of tensors and weights up to here, allowed at most "
                            "16 GiB to run with data; a smaller batch or image makes it less");
        return bytes;
    }

    std::uint64_t reserve(std::uint64_t bytes, std::uint32_t layer) {
        constexpr std::uint64_t alignment = 64;
        const std::uint64_t at = (data_.end + alignment - 1) / alignment * alignment;
        data_.end = at + count(bytes, layer);
        return at;
    }

    Tensor input(hw::VectorTensor shape, std::uint32_t layer) {
        shape.address = reserve(shape.bytes(), layer);
        data_.images.push_back({shape.address, random_.bytes(shape.bytes(), kWholeRange)});
        return {shape, rms_of_range(kWholeRange)};
    }

    void add_graph(std::uint32_t begin, const Workload& workload) {
        SOSA_CHECK(workload.layers.size() == end_of_copy_ - begin, workload.name);
        std::vector<Tensor> made;
        for (const TensorNode& node : workload.tensors) {
            const std::uint32_t layer = begin + (node.op == TensorOp::layer ? node.layer : 0);
            if (node.op == TensorOp::input)
                made.push_back(input(tensor_of(0, node.shape), layer));
            else if (node.op == TensorOp::layer)
                made.push_back(
                    add_layer(layer, made[node.inputs[0]], node.window, tensor_of(0, node.shape), node.relu));
            else
                made.push_back(add_step(node, made, layer));
        }
    }

    // Layers as plain matrices, joined by their dependencies.
    void add_plain(std::uint32_t begin) {
        std::vector<Tensor> results;
        Tensor first;
        for (std::uint32_t l = begin; l < end_of_copy_; ++l) {
            const Layer& layer = program_.layers[l].layer;
            const hw::VectorTensor shape = layer.is_vector() ? matrix(1, layer.vector.elements)
                                                             : matrix(layer.m * layer.groups, layer.k);
            std::vector<Tensor> from;
            for (const auto dep : layer.deps) from.push_back(results[dep]);
            if (from.empty()) from.push_back(first);
            const bool own = l == begin || program_.layers[l].x_from_dram;
            const Tensor x = own ? input(shape, l) : filled(shape, from, l);
            if (l == begin) first = x;
            if (layer.is_vector()) {
                data_.layers[l].layer = l;
                data_.layers[l].m = 0;
                results.push_back(x);
            } else {
                results.push_back(add_layer(l, x, {}, matrix(layer.m * layer.groups, layer.n), false));
            }
        }
    }

    static hw::VectorTensor matrix(std::uint64_t rows, std::uint64_t cols) {
        return {0, 1, static_cast<std::uint32_t>(rows), 1, static_cast<std::uint32_t>(cols)};
    }

    Tensor filled(hw::VectorTensor shape, const std::vector<Tensor>& from, std::uint32_t layer) {
        hw::VectorStep step;
        double square = 0;
        for (const Tensor& tensor : from) {
            step.inputs.push_back(tensor.at);
            square += tensor.rms * tensor.rms / static_cast<double>(from.size());
        }
        if (from.size() == 1 && from[0].at.bytes() == shape.bytes()) {
            shape.address = from[0].at.address;
        } else {
            shape.address = reserve(shape.bytes(), layer);
            step.op = hw::VectorOp::fill;
            step.out = shape;
            data_.steps.push_back(std::move(step));
        }
        return {shape, std::sqrt(square)};
    }

    Tensor add_layer(std::uint32_t index, const Tensor& x, const TensorWindow& w, hw::VectorTensor y,
                     bool relu) {
        const Layer& layer = program_.layers[index].layer;
        const double part =
            taps_inside(x.at.height, y.height, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top) *
            taps_inside(x.at.width, y.width, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left);
        const LayerRange range(static_cast<double>(layer.k) * part, x.rms, psum_bits_);
        add_weights(index, range.weights);
        y.address = reserve(y.bytes(), index);
        data_.layers[index] = record(index, x.at, w, y, add_table(index, range));
        set_groups(data_.layers[index], layer, x.at, y);
        data_.layers[index].relu = relu ? 1 : 0;
        return {y, relu ? LayerRange::result_rms / std::sqrt(2.0) : LayerRange::result_rms};
    }

    hw::LayerRecord record(std::uint32_t index, const hw::VectorTensor& x, const TensorWindow& w,
                           const hw::VectorTensor& y, std::uint64_t table) const {
        const Layer& layer = program_.layers[index].layer;
        hw::LayerRecord r;
        r.layer = index;
        r.x_tensor = x.address;
        r.x_tiles = program_.layers[index].x_address;
        r.finish_table = table;
        r.w_tiles = program_.layers[index].w_address;
        r.y_tensor = y.address;
        r.m = static_cast<std::uint32_t>(layer.m);
        r.k = static_cast<std::uint32_t>(layer.k);
        r.n = static_cast<std::uint32_t>(layer.n);
        r.in_height = x.height, r.in_width = x.width, r.in_channels = x.channels;
        r.out_height = y.height, r.out_width = y.width;
        r.kernel_h = w.kernel_h, r.kernel_w = w.kernel_w, r.stride_h = w.stride_h, r.stride_w = w.stride_w;
        r.dilation_h = w.dilation_h, r.dilation_w = w.dilation_w;
        r.pad_top = w.pad_top, r.pad_left = w.pad_left;
        return r;
    }

    // Channels of the same pixels where the tensors are as wide as all groups, else one matrix after another.
    static void set_groups(hw::LayerRecord& r, const Layer& layer, const hw::VectorTensor& x,
                           const hw::VectorTensor& y) {
        r.groups = layer.groups;
        if (layer.groups == 1) return;
        if (y.channels == layer.n * layer.groups) {
            r.in_channels = x.channels / layer.groups;
            r.x_pitch = x.channels, r.x_group = r.in_channels;
            r.y_pitch = y.channels, r.y_group = layer.n;
        } else {
            r.in_height = r.out_height = r.m;
            r.x_group = layer.m * layer.k, r.y_group = layer.m * layer.n;
        }
    }

    void add_weights(std::uint32_t index, std::uint32_t most) {
        const LayerTiles tiles = program_.tiles(index);
        const std::uint64_t bytes = std::uint64_t{tiles.w_tiles()} * tiles.depth(0) * tiles.cols(0);
        data_.images.push_back({program_.layers[index].w_address, random_.bytes(count(bytes, index), most)});
    }

    std::uint64_t add_table(std::uint32_t index, const LayerRange& range) {
        const auto table = random_finish(
            random_, program_.layers[index].layer.n * program_.layers[index].layer.groups, range);
        DramImage image;
        image.bytes.resize(table.size() * sizeof table[0]);
        std::memcpy(image.bytes.data(), table.data(), image.bytes.size());
        image.address = reserve(image.bytes.size(), index);
        data_.images.push_back(std::move(image));
        return data_.images.back().address;
    }

    Tensor add_step(const TensorNode& node, const std::vector<Tensor>& made, std::uint32_t layer) {
        hw::VectorStep step;
        const TensorWindow& w = node.window;
        double square = 0;
        for (const auto input : node.inputs) {
            step.inputs.push_back(made[input].at);
            square += made[input].rms * made[input].rms;
        }
        if (node.op != TensorOp::add) square /= static_cast<double>(node.inputs.size());
        step.op = vector_op(node.op);
        step.relu = node.relu ? 1 : 0;
        step.kernel_h = w.kernel_h, step.kernel_w = w.kernel_w;
        step.stride_h = w.stride_h, step.stride_w = w.stride_w;
        step.pad_top = w.pad_top, step.pad_left = w.pad_left;
        step.out = tensor_of(reserve(node.shape.bytes(), layer), node.shape);
        data_.steps.push_back(std::move(step));
        return {data_.steps.back().out, std::min(std::sqrt(square), rms_of_range(kWholeRange))};
    }

    const Program& program_;
    const std::uint32_t psum_bits_;
    RandomData random_;
    std::uint64_t taken_ = 0;
    std::uint32_t end_of_copy_ = 0;
    TensorData data_;
};

}  // namespace

TensorPlan::TensorPlan(const Program& program, const std::vector<Workload>& tenants, const hw::Config& config,
                       std::uint64_t seed)
    : program_(program), pods_(config.pods) {
    data_ = PlanBuilder(program, config.pods.psum_bits, seed).run(tenants);
}

void TensorPlan::host_step(std::uint32_t number, const DramAccess&) const {
    SOSA_CHECK(false, "host step " + std::to_string(number));
}

std::vector<std::vector<std::uint8_t>> TensorPlan::reference() const {
    return compute_reference(program_, pods_, data_);
}

std::string compare_results(const ProgramLayer& layer, const hw::LayerRecord& record,
                            const std::vector<std::uint8_t>& expected, const std::vector<std::uint8_t>& got) {
    const std::string place = "layer " + in_quotes(layer.name) + ": ";
    if (got.size() != expected.size())
        return place + "found " + std::to_string(got.size()) + " results, expected " +
               std::to_string(expected.size());
    std::size_t wrong = 0, first = 0;
    for (std::size_t i = expected.size(); i-- > 0;)
        if (got[i] != expected[i]) ++wrong, first = i;
    if (wrong == 0) return "";
    const auto value = [&](std::uint8_t byte) {
        return std::to_string(record.y_signed ? static_cast<std::int8_t>(byte) : int{byte});
    };
    return place + "found " + value(got[first]) + " at row " + std::to_string(first / record.row_elements()) +
           ", column " + std::to_string(first % record.row_elements()) + ", expected " +
           value(expected[first]) + "; " + std::to_string(wrong) + " of " + std::to_string(expected.size()) +
           " results are wrong";
}

}  // namespace sosa::host
