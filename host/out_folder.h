#pragma once
#include <filesystem>
#include <vector>

namespace sosa::host {

// The folder of the results. Made, and seen to take files, before any work is done; throws UserError if that
// fails. What was made goes again at the end if it is still empty.
class OutFolder {
  public:
    explicit OutFolder(std::filesystem::path path);
    OutFolder(const OutFolder&) = delete;
    OutFolder& operator=(const OutFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    struct Made {
        ~Made();
        std::vector<std::filesystem::path> folders;  // innermost first
    };
    std::filesystem::path path_;
    Made made_;
};

}  // namespace sosa::host
