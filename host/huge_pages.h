#pragma once

namespace sosa::host {

// Lets the heap use 2 MiB pages, if the system offers them. In every slice the simulation visits some ten
// thousand small objects, more than the processor has page translations for. Call it first thing in main.
void prefer_huge_pages();

}  // namespace sosa::host
