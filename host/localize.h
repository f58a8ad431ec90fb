#pragma once
#include <string>
#include <vector>

#include "host/array_mistake.h"

namespace sosa::host {

struct Place {
    std::string where = "-";  // "PE (4,17)", "block (0,1)", "column 17"; (row group, column group)
    std::string what;  // "has 5 as its weight instead of 3"; empty if no mistake that we know explains it
};

// The place of a mistake that shows in the first observation: single mistakes are tried in every place, and
// the one that explains the most observations is taken. With a wrong operand it must be more than half of
// those that are wrong, as one of 384 values soon fits one result. Of several places only what they have in
// common is told.
Place localize(const pods::ArrayShape& shape, const std::vector<Observation>& observations);

}  // namespace sosa::host
