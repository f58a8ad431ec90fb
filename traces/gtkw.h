#pragma once
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "traces/vcd_listener.h"

// Save files of GTKWave 3.3: what it shows of a dump, and how. The format is the one that its
// "Write Save File" writes.
namespace sosa::traces {

// The name in a save file, "sosa.pods.pod0.state[1:0]". A vector without its range is not found, and GTKWave
// says nothing.
std::string wave_name(const std::string& top, const VcdSignal& signal);

// A line of a filter file, which shows text instead of a number. The key is the number as it would be
// displayed. The colour, an X11 name ("DodgerBlue3") or empty, fills the box; GTKWave knows no "#RRGGBB".
std::string filter_line(std::uint64_t key, std::string_view text, std::string_view color = {});

// Builds a save file from its first row to its last. It knows only the signals that it was given, so it
// cannot name one that is not there: asking for another aborts. Text that the format cannot hold is replaced
// by what looks alike.
class SaveFile {
  public:
    enum class Format { decimal, signed_decimal, hex, analog };  // a single bit is always a line
    enum class Color { standard, red, orange, yellow, green, blue, indigo, violet };
    struct Row {
        Format format = Format::decimal;
        unsigned height = 1;  // of an analog row, in rows
        Color color = Color::standard;
        std::string filter = {};  // file in the save file's folder; not for single bits, which ignore it
        std::string alias = {};   // shown instead of the name
    };
    static constexpr std::size_t most_markers = 26;
    static constexpr std::size_t most_letters = 32;  // of a comment that leaves the waves their width

    // The signals must outlive it.
    SaveFile(std::string top, const std::vector<VcdSignal>& signals);

    // As it was declared, or null.
    const VcdSignal* find(const std::string& scope, const std::string& name) const;

    void open_group(std::string_view name, bool closed = false);  // closed: its rows are hidden at first
    void close_group();
    void comment(std::string_view text);
    void signal(const VcdSignal& signal, const Row& row);

    // Times in units of the dump. Markers are lettered from A on; false if there is none left. GTKWave shows
    // the letter where the name would cover another one.
    bool marker(std::uint64_t time, std::string_view name);
    void primary_marker(std::uint64_t time) { primary_marker_ = static_cast<std::int64_t>(time); }
    // The times from begin to end fill the window.
    void zoom(std::uint64_t begin, std::uint64_t end);

    // Both files and the filters are named by absolute paths; GTKWave also finds them if the folder was moved
    // as a whole. Every group must have ended. Throws UserError if the file cannot be written or the folder's
    // name has a line break.
    void write(const std::filesystem::path& file, const std::string& dump_file) const;

  private:
    struct Marker {
        std::uint64_t time;
        std::string name;
    };
    struct Group {
        std::string name;
        bool closed;
    };

    void flags(std::uint32_t bits);
    bool has_room(std::size_t marker) const;
    void write_view(std::ostream& out) const;

    const std::string top_;
    std::unordered_map<std::string, const VcdSignal*> signals_;  // by full name
    std::vector<std::string> lines_;  // those of filters are "^" and the file; the folder is not known yet
    std::vector<Group> groups_;       // not yet ended, from the outermost
    std::vector<Marker> markers_;
    std::int64_t primary_marker_ = -1;
    std::uint64_t begin_ = 0, end_ = 0;
    std::uint32_t flags_ = 0;
};

// The signals that a save file names.
std::vector<std::string> signals_in_save_file(std::istream& in);

// Throws UserError that lists the signals of the save file that are not among the names (as of wave_name()).
void check_save_file(const std::filesystem::path& file, const std::vector<std::string>& names);

}  // namespace sosa::traces
