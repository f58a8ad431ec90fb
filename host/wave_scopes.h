#pragma once
#include <map>
#include <string>
#include <vector>

#include "traces/gtkw.h"

namespace sosa::host {

// A scope of a waveform. Signals and scopes below stand as they were declared.
struct WaveScope {
    std::string path, name;  // "pods.pod0", "pod0"
    std::vector<const traces::VcdSignal*> signals;
    std::vector<const WaveScope*> below;
};

// "pod" of "pod17".
inline std::string without_number(const std::string& name) {
    return name.substr(0, name.find_last_not_of("0123456789") + 1);
}

class WaveScopes {
  public:
    explicit WaveScopes(const std::vector<traces::VcdSignal>& signals) {
        scopes_[""];
        for (const auto& signal : signals) scope(signal.scope).signals.push_back(&signal);
    }
    WaveScopes(const WaveScopes&) = delete;
    WaveScopes& operator=(const WaveScopes&) = delete;

    const WaveScope& top() const { return scopes_.at(""); }
    // Null if there is none.
    const WaveScope* find(const std::string& path) const {
        const auto found = scopes_.find(path);
        return found == scopes_.end() ? nullptr : &found->second;
    }

  private:
    WaveScope& scope(const std::string& path) {
        const auto [at, is_new] = scopes_.try_emplace(path);
        if (is_new) {
            const auto dot = path.rfind('.');
            at->second.path = path;
            at->second.name = path.substr(dot == std::string::npos ? 0 : dot + 1);
            scope(dot == std::string::npos ? "" : path.substr(0, dot)).below.push_back(&at->second);
        }
        return at->second;
    }

    std::map<std::string, WaveScope> scopes_;
};

}  // namespace sosa::host
