#include "pods/post_processor.h"

namespace sosa::pods {

struct PostProcessor::Probe {
    traces::Vcd& vcd;
    traces::Vcd::Signal state, layer, op, a_bank, b_bank, out_bank;
};

PostProcessor::PostProcessor(sc_core::sc_module_name name, std::uint32_t index, const UnitContext& context)
    : sc_module(name), index_(index), context_(context) {
    for (auto* socket : {&a, &b, &out}) socket->bind(no_backward_path_);
    commands.bind(*this);
}

void PostProcessor::end_of_elaboration() {
    to_a_ = a.operator->();
    to_b_ = b.operator->();
    to_out_ = out.operator->();
    SC_HAS_PROCESS(PostProcessor);
    SC_METHOD(act);
    sensitive << control->posts_started();
    dont_initialize();
}

void PostProcessor::act() {
    if (active_) {
        finish();
    } else if (op_) {
        begin();
    } else {
        enter(State::idle);
    }
}

void PostProcessor::begin() {
    enter(State::add);
    const std::uint32_t bytes = op_->rows * op_->cols * context_.psum_bytes;
    const TransferFor why{control->slice(), op_->layer, op_->op, index_};
    const auto from_a =
        transfer(*to_a_, *context_.transfers, tlm::TLM_READ_COMMAND, op_->a, bytes, bytes, why);
    const auto from_b =
        transfer(*to_b_, *context_.transfers, tlm::TLM_READ_COMMAND, op_->b, bytes, bytes, why);
    counters_.bytes_in += 2 * std::uint64_t{bytes};
    active_ = true;
    next_trigger(control->after(std::max({context_.cycles(from_a), context_.cycles(from_b), op_->rows + 1})));
}

void PostProcessor::finish() {
    const std::uint32_t bytes = op_->rows * op_->cols * context_.psum_bytes;
    const auto tail = transfer(*to_out_, *context_.transfers, tlm::TLM_WRITE_COMMAND, op_->out, bytes, bytes,
                               {control->slice(), op_->layer, op_->op, index_});
    counters_.bytes_out += bytes;
    ++counters_.post_ops;
    counters_.busy_cycles += op_->rows;
    counters_.additions += std::uint64_t{op_->rows} * op_->cols;
    op_ = nullptr;
    active_ = false;
    enter(State::wait);
    control->arrive(tail);
}

void PostProcessor::trace(traces::Vcd& vcd, const std::string& scope) {
    if (!vcd.wanted(scope)) return;
    probe_ = std::make_shared<Probe>(Probe{vcd, vcd.integer(scope, "state", 2, state_legend),
                                           vcd.integer(scope, "layer", 16), vcd.integer(scope, "op", 32),
                                           vcd.integer(scope, "a_bank", 16), vcd.integer(scope, "b_bank", 16),
                                           vcd.integer(scope, "out_bank", 16)});
    vcd.set(probe_->state, static_cast<std::uint64_t>(State::idle));
}

void PostProcessor::enter(State state) {
    if (!probe_) return;
    Probe& p = *probe_;
    p.vcd.time(sc_core::sc_time_stamp().value());
    p.vcd.set(p.state, static_cast<std::uint64_t>(state));
    if (state != State::add) return;
    p.vcd.set(p.layer, op_->layer & 0xffff);
    p.vcd.set(p.op, op_->op);
    p.vcd.set(p.a_bank, op_->a.bank);
    p.vcd.set(p.b_bank, op_->b.bank);
    p.vcd.set(p.out_bank, op_->out.bank);
}

}  // namespace sosa::pods
