#include <cstdlib>
#include <systemc>

#include "host/commands.h"
#include "host/huge_pages.h"

int sc_main(int argc, char** argv) { return sosa::host::run_command_line(argc, argv, SOSA_VERSION); }

int main(int argc, char** argv) {
    sosa::host::prefer_huge_pages();
    setenv("SC_COPYRIGHT_MESSAGE", "DISABLE", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
