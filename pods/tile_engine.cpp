#include <algorithm>

#include "pods/array_kernels.h"
#include "pods/psum.h"
#include "traces/error.h"

namespace sosa::pods {

namespace {

constexpr std::uint32_t kRows = 32;  // rows of X at a time: their partial sums stay in the first cache

class TileEngine final : public ArrayEngine {
  public:
    TileEngine(const ArrayShape& shape, const ArrayKernels& kernels)
        : shape_(shape), plan_(shape), kernel_(kernels.tile(plan_)) {
        x_.resize(std::size_t{kRows} * plan_.all_pairs() * 2);
        sums_.resize(std::size_t{kRows} * plan_.cols);
        active_.operands.resize(plan_.weights());
        shadow_.operands.resize(plan_.weights());
    }

    void load(const WeightTile& tile) override;
    void start(const StreamTile& tile) override;
    std::uint32_t finish(std::uint8_t* results) override;
    void flip_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) override;

  private:
    struct Weights {
        LineVector<std::int16_t> operands;  // at plan_.weight(); all zero in columns from `cols` on
        std::uint32_t depth = 0, cols = 0;
    };
    template <class Byte>
    void unpack_weights(const Byte* from);
    template <class Byte>
    void unpack_x(const Byte* from, std::uint32_t rows);
    void unpack_sums(std::uint32_t first, std::uint32_t rows);

