#pragma once
#include <algorithm>
#include <array>
#include <memory>
#include <memory_resource>
#include <vector>

#include "host/placement.h"
#include "noc/route_table.h"
#include "traces/error.h"

namespace sosa::host {

// A set of pods or banks with a fast walk in ascending order.
class UnitSet {
  public:
    UnitSet(std::uint32_t size, bool all) : size_(size), words_((size + 63) / 64) { fill(all); }
    void fill(bool all) {
        std::fill(words_.begin(), words_.end(), all ? ~std::uint64_t{0} : 0);
        if (all && size_ % 64) words_.back() = (std::uint64_t{1} << (size_ % 64)) - 1;
    }
    bool has(std::uint32_t i) const { return words_[i / 64] >> (i % 64) & 1; }
    void insert(std::uint32_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
    void erase(std::uint32_t i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }

    // Calls f(i) for each member, ascending, until it returns true; returns whether it did.
    template <class F>
    bool any_of(F f) const {
        for (std::size_t w = 0; w < words_.size(); ++w)
            for (std::uint64_t bits = words_[w]; bits != 0; bits &= bits - 1)
                if (f(static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(__builtin_ctzll(bits))))
                    return true;
        return false;
    }

  private:
    std::uint32_t size_;
    std::vector<std::uint64_t> words_;
};

// Which tile each bank of one kind is read for in a slice.
using BankReads = std::vector<std::uint32_t>;  // tag, or kNone

// What a slice holds for tile ops: pods, banks and routes.
struct MainSlice {
    MainSlice(const noc::Topology& t, std::pmr::memory_resource* memory)
        : free_pods(t.ports(), true),
          unwritten_p(t.ports(), true),
          x_reads(t.ports(), kNone),
          w_reads(t.ports(), kNone),
          x(t, memory),
          w(t, memory),
          pout(t, memory) {}
    void reset() {
        ops = 0;
        free_pods.fill(true);
        unwritten_p.fill(true);
        for (auto* reads : {&x_reads, &w_reads}) std::fill(reads->begin(), reads->end(), kNone);
        for (auto* routes : {&x, &w, &pout}) routes->clear();
    }
    std::uint32_t ops = 0;
    UnitSet free_pods, unwritten_p;
    BankReads x_reads, w_reads;
    noc::RouteTable x, w, pout;
};

struct PinSlice {
    PinSlice(const noc::Topology& t, std::pmr::memory_resource* memory)
        : read_p(t.ports(), false), pin(t, memory) {}
    void reset() {
        read_p.fill(false);
        pin.clear();
    }
    UnitSet read_p;
    noc::RouteTable pin;
};

// What a slice holds for post-ops.
struct PostSlice {
    PostSlice(const noc::Topology& t, std::pmr::memory_resource* memory)
        : free_units(t.ports(), true),
          unwritten_p(t.ports(), true),
          read_a(t.ports(), false),
          read_b(t.ports(), false),
          a(t, memory),
          b(t, memory),
          out(t, memory) {}
    void reset() {
        ops = 0;
        for (auto* units : {&free_units, &unwritten_p}) units->fill(true);
        for (auto* reads : {&read_a, &read_b}) reads->fill(false);
        for (auto* routes : {&a, &b, &out}) routes->clear();
    }
    std::uint32_t ops = 0;
    UnitSet free_units, unwritten_p, read_a, read_b;
    noc::RouteTable a, b, out;
};

// The slices of a placement in the making; a slice's parts come to be when first asked for.
class SliceTable {
  public:
    explicit SliceTable(const noc::Topology& t) : topology(t) {}

    MainSlice& main(std::uint32_t s) { return part(main_, s); }
    PinSlice& pin(std::uint32_t s) { return part(pin_, s); }
    PostSlice& post(std::uint32_t s) { return part(post_, s); }

    // The first slice from s on that may still take a tile op; slices that are full are skipped at once.
    std::uint32_t next_open(std::uint32_t s);
    // The slice is full.
    void close(std::uint32_t s);
    // Nobody will ask for the slices before s again: what they hold serves later ones, so that a placement's
    // memory grows with the slices it still looks at.
    void retire_before(std::uint32_t s);

    const noc::Topology& topology;

  private:
    template <class Part>
    struct Parts {
        std::vector<std::unique_ptr<Part>> of_slice, spare;
        void retire(std::uint32_t s) {
            if (s < of_slice.size() && of_slice[s]) spare.push_back(std::move(of_slice[s]));
        }
    };
    template <class Part>
    Part& part(Parts<Part>& parts, std::uint32_t s) {
        if (s >= parts.of_slice.size()) parts.of_slice.resize(s + 1);
        auto& mine = parts.of_slice[s];
        if (mine) return *mine;
        SOSA_CHECK(s >= retired_before_,
                   "slice " + std::to_string(s) + " of " + std::to_string(retired_before_));
        if (parts.spare.empty()) {
            mine = std::make_unique<Part>(topology, &routes_);
        } else {
            mine = std::move(parts.spare.back());
            parts.spare.pop_back();
            mine->reset();
        }
        return *mine;
    }
    // The route tables, most of a placement's memory, in blocks that go back to the system as a whole.
    std::pmr::monotonic_buffer_resource routes_{8 << 20};
    Parts<MainSlice> main_;
    Parts<PinSlice> pin_;
    Parts<PostSlice> post_;
    std::uint32_t retired_before_ = 0;
    std::vector<std::uint32_t> next_;  // union-find towards the next slice that is not full
};

}  // namespace sosa::host
