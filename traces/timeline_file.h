#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "traces/byte_sink.h"

namespace sosa::traces {

// The Chrome trace-event format (JSON; https://ui.perfetto.dev opens it) as complete events and counters,
// times in ps. A row is named in the file when the first event on it is written. Well formed after finish()
// also when it ended early.
class TimelineFile {
  public:
    using Notes = std::vector<std::pair<std::string, std::string>>;

    // Processes are known by their place in `processes`, which is also the order in which they are shown. The
    // file is never larger than `max_bytes` (0: no limit); a limit too small for an empty file is a
    // UserError.
    TimelineFile(std::shared_ptr<ByteSink> sink, const std::vector<std::string>& processes, Notes notes,
                 std::uint64_t max_bytes);

    // A row for events that follow one another; rows are shown in the order in which they were made.
    std::uint32_t add_thread(std::size_t process, std::string name);

    // `args` is text of JSON members, or empty.
    void span(std::uint32_t thread, std::string_view name, std::uint64_t begin_ps, std::uint64_t end_ps,
              std::string_view args);
    void counter(std::size_t process, std::string_view name, std::uint64_t ps, std::string_view value);

    // Gives the file its name; `stopped` stands in it if not empty. Nothing may follow.
    void finish(std::string_view stopped);

  private:
    struct Row {
        std::string name;
        std::size_t process = 0;  // of a thread
        bool named = false;       // in the file
    };

    std::string tail(std::string_view stopped) const;
    void begin_event();
    void end_event(std::size_t begin, std::uint64_t ps);
    void name_row(Row& row, const char* kind, const std::string& ids, std::size_t order);
    void name_process(std::size_t process);
    void put(std::string_view text) { buffer_ += text; }
    void put_number(std::uint64_t number);
    void put_time(std::uint64_t ps);
    void put_string(std::string_view text);
    void flush();

    std::shared_ptr<ByteSink> sink_;
    std::vector<Row> processes_, threads_;
    Notes notes_;
    std::uint64_t max_bytes_;
    std::size_t tail_bytes_ = 0;  // at most
    std::string buffer_;
    std::uint64_t flushed_bytes_ = 0;
    bool any_events_ = false;
    std::string limit_text_;  // once the limit is reached
};

}  // namespace sosa::traces