    const ArrayShape shape_;
    const ArrayPlan plan_;
    const ArrayKernels::Tile kernel_;
    Weights active_, shadow_;
    bool loaded_ = false;  // shadow_ is not what active_ is
    bool started_ = false;
    StreamTile stream_{};
    std::uint32_t x_depth_ = 0;  // columns of x_ from here on are zero
    LineVector<std::int16_t> x_;
    LineVector<std::int32_t> sums_;
};

std::string text(std::uint32_t rows, std::uint32_t cols) {
    return std::to_string(rows) + " x " + std::to_string(cols);
}

void TileEngine::load(const WeightTile& tile) {
    SOSA_CHECK(
        tile.depth >= 1 && tile.depth <= shape_.rows && tile.cols >= 1 && tile.cols <= shape_.cols,
        "weights of " + text(tile.depth, tile.cols) + " in an array of " + text(shape_.rows, shape_.cols));
    if (tile.cols < shadow_.cols)
        std::fill(shadow_.operands.begin(), shadow_.operands.end(), std::int16_t{0});
    shadow_.depth = tile.depth;
    shadow_.cols = tile.cols;
    if (tile.is_signed) {
        unpack_weights(reinterpret_cast<const std::int8_t*>(tile.bytes));
    } else {
        unpack_weights(tile.bytes);
    }
    loaded_ = true;
}

template <class Byte>
void TileEngine::unpack_weights(const Byte* from) {
    const std::size_t cols = shadow_.cols;
    for (std::uint32_t i = 0; i < shadow_.depth;) {
        std::int16_t* __restrict to = shadow_.operands.data() + plan_.weight(i, 0);
        const Byte* __restrict even = from + i * cols;
        const Byte* __restrict odd = even + cols;
        const bool two =
            i + 1 < shadow_.depth && (i + 1) % plan_.fanin != 0;  // the next row is in the same pair
        if (two) {
            for (std::size_t j = 0; j < cols; ++j) {
                to[2 * j] = even[j];
                to[2 * j + 1] = odd[j];
            }
        } else {
            for (std::size_t j = 0; j < cols; ++j) to[2 * j] = even[j];
        }
        i += two ? 2 : 1;
    }
}

void TileEngine::start(const StreamTile& tile) {
    SOSA_CHECK(!started_, "a second start() before finish()");
    if (loaded_) std::swap(active_, shadow_);
    loaded_ = false;
    SOSA_CHECK(tile.rows >= 1 && tile.depth == active_.depth && tile.cols == active_.cols,
               "a stream of " + text(tile.rows, tile.depth) + " past weights of " +
                   text(active_.depth, active_.cols) + ", to " + std::to_string(tile.cols) + " columns");
    stream_ = tile;
    started_ = true;
}

std::uint32_t TileEngine::finish(std::uint8_t* results) {
    SOSA_CHECK(started_, "finish() without start()");
    started_ = false;
    if (stream_.depth < x_depth_) std::fill(x_.begin(), x_.end(), std::int16_t{0});
    x_depth_ = stream_.depth;
    const std::uint32_t bytes = shape_.psum_bytes();
    std::uint32_t spilt = 0;
    for (std::uint32_t first = 0; first < stream_.rows; first += kRows) {
        const std::uint32_t rows = std::min(kRows, stream_.rows - first);
        const std::uint8_t* x = stream_.x + std::size_t{first} * stream_.depth;
        if (stream_.x_signed) {
            unpack_x(reinterpret_cast<const std::int8_t*>(x), rows);
        } else {
            unpack_x(x, rows);
        }
        unpack_sums(first, rows);
        spilt += kernel_(plan_, {active_.operands.data(), x_.data(), sums_.data(), rows + rows % 2});
        for (std::uint32_t m = 0; m < rows; ++m) {
            std::uint8_t* to = results + (std::size_t{first} + m) * stream_.cols * bytes;
            pack_psums(to, sums_.data() + std::size_t{m} * plan_.cols, stream_.cols, bytes);
        }
    }
    return spilt;
}

template <class Byte>
void TileEngine::unpack_x(const Byte* from, std::uint32_t rows) {
    const std::size_t width = std::size_t{plan_.all_pairs()} * 2;
    const bool dense = plan_.fanin % 2 == 0 || plan_.groups == 1;  // no gaps between the row groups
    for (std::uint32_t m = 0; m < rows; ++m, from += stream_.depth) {
        std::int16_t* __restrict to = x_.data() + m * width;
        if (dense) {
            for (std::uint32_t i = 0; i < stream_.depth; ++i) to[i] = from[i];
        } else {
            for (std::uint32_t i = 0; i < stream_.depth; ++i) to[plan_.operand(i)] = from[i];
        }
    }
    if (rows % 2 != 0)
        std::fill_n(x_.begin() + static_cast<std::ptrdiff_t>(rows * width), width, std::int16_t{0});
}

void TileEngine::unpack_sums(std::uint32_t first, std::uint32_t rows) {
    const std::uint32_t bytes = shape_.psum_bytes();
    std::int32_t* to = sums_.data();
    // What stands in the row that makes `rows` even fits a register, and zeros are added to it: it cannot
    // spill.
    if (stream_.psum == nullptr || stream_.cols < plan_.cols)
        std::fill_n(to, std::size_t{rows} * plan_.cols, 0);
    if (stream_.psum == nullptr) return;
    const std::uint8_t* from = stream_.psum + std::size_t{first} * stream_.cols * bytes;
    for (std::uint32_t m = 0; m < rows; ++m, from += std::size_t{stream_.cols} * bytes, to += plan_.cols) {
        unpack_psums(to, from, stream_.cols, bytes);
    }
}

void TileEngine::flip_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) {
    SOSA_CHECK(row < shape_.rows && col < shape_.cols,
               "PE (" + std::to_string(row) + ", " + std::to_string(col) + ")");
    if (!loaded_) {  // the shadow registers still hold what was swapped in
        shadow_ = active_;
        loaded_ = true;
    }
    if (row >= shadow_.depth || col >= shadow_.cols) return;  // nothing that a result depends on
    std::int16_t& weight = shadow_.operands[plan_.weight(row, col)];
    weight = static_cast<std::int16_t>(weight ^ bits);
}

}  // namespace

std::unique_ptr<ArrayEngine> make_tile_engine(const ArrayShape& shape, const ArrayKernels& kernels) {
    return std::make_unique<TileEngine>(shape, kernels);
}
std::unique_ptr<ArrayEngine> make_tile_engine(const ArrayShape& shape) {
    return make_tile_engine(shape, *array_kernels().front());
}

}  // namespace sosa::pods
