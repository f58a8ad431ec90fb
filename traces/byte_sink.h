#pragma once
#include <string_view>

namespace sosa::traces {

// Where a file goes that grows over a run: to the disk, into another program. It has its name only when it is
// complete. What goes wrong throws UserError, once: after that, and after commit() or discard(), every call
// is a no-op.
class ByteSink {
  public:
    virtual ~ByteSink() = default;
    virtual void write(std::string_view bytes) = 0;
    virtual void commit() = 0;
    virtual void discard() noexcept = 0;  // leaves nothing behind
};

}  // namespace sosa::traces
