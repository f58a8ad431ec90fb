#include "hw/register_file.h"

#include <cstring>

namespace sosa::hw {

namespace {

bool is_window(std::uint64_t address) {
    return address == registers::program_window || address == registers::fetch_window ||
           address == registers::layer_window || address == registers::step_window;
}

}  // namespace

RegisterFile::RegisterFile(sc_core::sc_module_name name, const ProgramLimits& limits, sc_core::sc_time cycle,
                           std::function<RunCounters()> collect)
    : sc_module(name), limits_(limits), cycle_(cycle), collect_(std::move(collect)) {
    port.bind(*this);
}

void RegisterFile::end_of_elaboration() {
    program_room_ = {scheduler->space(), scheduler->space()};
    fetch_room_ = {dma->space(), dma->space()};
    SC_HAS_PROCESS(RegisterFile);
    SC_METHOD(update);
    sensitive << scheduler->changed() << dma->progress() << changed_;
}

void RegisterFile::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (!noc::accept_plain(payload)) return;
    const std::uint64_t address = payload.get_address();
    const std::size_t size = payload.get_data_length();
    bool known = true, done = true;
    if (address >= registers::program_window) {
        known = payload.is_write() && is_window(address);
        if (known) done = write_window(address, payload.get_data_ptr(), size);
    } else if (payload.is_read()) {
        known = read(address, payload.get_data_ptr(), size);
    } else {
        std::uint32_t value = 0;
        known = size == sizeof value;
        if (known) {
            std::memcpy(&value, payload.get_data_ptr(), sizeof value);
            known = write(address, value);
        }
    }
    delay += cycle_;
    payload.set_response_status(!known  ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                : !done ? tlm::TLM_GENERIC_ERROR_RESPONSE
                                        : tlm::TLM_OK_RESPONSE);
}

unsigned RegisterFile::transport_dbg(tlm::tlm_generic_payload& payload) {
    const unsigned size = payload.get_data_length();
    const bool done = payload.is_read() && read(payload.get_address(), payload.get_data_ptr(), size);
    return done ? size : 0;
}

bool RegisterFile::refuse(const std::string& why) {
    last_error_ = why;
    return false;
}

bool RegisterFile::write_window(std::uint64_t address, const unsigned char* bytes, std::size_t size) {
    switch (address) {
        case registers::program_window:
            return push_slice(bytes, size);
        case registers::fetch_window:
            return push_fetches(bytes, size);
        case registers::layer_window:
            return push_layer(bytes, size);
        default:
            return push_step(bytes, size);
    }
}

bool RegisterFile::push_layer(const unsigned char* bytes, std::size_t size) {
    LayerRecord layer;
    if (activations.size() == 0) return refuse("a layer record, but no data moves in this run");
    if (size != sizeof layer)
        return refuse("a layer record has " + std::to_string(size) + " bytes, allowed " +
                      std::to_string(sizeof layer));
    std::memcpy(&layer, bytes, sizeof layer);
    const std::string error = activations->push(layer);
    return error.empty() || refuse(error);
}

bool RegisterFile::push_step(const unsigned char* bytes, std::size_t size) {
    VectorStep step;
    if (activations.size() == 0) return refuse("a vector step, but no data moves in this run");
    std::string error = decode(bytes, size, step);
    if (error.empty()) error = activations->push(std::move(step));
    return error.empty() || refuse(error);
}

bool RegisterFile::push_slice(const unsigned char* bytes, std::size_t size) {
    if (scheduler->space() == 0) return refuse("the program window is full");
    SliceProgram slice = scheduler->recycled();
    const std::string error = decode(bytes, size, limits_, slice);
    if (!error.empty()) return refuse("slice " + std::to_string(slice.header.slice) + ": " + error);
    if (slice.header.slice != scheduler->next_to_push())
        return refuse("found slice " + std::to_string(slice.header.slice) + ", slice " +
                      std::to_string(scheduler->next_to_push()) + " comes next");
    scheduler->push(std::move(slice));
    changed_.notify(sc_core::SC_ZERO_TIME);
    return true;
}

bool RegisterFile::push_fetches(const unsigned char* bytes, std::size_t size) {
    if (dma->space() == 0) return refuse("the fetch window is full");
    FetchHeader header;
    std::vector<Fetch> fetches = dma->recycled();
    const std::string error = decode(bytes, size, limits_, header, fetches);
    if (!error.empty()) return refuse("fetch list of slice " + std::to_string(header.slice) + ": " + error);
    if (header.slice != next_fetch_list_)
        return refuse("found the fetch list of slice " + std::to_string(header.slice) + ", that of slice " +
                      std::to_string(next_fetch_list_) + " comes next");
    ++next_fetch_list_;
    dma->push(std::move(fetches));
    changed_.notify(sc_core::SC_ZERO_TIME);
    return true;
}

bool RegisterFile::read(std::uint64_t address, unsigned char* data, std::size_t size) {
    for (const auto& entry : registers::table()) {
        if (entry.offset != address || entry.bytes != size || entry.access[0] != 'r') continue;
        if (entry.bytes == 8) {
            const std::size_t index = (address - registers::counters) / 8;
            const std::uint64_t value = kCounterTable[index].get(collect_());
            std::memcpy(data, &value, sizeof value);
        } else {
            const std::uint32_t value = read_register(address);
            std::memcpy(data, &value, sizeof value);
        }
        return true;
    }
    return false;
}

std::uint32_t RegisterFile::read_register(std::uint64_t address) const {
    switch (address) {
        case registers::id:
            return registers::id_value;
        case registers::version:
            return registers::version_value;
        case registers::pods:
            return limits_.pods;
        case registers::pod_shape:
            return limits_.rows << 16 | limits_.cols;
        case registers::control:
            return control_;
        case registers::status:
            return static_cast<std::uint32_t>(scheduler->state());
        case registers::irq_status:
            return irq_status_;
        case registers::irq_enable:
            return irq_enable_;
        case registers::program_space:
            return scheduler->space();
        case registers::fetch_space:
            return dma->space();
        default:
            return 0;
    }
}

bool RegisterFile::write(std::uint64_t address, std::uint32_t value) {
    switch (address) {
        case registers::control:
            control_ = value & registers::control_enable;
            break;
        case registers::doorbell:
            scheduler->doorbell();
            break;
        case registers::irq_status:
            irq_status_ &= ~value;
            break;
        case registers::irq_enable:
            irq_enable_ = value;
            break;
        default:
            return false;
    }
    changed_.notify(sc_core::SC_ZERO_TIME);
    return true;
}

void RegisterFile::update() {
    const auto state = scheduler->state();
    if (state != last_state_ && state == SchedulerControl::State::done) irq_status_ |= registers::irq_done;
    if (state != last_state_ && state == SchedulerControl::State::fault) irq_status_ |= registers::irq_fault;
    last_state_ = state;  // a cause that was cleared stays so
    const bool program_room = program_room_.reached(scheduler->space());
    const bool fetch_room = fetch_room_.reached(dma->space());
    if (program_room || fetch_room) irq_status_ |= registers::irq_space;
    irq.write((control_ & registers::control_enable) && (irq_status_ & irq_enable_));
}

}  // namespace sosa::hw
