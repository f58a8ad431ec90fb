#pragma once
#include <filesystem>

namespace sosa::host {

// An empty folder for the files of another program; it goes with its owner.
class TemporaryFolder {
  public:
    // Throws UserError if none can be made.
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace sosa::host
