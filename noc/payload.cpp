#include "noc/payload.h"

#include <ostream>
#include <sstream>

namespace sosa::noc {

std::string describe(const tlm::tlm_generic_payload& payload) {
    std::ostringstream out;
    out << (payload.is_write() ? "write " : "read ") << payload.get_data_length() << " B of tile "
        << tag_of(payload.get_address()).value << " in bank " << bank_of(payload.get_address()).value;
    if (const auto* e = payload.get_extension<TransferExtension>())
        out << " for unit " << e->unit.value << " (slice " << e->slice.value << ", layer " << e->layer.value
            << ", op " << e->op << ')';
    return out.str();
}

std::ostream& operator<<(std::ostream& out, const Transfer& transfer) {
    return out << describe(transfer.payload);
}

tlm::tlm_sync_enum BlockingTarget::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
    if (phase != tlm::BEGIN_REQ) return tlm::TLM_ACCEPTED;  // an ignorable phase
    b_transport(payload, delay);
    return tlm::TLM_COMPLETED;
}

bool accept_plain(tlm::tlm_generic_payload& payload) {
    if (payload.get_byte_enable_ptr() != nullptr) {
        payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    } else if (payload.get_data_length() == 0 || payload.get_data_ptr() == nullptr ||
               payload.get_streaming_width() < payload.get_data_length()) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    } else if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
        payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    } else {
        return true;
    }
    return false;
}

void expect_ok(const tlm::tlm_generic_payload& payload) {
    if (payload.is_response_ok()) return;
    const std::string text = describe(payload) + " was answered " + payload.get_response_string();
    SC_REPORT_ERROR("sosa/transfer", text.c_str());
}

}  // namespace sosa::noc
