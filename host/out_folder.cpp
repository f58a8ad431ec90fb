#include "host/out_folder.h"

#include <unistd.h>

#include <string>

#include "traces/files.h"

namespace sosa::host {

namespace fs = std::filesystem;

OutFolder::OutFolder(fs::path path) : path_(std::move(path)) {
    std::error_code ignored;
    for (fs::path p = path_; !p.empty() && !fs::exists(p, ignored); p = p.parent_path())
        made_.folders.push_back(p);
    traces::make_folder(path_);
    const fs::path probe = path_ / (".sosa" + std::to_string(::getpid()));
    traces::write_file(probe, [](std::ostream&) {});
    fs::remove(probe, ignored);
}

OutFolder::Made::~Made() {
    std::error_code ignored;
    for (const auto& folder : folders)
        ::rmdir(folder.c_str());  // unlike fs::remove: never a file, never what is full
}

}  // namespace sosa::host
