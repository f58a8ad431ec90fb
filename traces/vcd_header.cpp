#include <algorithm>
#include <map>

#include "traces/atomic_file.h"
#include "traces/error.h"
#include "traces/text.h"
#include "traces/vcd.h"

// Declaring signals and the header of the file.
namespace sosa::traces {

namespace {

bool is_word(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
}

bool is_dotted(std::string_view scope) {
    for (std::size_t dot; (dot = scope.find('.')) != std::string_view::npos; scope.remove_prefix(dot + 1))
        if (!is_word(scope.substr(0, dot))) return false;
    return is_word(scope);
}

// Whether `glob` matches `prefix` followed by at least one more character: from its first star on it can.
bool may_match_below(std::string_view glob, std::string_view prefix) {
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        if (i == glob.size()) return false;
        if (glob[i] == '*') return true;
        if (glob[i] != '?' && glob[i] != prefix[i]) return false;
    }
    return glob.size() > prefix.size();
}

// Identifier codes of the printable characters ! to ~, shortest first.
std::string id_code(std::size_t index) {
    constexpr std::size_t base = 94;
    std::string code;
    for (std::size_t rest = index + 1; rest > 0; rest = (rest - 1) / base)
        code += static_cast<char>('!' + (rest - 1) % base);
    return code;
}

struct Scope {
    std::string name;
    std::vector<std::size_t> below;
    std::vector<std::size_t> signals;
};

// All scopes in the order in which they were first named; the first is the top.
class ScopeTree {
  public:
    explicit ScopeTree(const std::string& top) : scopes_{{top, {}, {}}} { index_[""] = 0; }

    Scope& at(const std::string& path) { return scopes_[find(path)]; }
    const Scope& operator[](std::size_t i) const { return scopes_[i]; }

  private:
    std::size_t find(const std::string& path) {
        const auto known = index_.find(path);
        if (known != index_.end()) return known->second;
        const auto dot = path.rfind('.');
        const std::size_t parent = find(dot == std::string::npos ? "" : path.substr(0, dot));
        const std::size_t made = scopes_.size();
        scopes_.push_back({dot == std::string::npos ? path : path.substr(dot + 1), {}, {}});
        scopes_[parent].below.push_back(made);
        return index_[path] = made;
    }

    std::vector<Scope> scopes_;
    std::map<std::string, std::size_t> index_;
};

template <class WriteSignal>
void write_scope(const ScopeTree& tree, std::size_t index, std::string& out,
                 const WriteSignal& write_signal) {
    out += "$scope module " + tree[index].name + " $end\n";
    for (const std::size_t signal : tree[index].signals) write_signal(signal);
    for (const std::size_t below : tree[index].below) write_scope(tree, below, out, write_signal);
    out += "$upscope $end\n";
}

}  // namespace

std::string vcd_comment(std::string_view text) {
    std::string safe(text);
    for (char& c : safe) {
        if (c == '$') c = '_';
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
    }
    return safe;
}

Vcd::Vcd(Options options) : options_(std::move(options)) {
    SOSA_CHECK(is_word(options_.top), "the top scope is named \"" + options_.top + "\"");
    glob_used_.resize(options_.globs.size());
    if (!options_.to_file)
        options_.max_bytes = 0;
    else
        file_ = options_.sink ? options_.sink : std::make_shared<AtomicFile>(options_.path);
}

Vcd::~Vcd() {
    if (file_) file_->discard();
}

std::string Vcd::name() const { return options_.path.empty() ? "the trace" : options_.path.string(); }

bool Vcd::wanted(std::string_view scope) const {
    std::string prefix = options_.top + ".";
    if (!scope.empty()) prefix.append(scope).append(".");
    const auto& globs = options_.globs;
    return globs.empty() || std::any_of(globs.begin(), globs.end(), [&](const auto& glob) {
               return may_match_below(glob + ".*", prefix);
           });
}

Vcd::Signal Vcd::integer(std::string_view scope, std::string_view name, unsigned width,
                         std::string_view legend) {
    SOSA_CHECK(width >= 1 && width <= 64, "a trace signal of " + std::to_string(width) + " bits");
    Slot slot;
    slot.width = static_cast<std::uint8_t>(width);
    slot.mask = ~std::uint64_t{0} >> (64 - width);
    return declare(scope, name, legend, slot);
}

