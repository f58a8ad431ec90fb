#pragma once
#include <deque>
#include <string>
#include <vector>

#include "hw/scheduler.h"
#include "sc_tests/module/stubs.h"

// A scheduler with stubs all around it: units that only take time, a DMA that the test moves.
namespace sosa::tests::scheduler_bench {

using hw::Scheduler;
using hw::SliceProgram;
using hw::TileStore;
using pods::PostOp;
using pods::TileOp;
using pods::TileRef;
using Log = std::vector<std::string>;

// A unit that takes max(rows + 1, next weights' rows + 1) cycles and whose result is stored 3 cycles on.
template <class Commands>
struct StubUnit : sc_core::sc_module, Commands {
    StubUnit(sc_core::sc_module_name name, std::string label, sosa::pods::SliceControl& control, Log& log)
        : sc_module(name), label_(std::move(label)), control_(control), log_(log) {}

  protected:
    void work(std::uint32_t rows, bool result) {
        cycles_ = std::max(cycles_, rows + 1);
        result_ = result_ || result;
    }
    void note(const std::string& what) { log_.push_back(what + " " + label_); }

  private:
    void end_of_elaboration() override {
        SC_HAS_PROCESS(StubUnit);
        SC_METHOD(act);
        sensitive << control_.slice_started();
        this->dont_initialize();
    }
    void act() {
        if (active_) {
            active_ = false;
            const bool result = result_;
            cycles_ = 0;
            result_ = false;
            control_.arrive(result ? cycles(3) : sc_core::SC_ZERO_TIME);
        } else if (cycles_ > 0) {
            active_ = true;
            this->next_trigger(cycles(cycles_));
        }
    }
    const std::string label_;
    sosa::pods::SliceControl& control_;
    Log& log_;
    std::uint32_t cycles_ = 0;
    bool result_ = false, active_ = false;
};

struct StubPod : StubUnit<sosa::pods::PodCommands> {
    using StubUnit::StubUnit;
    void start(const TileOp& op) override {
        work(op.rows, true);
        note("start");
    }
    void load(const TileOp& next, bool resident) override {
        work(next.depth, false);
        note(resident ? "load" : "load late");
    }
    void take_weights(const TileOp&) override { note("take weights"); }
};
struct StubPost : StubUnit<sosa::pods::PostCommands> {
    using StubUnit::StubUnit;
    void finish(const sosa::pods::FinishOp&) override { note("finish"); }
    void compute(const sosa::pods::LaneJob&) override { note("compute"); }
    void start(const PostOp& op) override {
        work(op.rows, true);
        note("start");
    }
    void start(const sosa::pods::VectorOp& op) override {
        work(op.cycles, true);
        note("vector");
    }
};

struct StubRoutes : sosa::noc::RouteControl {
    void begin_slice() override {
        log->push_back(name);
        ++slices;
    }
    std::string name;
    Log* log = nullptr;
    int slices = 0;
};
struct StubBank : sosa::hw::BankControl {
    explicit StubBank(std::uint64_t bytes) : store(bytes) {}
    TileStore& tags() override { return store; }
    std::string describe_bank() const override { return "a P bank"; }
    void drop(TileTag) override {}
    TileStore store;
};

struct StubDma : sc_core::sc_module, sosa::hw::DmaControl {
    StubDma(sc_core::sc_module_name name, Log& log) : sc_module(name), log_(log) {}
    void resident(std::uint32_t before) {
        resident_before_ = SliceId{before};
        progress_.notify(sc_core::SC_ZERO_TIME);
    }
    void demands_done() {
        demands = 0;
        progress_.notify(sc_core::SC_ZERO_TIME);
    }
    void push(std::vector<sosa::hw::Fetch>) override {}
    std::uint32_t space() const override { return 1; }
    SliceId resident_before() const override { return resident_before_; }
    bool demands_pending() const override { return demands > 0; }
    void slice_started(SliceId slice) override { log_.push_back("dma " + std::to_string(slice.value)); }
    void demand(std::uint16_t bank, TileTag tag, std::uint32_t bytes, SliceId use) override {
        ++demands;
        log_.push_back("demand tile " + std::to_string(tag.value) + " of bank " + std::to_string(bank) +
                       ", " + std::to_string(bytes) + " bytes for slice " + std::to_string(use.value));
    }
    void spill(std::uint16_t bank, const std::vector<TileStore::Evicted>& evicted) override {
        for (const auto& e : evicted)
            log_.push_back("out tile " + std::to_string(e.tag.value) + (e.dirty ? "*" : "") + " of bank " +
                           std::to_string(bank));
    }
    const sc_core::sc_event& progress() const override { return progress_; }
    std::string waiting_for() const override { return waits; }
    int demands = 0;
    std::string waits;

