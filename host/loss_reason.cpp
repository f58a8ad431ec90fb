#include "host/loss_reason.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "host/terminal.h"
#include "hw/units.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

std::string count(std::uint64_t number, const std::string& noun) {
    return with_commas(number) + " " + noun + (number == 1 ? "" : "s");
}

class Reason {
  public:
    explicit Reason(const LayerFacts& facts)
        : f_(facts),
          layer_(facts.program.layers[facts.layer].layer),
          tiles_(facts.program.tiles(facts.layer)),
          pes_(static_cast<double>(facts.program.shape.rows) * facts.program.shape.cols) {
        const double macs = static_cast<double>(layer_.macs()) * facts.copies;
        const double done = macs > 0 ? static_cast<double>(loss().useful) / macs : 0;
        ops_run_ = done * tiles_.ops() * facts.copies;
        read_places();
    }

    std::string of(std::uint64_t hw::CycleLoss::*part) const {
        if (part == &hw::CycleLoss::edge_tile) return edge_tile();
        if (part == &hw::CycleLoss::weight_load) return weight_load();
        if (part == &hw::CycleLoss::fill_drain) return fill_drain();
        if (part == &hw::CycleLoss::dependency_wait) return dependency_wait();
        if (part == &hw::CycleLoss::route_conflict) return route_conflict();
        if (part == &hw::CycleLoss::memory_stall) return memory_stall();
        SOSA_CHECK(part == &hw::CycleLoss::idle, "a part of the loss without a reason");
        return idle();
    }

  private:
    // Slices and the places on pods in them that no tile op of any layer takes.
    struct Places {
        std::uint64_t slices = 0, empty = 0;
    };

    const hw::CycleLoss& loss() const { return f_.cost.loss; }

    // Until the layer's last tile op, and after it: adding partial sums, or vector work.
    void read_places() {
        const Program& p = f_.program;
        const ProgramLayer& l = p.layers[f_.layer];
        std::uint32_t end = l.last_slice + 1;  // of its tile ops
        const auto is_its = [&](const pods::TileOp& op) { return op.layer == f_.layer; };
        while (end > l.first_slice &&
               std::none_of(p.ops.begin() + p.op_begin[end - 1], p.ops.begin() + p.op_begin[end], is_its))
            --end;
        for (std::uint32_t s = l.first_slice; s <= l.last_slice; ++s) {
            Places& places = s < end ? multiplying_ : after_;
            ++places.slices;
            places.empty += p.pods - (p.op_begin[s + 1] - p.op_begin[s]);
        }
    }

    // "N = 24 fills 24 of 32 columns"; "" where there is nothing to fill.
    static std::string fill(const char* name, std::uint64_t size, std::uint64_t room, const char* unit) {
        if (size == room) return "";
        return std::string(name) + " = " + with_commas(size) + " fills " + with_commas(size) + " of " +
               with_commas(room) + " " + unit;
    }

    std::string edge_tile() const {
        const double streamed = ops_run_ * static_cast<double>(layer_.m) / tiles_.I * pes_;
        const double unfilled = streamed - static_cast<double>(loss().useful);
        const std::uint64_t rows = std::uint64_t{tiles_.J} * f_.program.shape.rows;
        const std::uint64_t cols = std::uint64_t{tiles_.group_blocks()} * f_.program.shape.cols;
        std::vector<std::string> parts;
        for (auto part : {fill("N", layer_.n, cols, "columns"), fill("K", layer_.k, rows, "rows")})
            if (!part.empty()) parts.push_back(std::move(part));
        if (parts.size() == 2 && layer_.k * cols < layer_.n * rows) std::swap(parts[0], parts[1]);
        if (parts.empty() || unfilled < static_cast<double>(loss().edge_tile) - unfilled)
            return uneven_rows();
        return traces::join(parts) +
               (tiles_.groups > 1 ? " in each of " + count(tiles_.groups, "group") : "");
    }

    std::string uneven_rows() const {
        const std::uint32_t first = tiles_.rows(0), last = tiles_.rows(tiles_.I - 1);
        if (first == last)
            return "its tile ops of " + count(first, "row") + " wait for longer ones of other layers";
        return "M = " + with_commas(layer_.m) + " in tiles of " + count(first, "row") +
               " leaves a last one of " + with_commas(std::uint64_t{last}) +
               ", which waits for the others of its slices";
    }

    std::string weight_load() const {
        return "its tile ops stream as few as " + count(tiles_.rows(tiles_.I - 1), "row") +
               ", loading the next weights takes up to " + count(f_.program.shape.rows, "cycle");
    }

