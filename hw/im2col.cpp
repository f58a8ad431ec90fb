#include "hw/im2col.h"

#include <algorithm>
#include <cstring>

namespace sosa::hw {

namespace {

// A run of columns in one kernel row whose elements follow each other in the tensor's row.
struct Run {
    std::int64_t y, x;         // pixel of the run's element 0, perhaps outside
    std::uint32_t begin, end;  // elements counted from that pixel's channel 0
};

// The channels of a group's pixels follow each other only where no other group stands between.
void gather_run(const LayerRecord& layer, std::uint64_t tensor, std::uint32_t image, const Run& run,
                const ReadMemory& read, unsigned char* out) {
    const std::int64_t channels = layer.in_channels, width = layer.in_width;
    const std::uint32_t count = run.end - run.begin;
    if (run.y < 0 || run.y >= layer.in_height) {
        std::memset(out, layer.x_pad, count);
        return;
    }
    const std::int64_t first = std::clamp<std::int64_t>(-run.x * channels, run.begin, run.end);
    const std::int64_t last = std::clamp<std::int64_t>((width - run.x) * channels, first, run.end);
    std::memset(out, layer.x_pad, static_cast<std::size_t>(first - run.begin));
    std::memset(out + (last - run.begin), layer.x_pad, static_cast<std::size_t>(run.end - last));
    if (first == last) return;
    const std::int64_t pixel = (std::int64_t{image} * layer.in_height + run.y) * width + run.x;
    const auto pitch = static_cast<std::int64_t>(layer.pixel_bytes());
    read(tensor + static_cast<std::uint64_t>(pixel * pitch + first), out + (first - run.begin),
         static_cast<std::size_t>(last - first));
}

}  // namespace

void gather_x(const LayerRecord& layer, std::uint32_t group, std::uint32_t row, std::uint32_t rows,
              std::uint32_t column, std::uint32_t columns, const ReadMemory& read, unsigned char* x) {
    const std::uint32_t pixels = layer.out_height * layer.out_width;
    const std::uint64_t tensor = layer.x_tensor + group * layer.x_group;
    // With dilation, or other groups between the pixels, every kernel column is a run of its own.
    const bool joined = layer.dilation_w == 1 && layer.pixel_bytes() == layer.in_channels;
    const std::uint32_t run_kernels = joined ? layer.kernel_w : 1;
    const std::uint32_t run_length = run_kernels * layer.in_channels;
    for (std::uint32_t m = row; m < row + rows; ++m) {
        const std::uint32_t image = m / pixels, pixel = m % pixels;
        const std::int64_t y0 = std::int64_t{pixel / layer.out_width} * layer.stride_h - layer.pad_top;
        const std::int64_t x0 = std::int64_t{pixel % layer.out_width} * layer.stride_w - layer.pad_left;
        for (std::uint32_t k = column; k < column + columns;) {
            const std::uint32_t index = k / run_length, begin = k % run_length;
            const std::uint32_t kernel = index * run_kernels;
            const std::uint32_t end = std::min(run_length, begin + (column + columns - k));
            const Run run{y0 + std::int64_t{kernel / layer.kernel_w} * layer.dilation_h,
                          x0 + std::int64_t{kernel % layer.kernel_w} * layer.dilation_w, begin, end};
            gather_run(layer, tensor, image, run, read, x);
            x += end - begin;
            k += end - begin;
        }
    }
}

}  // namespace sosa::hw
