#include "traces/vcd.h"

#include <charconv>
#include <cstring>

#include "traces/error.h"

// Signals over time; declaring them and the header are in vcd_header.cpp.
namespace sosa::traces {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;

// Kept free below max_bytes to end the file: "#<20 digits>\n" and "$comment stopped: <reason> $end\n".
constexpr std::string_view stopped_begin = "$comment stopped: ", stopped_end = " $end\n";
constexpr std::size_t timestamp_bytes = 22, longest_reason = 64;
constexpr std::size_t end_bytes =
    timestamp_bytes + stopped_begin.size() + longest_reason + stopped_end.size();

}  // namespace

void Vcd::start() {
    SOSA_CHECK(!started_, "the trace " + options_.path.string() + " was started twice");
    check_globs();
    buffer_.reserve(buffer_bytes + buffer_bytes / 8);
    write_header();
    if (options_.max_bytes && buffer_.size() + end_bytes > options_.max_bytes)
        throw UserError(options_.path.string() + ": the limit of " + std::to_string(options_.max_bytes) +
                        " bytes is too small, the header alone needs " +
                        std::to_string(buffer_.size() + end_bytes));
    started_ = true;
    declared_ = {};
    names_ = {};
    flush();
}

void Vcd::set_real(Signal signal, double value) {
    if (!signal.active()) return;
    std::uint64_t bits;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&bits, &value, sizeof bits);
    change(signal.index_, bits, true);
}

void Vcd::change(std::uint32_t index, std::uint64_t value, bool is_real) {
    Slot& slot = slots_[index];
    SOSA_CHECK(slot.is_real == is_real, "the trace signal " + std::string(slot.id, slot.id_length) +
                                            " is set as another kind than it was declared");
    SOSA_CHECK((value & ~slot.mask) == 0, std::to_string(value) + " is set on a trace signal of " +
                                              std::to_string(slot.width) + " bits");
    if (slot.known && slot.value == value) return;
    slot.value = value;
    slot.known = true;
    if (!open_ || slot.changed) return;
    slot.changed = true;
    changed_.push_back(index);
}

void Vcd::advance(std::uint64_t ps) {
    SOSA_CHECK(started_, "the trace's time is set before start()");
    SOSA_CHECK(ps > now_, "from " + std::to_string(now_) + " ps to " + std::to_string(ps) + " ps");
    write_step();
    now_ = ps;
}

void Vcd::open_window() {
    SOSA_CHECK(started_, "the trace's window is opened before start()");
    if (open_ || ended_) return;
    open_ = dump_due_ = true;
}

void Vcd::close_window() {
    if (!open_ || ended_) return;
    open_ = false;
    forget_changes();
    if (dump_due_) {  // opened at this same time: as if never
        dump_due_ = false;
        return;
    }
    const std::size_t begin = buffer_.size();
    write_dump("$dumpoff\n", true);
    end_block(begin);
}

void Vcd::finish(std::string_view reason) {
    if (!started_) return file_.discard();
    if (!ended_) write_step();
    if (!ended_) write_end(reason);
    file_.commit();
}

// All that was set at the time now_.
void Vcd::write_step() {
    if (!open_ || (!dump_due_ && changed_.empty())) return;
    const std::size_t begin = buffer_.size();
    if (dump_due_) {
        write_dump(dumped_ ? "$dumpon\n" : "$dumpvars\n", false);
        dumped_ = true;
        dump_due_ = false;
    } else {
        for (const std::uint32_t index : changed_) {
            Slot& slot = slots_[index];
            if (slot.written_known && slot.written == slot.value) continue;
            if (buffer_.size() == begin) write_timestamp();
            write_value(slot, true);
            slot.written = slot.value;
            slot.written_known = true;
        }
    }
    forget_changes();
    end_block(begin);
}

void Vcd::write_dump(std::string_view keyword, bool as_unknown) {
    write_timestamp();
    buffer_ += keyword;
    for (Slot& slot : slots_) {
        write_value(slot, slot.known && !as_unknown);
        slot.written = slot.value;
        slot.written_known = slot.known;
    }
    buffer_ += "$end\n";
}

void Vcd::write_timestamp() {
    if (timestamp_ == now_) return;
    timestamp_ = now_;
    char text[timestamp_bytes];
    text[0] = '#';
    char* end = std::to_chars(text + 1, text + sizeof text - 1, now_).ptr;
    *end++ = '\n';
    buffer_.append(text, end);
}

void Vcd::write_value(const Slot& slot, bool known) {
    char text[80];
    char* at = text;
    if (slot.width == 1) {
        *at++ = known ? static_cast<char>('0' + slot.value) : 'x';
    } else if (slot.is_real) {
        double value = 0;
        std::memcpy(&value, &slot.value, sizeof value);
        *at++ = 'r';
        at = known ? std::to_chars(at, text + sizeof text, value).ptr : std::strcpy(at, "nan") + 3;
        *at++ = ' ';
    } else {
        *at++ = 'b';
        if (known)
            at = std::to_chars(at, text + sizeof text, slot.value, 2).ptr;
        else
            *at++ = 'x';
        *at++ = ' ';
    }
    std::memcpy(at, slot.id, slot.id_length);
    at += slot.id_length;
    *at++ = '\n';
    buffer_.append(text, at);
}

// A block is written whole or, where the limit would be passed, not at all, and ends the file.
void Vcd::end_block(std::size_t block_begin) {
    if (options_.max_bytes && flushed_bytes_ + buffer_.size() + end_bytes > options_.max_bytes) {
        buffer_.resize(block_begin);
        timestamp_ = ~now_;  // unlike now_, so that the end states its time
        limit_reached_ = true;
        write_end("size limit of " + std::to_string(options_.max_bytes) + " bytes reached");
    } else if (buffer_.size() >= buffer_bytes) {
        flush();
    }
}

void Vcd::write_end(std::string_view reason) {
    ended_ = true;
    open_ = false;
    write_timestamp();
    if (!reason.empty()) {
        buffer_ += stopped_begin;
        buffer_ += vcd_comment(options_.max_bytes ? reason.substr(0, longest_reason) : reason);
        buffer_ += stopped_end;
    }
    flush();
}

void Vcd::flush() {
    flushed_bytes_ += buffer_.size();
    file_.write(buffer_);
    buffer_.clear();
}

void Vcd::forget_changes() {
    for (const std::uint32_t index : changed_) slots_[index].changed = false;
    changed_.clear();
}

}  // namespace sosa::traces
