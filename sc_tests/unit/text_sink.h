#pragma once
#include <string>
#include <string_view>

#include "traces/byte_sink.h"

namespace sosa::tests {

// A file in memory.
struct TextSink final : traces::ByteSink {
    std::string text;
    int commits = 0, discards = 0;
    void write(std::string_view bytes) override { text += bytes; }
    void commit() override { ++commits; }
    void discard() noexcept override { ++discards; }
};

}  // namespace sosa::tests