  private:
    Log& log_;
    SliceId resident_before_{1000};  // everything is there unless a test says otherwise
    sc_core::sc_event progress_;
};

// A scheduler of 2 pods of 8x8 and 2 post-processors, a program window of 4 slices, a round trip of 10
// cycles.
struct Parts : sc_core::sc_module {
    Log log;
    Scheduler scheduler;
    StubDma dma{"dma", log};
    std::deque<StubPod> pods;
    std::deque<StubPost> posts;
    std::deque<StubBank> banks;
    std::deque<StubRoutes> routes;

    explicit Parts(std::uint64_t bank_bytes = 4096, sc_core::sc_module_name = "bench")
        : scheduler("scheduler", {2, 64, 2, 4, 10}, sosa::tests::kCycle) {
        for (std::uint32_t i = 0; i < 7; ++i) {
            routes.emplace_back();
            routes.back().name = i == 6 ? "w routes" : "routes";
            routes.back().log = &log;
            if (i < 6) scheduler.networks[i].bind(routes.back());
        }
        scheduler.w_network.bind(routes.back());
        scheduler.dma.bind(dma);
        for (std::uint32_t i = 0; i < 2; ++i) {
            const std::string n = std::to_string(i);
            pods.emplace_back(("pod" + n).c_str(), "pod" + n, scheduler, log);
            posts.emplace_back(("post" + n).c_str(), "post" + n, scheduler, log);
            banks.emplace_back(bank_bytes);
            scheduler.pods[i].bind(pods.back());
            scheduler.posts[i].bind(posts.back());
            scheduler.p_banks[i].bind(banks.back());
        }
    }
    std::uint32_t slice() const { return scheduler.slice().value; }
    std::string loss() const {
        const auto& l = scheduler.counters().loss;
        std::string text;
        for (const auto part : {l.useful, l.edge_tile, l.weight_load, l.fill_drain, l.dependency_wait,
                                l.route_conflict, l.memory_stall, l.idle})
            text += (text.empty() ? "" : " ") + std::to_string(part);
        return text;
    }
};
using Bench = sosa::tests::Elaborated<Parts>;

inline TileOp tile_op(std::uint16_t pod, std::uint32_t rows, std::uint16_t depth = 8) {
    TileOp op;
    op.pod = pod;
    op.rows = rows;
    op.depth = depth;
    op.cols = 8;
    op.x = op.w = {0, pod, 0};
    static std::uint32_t next_tag = 100;
    op.pout = {next_tag++, pod, 0};
    return op;
}
inline TileOp with_pin(TileOp op, TileRef pin, TileRef pout) {
    op.pin = pin;
    op.pout = pout;
    return op;
}
inline PostOp post_op(std::uint16_t unit, std::uint32_t rows, TileRef a, TileRef b, TileRef out) {
    PostOp op;
    op.unit = unit;
    op.rows = rows;
    op.cols = 8;
    op.a = a;
    op.b = b;
    op.out = out;
    return op;
}
inline SliceProgram slice(std::uint32_t number, std::vector<TileOp> ops, std::vector<PostOp> posts,
                          std::uint32_t flags = 0) {
    SliceProgram s;
    s.header = {
        number, static_cast<std::uint32_t>(ops.size()), static_cast<std::uint32_t>(posts.size()), 0, flags,
        0};
    s.ops = std::move(ops);
    s.posts = std::move(posts);
    return s;
}

}  // namespace sosa::tests::scheduler_bench