    std::string fill_drain() const {
        const double waits = ops_run_ > 0 ? static_cast<double>(loss().fill_drain) / ops_run_ / pes_ : 0;
        return "a tile op streams " + with_commas(static_cast<double>(layer_.m) / tiles_.I, 1) +
               " rows and waits " + with_commas(waits, 1) +
               " cycles for the way to the banks and back over " + f_.program.topology;
    }

    std::string work() const {
        return layer_.is_vector() ? with_commas(layer_.vector.elements) + " elements of vector work take "
                                  : "adding up its " + count(tiles_.J, "block") + " of K takes ";
    }

    std::string dependency_wait() const {
        const std::uint32_t pods = f_.program.pods;
        if (multiplying_.empty + after_.empty == 0)
            return "post-ops or vector work of its slices take longer than its tile ops";
        if (multiplying_.empty < after_.empty)
            return work() + count(after_.slices, "slice") + ", and no layer is ready for the pods";
        if (tiles_.ops() < pods)
            return "too few tile ops for " + count(pods, "pod") + ": " +
                   with_commas(std::uint64_t{tiles_.ops()}) + ", of " + with_commas(std::uint64_t{tiles_.I}) +
                   " x " + with_commas(std::uint64_t{tiles_.J}) + " x " +
                   with_commas(std::uint64_t{tiles_.L}) + " blocks of M, K and N";
        return "its " + count(tiles_.ops(), "tile op") + " and those of other layers leave " +
               with_commas(multiplying_.empty) + " of " + with_commas(multiplying_.slices * pods) +
               " places on the pods empty in " + count(multiplying_.slices, "slice") +
               ", and no layer is ready for them";
    }

    // A butterfly with twice the links, if there is one.
    std::string wider_network() const {
        constexpr std::string_view butterfly = "butterfly-";
        const std::string& name = f_.program.topology;
        unsigned planes = 0;
        if (name.rfind(butterfly, 0) != 0) return "";
        std::from_chars(name.data() + butterfly.size(), name.data() + name.size(), planes);
        const std::string wider = std::string(butterfly) + std::to_string(2 * planes);
        const auto& names = noc::Topology::names();
        return std::find(names.begin(), names.end(), wider) == names.end()
                   ? ""
                   : "; " + wider + " has twice the links";
    }

    std::string route_conflict() const {
        const double pods = static_cast<double>(loss().route_conflict) / static_cast<double>(loss().total()) *
                            f_.program.pods;
        return with_commas(pods, 1) + " of " + count(f_.program.pods, "pod") +
               " stand free on the average although tile ops are ready: routes of " + f_.program.topology +
               " or banks are taken" + wider_network();
    }

    std::string memory_stall() const {
        const double late = static_cast<double>(loss().memory_stall) / f_.copies / f_.program.pods / pes_;
        const std::string lateness = "its slices start " + with_commas(late, 0) + " cycles late";
        if (f_.cost.dram_bytes == 0)
            return lateness + ", for tiles of other layers, spilled results or the program";
        const double bytes = static_cast<double>(f_.cost.dram_bytes) / f_.copies;
        const double bandwidth = f_.config.dram.bandwidth_bytes_per_s;
        const bool x = f_.program.layers[f_.layer].x_from_dram, w = !layer_.w_on_chip;
        return std::string(x && w ? "X and W"
                           : x    ? "X"
                                  : "W") +
               " tiles of " + with_commas(bytes / 1e6, 3) + " MB take " +
               with_commas(bytes / bandwidth * f_.config.clock_hz, 0) + " cycles at " +
               hw::format_quantity(bandwidth, hw::Quantity::bandwidth) + ", " + lateness;
    }

    std::string idle() const {
        if (after_.slices > 0) return work() + count(after_.slices, "slice") + " after the last tile op";
        const Program& p = f_.program;
        const std::uint32_t last = p.last_main_slice;
        return "the last slice of tile ops has " +
               with_commas(std::uint64_t{p.op_begin[last + 1] - p.op_begin[last]}) + " for " +
               count(p.pods, "pod");
    }

    const LayerFacts& f_;
    const Layer& layer_;
    LayerTiles tiles_;
    double pes_;          // of a pod
    double ops_run_ = 0;  // of all copies; fewer than placed where the run ended early
    Places multiplying_, after_;
};

}  // namespace

std::string loss_reason(const LayerFacts& facts, const LossPart& part) { return Reason(facts).of(part.part); }

}  // namespace sosa::host
