#include <malloc.h>

#include <cstdlib>
#include <systemc>

#include "host/commands.h"

int sc_main(int argc, char** argv) { return sosa::host::run_command_line(argc, argv, SOSA_VERSION); }

int main(int argc, char** argv) {
    // Placement frees tens of megabytes that the simulation asks for again: keep them instead of going to the kernel.
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 16 << 20);
    setenv("SC_COPYRIGHT_MESSAGE", "DISABLE", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
