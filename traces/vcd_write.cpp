#include <charconv>
#include <cstring>

#include "traces/error.h"
#include "traces/vcd.h"

// The bytes of a trace after its header, and what listeners are told.
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
    SOSA_CHECK(!started_, name() + " was started twice");
    check_globs();
    if (file_) {
        buffer_.reserve(buffer_bytes + buffer_bytes / 8);
        write_header();
    }
    if (options_.max_bytes && buffer_.size() + end_bytes > options_.max_bytes)
        throw UserError(name() + ": the limit of " + std::to_string(options_.max_bytes) +
                        " bytes is too small, the header alone needs " +
                        std::to_string(buffer_.size() + end_bytes));
    started_ = true;
    names_ = {};
    if (options_.ring_marks) ring_ = std::make_unique<VcdRing>(options_.ring_marks, slots_.size());
    ask_listeners();
    flush();
}

inline void Vcd::note_written(std::uint32_t index) {
    Slot& slot = slots_[index];
    slot.written = slot.value;
    slot.written_known = slot.known;
    if (slot.listeners && slot.known) note_for_listeners(index);
}

void Vcd::note_for_listeners(std::uint32_t index) {
    const Slot& slot = slots_[index];
    for (std::size_t l = 0; l < listeners_.size(); ++l)
        if (slot.listeners >> l & 1) listeners_[l].changes.push_back({index, slot.value});
}

// All that was set at the time now_.
void Vcd::write_step() {
    if (!open_ || (!dump_due_ && changed_.empty())) return;
    if (ring_) {
        record_step();
    } else {
        for (auto& listening : listeners_) listening.changes.clear();
        const std::size_t begin = buffer_.size();
        dump_due_ ? write_dump() : write_changes();
        end_block(begin);
        tell_step();
    }
    dump_due_ = false;
    forget_changes();
}

void Vcd::write_dump() {
    write_timestamp();
    buffer_ += dumped_ ? "$dumpon\n" : "$dumpvars\n";
    if (!dumped_) begin_ps_ = now_;
    dumped_ = true;
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        if (file_) write_value(slots_[i], slots_[i].known);
        note_written(i);
    }
    buffer_ += "$end\n";
}

void Vcd::write_changes() {
    for (const std::uint32_t index : changed_) {
        const Slot& slot = slots_[index];
        if (slot.written_known && slot.written == slot.value) continue;
        if (timestamp_ != now_) write_timestamp();
        if (file_) write_value(slot, true);
        note_written(index);
    }
}

// The end of a window: everything is unknown.
void Vcd::write_off() {
    last_ps_ = now_;
    const std::size_t begin = buffer_.size();
    write_timestamp();
    buffer_ += "$dumpoff\n";
    if (file_)
        for (const Slot& slot : slots_) write_value(slot, false);
    buffer_ += "$end\n";
    end_block(begin);
    if (ended_) return;
    for (const auto& [listener, changes] : listeners_) listener->window_closed(now_);
}

void Vcd::tell_step() {
    if (ended_) return;  // it did not fit into the file
    for (const auto& [listener, changes] : listeners_)
        if (!changes.empty()) listener->step(now_, changes);
}

void Vcd::write_timestamp() {
    if (timestamp_ == now_) return;
    timestamp_ = now_;
    if (!file_) return;
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
    buffer_.append(text, static_cast<std::size_t>(at - text));
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
    if (open_) last_ps_ = now_;
    open_ = false;
    end_ps_ = now_;
    stopped_ = reason;
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
    if (file_) file_->write(buffer_);
    buffer_.clear();
}

}  // namespace sosa::traces
