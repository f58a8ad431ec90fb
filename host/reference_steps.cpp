// compute_reference: the work between layers.
#include <algorithm>

#include "host/reference_parts.h"
#include "traces/error.h"

namespace sosa::host {

namespace {

using Bytes = std::vector<std::uint8_t>;
using Inputs = std::vector<const std::uint8_t*>;

int value(std::uint8_t byte) { return static_cast<std::int8_t>(byte); }
std::uint8_t byte_of(int result) { return static_cast<std::uint8_t>(std::clamp(result, -128, 127)); }

Bytes add(const hw::VectorStep& step, const Inputs& in) {
    Bytes out(step.out.bytes());
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int sum = value(in[0][i]) + value(in[1][i]);
        out[i] = byte_of(step.relu ? std::max(sum, 0) : sum);
    }
    return out;
}

Bytes concat(const hw::VectorStep& step, const Inputs& in) {
    Bytes out;
    const std::uint64_t pixels = std::uint64_t{step.out.batch} * step.out.height * step.out.width;
    for (std::uint64_t pixel = 0; pixel < pixels; ++pixel)
        for (std::size_t i = 0; i < in.size(); ++i) {
            const std::uint64_t channels = step.inputs[i].channels;
            out.insert(out.end(), in[i] + pixel * channels, in[i] + (pixel + 1) * channels);
        }
    return out;
}

Bytes fill(const hw::VectorStep& step, const Inputs& in) {
    Bytes out, all;
    for (std::size_t i = 0; i < in.size(); ++i) all.insert(all.end(), in[i], in[i] + step.inputs[i].bytes());
    for (std::uint64_t i = 0; i < step.out.bytes(); ++i) out.push_back(all[i % all.size()]);
    return out;
}

// Of a tie the even neighbour.
int rounded_mean(std::int64_t sum, std::int64_t count) {
    const std::int64_t low = sum / count - (sum % count < 0 ? 1 : 0);  // rounded down
    const std::int64_t twice_rest = 2 * (sum - low * count);
    const bool up = twice_rest > count || (twice_rest == count && low % 2 != 0);
    return static_cast<int>(low + (up ? 1 : 0));
}

// The rows (or columns) of a map under the window at one place: [begin, end).
struct Span {
    Span(std::uint32_t place, std::uint32_t stride, std::uint32_t pad, std::uint32_t kernel,
         std::uint32_t extent) {
        const std::int64_t at = std::int64_t{place} * stride - pad;
        begin = std::max<std::int64_t>(at, 0);
        end = std::min<std::int64_t>(at + kernel, extent);
    }
    std::int64_t begin, end;
};

Bytes pool(const hw::VectorStep& step, const Inputs& in) {
    const hw::VectorTensor &from = step.inputs[0], &to = step.out;
    Bytes out;
    std::vector<std::int64_t> sum(to.channels);
    std::vector<int> largest(to.channels);
    for (std::uint32_t b = 0; b < to.batch; ++b)
        for (std::uint32_t oy = 0; oy < to.height; ++oy)
            for (std::uint32_t ox = 0; ox < to.width; ++ox) {
                const Span y(oy, step.stride_h, step.pad_top, step.kernel_h, from.height);
                const Span x(ox, step.stride_w, step.pad_left, step.kernel_w, from.width);
                std::fill(sum.begin(), sum.end(), 0);
                std::fill(largest.begin(), largest.end(), -128);
                for (std::int64_t iy = y.begin; iy < y.end; ++iy)
                    for (std::int64_t ix = x.begin; ix < x.end; ++ix) {
                        const auto pixel =
                            (std::uint64_t{b} * from.height + static_cast<std::uint64_t>(iy)) * from.width +
                            static_cast<std::uint64_t>(ix);
                        const std::uint8_t* const at = in[0] + pixel * from.channels;
                        for (std::uint32_t c = 0; c < to.channels; ++c) {
                            sum[c] += value(at[c]);
                            largest[c] = std::max(largest[c], value(at[c]));
                        }
                    }
                const std::int64_t count = (y.end - y.begin) * (x.end - x.begin);
                for (std::uint32_t c = 0; c < to.channels; ++c)
                    out.push_back(byte_of(step.op == hw::VectorOp::max_pool ? largest[c]
                                                                            : rounded_mean(sum[c], count)));
            }
    return out;
}

}  // namespace

std::vector<std::uint8_t> step_result(const hw::VectorStep& step, const Inputs& inputs) {
    switch (step.op) {
        case hw::VectorOp::add:
            return add(step, inputs);
        case hw::VectorOp::concat:
            return concat(step, inputs);
        case hw::VectorOp::max_pool:
        case hw::VectorOp::average_pool:
            return pool(step, inputs);
        case hw::VectorOp::fill:
            return fill(step, inputs);
        case hw::VectorOp::host:
        case hw::VectorOp::lanes:
            break;
    }
    SOSA_CHECK(false, std::to_string(static_cast<std::uint32_t>(step.op)));
}

}  // namespace sosa::host
