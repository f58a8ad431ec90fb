#include "host/graph_product.h"

#include <algorithm>

namespace sosa::host {

namespace {

// Where the operands of each operator stand; kNoInput: it has none.
constexpr std::size_t kNoInput = 99;
struct Places {
    const char* op;
    bool conv, wide;
    std::size_t x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias;
};
constexpr Places kPlaces[] = {
    {"QLinearConv", true, false, 0, 1, 2, 3, 4, 5, 6, 7, 8},
    {"QLinearMatMul", false, false, 0, 1, 2, 3, 4, 5, 6, 7, kNoInput},
    {"ConvInteger", true, true, 0, kNoInput, 2, 1, kNoInput, 3, kNoInput, kNoInput, kNoInput},
    {"MatMulInteger", false, true, 0, kNoInput, 2, 1, kNoInput, 3, kNoInput, kNoInput, kNoInput},
};

struct Refused {};  // pods cannot compute it

class ProductReader {
  public:
    ProductReader(const OpGraph& graph, std::uint32_t node, const Layer& layer, const ConstantOf& constant)
        : g_(graph), node_(graph.nodes[node]), layer_(layer), constant_(constant) {
        p_.node = node;
    }

    GraphProduct run() {
        const auto* places = std::find_if(std::begin(kPlaces), std::end(kPlaces),
                                          [&](const Places& p) { return node_.op == p.op; });
        if (places == std::end(kPlaces) || !node_.domain.empty()) throw Refused{};
        at_ = *places;
        p_.conv = at_.conv, p_.wide = at_.wide;
        p_.x = in(at_.x), p_.w = in(at_.w), p_.y = node_.outputs[0];
        p_.m = layer_.m, p_.k = layer_.k, p_.n = layer_.n, p_.groups = layer_.groups;
        p_.conv ? read_conv() : read_matmul();
        read_numbers();
        return p_;
    }

  private:
    std::uint32_t in(std::size_t i) const { return i < node_.inputs.size() ? node_.inputs[i] : kAbsent; }
    const Dims& dims(std::uint32_t value) const { return g_.values[value].dims; }

    TensorValue known(std::size_t i) const {
        if (!g_.values[in(i)].is_constant) throw Refused{};
        return constant_(in(i));
    }

    // One number for all columns, or one a column.
    template <class T, class Read>
    std::vector<T> by_column(std::size_t i, T otherwise, Read read) const {
        const std::size_t columns = static_cast<std::size_t>(p_.n) * (p_.conv ? p_.groups : 1);
        if (i == kNoInput || in(i) == kAbsent) return std::vector<T>(columns, otherwise);
        const TensorValue tensor = known(i);
        const auto count = static_cast<std::size_t>(element_count(tensor.dims));
        if (count != 1 && (count != columns || tensor.dims.size() != 1)) throw Refused{};
        std::vector<T> all(columns);
        for (std::size_t c = 0; c < columns; ++c) all[c] = read(tensor, count == 1 ? 0 : c);
        return all;
    }
    template <class T, class Read>
    T single(std::size_t i, T otherwise, Read read) const {
        if (i == kNoInput || in(i) == kAbsent) return otherwise;
        const TensorValue tensor = known(i);
        if (element_count(tensor.dims) != 1) throw Refused{};
        return read(tensor, std::size_t{0});
    }

    static std::int32_t small_number(const TensorValue& t, std::size_t i) {
        return t.type == ElementType::s8 ? static_cast<std::int8_t>(t.bytes[i]) : std::int32_t{t.bytes[i]};
    }
    static float real_number(const TensorValue& t, std::size_t i) { return elements<float>(t)[i]; }

    void read_numbers() {
        p_.x_zero = single<std::int32_t>(at_.x_zero, 0, small_number);
        p_.y_zero = single<std::int32_t>(at_.y_zero, 0, small_number);
        p_.w_zero = by_column<std::int32_t>(at_.w_zero, 0, small_number);
        const float x_scale = single(at_.x_scale, 1.0F, real_number);
        const float y_scale = single(at_.y_scale, 1.0F, real_number);
        p_.scale = by_column(at_.w_scale, 1.0F, real_number);
        for (float& scale : p_.scale) scale = p_.wide ? 1.0F : x_scale * scale / y_scale;
        p_.bias = by_column<std::int32_t>(
            at_.bias, 0, [](const TensorValue& t, std::size_t i) { return elements<std::int32_t>(t)[i]; });
    }

