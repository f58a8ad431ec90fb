#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/dma.h"
#include "pods/commands.h"

// What the host writes into the two program windows: one record a write, little-endian, without padding
// between parts.
//   program window: SliceHeader, then its TileOps (in pod order), then its PostOps, then its
//                   VectorOps (both in the order of post-processors)
//   fetch window:   FetchHeader, then its Fetches in the order of fetching
// Slices count up from 0 without gaps in both.
namespace sosa::hw {

struct SliceHeader {
    std::uint32_t slice = 0;
    std::uint32_t tile_ops = 0;
    std::uint32_t post_ops = 0;
    std::uint32_t waiting_ops =
        0;                    // for the cycle-loss account: ops of later slices whose dependencies are met
    std::uint32_t flags = 0;  // bit 0: later slices hold tile ops; bit 1: the last slice
    std::uint32_t vector_ops = 0;
    static constexpr std::uint32_t more_to_come = 1, last = 2;
};

struct FetchHeader {
    std::uint32_t slice = 0;
    std::uint32_t fetches = 0;
};

struct SliceProgram {
    SliceHeader header;
    std::vector<pods::TileOp> ops;
    std::vector<pods::PostOp> posts;
    std::vector<pods::VectorOp> vectors;
};

// The limits that a record is checked against.
struct ProgramLimits {
    std::uint32_t pods, rows, cols;
    std::uint32_t psum_bytes;
};

void encode(const SliceProgram& slice, std::vector<unsigned char>& bytes);
void encode(std::uint32_t slice, const std::vector<Fetch>& fetches, std::vector<unsigned char>& bytes);

// Decode and check one record; an empty string, or what is wrong with it as a sentence.
std::string decode(const unsigned char* bytes, std::size_t size, const ProgramLimits& limits,
                   SliceProgram& slice);
std::string decode(const unsigned char* bytes, std::size_t size, const ProgramLimits& limits,
                   FetchHeader& header, std::vector<Fetch>& fetches);

}  // namespace sosa::hw