Vcd::Signal Vcd::real(std::string_view scope, std::string_view name, std::string_view legend) {
    Slot slot;
    slot.width = 64;
    slot.mask = ~std::uint64_t{0};
    slot.is_real = true;
    return declare(scope, name, legend, slot);
}

Vcd::Signal Vcd::declare(std::string_view scope, std::string_view name, std::string_view legend, Slot slot) {
    std::string full_name = options_.top + ".";
    if (!scope.empty()) full_name.append(scope).append(".");
    full_name += name;
    SOSA_CHECK(!started_, "the trace signal " + full_name + " is declared after start()");
    SOSA_CHECK(is_word(name) && (scope.empty() || is_dotted(scope)),
               "the trace signal \"" + full_name + "\"");
    SOSA_CHECK(names_.insert(full_name).second, "two trace signals are named " + full_name);
    Signal signal;
    if (!matches(full_name)) return signal;
    signal.index_ = static_cast<std::uint32_t>(slots_.size());
    const std::string id = id_code(slots_.size());
    slot.id_length = static_cast<std::uint8_t>(id.copy(slot.id, sizeof slot.id));
    slots_.push_back(slot);
    signals_.push_back(
        {std::string(scope), std::string(name), std::string(legend), slot.width, slot.is_real});
    return signal;
}

void Vcd::listen(VcdListener& listener) {
    SOSA_CHECK(!started_, "a listener comes after start()");
    SOSA_CHECK(listeners_.size() < 8, "a trace with more than 8 listeners");
    listeners_.push_back({&listener, {}});
}

void Vcd::ask_listeners() {
    for (std::size_t l = 0; l < listeners_.size(); ++l)
        for (std::uint32_t i = 0; i < slots_.size(); ++i)
            if (listeners_[l].listener->declared(i, signals_[i]))
                slots_[i].listeners = static_cast<std::uint8_t>(slots_[i].listeners | 1u << l);
}

bool Vcd::matches(const std::string& full_name) {
    bool any = options_.globs.empty();
    for (std::size_t g = 0; g < options_.globs.size(); ++g) {
        const std::string& glob = options_.globs[g];
        if (!glob_match(glob, full_name) && !glob_match(glob + ".*", full_name)) continue;
        any = glob_used_[g] = true;
    }
    return any;
}

void Vcd::check_globs() const {
    std::vector<std::string> names(names_.begin(), names_.end());
    std::sort(names.begin(), names.end());
    std::vector<std::string> unused;
    for (std::size_t g = 0; g < options_.globs.size(); ++g) {
        if (glob_used_[g]) continue;
        const std::string meant = nearest(options_.globs[g], names);
        unused.push_back("\"" + options_.globs[g] + "\"" +
                         (meant.empty() ? "" : " (did you mean " + meant + "?)"));
    }
    if (unused.empty()) return;
    throw UserError(this->name() + ": no signal matches " + join(unused) +
                    "; patterns are over full names such as " +
                    (names.empty() ? options_.top + ".pods.pod0.state" : names.front()) + ", with * and ?");
}

void Vcd::write_header() {
    ScopeTree tree(options_.top);
    for (std::size_t i = 0; i < signals_.size(); ++i) tree.at(signals_[i].scope).signals.push_back(i);
    buffer_ += "$version sosa $end\n$timescale 1 ps $end\n";
    write_scope(tree, 0, buffer_, [this](std::size_t i) {
        const Slot& slot = slots_[i];
        const VcdSignal& signal = signals_[i];
        const std::string width = std::to_string(slot.width);
        buffer_ += (slot.is_real ? "$var real " : "$var wire ") + width + " ";
        buffer_.append(slot.id, slot.id_length) += " " + signal.name;
        if (!slot.is_real && slot.width > 1) buffer_ += " [" + std::to_string(slot.width - 1) + ":0]";
        buffer_ += " $end\n";
        if (!signal.legend.empty())
            buffer_ += "$comment " + signal.name + ": " + vcd_comment(signal.legend) + " $end\n";
    });
    buffer_ += "$enddefinitions $end\n";
}

}  // namespace sosa::traces
