#include "traces/gtkw.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <unordered_set>

#include "traces/error.h"
#include "traces/files.h"
#include "traces/format.h"
#include "traces/text.h"

namespace sosa::traces {

namespace {

// Flags of a row (GTKWave's analyzer.h).
enum : std::uint32_t {
    kHex = 1u << 1,
    kDecimal = 1u << 2,
    kBinary = 1u << 3,
    kRight = 1u << 5,
    kBlank = 1u << 9,
    kSigned = 1u << 10,  // decimal
    kCollapsed = 1u << 12,
    kFilter = 1u << 13,
    kAnalogStep = 1u << 15,
    kAnalogBelow = 1u << 17,  // a row that makes the analog row above it higher
    kFullScale = 1u << 19,
    kClosed = 1u << 22,
    kGroupBegin = 1u << 23,
    kGroupEnd = 1u << 24
};

// The window, and the width in it of the waves when the tree is folded; 200 pixels last 2^-zoom.
constexpr int kWidth = 1400, kHeight = 900, kNamesWidth = 300, kWaveWidth = 1030;
constexpr double kZoomPixels = 200, kLetterWidth = 5;  // of a marker's name

// Braces are read as those of an alias.
std::string shown(std::string_view text) {
    std::string safe(text);
    for (char& c : safe) {
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
        if (c == '{') c = '(';
        if (c == '}') c = ')';
    }
    return safe;
}

std::string full_name(const std::string& top, const std::string& scope, const std::string& name) {
    return scope.empty() ? top + "." + name : top + "." + scope + "." + name;
}

std::uint32_t format_flags(const VcdSignal& signal, const SaveFile::Row& row) {
    using Format = SaveFile::Format;
    std::uint32_t flags = kRight;
    if (signal.is_real || signal.width == 1)
        flags |= kBinary;
    else if (row.format == Format::signed_decimal)
        flags |= kSigned;
    else
        flags |= row.format == Format::hex ? kHex : kDecimal;
    if (row.format == Format::analog && signal.width > 1) flags |= kAnalogStep | kFullScale;
    if (!row.filter.empty()) flags |= kFilter;
    return flags;
}

}  // namespace

std::string wave_name(const std::string& top, const VcdSignal& signal) {
    const std::string name = full_name(top, signal.scope, signal.name);
    return signal.is_real || signal.width == 1 ? name : name + "[" + std::to_string(signal.width - 1) + ":0]";
}

std::string filter_line(std::uint64_t key, std::string_view text, std::string_view color) {
    std::string safe = shown(text);
    if (safe.find_first_not_of(' ') == std::string::npos) safe = "-";
    if (safe[safe.find_first_not_of(' ')] == '?') safe = "'" + safe;  // not the mark of a colour
    return std::to_string(key) + (color.empty() ? " " : " ?" + std::string(color) + "?") + safe + "\n";
}

SaveFile::SaveFile(std::string top, const std::vector<VcdSignal>& signals) : top_(std::move(top)) {
    signals_.reserve(signals.size());
    for (const auto& signal : signals) signals_[full_name(top_, signal.scope, signal.name)] = &signal;
}

const VcdSignal* SaveFile::find(const std::string& scope, const std::string& name) const {
    const auto found = signals_.find(full_name(top_, scope, name));
    return found == signals_.end() ? nullptr : found->second;
}

// Flags hold for all rows up to the next ones.
void SaveFile::flags(std::uint32_t bits) {
    if (bits == flags_) return;
    flags_ = bits;
    std::string hex;
    for (; bits > 0; bits /= 16) hex.insert(hex.begin(), "0123456789abcdef"[bits % 16]);
    lines_.push_back("@" + hex);
}

void SaveFile::open_group(std::string_view name, bool closed) {
    groups_.push_back({shown(name), closed});
    flags(kGroupBegin | kBlank | (closed ? kClosed : 0u));
    lines_.push_back("-" + groups_.back().name);
}

void SaveFile::close_group() {
    SOSA_CHECK(!groups_.empty(), "no group is open");
    flags(kGroupEnd | kBlank | (groups_.back().closed ? kClosed | kCollapsed : 0u));
    lines_.push_back("-" + groups_.back().name);
    groups_.pop_back();
}

void SaveFile::comment(std::string_view text) {
    flags(kBlank);
    lines_.push_back("-" + shown(text));
}

void SaveFile::signal(const VcdSignal& signal, const Row& row) {
    const std::string name = wave_name(top_, signal);
    SOSA_CHECK(find(signal.scope, signal.name) == &signal, "the wave has no signal " + name);
    SOSA_CHECK(row.filter.empty() || (signal.width > 1 && !signal.is_real), "a filter on " + name);
    flags(format_flags(signal, row));
    if (row.color != Color::standard)
        lines_.push_back("[color] " + std::to_string(static_cast<int>(row.color)));
    if (!row.filter.empty()) lines_.push_back("^" + row.filter);
    lines_.push_back(row.alias.empty() ? name : "+{" + shown(row.alias) + "} " + name);
    if ((flags_ & kAnalogStep) == 0 || row.height < 2) return;
    flags(kAnalogBelow);
    lines_.insert(lines_.end(), row.height - 1, "-");
}

bool SaveFile::marker(std::uint64_t time, std::string_view name) {
    if (markers_.size() == most_markers) return false;
    markers_.push_back({time, shown(name)});
    return true;
}

void SaveFile::zoom(std::uint64_t begin, std::uint64_t end) {
    begin_ = begin;
    end_ = std::max(begin + 1, end);
}

// Whether the name, which is centred on its marker, is inside the window and covers no other marker's name or
// letter.
bool SaveFile::has_room(std::size_t marker) const {
    const auto half = [](std::size_t letters) { return static_cast<double>(letters) * kLetterWidth / 2; };
    const auto x = [this](const Marker& m) {
        return (static_cast<double>(m.time) - static_cast<double>(begin_)) /
               static_cast<double>(end_ - begin_) * kWaveWidth;
    };
    const Marker& self = markers_[marker];
    const std::size_t letters = self.name.size();
    if (letters == 0 || x(self) < half(letters) || x(self) + half(letters) > kWaveWidth) return false;
    for (std::size_t i = 0; i < markers_.size(); ++i) {
        const std::size_t others = i < marker ? markers_[i].name.size() : 1;
        if (i != marker && std::abs(x(markers_[i]) - x(self)) < half(letters + 1 + others)) return false;
    }
    return true;
}

void SaveFile::write_view(std::ostream& out) const {
    const double zoom = -std::log2(static_cast<double>(end_ - begin_) / kWaveWidth * kZoomPixels);
    out << "[timestart] " << begin_ << "\n[size] " << kWidth << ' ' << kHeight
        << "\n[sst_expanded] 0\n[signals_width] " << kNamesWidth << "\n*" << shortest(zoom) << ' '
        << primary_marker_;
    for (std::size_t i = 0; i < most_markers; ++i)
        out << ' ' << (i < markers_.size() ? std::to_string(markers_[i].time) : "-1");
    out << '\n';
    for (std::size_t i = 0; i < markers_.size(); ++i)
        if (has_room(i)) out << "[markername] " << static_cast<char>('A' + i) << markers_[i].name << '\n';
}

void SaveFile::write(const std::filesystem::path& file, const std::string& dump_file) const {
    SOSA_CHECK(groups_.empty(), "the group " + groups_.back().name + " has no end");
    const auto path = std::filesystem::absolute(file).lexically_normal();
    const std::string folder = path.parent_path().string() + "/";
    if (folder.find_first_of("\r\n") != std::string::npos)
        throw UserError(folder +
                        ": a line break in the folder's name, which a GTKWave save file cannot hold");
    write_file(file, [&](std::ostream& out) {
        out << "[dumpfile] \"" << folder << dump_file << "\"\n[savefile] \"" << path.string() << "\"\n";
        write_view(out);
        for (const auto& line : lines_)
            line[0] == '^' ? out << "^1 " << folder << line.substr(1) << '\n' : out << line << '\n';
    });
}

std::vector<std::string> signals_in_save_file(std::istream& in) {
    std::vector<std::string> names;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || std::string_view("[*-@^>!?#:").find(line[0]) != std::string_view::npos) continue;
        if (line[0] == '+') line.erase(0, line.find("} ") == std::string::npos ? 1 : line.find("} ") + 2);
        names.push_back(line);
    }
    return names;
}

void check_save_file(const std::filesystem::path& file, const std::vector<std::string>& names) {
    std::istringstream in(read_file(file));
    const std::unordered_set<std::string> known(names.begin(), names.end());
    std::vector<std::string> missing;
    for (auto& name : signals_in_save_file(in))
        if (known.count(name) == 0) missing.push_back(std::move(name));
    if (!missing.empty())
        throw UserError(file.string() + ": names signals that the dump does not have: " + join(missing));
}

}  // namespace sosa::traces
