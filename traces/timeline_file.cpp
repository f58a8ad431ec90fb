#include "traces/timeline_file.h"

#include <algorithm>
#include <charconv>

#include "traces/error.h"
#include "traces/format.h"

namespace sosa::traces {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 18;
constexpr std::size_t longest_reason = 120, longest_escape = 6;  // "\u001f"

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

TimelineFile::TimelineFile(std::shared_ptr<ByteSink> sink, const std::vector<std::string>& processes,
                           Notes notes, std::uint64_t max_bytes)
    : sink_(std::move(sink)), notes_(std::move(notes)), max_bytes_(max_bytes) {
    for (const auto& name : processes) processes_.push_back({name});
    buffer_.reserve(buffer_bytes + buffer_bytes / 8);
    put(R"({"displayTimeUnit":"ns","traceEvents":[)");
    tail_bytes_ = tail("?").size() - 1 + longest_reason * longest_escape;
    if (max_bytes_ && buffer_.size() + tail_bytes_ > max_bytes_)
        throw UserError("the limit of " + std::to_string(max_bytes_) +
                        " bytes is too small for a timeline, an empty one needs " +
                        std::to_string(buffer_.size() + tail_bytes_));
}

std::uint32_t TimelineFile::add_thread(std::size_t process, std::string name) {
    threads_.push_back({std::move(name), process});
    return static_cast<std::uint32_t>(threads_.size() - 1);
}

// Threads are numbered after the processes: one with the number of its process would count as its main
// thread.
void TimelineFile::span(std::uint32_t thread, std::string_view name, std::uint64_t begin_ps,
                        std::uint64_t end_ps, std::string_view args) {
    if (!limit_text_.empty()) return;
    const std::size_t begin = buffer_.size();
    Row& row = threads_[thread];
    const std::size_t pid = row.process + 1, tid = processes_.size() + 1 + thread;
    name_process(row.process);
    if (!row.named)
        name_row(row, "thread", "\"pid\":" + std::to_string(pid) + ",\"tid\":" + std::to_string(tid), tid);
    begin_event();
    put_string(name);
    put(R"(,"ph":"X","pid":)");
    put_number(pid);
    put(",\"tid\":");
    put_number(tid);
    put(",\"ts\":");
    put_time(begin_ps);
    put(",\"dur\":");
    put_time(end_ps - begin_ps);
    if (!args.empty()) {
        put(",\"args\":{");
        put(args);
        put("}");
    }
    put("}");
    end_event(begin, end_ps);
}

void TimelineFile::counter(std::size_t process, std::string_view name, std::uint64_t ps,
                           std::string_view value) {
    if (!limit_text_.empty()) return;
    const std::size_t begin = buffer_.size();
    name_process(process);
    begin_event();
    put_string(name);
    put(R"(,"ph":"C","pid":)");
    put_number(process + 1);
    put(",\"ts\":");
    put_time(ps);
    put(",\"args\":{\"value\":");
    put(value);
    put("}}");
    end_event(begin, ps);
}

void TimelineFile::finish(std::string_view stopped) {
    buffer_ += tail(limit_text_.empty() ? stopped : limit_text_);
    flush();
    sink_->commit();
}

std::string TimelineFile::tail(std::string_view stopped) const {
    std::string text = "\n],\"otherData\":{";
    for (const auto& [key, value] : notes_) text += json_string(key) + ":" + json_string(value) + ",";
    if (!stopped.empty()) text += "\"stopped\":" + json_string(stopped.substr(0, longest_reason)) + ",";
    if (text.back() == ',') text.pop_back();
    return text + "}}\n";
}

void TimelineFile::name_process(std::size_t process) {
    if (!processes_[process].named)
        name_row(processes_[process], "process", "\"pid\":" + std::to_string(process + 1), process + 1);
}

void TimelineFile::name_row(Row& row, const char* kind, const std::string& ids, std::size_t order) {
    row.named = true;
    begin_event();
    put_string(kind + std::string("_name"));
    put(",\"ph\":\"M\"," + ids + ",\"args\":{\"name\":" + json_string(row.name) + "}}");
    begin_event();
    put_string(kind + std::string("_sort_index"));
    put(",\"ph\":\"M\"," + ids + ",\"args\":{\"sort_index\":" + std::to_string(order) + "}}");
}

void TimelineFile::begin_event() { put(std::exchange(any_events_, true) ? ",\n{\"name\":" : "\n{\"name\":"); }

// An event that does not fit is left out with all that follow.
void TimelineFile::end_event(std::size_t begin, std::uint64_t ps) {
    if (max_bytes_ && flushed_bytes_ + buffer_.size() + tail_bytes_ > max_bytes_) {
        buffer_.resize(begin);
        limit_text_ =
            "size limit of " + std::to_string(max_bytes_) + " bytes reached at " + std::to_string(ps) + " ps";
    } else if (buffer_.size() >= buffer_bytes) {
        flush();
    }
}

void TimelineFile::put_number(std::uint64_t number) {
    char text[24];
    buffer_.append(text,
                   static_cast<std::size_t>(std::to_chars(text, text + sizeof text, number).ptr - text));
}

// In microseconds, exactly: 1500000 ps are 1.5.
void TimelineFile::put_time(std::uint64_t ps) {
    put_number(ps / 1'000'000);
    std::uint64_t rest = ps % 1'000'000;
    if (rest == 0) return;
    buffer_ += '.';
    for (std::uint64_t unit = 100'000; rest > 0; unit /= 10) {
        buffer_ += static_cast<char>('0' + rest / unit);
        rest %= unit;
    }
}

void TimelineFile::put_string(std::string_view text) {
    if (!is_plain(text)) return put(json_string(text));
    buffer_ += '"';
    put(text);
    buffer_ += '"';
}

void TimelineFile::flush() {
    flushed_bytes_ += buffer_.size();
    sink_->write(buffer_);
    buffer_.clear();
}

}  // namespace sosa::traces
