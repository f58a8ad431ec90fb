// The kernels over `Lanes`, eight 32-bit columns. Not a header of its own: array_kernels_*.cpp include it
// after they have defined Lanes and SOSA_LANES_TARGET, the attribute that lets a function use the instruction
// set. All of it is local to them, as the same templates are compiled for several instruction sets.
namespace sosa::pods {
namespace {

using V = Lanes::V;

// What a register does to the exact sum; see pods/README.md.
template <RangeMode mode>
struct Range {
    V low, high;
    int spare_bits;

    SOSA_LANES_TARGET explicit Range(const ArrayPlan& plan)
        : low(Lanes::all(plan.low)),
          high(Lanes::all(plan.high)),
          spare_bits(static_cast<int>(plan.spare_bits)) {}

    SOSA_LANES_TARGET V operator()(V above, V products, V& spill) const {
        const V sum = Lanes::add(above, products);
        if constexpr (mode == RangeMode::wrap || mode == RangeMode::saturate) {
            V held;
            if constexpr (mode == RangeMode::wrap) {
                held = Lanes::shift_right(Lanes::shift_left(sum, spare_bits), spare_bits);
            } else {
                held = Lanes::min(Lanes::max(sum, low), high);
            }
            spill = Lanes::either(spill, Lanes::differ(held, sum));
            return held;
        } else {
            // The sum has another sign than both of its terms.
            const V over =
                Lanes::shift_right(Lanes::both(Lanes::differ(above, sum), Lanes::differ(products, sum)), 31);
            spill = Lanes::either(spill, over);
            if constexpr (mode == RangeMode::wrap_32) return sum;
            const V limit = Lanes::differ(Lanes::shift_right(above, 31), high);
            return Lanes::either(Lanes::both(over, limit), Lanes::except(over, sum));
        }
    }
};

// One row group of `count` vectors of columns. `x` steps from pair to pair; with `shared` all columns see one
// pair.
template <RangeMode mode, int count, bool shared>
SOSA_LANES_TARGET inline void step_group(const ArrayPlan& plan, const Range<mode>& range,
                                         const std::int16_t* x, std::size_t x_step, const std::int16_t* w,
                                         const std::int32_t* above, std::int32_t* sums, std::int32_t* spills,
                                         bool first) {
    V products[count];
    for (int n = 0; n < count; ++n) products[n] = Lanes::all(0);
    for (std::uint32_t p = 0; p < plan.pairs; ++p, x += x_step, w += std::size_t{plan.cols} * 2) {
        const V pair = shared ? Lanes::all_pairs(x) : Lanes::load_pairs(x);
        for (int n = 0; n < count; ++n) {
            const V own = shared || n == 0 ? pair : Lanes::load_pairs(x + 16 * n);
            products[n] = Lanes::add(products[n], Lanes::multiply_add(own, Lanes::load_pairs(w + 16 * n)));
        }
    }
    for (int n = 0; n < count; ++n) {
        V spill = first ? Lanes::all(0) : Lanes::load(spills + 8 * n);
        Lanes::store(sums + 8 * n, range(Lanes::load(above + 8 * n), products[n], spill));
        Lanes::store(spills + 8 * n, spill);
    }
}

template <RangeMode mode, int count, bool shared>
SOSA_LANES_TARGET void edge(const ArrayPlan& plan, const EdgeJob& job) {
    const Range<mode> range(plan);
    const std::uint32_t width = shared ? plan.multicast : plan.cols;
    const std::size_t group_pairs = std::size_t{plan.pairs} * 2;
    std::uint32_t row = job.turn;
    for (std::uint32_t g = 0; g < plan.groups; ++g, row = row == 0 ? plan.groups - 1 : row - 1) {
        std::int32_t* sums = job.sums + std::size_t{row} * plan.cols;
        std::int32_t* spills = job.spills + std::size_t{row} * plan.cols;
        const std::int32_t* above = g == 0 ? job.psum : sums;
        const std::int16_t* w = job.weights + g * group_pairs * plan.cols;
        std::uint64_t sampled = job.time - g;
        for (std::uint32_t begin = 0; begin < plan.cols; begin += width, --sampled) {
            const std::uint32_t end = begin + width < plan.cols ? begin + width : plan.cols;
            for (std::uint32_t c = begin; c < end; c += 8 * count) {
                const std::int16_t* x =
                    shared ? job.x + (sampled & job.x_mask) * job.x_stride * 2 + g * group_pairs
                           : job.x + (g * plan.pairs * job.x_stride + c) * 2;
                step_group<mode, count, shared>(plan, range, x, shared ? 2 : job.x_stride * 2, w + 2 * c,
                                                above + c, sums + c, spills + c, g == 0);
            }
        }
    }
}

// Two rows by two vectors of columns at a time, so that every load serves two products.
template <RangeMode mode>
SOSA_LANES_TARGET inline V tile_block(const ArrayPlan& plan, const Range<mode>& range, const std::int16_t* x,
                                      const std::int16_t* w, std::int32_t* sums) {
    const std::ptrdiff_t x_row = std::ptrdiff_t{2} * plan.all_pairs(), row = plan.cols;
    V held[2][2], spill[2][2];
    for (int r = 0; r < 2; ++r) {
        for (int n = 0; n < 2; ++n) {
            held[r][n] = Lanes::load(sums + r * row + 8 * n);
            spill[r][n] = Lanes::all(0);
        }
    }
    for (std::uint32_t g = 0; g < plan.groups; ++g) {
        V products[2][2] = {{Lanes::all(0), Lanes::all(0)}, {Lanes::all(0), Lanes::all(0)}};
        for (std::uint32_t p = 0; p < plan.pairs; ++p, x += 2, w += std::size_t{plan.cols} * 2) {
            const V x0 = Lanes::all_pairs(x), x1 = Lanes::all_pairs(x + x_row);
            const V w0 = Lanes::load_pairs(w), w1 = Lanes::load_pairs(w + 16);
            products[0][0] = Lanes::add(products[0][0], Lanes::multiply_add(x0, w0));
            products[0][1] = Lanes::add(products[0][1], Lanes::multiply_add(x0, w1));
            products[1][0] = Lanes::add(products[1][0], Lanes::multiply_add(x1, w0));
            products[1][1] = Lanes::add(products[1][1], Lanes::multiply_add(x1, w1));
        }
        for (int r = 0; r < 2; ++r) {
            for (int n = 0; n < 2; ++n) held[r][n] = range(held[r][n], products[r][n], spill[r][n]);
        }
    }
    V fits = Lanes::all(0);
    for (int r = 0; r < 2; ++r) {
        for (int n = 0; n < 2; ++n) {
            Lanes::store(sums + r * row + 8 * n, held[r][n]);
            fits = Lanes::add(fits, Lanes::minus_one_if_zero(spill[r][n]));
        }
    }
    return fits;
}

template <RangeMode mode>
SOSA_LANES_TARGET std::uint32_t tile(const ArrayPlan& plan, const TileJob& job) {
    const Range<mode> range(plan);
    V fits = Lanes::all(0);
    for (std::uint32_t m = 0; m < job.rows; m += 2) {
        const std::int16_t* x = job.x + std::size_t{m} * plan.all_pairs() * 2;
        std::int32_t* sums = job.sums + std::size_t{m} * plan.cols;
        for (std::uint32_t c = 0; c < plan.cols; c += 16) {
            fits = Lanes::add(fits, tile_block<mode>(plan, range, x, job.weights + 2 * c, sums + c));
        }
    }
    std::int32_t counts[8], fitting = 0;
    Lanes::store(counts, fits);
    for (const std::int32_t count : counts) fitting -= count;
    return job.rows * plan.cols - static_cast<std::uint32_t>(fitting);
}

template <RangeMode mode>
ArrayKernels::Edge edge_of(const ArrayPlan& plan) {
    if (!plan.whole_vectors) return plan.cols % 32 == 0 ? edge<mode, 4, false> : edge<mode, 2, false>;
    return plan.multicast % 16 == 0 ? edge<mode, 2, true> : edge<mode, 1, true>;
}

ArrayKernels::Edge pick_edge(const ArrayPlan& plan) {
    switch (plan.mode) {
        case RangeMode::wrap:
            return edge_of<RangeMode::wrap>(plan);
        case RangeMode::saturate:
            return edge_of<RangeMode::saturate>(plan);
        case RangeMode::wrap_32:
            return edge_of<RangeMode::wrap_32>(plan);
        default:
            return edge_of<RangeMode::saturate_32>(plan);
    }
}

ArrayKernels::Tile pick_tile(const ArrayPlan& plan) {
    switch (plan.mode) {
        case RangeMode::wrap:
            return tile<RangeMode::wrap>;
        case RangeMode::saturate:
            return tile<RangeMode::saturate>;
        case RangeMode::wrap_32:
            return tile<RangeMode::wrap_32>;
        default:
            return tile<RangeMode::saturate_32>;
    }
}

}  // namespace
}  // namespace sosa::pods
