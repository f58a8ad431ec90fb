#pragma once
#include <string>

#include "host/program.h"

namespace sosa::host {

// Whether a program computes its workload and can run on its chip, by the paper's rules (arXiv 2203.11540,
// section 4). Throws UserError for the first rule that it breaks, naming `source`, the slice, the layer, the
// op and the rule:
//   - every tile op (i,j,l) of every layer stands once, its tiles in the banks of rule 1, a tag naming one
//   tile;
//   - results: an incoming partial sum or an operand is of an earlier slice and of the same output tile, each
//   result is
//     consumed once, a sum is two post-ops with the operands swapped, one result per output tile is left;
//   - order: a layer starts after the layers it depends on, a copy of a repeated workload after the copy
//   before;
//   - slices: a unit takes one op, a bank is read for one tile (P banks: for one op a network) and written by
//   one tile op
//     and one post-op, and no two routes of different banks meet on a link;
//   - what derive() gives is as derive() gives it.
// What no policy or file can bring about (lists that do not fit each other) aborts.
void check_program(const Program& program, const std::string& source);

// Throws UserError that lists where the chip of `config` differs from the one the program was made for.
void check_fits(const Program& program, const hw::Config& config, const std::string& source);

}  // namespace sosa::host
