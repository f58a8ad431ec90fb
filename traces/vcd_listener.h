#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sosa::traces {

// A signal of a trace as it was declared.
struct VcdSignal {
    std::string scope, name, legend;  // the scope is below the top: "pods.pod0"
    unsigned width = 0;               // in bits
    bool is_real = false;
};

// Is told of a trace exactly what its file says, as it is written. May throw UserError.
class VcdListener {
  public:
    struct Change {
        std::uint32_t key;    // place in Vcd::signals()
        std::uint64_t value;  // of a real its bits
    };

    virtual ~VcdListener() = default;

    // Asked when the trace starts, once for each of its signals: whether to be told of it.
    virtual bool declared(std::uint32_t key, const VcdSignal& signal) = 0;
    // All changes of one time step, each signal once, at rising times. The first step of a window has all
    // values that are known then.
    virtual void step(std::uint64_t ps, const std::vector<Change>& changes) = 0;
    virtual void window_closed(std::uint64_t ps) = 0;
    // The last call; `stopped` says why the trace ended early, if it did.
    virtual void finished(std::uint64_t ps, std::string_view stopped) = 0;
};

}  // namespace sosa::traces
