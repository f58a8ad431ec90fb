#include "host/sweep_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ostream>
#include <unordered_set>

#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxResultBytes = 1 << 20;
constexpr std::size_t kMaxIndexBytes = std::size_t{256} << 20;
constexpr const char* kLockFile = ".lock";

fs::path point_file(const fs::path& folder, const std::string& hash) {
    return folder / "points" / (hash + ".json");
}

// Every point has a byte of the lock file, far apart and none the first: locks need no bytes to be there.
long offset_of(const std::string& hash) { return 1 + std::stol(hash.substr(0, 15), nullptr, 16); }

}  // namespace

PointResult read_point(const fs::path& folder, const std::string& hash) {
    const fs::path file = point_file(folder, hash);
    return parse_result(traces::read_file(file, kMaxResultBytes), file.string(), hash);
}

PointState point_state(const fs::path& folder, const std::string& hash) {
    std::error_code ignored;
    if (!fs::exists(point_file(folder, hash), ignored)) return PointState::absent;
    try {
        return read_point(folder, hash).ok() ? PointState::ok : PointState::failed;
    } catch (const UserError&) {
        return PointState::broken;
    }
}

SweepIndex read_index(const fs::path& folder) {
    const fs::path file = folder / kIndexFile;
    return parse_index(traces::read_file(file, kMaxIndexBytes), file.string());
}

SweepStore::SweepStore(const fs::path& folder, const SweepIndex& index, bool replace_index)
    : folder_(folder) {
    traces::make_folder(folder / "points");
    put_index(index, replace_index);
    remove_leftovers();
}

void SweepStore::refuse_other(const SweepIndex& index) const {
    const SweepIndex there = read_index(folder());
    std::unordered_set<std::string> hashes;
    for (const PointRow& row : index.rows) hashes.insert(row.hash);
    std::size_t others = 0;
    for (const PointRow& row : there.rows) others += 1 - hashes.count(row.hash);
    throw UserError(
        folder().string() + ": holds the sweep \"" + there.name + "\" of version " + there.version + ", " +
        std::to_string(others) + " of its " + std::to_string(there.rows.size()) +
        " points are not in this one; name another folder with --out, or use --extend: the results "
        "of points that both have are kept");
}

// One sweep at a time looks at the index, so that of two new ones the second sees the first one's.
void SweepStore::put_index(const SweepIndex& index, bool replace) const {
    const auto alone = lock(0, true);
    const fs::path file = folder() / kIndexFile;
    const std::string text = index_text(index);
    std::error_code ignored;
    if (fs::exists(file, ignored)) {
        if (traces::read_file(file, kMaxIndexBytes) == text) return;
        if (!replace) refuse_other(index);
    }
    traces::write_file(file, [&](std::ostream& out) { out << text; });
}

// What processes that were killed while they wrote have left behind.
void SweepStore::remove_leftovers() const {
    for (const auto& entry : fs::directory_iterator(folder() / "points")) {
        const std::string name = entry.path().filename();
        const std::string hash = name.substr(0, name.find('.'));
        if (!is_hash(hash) || name.find(".tmp") == std::string::npos) continue;
        if (const auto mine = claim(hash)) fs::remove(entry.path());
    }
}

SweepStore::Claim::~Claim() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

// Locks of open files, not of processes: these would end when any descriptor of the file is closed.
std::optional<SweepStore::Claim> SweepStore::lock(long offset, bool wait) const {
    const std::string file = (folder() / kLockFile).string();
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) throw UserError(file + ": cannot be opened: " + std::strerror(errno));
    Claim claim(descriptor);
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = offset;
    range.l_len = 1;
    while (::fcntl(descriptor, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range) != 0) {
        if (errno == EAGAIN || errno == EACCES) return std::nullopt;
        if (errno != EINTR) throw UserError(file + ": cannot be locked: " + std::strerror(errno));
    }
    return claim;
}

std::optional<SweepStore::Claim> SweepStore::claim(const std::string& hash) const {
    return lock(offset_of(hash), false);
}

void SweepStore::write(const PointResult& result) const {
    const std::string text = result_text(result);
    traces::write_file(point_file(folder(), result.row.hash), [&](std::ostream& out) { out << text; });
}

}  // namespace sosa::host
