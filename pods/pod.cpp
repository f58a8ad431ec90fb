#include "pods/pod.h"

#include "traces/error.h"

namespace sosa::pods {

struct Pod::Probe {
    traces::Vcd& vcd;
    traces::Vcd::Signal state, w_load, layer, op, rows, x_bank, w_bank, pin_bank, pout_bank;
};

Pod::Pod(sc_core::sc_module_name name, std::uint32_t index, const UnitContext& context)
    : sc_module(name), index_(index), context_(context) {
    for (auto* socket : {&x, &w, &pin, &pout}) socket->bind(no_backward_path_);
    commands.bind(*this);
}

void Pod::end_of_elaboration() {
    to_x_ = x.operator->();
    to_w_ = w.operator->();
    to_pin_ = pin.operator->();
    to_pout_ = pout.operator->();
    SC_HAS_PROCESS(Pod);
    SC_METHOD(act);
    sensitive << control->pod_started(PodId{index_});
    dont_initialize();
}

// The weights loaded during the slice before move from the shadow registers into the array.
void Pod::start(const TileOp& op) {
    SOSA_CHECK(weights_.tag == op.w.tag && weights_.bank == op.w.bank,
               std::string(name()) + " holds W tile " + std::to_string(weights_.tag) + " of bank " +
                   std::to_string(weights_.bank) + ", op " + std::to_string(op.op) + " needs tile " +
                   std::to_string(op.w.tag) + " of bank " + std::to_string(op.w.bank));
    op_ = &op;
    fill_shadow();  // weights that came late
}

void Pod::load(const TileOp& next, bool resident) {
    next_ = &next;
    if (resident) take_weights(next);
}

void Pod::take_weights(const TileOp& next) {
    const std::uint32_t bytes = std::uint32_t{next.depth} * next.cols;
    transfer(*to_w_, *context_.transfers, tlm::TLM_READ_COMMAND, next.w,
             tile_data(array_ != nullptr, w_bytes_, bytes), bytes, bytes,
             {SliceId{control->slice().value + 1}, next.layer, next.op, index_}, next.w_on_chip != 0);
    counters_.w_bytes_in += bytes;
    weights_ = next.w;
    if (!array_) return;
    w_waiting_ = next;
    w_waits_ = true;
}

// Only when the stream of this slice has taken the shadow weights over.
void Pod::fill_shadow() {
    if (!w_waits_) return;
    w_waits_ = false;
    array_->load(
        {w_bytes_.data(), w_waiting_.depth, w_waiting_.cols, (*context_.operands)[w_waiting_.layer].w});
}

void Pod::act() {
    if (active_) {
        finish();
    } else if (op_ || next_) {
        begin();
    } else {
        enter(State::idle);
    }
}

void Pod::begin() {
    std::uint32_t busy_cycles = 0;
    enter(op_ ? State::stream : State::load);
    if (probe_) draw_work();
    if (op_) busy_cycles = stream_op();
    if (next_) busy_cycles = std::max(busy_cycles, load_weights());
    fill_shadow();
    if (pins_) {
        if (op_) compute();
        pins_->show(stepped_->take_pins());
    }
    active_ = true;
    next_trigger(control->after(busy_cycles));
}

std::uint32_t Pod::stream_op() {
    const TileOp& op = *op_;
    const TransferFor why{control->slice(), op.layer, op.op, index_};
    const std::uint32_t x_bytes = op.rows * op.depth;
    const auto round_trip = transfer(*to_x_, *context_.transfers, tlm::TLM_READ_COMMAND, op.x,
                                     tile_data(array_ != nullptr, x_bytes_, x_bytes), x_bytes, op.x_bytes,
                                     why, op.x_on_chip != 0);
    if (op.pin.exists()) {
        const std::uint32_t bytes = op.rows * op.cols * context_.psum_bytes;
        transfer(*to_pin_, *context_.transfers, tlm::TLM_READ_COMMAND, op.pin,
                 tile_data(array_ != nullptr, pin_bytes_, bytes), bytes, bytes, why);
        counters_.pin_bytes_in += bytes;
    }
    if (array_)
        array_->start({x_bytes_.data(), op.pin.exists() ? pin_bytes_.data() : nullptr, op.rows, op.depth,
                       op.cols, (*context_.operands)[op.layer].x, why.slice.value, op.layer, op.op});
    counters_.x_bytes_in += x_bytes;
    return std::max(context_.cycles(round_trip), op.rows + 1);  // one cycle more to switch the routes
}

std::uint32_t Pod::load_weights() {
    counters_.weight_load_cycles += next_->depth;
    return context_.weights_at_once ? 1u : next_->depth + 1u;
}

void Pod::compute() {
    const std::uint32_t bytes = op_->rows * op_->cols * context_.psum_bytes;
    counters_.overflows += array_->finish(tile_data(true, results_, bytes));
}

void Pod::finish() {
    sc_core::sc_time tail = sc_core::SC_ZERO_TIME;
    if (op_) {
        const std::uint32_t bytes = op_->rows * op_->cols * context_.psum_bytes;
        if (array_ && !pins_) compute();
        tail = transfer(*to_pout_, *context_.transfers, tlm::TLM_WRITE_COMMAND, op_->pout,
                        tile_data(array_ != nullptr, results_, bytes), bytes, bytes,
                        {control->slice(), op_->layer, op_->op, index_});
        counters_.pout_bytes_out += bytes;
        ++counters_.tile_ops;
        counters_.busy_cycles += op_->rows;
        counters_.macs += std::uint64_t{op_->rows} * op_->depth * op_->cols;
    }
    op_ = nullptr;
    next_ = nullptr;
    active_ = false;
    enter(State::wait);
    control->arrive(tail);
}

void Pod::trace(traces::Vcd& vcd, const std::string& scope, bool pins) {
    stepped_ = dynamic_cast<CycleEngine*>(array_);
    if (pins && stepped_ && vcd.wanted(scope + ".pins")) {
        stepped_->record_pins(true);
        pins_ = std::make_unique<PinWave>((std::string(basename()) + "_pins").c_str(), vcd, scope + ".pins",
                                          stepped_->array().shape(), context_.cycle);
    }
    if (!vcd.wanted(scope)) return;
    probe_ = std::make_shared<Probe>(Probe{
        vcd, vcd.integer(scope, "state", 2, state_legend), vcd.integer(scope, "w_load", 2, "0=idle 1=load"),
        vcd.integer(scope, "layer", 16), vcd.integer(scope, "op", 32), vcd.integer(scope, "rows", 24),
        vcd.integer(scope, "x_bank", 16), vcd.integer(scope, "w_bank", 16),
        vcd.integer(scope, "pin_bank", 16, "65535=none"), vcd.integer(scope, "pout_bank", 16)});
    vcd.set(probe_->state, static_cast<std::uint64_t>(State::idle));
    vcd.set(probe_->w_load, 0);
}

void Pod::enter(State state) {
    state_ = state;
    if (!probe_) return;
    probe_->vcd.time(sc_core::sc_time_stamp().value());
    probe_->vcd.set(probe_->state, static_cast<std::uint64_t>(state));
}

// The array streams a row and loads a row a cycle; then it waits for the end of the slice.
void Pod::draw_work() {
    const Probe& p = *probe_;
    const std::uint64_t now = sc_core::sc_time_stamp().value(), cycle = context_.cycle.value();
    const std::uint32_t load_cycles = next_ ? next_->depth : 0u;
    p.vcd.set_later(p.state, now + (op_ ? op_->rows : load_cycles) * cycle,
                    static_cast<std::uint64_t>(State::wait));
    if (next_) {
        p.vcd.set(p.w_load, 1);
        p.vcd.set_later(p.w_load, now + load_cycles * cycle, 0);
    }
    if (!op_) return;
    p.vcd.set(p.layer, op_->layer & 0xffff);
    p.vcd.set(p.op, op_->op);
    p.vcd.set(p.rows, op_->rows & 0xffffff);
    p.vcd.set(p.x_bank, op_->x.bank);
    p.vcd.set(p.w_bank, op_->w.bank);
    p.vcd.set(p.pin_bank, op_->pin.bank);
    p.vcd.set(p.pout_bank, op_->pout.bank);
}

}  // namespace sosa::pods
