#pragma once
#include <string>
#include <vector>

#include "host/program_derive.h"

// The parts of check_program, which runs them in this order; each relies on the ones before.
namespace sosa::host {

struct ProgramView {
    ProgramView(const Program& p, const std::string& source_name);

    const Program& program;
    const std::string& source;
    const noc::Topology topology;
    const std::vector<LayerTiles> tiles;          // by layer
    const std::vector<std::uint32_t> copy_begin;  // by layer: from where its deps count
    const std::vector<std::uint32_t> op_slice, post_slice, vector_slice;  // by op
    std::uint32_t tags_end;                                               // tags are below

    // `layer "conv1", tile op 17 (i 0, j 1, l 2)`
    std::string layer_text(std::uint32_t layer) const;
    std::string op_text(std::uint32_t op) const;
    std::string post_text(std::uint32_t post) const;
    std::string vector_text(std::uint32_t op) const;
    // The same and the slice, for an op that is not the one at fault.
    std::string op_at(std::uint32_t op) const {
        return op_text(op) + " in slice " + std::to_string(op_slice[op]);
    }
    std::string post_at(std::uint32_t post) const {
        return post_text(post) + " in slice " + std::to_string(post_slice[post]);
    }

    [[noreturn]] void fail(const std::string& rule) const;
    [[noreturn]] void fail_layer(std::uint32_t layer, const std::string& rule) const;
    [[noreturn]] void fail_op(std::uint32_t op, const std::string& rule) const;
    [[noreturn]] void fail_post(std::uint32_t post, const std::string& rule) const;
    [[noreturn]] void fail_vector(std::uint32_t op, const std::string& rule) const;
};

std::string tile_text(const pods::TileRef& tile);  // "bank 3 tag 7"

// Layers, op numbers, units, banks and tags exist.
void check_numbers(const ProgramView& view);
// Every tile op and vector op once, its X and W tiles.
void check_tile_ops(const ProgramView& view);
// Sums, incoming partial sums, and what is left at the end.
void check_results(const ProgramView& view);
void check_dependencies(const ProgramView& view);
// Units, banks and routes of every slice.
void check_slices(const ProgramView& view);
void check_derived(const ProgramView& view);

}  // namespace sosa::host
