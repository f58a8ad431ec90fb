#pragma once
#include <cstdint>
#include <deque>
#include <vector>

namespace sosa::traces {

// What happened in a trace since the N-th last mark, in memory. Older records are folded into the values with
// which the kept part begins. Once the ring is full it allocates only for a segment with more records than
// any before.
class VcdRing {
  public:
    // `what` is a signal, with its new value, or one of those below, with a time.
    struct Record {
        std::uint64_t value;
        std::uint32_t what;
    };
    static constexpr std::uint32_t step = ~std::uint32_t{0}, opened = step - 1, closed = step - 2;

    struct Segment {
        std::uint64_t begin = 0;
        std::vector<Record> records;
    };
    struct Value {
        std::uint64_t value = 0;
        bool known = false;
    };

    // At least one mark.
    VcdRing(std::uint32_t marks, std::size_t signals) : marks_(marks), values_(signals) {}

    void add(std::uint32_t what, std::uint64_t value) { segments_.back().records.push_back({value, what}); }
    void mark(std::uint64_t ps);

    // The kept part, and how it begins.
    const std::deque<Segment>& segments() const { return segments_; }
    bool begins_open() const { return open_; }
    const std::vector<Value>& values() const { return values_; }

  private:
    void fold(const Segment& segment);

    std::uint32_t marks_;
    std::deque<Segment> segments_{Segment{}};
    bool open_ = false;
    std::vector<Value> values_;
};

}  // namespace sosa::traces
