#include "hw/bank.h"

#include "traces/error.h"

namespace sosa::hw {

Bank::Bank(sc_core::sc_module_name name, const Shape& shape, sc_core::sc_time cycle)
    : sc_module(name),
      ports("port", shape.ports),
      shape_(shape),
      read_delay_(cycle * 2),
      write_delay_(cycle),
      store_(shape.size_bytes) {
    for (std::uint32_t i = 0; i < shape.ports; ++i) ports[i].bind(network_ports_[i]);
    dma.bind(dma_port_);
    near.bind(near_port_);
    control.bind(*this);
}

std::string Bank::describe_bank() const {
    return std::string(bank_kind_name(shape_.kind)) + " bank " + std::to_string(shape_.index) + " (" +
           std::to_string(store_.capacity_bytes() - store_.used_bytes()) + " of " +
           std::to_string(store_.capacity_bytes()) + " bytes free, " + std::to_string(store_.tiles()) +
           " tiles)";
}

bool Bank::find(tlm::tlm_generic_payload& payload, TileTag tag) const {
    if (store_.resident(tag)) return true;
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return false;
}

unsigned Bank::debug(tlm::tlm_generic_payload& payload) {
    if (!shape_.keeps_data) return 0;
    const TileTag tag = noc::tag_of(payload.get_address());
    const std::size_t offset = payload.get_address() % noc::kMaxTileBytes, count = payload.get_data_length();
    if (payload.is_write()) data_.write(tag, payload.get_data_ptr(), count, offset);
    const bool done = payload.is_write() || data_.read(tag, payload.get_data_ptr(), count, offset);
    return done ? payload.get_data_length() : 0;
}

// A resident tile without its bytes would be a mistake of the model.
void Bank::take_bytes(const tlm::tlm_generic_payload& payload, TileTag tag) {
    if (!shape_.keeps_data) return;
    SOSA_CHECK(data_.read(tag, payload.get_data_ptr(), payload.get_data_length()),
               describe_bank() + " holds no bytes for: " + noc::describe(payload));
}

void Bank::count_read(Port& port, const tlm::tlm_generic_payload& payload, TileTag tag,
                      const noc::TransferExtension* why) {
    const std::uint32_t stored = why && why->stored_bytes ? why->stored_bytes : payload.get_data_length();
    ++counters_.reads;
    counters_.read_bytes += stored;
    if (why && port.last_slice == why->slice.value && port.last_tag == tag.value) return;
    port.last_slice = why ? why->slice.value : 0xffffffff;
    port.last_tag = tag.value;
    counters_.array_read_bytes += stored;
    count_for_layer(why, stored);
    counters_.busy_cycles += (payload.get_data_length() + shape_.row_bytes - 1) / shape_.row_bytes;
}

void Bank::from_network(Port& port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (!noc::accept_plain(payload)) return;
    const TileTag tag = noc::tag_of(payload.get_address());
    const auto* why = payload.get_extension<noc::TransferExtension>();
    const bool on_chip = why && why->on_chip;  // activations do not take part in the bank's capacity
    if (!on_chip && !find(payload, tag)) return;
    if (payload.is_read()) {
        if (!on_chip && !store_.filled(tag)) {
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        count_read(port, payload, tag, why);
        take_bytes(payload, tag);
        if (shape_.kind == BankKind::p) store_.note_read(tag);
        delay += read_delay_;
    } else {
        store_.fill(tag);
        if (shape_.keeps_data) data_.write(tag, payload.get_data_ptr(), payload.get_data_length());
        ++counters_.writes;
        counters_.written_bytes += payload.get_data_length();
        count_for_layer(why, payload.get_data_length());
        counters_.busy_cycles += (payload.get_data_length() + shape_.row_bytes - 1) / shape_.row_bytes;
        delay += write_delay_;
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

// DMA fills tiles that it reserved, and reads tiles that were just evicted: their data is still in the array.
void Bank::from_dma(std::uint32_t, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (!noc::accept_plain(payload)) return;
    const TileTag tag = noc::tag_of(payload.get_address());
    const auto* why = payload.get_extension<noc::TransferExtension>();
    if (payload.is_write()) {
        if (!find(payload, tag)) return;
        store_.fill(tag);
        if (shape_.keeps_data) data_.write(tag, payload.get_data_ptr(), payload.get_data_length());
        const std::uint32_t stored = why && why->stored_bytes ? why->stored_bytes : payload.get_data_length();
        counters_.fill_bytes += stored;
        count_for_layer(why, stored);
        delay += write_delay_;
    } else {
        take_bytes(payload, tag);
        drop(tag);
        counters_.spill_bytes += payload.get_data_length();
        count_for_layer(why, payload.get_data_length());
        delay += read_delay_;
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace sosa::hw
