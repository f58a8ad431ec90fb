#include "host/graph_record.h"

#include <algorithm>
#include <cstring>

namespace sosa::host {

namespace {

std::int64_t number(std::uint8_t byte, bool is_signed) {
    return is_signed ? static_cast<std::int8_t>(byte) : std::int64_t{byte};
}

void shape_conv(const GraphProduct& p, hw::LayerRecord& r) {
    r.in_height = p.in_h, r.in_width = p.in_w, r.in_channels = p.in_channels;
    r.out_height = p.out_h, r.out_width = p.out_w;
    r.kernel_h = p.kernel_h, r.kernel_w = p.kernel_w;
    r.stride_h = p.stride_h, r.stride_w = p.stride_w;
    r.dilation_h = p.dilation_h, r.dilation_w = p.dilation_w;
    r.pad_top = p.pad_top, r.pad_left = p.pad_left;
    r.x_pitch = p.in_channels * p.groups, r.x_group = p.in_channels;
    r.y_pitch = r.n * p.groups, r.y_group = r.n * (p.wide ? 4 : 1);
}

void shape_matmul(const GraphProduct& p, hw::LayerRecord& r) {
    r.in_height = r.out_height = r.m;
    r.in_channels = r.k;
    r.x_group = p.x_group;
    r.y_group = p.m * p.n * (p.wide ? 4 : 1);
}

hw::LayerRecord sized(const Layer& layer, const ProgramLayer& place, std::uint32_t index) {
    hw::LayerRecord r;
    r.layer = index;
    r.m = static_cast<std::uint32_t>(layer.m), r.k = static_cast<std::uint32_t>(layer.k);
    r.n = static_cast<std::uint32_t>(layer.n), r.groups = layer.groups;
    r.x_tiles = place.x_address, r.w_tiles = place.w_address;
    return r;
}

}  // namespace

hw::LayerRecord product_record(const GraphProduct& p, const ProgramLayer& layer, std::uint32_t index,
                               const ProductSigns& signs) {
    hw::LayerRecord r = sized(layer.layer, layer, index);
    r.y_zero = p.y_zero;
    r.x_pad = static_cast<std::uint8_t>(p.x_zero);
    r.x_signed = signs.x, r.w_signed = signs.w, r.y_signed = signs.y;
    r.wide = p.wide;
    p.conv ? shape_conv(p, r) : shape_matmul(p, r);
    return r;
}

hw::LayerRecord idle_record(const ProgramLayer& layer, std::uint32_t index) {
    hw::LayerRecord r = sized(layer.layer, layer, index);
    if (layer.layer.is_vector()) return r;
    constexpr std::uint64_t nowhere = std::uint64_t{1} << 60;
    r.in_height = r.out_height = r.m, r.in_channels = r.k;
    r.x_tensor = r.w_tiles = r.finish_table = nowhere;
    r.y_tensor = 2 * nowhere, r.y_pitch = 1;
    return r;
}

std::vector<std::uint8_t> weight_tiles(const GraphProduct& p, const LayerTiles& t,
                                       const std::vector<std::uint8_t>& weights) {
    const std::uint64_t slot = std::uint64_t{t.depth(0)} * t.cols(0), columns = p.n * p.groups;
    std::vector<std::uint8_t> bytes(t.w_tiles() * slot);
    for (std::uint32_t j = 0; j < t.J; ++j)
        for (std::uint32_t l = 0; l < t.L; ++l) {
            const std::uint64_t column = t.group(l) * p.n + std::uint64_t{l % t.group_blocks()} * t.cols(0);
            std::uint8_t* to = &bytes[t.w_tile(j, l) * slot];
            for (std::uint32_t row = 0; row < t.depth(j); ++row, to += t.cols(l))
                std::memcpy(to, &weights[(std::uint64_t{j} * t.depth(0) + row) * columns + column],
                            t.cols(l));
        }
    return bytes;
}

std::int64_t largest_sum(const GraphProduct& p, const std::vector<std::uint8_t>& weights,
                         const ProductSigns& signs) {
    const std::int64_t x_most = signs.x ? 128 : 255;
    if (weights.empty()) return static_cast<std::int64_t>(p.k) * x_most * (signs.w ? 128 : 255);
    std::vector<std::int64_t> sums(static_cast<std::size_t>(p.n * p.groups), 0);
    for (std::size_t i = 0; i < weights.size(); ++i)
        sums[i % sums.size()] += std::abs(number(weights[i], signs.w)) * x_most;
    return *std::max_element(sums.begin(), sums.end());
}

std::vector<hw::FinishEntry> finish_table(const GraphProduct& p, const std::vector<std::uint8_t>& weights,
                                          hw::LayerRecord& r) {
    const std::uint64_t columns = p.n * p.groups;
    std::vector<hw::FinishEntry> table(columns);
    std::vector<std::uint32_t> sums(columns, 0);
    for (std::size_t i = 0; i < weights.size(); ++i)
        sums[i % columns] += static_cast<std::uint32_t>(number(weights[i], r.w_signed != 0));
    const auto x_zero = static_cast<std::uint32_t>(p.x_zero);
    for (std::uint64_t c = 0; c < columns; ++c) {
        const std::uint64_t from = p.conv ? c : c % p.n;
        const auto w_zero = static_cast<std::uint32_t>(p.w_zero[from]);
        auto bias = static_cast<std::uint32_t>(p.bias[from]);
        if (!weights.empty()) bias += r.k * x_zero * w_zero - x_zero * sums[c];
        table[c] = {static_cast<std::int32_t>(bias), p.scale[from], p.w_zero[from]};
        if (w_zero != 0 || (weights.empty() && x_zero != 0)) r.zeros = 1;
    }
    return table;
}

}  // namespace sosa::host
