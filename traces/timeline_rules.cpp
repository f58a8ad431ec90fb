#include <algorithm>
#include <sstream>

#include "traces/error.h"
#include "traces/text.h"
#include "traces/timeline.h"

// Which signals a timeline draws, by its rules.
namespace sosa::traces {

namespace {

std::string full_name(const std::string& scope, const std::string& name) {
    return scope.empty() ? name : scope + "." + name;
}

std::string last_word(const std::string& scope) { return scope.substr(scope.rfind('.') + 1); }

// The value that a legend such as "0=idle 1=load" gives to a name.
std::uint64_t value_of(const std::string& state, const VcdSignal& signal) {
    std::istringstream words(signal.legend);
    for (std::string word; words >> word;) {
        const auto equals = word.find('=');
        if (equals != std::string::npos && word.substr(equals + 1) == state) return std::stoull(word);
    }
    SOSA_CHECK(false, full_name(signal.scope, signal.name) + " has no state \"" + state +
                          "\", its legend is \"" + signal.legend + "\"");
}

std::vector<std::string> names_of(const std::vector<Timeline::Process>& processes) {
    std::vector<std::string> names;
    for (const auto& process : processes) names.push_back(process.name);
    return names;
}

bool watches(const Timeline::Track& track, const VcdSignal& signal) {
    if (!glob_match(track.scopes, signal.scope)) return false;
    return signal.name == track.state ||
           std::any_of(track.shown.begin(), track.shown.end(), [&](const auto& shown) {
               return std::find(shown.args.begin(), shown.args.end(), signal.name) != shown.args.end();
           });
}

bool watches(const Timeline::Process& process, const VcdSignal& signal) {
    const std::string name = full_name(signal.scope, signal.name);
    return std::any_of(process.tracks.begin(), process.tracks.end(),
                       [&](const auto& track) { return watches(track, signal); }) ||
           std::any_of(process.counters.begin(), process.counters.end(),
                       [&](const auto& glob) { return glob_match(glob, name); }) ||
           std::any_of(process.ranges.begin(), process.ranges.end(),
                       [&](const auto& ranges) { return ranges.signal == name; });
}

}  // namespace

Timeline::Timeline(std::shared_ptr<ByteSink> sink, Options options)
    : options_(std::move(options)),
      file_(std::move(sink), names_of(options_.processes), options_.notes, options_.max_bytes) {}

bool Timeline::declared(std::uint32_t key, const VcdSignal& signal) {
    watched_.resize(key + 1);
    const auto& processes = options_.processes;
    if (std::none_of(processes.begin(), processes.end(), [&](const auto& p) { return watches(p, signal); }))
        return false;
    watched_[key].signal = signal;
    return true;
}

void Timeline::link() {
    Keys keys;
    for (std::uint32_t key = 0; key < watched_.size(); ++key)
        if (const auto& s = watched_[key].signal; !s.name.empty()) keys[full_name(s.scope, s.name)] = key;
    for (std::size_t p = 0; p < options_.processes.size(); ++p) {
        const Process& process = options_.processes[p];
        for (const Track& track : process.tracks) link_track(p, track, keys);
        for (const Ranges& ranges : process.ranges) link_ranges(p, ranges, keys);
        for (const std::string& glob : process.counters) link_counters(p, glob);
    }
}

void Timeline::link_track(std::size_t process, const Track& track, const Keys& keys) {
    for (std::uint32_t key = 0; key < watched_.size(); ++key) {
        const VcdSignal& signal = watched_[key].signal;
        if (signal.name != track.state || !glob_match(track.scopes, signal.scope)) continue;
        const auto index = static_cast<std::uint32_t>(rows_.size());
        Row row;
        row.thread = file_.add_thread(process, last_word(signal.scope));
        row.state = key;
        watched_[key].rows.push_back(index);
        for (const Shown& shown : track.shown) {
            DrawnState drawn{value_of(shown.state, signal), &shown, {}};
            for (const std::string& arg : shown.args) {
                const auto found = keys.find(full_name(signal.scope, arg));
                drawn.args.push_back(found == keys.end() ? none : found->second);
                if (found != keys.end()) watched_[found->second].rows.push_back(index);
            }
            row.drawn.push_back(std::move(drawn));
        }
        rows_.push_back(std::move(row));
    }
}

void Timeline::link_counters(std::size_t process, const std::string& glob) {
    for (Watched& watched : watched_) {
        const VcdSignal& signal = watched.signal;
        if (signal.name.empty() || !glob_match(glob, full_name(signal.scope, signal.name))) continue;
        watched.counter = static_cast<std::uint32_t>(counters_.size());
        counters_.push_back({process, full_name(last_word(signal.scope), signal.name)});
    }
}

void Timeline::link_ranges(std::size_t process, const Ranges& rule, const Keys& keys) {
    const auto found = keys.find(rule.signal);
    if (found == keys.end()) return;
    RangeRows ranges;
    ranges.rows = rule.rows;
    std::stable_sort(ranges.rows.begin(), ranges.rows.end(),
                     [](const Range& a, const Range& b) { return a.first < b.first; });
    for (const Range& row : ranges.rows) ranges.threads.push_back(file_.add_thread(process, row.name));
    watched_[found->second].ranges = static_cast<std::uint32_t>(ranges_.size());
    ranges_.push_back(std::move(ranges));
}

}  // namespace sosa::traces
