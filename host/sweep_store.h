#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/out_folder.h"
#include "host/sweep_index.h"
#include "host/sweep_result.h"

// The folder of a sweep: sweep.json says which points there are, points/HASH.json what became of each. Files
// appear whole or not at all. Several sweeps, also on several machines that share the folder, may work in it
// at a time.
namespace sosa::host {

inline constexpr const char* kIndexFile = "sweep.json";

enum class PointState { absent, ok, failed, broken };

// Of the file of this point in the folder; a broken one was cut short, or is something else.
PointState point_state(const std::filesystem::path& folder, const std::string& hash);
// Throws UserError if it is absent or broken.
PointResult read_point(const std::filesystem::path& folder, const std::string& hash);

// The index in the folder; throws UserError if there is none, or it is broken.
SweepIndex read_index(const std::filesystem::path& folder);

class SweepStore {
  public:
    // Makes the folder and puts the index there. If it holds that of other points, throws UserError unless
    // they may be replaced; their results stay and serve those points that both have.
    SweepStore(const std::filesystem::path& folder, const SweepIndex& index, bool replace_index);

    const std::filesystem::path& folder() const { return folder_.path(); }

    // Who holds a point's claim may run it and write its result. It ends with its owner or the process,
    // however that comes to its end.
    class Claim {
      public:
        explicit Claim(int descriptor) : descriptor_(descriptor) {}
        Claim(Claim&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
        Claim& operator=(Claim&&) = delete;
        ~Claim();

      private:
        int descriptor_;
    };
    // None if another process has it.
    std::optional<Claim> claim(const std::string& hash) const;

    // Throws UserError if the file cannot be written.
    void write(const PointResult& result) const;

  private:
    void put_index(const SweepIndex& index, bool replace) const;
    [[noreturn]] void refuse_other(const SweepIndex& index) const;
    void remove_leftovers() const;
    std::optional<Claim> lock(long offset, bool wait) const;

    OutFolder folder_;
};

}  // namespace sosa::host
