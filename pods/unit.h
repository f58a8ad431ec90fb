#pragma once
#include <systemc>
#include <tlm>

#include "noc/payload.h"
#include "pods/commands.h"

namespace sosa::pods {

// What pods and post-processors of a chip share.
struct UnitContext {
    sc_core::sc_time cycle;
    noc::TransferPool* transfers;
    std::uint32_t psum_bytes = 2;
    std::uint32_t cycles(sc_core::sc_time t) const {  // rounded up
        return static_cast<std::uint32_t>((t.value() + cycle.value() - 1) / cycle.value());
    }
};

// Payload data of the `timing` fidelity: transfers carry their length and nobody touches the bytes.
unsigned char* untouched_data();

struct TransferFor {
    SliceId slice;
    std::uint32_t layer, op, unit;
};

// One tile to or from what a socket is bound to; returns the annotated delay. A refused transfer is an
// SC_ERROR.
using Target = tlm::tlm_fw_transport_if<>;
inline sc_core::sc_time transfer(Target& target, noc::TransferPool& pool, tlm::tlm_command command,
                                 const TileRef& tile, std::uint32_t bytes, std::uint32_t stored_bytes,
                                 const TransferFor& why, bool on_chip = false) {
    auto t = pool.acquire();
    t->prepare(command, noc::tile_address(BankId{tile.bank}, TileTag{tile.tag}), untouched_data(), bytes);
    t->extension.slice = why.slice;
    t->extension.layer = LayerId{why.layer};
    t->extension.op = why.op;
    t->extension.unit = PodId{why.unit};
    t->extension.stored_bytes = stored_bytes;
    t->extension.on_chip = on_chip;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    target.b_transport(t->payload, delay);
    if (!t->payload.is_response_ok()) noc::expect_ok(t->payload);
    return delay;
}

}  // namespace sosa::pods
