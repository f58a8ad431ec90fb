#include "host/huge_pages.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace sosa::host {

void prefer_huge_pages() {
    constexpr int reach = 128 << 20;  // of address space; memory is used as it is touched
    constexpr std::uintptr_t huge = 2 << 20;
    mallopt(M_MMAP_THRESHOLD, 4 << 20);  // larger blocks stay apart: they are walked through in order
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, reach);
    void* const grown = std::malloc(1 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(grown) + huge - 1) / huge * huge;
    const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(sbrk(0));
    // Only a wish: where it is refused, the run is slower and else the same.
    if (grown && end > begin && end - begin <= std::uintptr_t{reach} + 2 * huge)
        madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
    std::free(grown);
}

}  // namespace sosa::host
