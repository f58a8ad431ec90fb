#include "host/tile_record.h"

#include <boost/algorithm/hex.hpp>
#include <sstream>

#include "pods/psum.h"
#include "traces/error.h"
#include "traces/files.h"

namespace sosa::host {

namespace {

std::string hex(const std::uint8_t* bytes, std::size_t count) {
    std::string text;
    boost::algorithm::hex_lower(bytes, bytes + count, std::back_inserter(text));
    return text;
}

// False unless it is that many bytes.
bool unhex(const std::string& text, std::size_t count, std::vector<std::uint8_t>& bytes) {
    bytes.clear();
    if (text.size() != 2 * count || text.find_first_not_of("0123456789abcdef") != std::string::npos)
        return false;
    boost::algorithm::unhex(text.begin(), text.end(), std::back_inserter(bytes));
    return true;
}

constexpr const char* kForm =
    "rows R depth D cols C x s8|u8 w s8|u8 X W P, as sosa run --record-tiles writes it";

// A tile op of a line, or false.
bool parse_tile(const std::string& line, const pods::ArrayShape& shape, RecordedTile& tile) {
    std::istringstream in(line);
    std::string rows, depth, cols, x, x_type, w, w_type, x_bytes, w_bytes, psum_bytes;
    in >> rows >> tile.rows >> depth >> tile.depth >> cols >> tile.cols >> x >> x_type >> w >> w_type >>
        x_bytes >> w_bytes >> psum_bytes;
    if (!in || rows != "rows" || depth != "depth" || cols != "cols" || x != "x" || w != "w") return false;
    constexpr std::uint32_t most_rows = 1 << 20;
    if (tile.rows == 0 || tile.rows > most_rows || tile.depth == 0 || tile.depth > shape.rows ||
        tile.cols == 0 || tile.cols > shape.cols)
        return false;
    for (const auto& type : {x_type, w_type})
        if (type != "s8" && type != "u8") return false;
    tile.x_signed = x_type == "s8";
    tile.w_signed = w_type == "s8";
    tile.psum.clear();
    if (!unhex(x_bytes, std::size_t{tile.rows} * tile.depth, tile.x) ||
        !unhex(w_bytes, std::size_t{tile.depth} * tile.cols, tile.w))
        return false;
    if (psum_bytes == "-") return true;
    std::vector<std::uint8_t> bytes;
    const std::size_t sums = std::size_t{tile.rows} * tile.cols;
    if (!unhex(psum_bytes, sums * shape.psum_bytes(), bytes)) return false;
    tile.psum.resize(sums);
    pods::unpack_psums(tile.psum.data(), bytes.data(), sums, shape.psum_bytes());
    return true;
}

}  // namespace

// Passes everything on; a line is complete when the stream starts, with the weights that were loaded last
// before.
class TileRecorder::Watched final : public pods::ArrayEngine {
  public:
    Watched(TileRecorder& recorder, std::unique_ptr<pods::ArrayEngine> array)
        : recorder_(recorder), array_(std::move(array)) {}

    void load(const pods::WeightTile& tile) override {
        shadow_ = hex(tile.bytes, std::size_t{tile.depth} * tile.cols);
        shadow_type_ = tile.is_signed ? "s8" : "u8";
        array_->load(tile);
    }
    void start(const pods::StreamTile& tile) override {
        if (recorder_.lines_.size() < most_tiles) recorder_.lines_.push_back(line(tile));
        array_->start(tile);
    }
    std::uint32_t finish(std::uint8_t* results) override { return array_->finish(results); }
    void flip_weight(std::uint32_t row, std::uint32_t col, std::uint8_t bits) override {
        array_->flip_weight(row, col, bits);
    }
    std::uint64_t cycles() const override { return array_->cycles(); }

  private:
    std::string line(const pods::StreamTile& t) const {
        std::ostringstream out;
        out << "rows " << t.rows << " depth " << t.depth << " cols " << t.cols << " x "
            << (t.x_signed ? "s8" : "u8") << " w " << shadow_type_ << ' '
            << hex(t.x, std::size_t{t.rows} * t.depth) << ' ' << shadow_ << ' '
            << (t.psum ? hex(t.psum, std::size_t{t.rows} * t.cols * recorder_.psum_bytes_) : "-");
        return out.str();
    }

    TileRecorder& recorder_;
    const std::unique_ptr<pods::ArrayEngine> array_;
    std::string shadow_, shadow_type_;
};

std::unique_ptr<pods::ArrayEngine> TileRecorder::watch(std::unique_ptr<pods::ArrayEngine> array) {
    return std::make_unique<Watched>(*this, std::move(array));
}

void TileRecorder::write(const std::filesystem::path& file) const {
    traces::write_file(file, [&](std::ostream& out) {
        out << "sosa-tiles 1 psum_bytes " << psum_bytes_ << '\n';
        for (const auto& line : lines_) out << line << '\n';
    });
}

std::vector<RecordedTile> read_tiles(const std::filesystem::path& file, const pods::ArrayShape& shape) {
    std::istringstream in(traces::read_file(file));
    std::string line;
    const std::string head = "sosa-tiles 1 psum_bytes " + std::to_string(shape.psum_bytes());
    if (!std::getline(in, line) || line != head)
        throw UserError(file.string() + ": line 1: found \"" + line.substr(0, 60) + "\", allowed \"" + head +
                        '"');
    std::vector<RecordedTile> tiles;
    for (std::size_t number = 2; std::getline(in, line); ++number) {
        tiles.emplace_back();
        if (!parse_tile(line, shape, tiles.back()))
            throw UserError(file.string() + ": line " + std::to_string(number) + ": found \"" +
                            line.substr(0, 60) + "\", allowed " + kForm + ", for an array of " +
                            std::to_string(shape.rows) + " x " + std::to_string(shape.cols));
    }
    if (tiles.empty()) throw UserError(file.string() + ": found no tile, allowed at least one");
    return tiles;
}

}  // namespace sosa::host
