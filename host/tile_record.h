#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/lockstep_stimuli.h"
#include "pods/array.h"

// The tiles that a pod worked on in a run, as a text file: stimuli for `sosa covalidate --tiles`. After the
// line "sosa-tiles 1 psum_bytes B" a line a tile op:
//   rows R depth D cols C x s8|u8 w s8|u8 X W P      X, W, P: bytes in hex, row by row; P is - without
//   partial sums
namespace sosa::host {

class TileRecorder {
  public:
    static constexpr std::size_t most_tiles = 1000;
    explicit TileRecorder(std::uint32_t psum_bytes) : psum_bytes_(psum_bytes) {}

    // The same array, whose tiles are noted; the recorder must outlive it.
    std::unique_ptr<pods::ArrayEngine> watch(std::unique_ptr<pods::ArrayEngine> array);

    std::size_t tiles() const { return lines_.size(); }
    void write(const std::filesystem::path& file) const;

  private:
    class Watched;
    const std::uint32_t psum_bytes_;
    std::vector<std::string> lines_;
};

// Throws UserError for a file that is not of that form, or whose tiles do not fit the array.
std::vector<RecordedTile> read_tiles(const std::filesystem::path& file, const pods::ArrayShape& shape);

}  // namespace sosa::host
