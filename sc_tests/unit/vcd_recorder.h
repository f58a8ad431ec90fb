#pragma once
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "traces/format.h"
#include "traces/vcd_listener.h"

namespace sosa::tests {

// Writes down what a listener is told, a line each.
struct VcdRecorder : traces::VcdListener {
    explicit VcdRecorder(std::string only_name = {}) : only(std::move(only_name)) {}

    bool declared(std::uint32_t key, const traces::VcdSignal& signal) override {
        if (!only.empty() && signal.name != only) return false;
        signals[key] = signal;
        lines.push_back(name(key) + (signal.legend.empty() ? "" : ": " + signal.legend));
        return true;
    }
    void step(std::uint64_t ps, const std::vector<Change>& changes) override {
        std::map<std::string, std::string> by_name;
        std::string line = "@" + std::to_string(ps);
        for (const auto& change : changes)
            if (!by_name.emplace(name(change.key), text(change)).second)
                line += " twice: " + name(change.key);
        for (const auto& [signal, value] : by_name) line += " " + signal + "=" + value;
        lines.push_back(line);
    }
    void window_closed(std::uint64_t ps) override { lines.push_back("@" + std::to_string(ps) + " closed"); }
    void finished(std::uint64_t ps, std::string_view stopped) override {
        lines.push_back("@" + std::to_string(ps) + " finished" +
                        (stopped.empty() ? "" : ": " + std::string(stopped)));
    }

    std::vector<std::string> lines;

  private:
    std::string name(std::uint32_t key) const { return signals.at(key).scope + "." + signals.at(key).name; }
    std::string text(const Change& change) const {
        if (!signals.at(change.key).is_real) return std::to_string(change.value);
        double value;
        std::memcpy(&value, &change.value, sizeof value);
        return "real " + traces::shortest(value);
    }

    std::string only;
    std::map<std::uint32_t, traces::VcdSignal> signals;
};

}  // namespace sosa::tests
