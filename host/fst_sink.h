#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "traces/byte_sink.h"

namespace sosa::host {

// A VCD that becomes an FST file while it is written: its bytes go into the program vcd2fst (Debian package
// gtkwave), never to the disk. The file grows under a temporary name until commit(). Without commit() nothing
// stays behind, nor after a failure: vcd2fst missing, ended early or not content is a UserError with what it
// said.
class FstSink final : public traces::ByteSink {
  public:
    explicit FstSink(std::filesystem::path path);
    ~FstSink() override;
    FstSink(const FstSink&) = delete;
    FstSink& operator=(const FstSink&) = delete;

    void write(std::string_view bytes) override;
    void commit() override;
    void discard() noexcept override;

  private:
    struct Tool;
    void remove_temporary() noexcept;
    [[noreturn]] void fail(const std::string& what);

    std::filesystem::path path_, temporary_;
    std::unique_ptr<Tool> tool_;  // while it runs
};

}  // namespace sosa::host
