#include "host/trace_options.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

#include "traces/error.h"
#include "traces/format.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

using Window = hw::ChipProbe::Window;

// All of the text as a decimal number; none if it is anything else or too large.
std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
    if (text.size() < suffix.size() || text.substr(text.size() - suffix.size()) != suffix) return false;
    text.remove_suffix(suffix.size());
    return true;
}

// The bound, or what stands for none; false if it is neither.
bool read_bound(std::string_view text, std::uint64_t& bound) {
    if (text.empty()) return true;
    const auto number = whole_number(text);
    if (number) bound = *number;
    return number.has_value();
}

[[noreturn]] void refuse(const char* option, const std::string& text, const std::string& allowed) {
    throw UsageError(std::string(option) + ": found " + traces::json_string(text) + ", allowed " + allowed);
}

}  // namespace

Window parse_trace_window(const std::string& text) {
    Window window;
    std::string_view rest = text;
    if (take_suffix(rest, "cycles"))
        window.unit = Window::cycles;
    else
        take_suffix(rest, "slices");
    const std::size_t colon = rest.find(':');
    const bool read = colon != std::string_view::npos && rest.size() > 1 &&
                      read_bound(rest.substr(0, colon), window.begin) &&
                      read_bound(rest.substr(colon + 1), window.end);
    if (!read || window.begin >= window.end)
        refuse("--trace-window", text,
               "A:B with A below B, A: or :B in slices, or in cycles as in 1000:2000cycles");
    return window;
}

std::string parse_trace_scope(const std::string& text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-.*?").find(c) != std::string_view::npos;
    };
    if (text.empty() || !std::all_of(text.begin(), text.end(), allowed))
        refuse("--trace-scope", text, "a pattern of letters, digits, _ - . * and ? such as pods.pod0.*");
    const bool full = text[0] == '*' || text.rfind("sosa.", 0) == 0 || text.rfind("sosa*", 0) == 0;
    return full ? text : "sosa." + text;
}

hw::ChipProbe::Trigger parse_trace_trigger(const std::string& text) {
    hw::ChipProbe::Trigger trigger;
    constexpr std::string_view stall = "stall:";
    const auto cycles =
        text.rfind(stall, 0) == 0 ? whole_number(std::string_view(text).substr(stall.size())) : std::nullopt;
    if (text == "overflow") {
        trigger.kind = hw::ChipProbe::Trigger::overflow;
    } else if (cycles) {
        trigger.kind = hw::ChipProbe::Trigger::stall;
        trigger.stall_cycles = *cycles;
    } else {
        refuse("--trace-trigger", text, "stall:N with N cycles, or overflow");
    }
    return trigger;
}

std::uint64_t parse_trace_max_mb(const std::string& text) {
    constexpr std::uint64_t mb = 1'000'000, most = std::numeric_limits<std::uint64_t>::max() / mb;
    const auto number = whole_number(text);
    if (!number || *number == 0 || *number > most)
        refuse("--trace-max-mb", text, "a whole number from 1 to " + std::to_string(most));
    return *number * mb;
}

const std::vector<std::string>& trace_levels() {
    static const std::vector<std::string> levels = {"slice", "pod", "network", "pin"};
    return levels;
}

namespace {

constexpr std::uint32_t most_ring_slices = 10'000;

std::uint32_t slice_count(const char* option, const std::string& text) {
    const auto number = whole_number(text);
    if (!number || *number == 0 || *number > most_ring_slices)
        refuse(option, text, "a number of slices from 1 to " + std::to_string(most_ring_slices));
    return static_cast<std::uint32_t>(*number);
}

void read_trigger(const TraceArguments& arguments, TraceOptions& options) {
    if (arguments.after && !arguments.trigger)
        throw UsageError("found --trace-after without --trace-trigger, which says after what");
    if (arguments.trigger) {
        options.capture.trigger = parse_trace_trigger(*arguments.trigger);
        options.ring = 8;
    }
    if (arguments.ring) options.ring = slice_count("--trace-ring", *arguments.ring);
    if (arguments.after)
        options.capture.trigger.slices_after = slice_count("--trace-after", *arguments.after);
}

}  // namespace

TraceOptions parse_trace_options(const TraceArguments& arguments) {
    TraceOptions options;
    options.fst = arguments.fst;
    options.timeline = arguments.timeline;
    const bool restricted = arguments.window || arguments.layer || arguments.trigger || arguments.ring ||
                            arguments.after || arguments.max_mb || arguments.level ||
                            !arguments.scopes.empty();
    options.vcd = arguments.trace || (restricted && !options.fst && !options.timeline);
    if (arguments.level) {
        const std::string& level = *arguments.level;
        const auto& levels = trace_levels();
        if (std::find(levels.begin(), levels.end(), level) == levels.end())
            refuse("--trace-level", level, "one of " + traces::join(levels));
        options.pins = level == "pin";
        if (arguments.scopes.empty() && (level == "slice" || level == "pod"))
            options.globs = {"sosa.scheduler.*", "sosa.dma.*", "sosa.power.*"};
        if (arguments.scopes.empty() && level == "pod")
            options.globs.insert(options.globs.end(), {"sosa.pods.*", "sosa.posts.*"});
    }
    if (arguments.window && arguments.layer)
        throw UsageError(
            "--trace-window and --trace-layer exclude each other: both say which slices are traced");
    if (arguments.window) options.capture.window = parse_trace_window(*arguments.window);
    if (arguments.layer) options.layer = *arguments.layer;
    if (arguments.layer && arguments.layer->empty())
        refuse("--trace-layer", *arguments.layer, "the name of a layer, or a pattern with * and ?");
    read_trigger(arguments, options);
    if (arguments.max_mb) options.max_bytes = parse_trace_max_mb(*arguments.max_mb);
    for (const auto& scope : arguments.scopes) options.globs.push_back(parse_trace_scope(scope));
    return options;
}

}  // namespace sosa::host
