#pragma once
#include <systemc>
#include <tlm>
#include <vector>

#include "noc/payload.h"
#include "pods/commands.h"

namespace sosa::pods {

struct OperandSigns {
    bool x = true, w = true;  // int8, else uint8
};

// What pods and post-processors of a chip share.
struct UnitContext {
    sc_core::sc_time cycle;
    noc::TransferPool* transfers;
    std::uint32_t psum_bytes = 2;
    bool saturate = false;                                // partial sums; else they wrap
    const std::vector<OperandSigns>* operands = nullptr;  // by layer; null where no data moves
    bool weights_at_once = false;                         // loading them takes a cycle
    bool moves_data() const { return operands != nullptr; }
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

// The bytes of a tile on its way: the buffer, large enough, or what nobody touches.
inline unsigned char* tile_data(bool moves_data, std::vector<unsigned char>& buffer, std::uint32_t bytes) {
    if (!moves_data) return untouched_data();
    if (buffer.size() < bytes) buffer.resize(bytes);
    return buffer.data();
}

using Target = tlm::tlm_fw_transport_if<>;

// Bytes of memory behind a socket, or a whole tile in a bank, by debug transport: no time, no counters.
void debug_access(Target& target, tlm::tlm_command command, std::uint64_t address, unsigned char* data,
                  std::size_t bytes);

// One tile to or from what a socket is bound to; returns the annotated delay. A refused transfer is an
// SC_ERROR.
inline sc_core::sc_time transfer(Target& target, noc::TransferPool& pool, tlm::tlm_command command,
                                 const TileRef& tile, unsigned char* data, std::uint32_t bytes,
                                 std::uint32_t stored_bytes, const TransferFor& why, bool on_chip = false) {
    auto t = pool.acquire();
    t->prepare(command, noc::tile_address(BankId{tile.bank}, TileTag{tile.tag}), data, bytes);
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
