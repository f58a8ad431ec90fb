#include "pods/unit.h"

#include "traces/error.h"

namespace sosa::pods {

unsigned char* untouched_data() {
    static unsigned char bytes[noc::kMaxTileBytes];  // never touched, so never backed by memory
    return bytes;
}

void debug_access(Target& target, tlm::tlm_command command, std::uint64_t address, unsigned char* data,
                  std::size_t bytes) {
    static tlm::tlm_generic_payload payload;  // making one allocates
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data);
    payload.set_data_length(static_cast<unsigned>(bytes));
    payload.set_streaming_width(static_cast<unsigned>(bytes));
    const unsigned done = target.transport_dbg(payload);
    if (done != bytes)
        throw UserError("memory at address " + std::to_string(address) + ": found debug access to " +
                        std::to_string(done) + " of " + std::to_string(bytes) +
                        " bytes, needed is all of it for a run with real data");
}

}  // namespace sosa::pods
