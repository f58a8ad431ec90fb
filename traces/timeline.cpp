#include "traces/timeline.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "traces/format.h"

// What happens over time; how the rules meet the signals of a trace is in timeline_rules.cpp.
namespace sosa::traces {

void Timeline::step(std::uint64_t ps, const std::vector<Change>& changes) {
    if (!std::exchange(linked_, true)) link();
    for (const Change& change : changes) {
        Watched& watched = watched_[change.key];
        watched.value = change.value;
        if (watched.counter != none) draw_counter(watched, ps);
        if (watched.ranges != none) draw_ranges(ranges_[watched.ranges], change.value, ps);
        for (const std::uint32_t row : watched.rows)
            if (!std::exchange(rows_[row].touched, true)) touched_.push_back(row);
    }
    for (const std::uint32_t row : touched_) draw(rows_[row], ps);
    touched_.clear();
}

void Timeline::window_closed(std::uint64_t ps) {
    for (Row& row : rows_) end(row, ps);
    for (RangeRows& ranges : ranges_) end(ranges, ps);
}

void Timeline::finished(std::uint64_t ps, std::string_view stopped) {
    window_closed(ps);
    file_.finish(stopped);
}

// After all changes of a step.
void Timeline::draw(Row& row, std::uint64_t ps) {
    row.touched = false;
    const auto& state = watched_[row.state].value;
    const auto drawn = std::find_if(row.drawn.begin(), row.drawn.end(),
                                    [&](const DrawnState& d) { return state && d.state == *state; });
    const DrawnState* const now = drawn == row.drawn.end() ? nullptr : &*drawn;
    args_.clear();
    if (now)
        for (const std::uint32_t key : now->args)
            args_.push_back(key == none ? std::nullopt : watched_[key].value);
    if (now == row.open && args_ == row.args) return;
    end(row, ps);
    row.open = now;
    row.begin = ps;
    row.args.swap(args_);
}

void Timeline::end(Row& row, std::uint64_t ps) {
    const DrawnState* const drawn = std::exchange(row.open, nullptr);
    if (!drawn || ps == row.begin) return;
    const Shown& rule = *drawn->rule;
    text_.clear();
    for (std::size_t i = 0; i < row.args.size(); ++i) {
        if (!row.args[i]) continue;
        text_ += text_.empty() ? "\"" : ",\"";
        text_ += rule.args[i];
        text_ += "\":";
        text_ += std::to_string(*row.args[i]);
    }
    file_.span(row.thread, rule.name ? rule.name(row.args) : rule.state, row.begin, ps, text_);
}

void Timeline::draw_counter(const Watched& watched, std::uint64_t ps) {
    const CounterRow& row = counters_[watched.counter];
    if (!watched.signal.is_real)
        return file_.counter(row.process, row.name, ps, std::to_string(*watched.value));
    double value;
    std::memcpy(&value, &*watched.value, sizeof value);
    file_.counter(row.process, row.name, ps, json_number(value));
}

// A value that falls begins anew.
void Timeline::draw_ranges(RangeRows& ranges, std::uint64_t value, std::uint64_t ps) {
    if (value < ranges.value) end(ranges, ps);
    ranges.value = value;
    const auto over = [&](const auto& open) {
        if (ranges.rows[open.first].last >= value) return false;
        file_.span(ranges.threads[open.first], ranges.rows[open.first].name, open.second, ps, {});
        return true;
    };
    ranges.open.erase(std::remove_if(ranges.open.begin(), ranges.open.end(), over), ranges.open.end());
    for (; ranges.next < ranges.rows.size() && ranges.rows[ranges.next].first <= value; ++ranges.next)
        if (ranges.rows[ranges.next].last >= value) ranges.open.emplace_back(ranges.next, ps);
}

void Timeline::end(RangeRows& ranges, std::uint64_t ps) {
    for (const auto& [row, since] : ranges.open)
        if (ps > since) file_.span(ranges.threads[row], ranges.rows[row].name, since, ps, {});
    ranges.open.clear();
    ranges.next = 0;
}

}  // namespace sosa::traces