    void read_matmul() {
        const Dims &a = dims(p_.x), &b = dims(p_.w);
        if (p_.groups == 1) return;
        const auto batch = [](const Dims& d, std::size_t matrix) {
            return element_count(
                Dims(d.begin(), d.end() - static_cast<std::ptrdiff_t>(std::min(matrix, d.size()))));
        };
        const std::int64_t a_batch = batch(a, 2), b_batch = batch(b, 2), groups = p_.groups;
        if ((a_batch != 1 && a_batch != groups) || (b_batch != 1 && b_batch != groups)) throw Refused{};
        p_.x_group = a_batch == 1 ? 0 : p_.m * p_.k;
        p_.w_group = b_batch == 1 ? 0 : p_.k * p_.n;
    }

    // An attribute of one number per spatial axis; 1-D maps have height 1.
    std::vector<std::uint32_t> per_axis(const char* name, std::size_t count, std::uint32_t otherwise) const {
        const auto given = node_.integers(name);
        std::vector<std::uint32_t> all;
        for (std::size_t i = 0; i < count; ++i)
            all.push_back(i < given.size() ? static_cast<std::uint32_t>(given[i]) : otherwise);
        return all;
    }

    void read_conv() {
        const Dims &x = dims(p_.x), &w = dims(p_.w), &y = dims(p_.y);
        if (x.size() != 3 && x.size() != 4) throw Refused{};
        if (!g_.values[p_.w].is_constant) throw Refused{};
        const std::size_t axes = x.size() - 2;
        const auto size = [](std::int64_t v) { return static_cast<std::uint32_t>(v); };
        p_.batch = size(x[0]);
        p_.in_channels = size(x[1]) / p_.groups;
        p_.in_w = size(x.back()), p_.out_w = size(y.back()), p_.kernel_w = size(w.back());
        if (axes == 2) p_.in_h = size(x[2]), p_.out_h = size(y[2]), p_.kernel_h = size(w[2]);
        const auto strides = per_axis("strides", axes, 1), dilations = per_axis("dilations", axes, 1);
        p_.stride_w = strides.back(), p_.dilation_w = dilations.back();
        if (axes == 2) p_.stride_h = strides[0], p_.dilation_h = dilations[0];
        const std::string how = node_.text("auto_pad", "NOTSET");
        const auto pads = per_axis("pads", 2 * axes, 0);
        const auto pad = [&](std::size_t axis, std::uint32_t in, std::uint32_t out, std::uint32_t stride,
                             std::uint32_t kernel, std::uint32_t dilation) -> std::uint32_t {
            if (how == "NOTSET" || how.empty()) return pads[axis];
            if (how == "VALID") return 0;
            const std::uint32_t reach = (out - 1) * stride + (kernel - 1) * dilation + 1;
            const std::uint32_t total = reach > in ? reach - in : 0;
            return how == "SAME_LOWER" ? total - total / 2 : total / 2;
        };
        p_.pad_left = pad(axes - 1, p_.in_w, p_.out_w, p_.stride_w, p_.kernel_w, p_.dilation_w);
        if (axes == 2) p_.pad_top = pad(0, p_.in_h, p_.out_h, p_.stride_h, p_.kernel_h, p_.dilation_h);
    }

    const OpGraph& g_;
    const OpNode& node_;
    const Layer& layer_;
    const ConstantOf& constant_;
    Places at_{};
    GraphProduct p_;
};

}  // namespace

std::optional<GraphProduct> graph_product(const OpGraph& graph, std::uint32_t node, const Layer& layer,
                                          const ConstantOf& constant) {
    try {
        return ProductReader(graph, node, layer, constant).run();
    } catch (const Refused&) {
        return std::nullopt;
    }
}

std::vector<std::uint8_t> weight_matrix(const GraphProduct& p, const TensorValue& weights) {
    if (!p.conv) {
        if (p.groups == 1) return weights.bytes;
        // [group][k][n] to [k][group, n]
        std::vector<std::uint8_t> all(p.k * p.n * p.groups);
        for (std::uint64_t g = 0; g < p.groups; ++g)
            for (std::uint64_t k = 0; k < p.k; ++k)
                std::copy_n(&weights.bytes[g * p.w_group + k * p.n], p.n, &all[(k * p.groups + g) * p.n]);
        return all;
    }
    const std::uint64_t columns = p.n * p.groups, area = std::uint64_t{p.kernel_h} * p.kernel_w;
    std::vector<std::uint8_t> all(p.k * columns);
    for (std::uint64_t column = 0; column < columns; ++column)
        for (std::uint64_t c = 0; c < p.in_channels; ++c)
            for (std::uint64_t tap = 0; tap < area; ++tap)
                all[(tap * p.in_channels + c) * columns + column] =
                    weights.bytes[(column * p.in_channels + c) * area + tap];
    return all;
}

}  // namespace sosa::host
