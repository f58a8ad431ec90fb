#include "hw/vector_ops.h"

#include <algorithm>
#include <cstring>

namespace sosa::hw {

namespace {

using Elements = std::vector<std::int8_t>;

std::int8_t saturate(int value) { return static_cast<std::int8_t>(std::clamp(value, -128, 127)); }

void add(const VectorStep& step, const std::vector<Elements>& inputs, Elements& out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        int sum = 0;
        for (const auto& input : inputs) sum += input[i];
        out[i] = saturate(step.relu ? std::max(sum, 0) : sum);
    }
}

void concat(const VectorStep& step, const std::vector<Elements>& inputs, Elements& out) {
    const std::size_t pixels = out.size() / step.out.channels;
    std::int8_t* to = out.data();
    for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const std::size_t channels = step.inputs[i].channels;
            std::memcpy(to, inputs[i].data() + pixel * channels, channels);
            to += channels;
        }
}

// Half of the divisor rounds to the even quotient.
int divide_half_to_even(int sum, int count) {
    int quotient = sum / count, rest = sum % count;
    if (rest < 0) {
        rest += count;
        --quotient;
    }
    return quotient + (2 * rest > count || (2 * rest == count && (quotient & 1)) ? 1 : 0);
}

void pool(const VectorStep& step, const Elements& in, Elements& out) {
    const VectorTensor &from = step.inputs[0], &to = step.out;
    const std::int64_t height = from.height, width = from.width;
    std::vector<int> total(to.channels);
    std::int8_t* result = out.data();
    for (std::uint32_t image = 0; image < to.batch; ++image)
        for (std::uint32_t y = 0; y < to.height; ++y)
            for (std::uint32_t x = 0; x < to.width; ++x) {
                const std::int64_t top = std::int64_t{y} * step.stride_h - step.pad_top,
                                   left = std::int64_t{x} * step.stride_w - step.pad_left;
                int count = 0;
                std::fill(total.begin(), total.end(), step.op == VectorOp::max_pool ? -128 : 0);
                for (std::int64_t v = std::max<std::int64_t>(top, 0);
                     v < std::min(top + step.kernel_h, height); ++v)
                    for (std::int64_t u = std::max<std::int64_t>(left, 0);
                         u < std::min(left + step.kernel_w, width); ++u, ++count) {
                        const std::int8_t* pixel =
                            in.data() + ((image * height + v) * width + u) * from.channels;
                        for (std::uint32_t c = 0; c < to.channels; ++c)
                            total[c] = step.op == VectorOp::max_pool ? std::max<int>(total[c], pixel[c])
                                                                     : total[c] + pixel[c];
                    }
                for (const int sum : total)
                    *result++ = static_cast<std::int8_t>(
                        step.op == VectorOp::max_pool ? sum : divide_half_to_even(sum, std::max(count, 1)));
            }
}

void fill(const std::vector<Elements>& inputs, Elements& out) {
    for (std::size_t done = 0; done < out.size();)
        for (const auto& input : inputs) {
            const std::size_t count = std::min(input.size(), out.size() - done);
            std::memcpy(out.data() + done, input.data(), count);
            done += count;
        }
}

bool same_pixels(const VectorTensor& a, const VectorTensor& b) {
    return a.batch == b.batch && a.height == b.height && a.width == b.width;
}

// Every window must hold a pixel of the input.
bool windows_meet(std::uint32_t outputs, std::uint32_t stride, std::uint32_t pad, std::uint32_t kernel,
                  std::uint32_t extent) {
    const std::uint64_t last = std::uint64_t{outputs - 1} * stride;
    return pad < kernel && last < std::uint64_t{extent} + pad;
}

std::string check_pool(const VectorStep& s) {
    const VectorTensor& in = s.inputs[0];
    if (s.inputs.size() != 1 || in.batch != s.out.batch || in.channels != s.out.channels)
        return "a pool has one input of the result's batch and channels";
    if (!windows_meet(s.out.height, s.stride_h, s.pad_top, s.kernel_h, in.height) ||
        !windows_meet(s.out.width, s.stride_w, s.pad_left, s.kernel_w, in.width))
        return "a window of the pool lies outside its input";
    return {};
}

std::string check_lanes(const VectorStep& s) {
    if (!pods::lane_takes(s.lane)) return "post-processors do not have its function for its types";
    const std::uint64_t count = s.out.bytes() / pods::lane_bytes(s.lane.out);
    if (s.inputs.size() != pods::lane_operands(s.lane.function))
        return "its operands are too few or too many";
    for (const auto& input : s.inputs)
        if (input.bytes() != count * pods::lane_bytes(s.lane.in) ||
            s.out.bytes() != count * pods::lane_bytes(s.lane.out))
            return "its operands are not as long as its result";
    return {};
}

}  // namespace

std::string check_step(const VectorStep& s) {
    constexpr std::uint64_t most_bytes = std::uint64_t{1} << 32;
    const auto sane = [](const VectorTensor& t) {
        if (t.batch == 0 || t.height == 0 || t.width == 0 || t.channels == 0) return false;
        std::uint64_t bytes = 1;
        for (const std::uint64_t extent : {t.batch, t.height, t.width, t.channels})
            if ((bytes *= extent) > most_bytes) return false;
        return true;
    };
    if ((s.inputs.empty() && s.op != VectorOp::host) || !sane(s.out) ||
        !std::all_of(s.inputs.begin(), s.inputs.end(), sane))
        return "a tensor is empty or larger than 2^32 bytes, or there is no input";
    std::uint64_t channels = 0;
    for (const auto& input : s.inputs) channels += input.channels;
    switch (s.op) {
        case VectorOp::add:
            for (const auto& input : s.inputs)
                if (!same_pixels(input, s.out) || input.channels != s.out.channels)
                    return "tensors that are added differ in shape";
            return {};
        case VectorOp::concat:
            for (const auto& input : s.inputs)
                if (!same_pixels(input, s.out)) return "tensors that are joined differ in height or width";
            return channels == s.out.channels ? "" : "the joined channels do not add up";
        case VectorOp::max_pool:
        case VectorOp::average_pool:
            return check_pool(s);
        case VectorOp::lanes:
            return check_lanes(s);
        case VectorOp::fill:
        case VectorOp::host:
            return {};
    }
    return "its operation is unknown";
}

void run_step(const VectorStep& step, const std::vector<Elements>& inputs, Elements& out) {
    out.resize(step.out.bytes());
    switch (step.op) {
        case VectorOp::add:
            return add(step, inputs, out);
        case VectorOp::concat:
            return concat(step, inputs, out);
        case VectorOp::max_pool:
        case VectorOp::average_pool:
            return pool(step, inputs[0], out);
        case VectorOp::fill:
            return fill(inputs, out);
        case VectorOp::host:
        case VectorOp::lanes:
            break;  // the host's, and the post-processors'
    }
}

}  // namespace sosa::hw
