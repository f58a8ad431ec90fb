#include "pods/post_processor.h"

#include <cstring>

#include "pods/psum.h"

namespace sosa::pods {

struct PostProcessor::Probe {
    traces::Vcd& vcd;
    traces::Vcd::Signal state, layer, op, a_bank, b_bank, out_bank;
};

PostProcessor::PostProcessor(sc_core::sc_module_name name, std::uint32_t index, const UnitContext& context)
    : sc_module(name),
      near_bank("near_bank", context.moves_data() ? 1 : 0),
      memory("memory", context.moves_data() ? 1 : 0),
      index_(index),
      context_(context) {
    for (auto* socket : {&a, &b, &out}) socket->bind(no_backward_path_);
    for (auto* sockets : {&near_bank, &memory})
        for (auto& socket : *sockets) socket.bind(no_backward_path_);
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
        vector_ ? end_vector() : end();
    } else if (vector_) {
        enter(State::vector, vector_->cycles);
        active_ = true;
        next_trigger(control->after(vector_->cycles + 1));
    } else if (op_) {
        begin();
    } else {
        enter(State::idle);
    }
}

void PostProcessor::begin() {
    enter(State::add, op_->rows);
    const std::uint32_t bytes = op_->rows * op_->cols * context_.psum_bytes;
    const TransferFor why{control->slice(), op_->layer, op_->op, index_};
    const auto from_a = transfer(*to_a_, *context_.transfers, tlm::TLM_READ_COMMAND, op_->a,
                                 tile_data(context_.moves_data(), a_bytes_, bytes), bytes, bytes, why);
    const auto from_b = transfer(*to_b_, *context_.transfers, tlm::TLM_READ_COMMAND, op_->b,
                                 tile_data(context_.moves_data(), b_bytes_, bytes), bytes, bytes, why);
    counters_.bytes_in += 2 * std::uint64_t{bytes};
    active_ = true;
    next_trigger(control->after(std::max({context_.cycles(from_a), context_.cycles(from_b), op_->rows + 1})));
}

void PostProcessor::add() {
    const std::uint32_t size = context_.psum_bytes, count = op_->rows * op_->cols;
    a_psums_.resize(count);
    b_psums_.resize(count);
    unpack_psums(a_psums_.data(), a_bytes_.data(), count, size);
    unpack_psums(b_psums_.data(), b_bytes_.data(), count, size);
    for (std::uint32_t i = 0; i < count; ++i)
        if (fit_psum(std::int64_t{a_psums_[i]} + b_psums_[i], size, context_.saturate, a_psums_[i]))
            ++counters_.overflows;
    pack_psums(sums_.data(), a_psums_.data(), count, size);
}

void PostProcessor::take_zeros(const FinishOp& op, std::uint32_t row, const std::vector<FinishEntry>& table,
                               std::int32_t* psums) {
    for (std::uint32_t j = 0; j < op.cols; ++j)
        psums[j] = op.w_sums ? without_zeros(psums[j], op.x_sums[row], op.w_sums[j], op.x_zero,
                                             table[j].w_zero, op.k)
                             : without_zeros(psums[j], op.x_sums[row], 0, 0, table[j].w_zero, 0);
}

void PostProcessor::finish(const FinishOp& op) {
    const std::uint32_t size = context_.psum_bytes, count = op.rows * op.cols;
    std::vector<FinishEntry> table(op.cols);
    debug_access(*memory[0].operator->(), tlm::TLM_READ_COMMAND, op.table,
                 reinterpret_cast<unsigned char*>(table.data()), op.cols * sizeof(FinishEntry));
    unsigned char* const sums = tile_data(true, a_bytes_, count * size);
    debug_access(*near_bank[0].operator->(), tlm::TLM_READ_COMMAND,
                 noc::tile_address(BankId{op.tile.bank}, TileTag{op.tile.tag}), sums, count * size);
    a_psums_.resize(count);
    unpack_psums(a_psums_.data(), sums, count, size);
    const std::uint32_t row_bytes = op.cols * (op.wide ? 4 : 1);
    unsigned char* const row = tile_data(true, b_bytes_, row_bytes);
    for (std::uint32_t i = 0; i < op.rows; ++i) {
        std::int32_t* const psums = &a_psums_[i * op.cols];
        if (op.x_sums) take_zeros(op, i, table, psums);
        for (std::uint32_t j = 0; j < op.cols; ++j)
            if (op.wide)
                psums[j] = add_bias(psums[j], table[j]);
            else
                row[j] = finish_element(psums[j], table[j], op.y_zero, op.y_signed, op.relu);
        if (op.wide) std::memcpy(row, psums, row_bytes);
        debug_access(*memory[0].operator->(), tlm::TLM_WRITE_COMMAND, op.y + i * op.y_pitch, row, row_bytes);
    }
}

void PostProcessor::compute(const LaneJob& job) {
    const std::size_t in_bytes = job.count * lane_bytes(job.op.in),
                      out_bytes = job.count * lane_bytes(job.op.out);
    const bool two = lane_operands(job.op.function) == 2;
    a_bytes_.resize(std::max(a_bytes_.size(), in_bytes));
    b_bytes_.resize(std::max(b_bytes_.size(), in_bytes));
    sums_.resize(std::max(sums_.size(), out_bytes));
    Target& dram = *memory[0].operator->();
    debug_access(dram, tlm::TLM_READ_COMMAND, job.a, a_bytes_.data(), in_bytes);
    if (two) debug_access(dram, tlm::TLM_READ_COMMAND, job.b, b_bytes_.data(), in_bytes);
    run_lanes(job.op, a_bytes_.data(), two ? b_bytes_.data() : nullptr, job.count, sums_.data());
    debug_access(dram, tlm::TLM_WRITE_COMMAND, job.out, sums_.data(), out_bytes);
}

void PostProcessor::end() {
    const std::uint32_t bytes = op_->rows * op_->cols * context_.psum_bytes;
    unsigned char* const sums = tile_data(context_.moves_data(), sums_, bytes);
    if (context_.moves_data()) add();
    const auto tail = transfer(*to_out_, *context_.transfers, tlm::TLM_WRITE_COMMAND, op_->out, sums, bytes,
                               bytes, {control->slice(), op_->layer, op_->op, index_});
    counters_.bytes_out += bytes;
    ++counters_.post_ops;
    counters_.busy_cycles += op_->rows;
    counters_.additions += std::uint64_t{op_->rows} * op_->cols;
    op_ = nullptr;
    active_ = false;
    enter(State::wait);
    control->arrive(tail);
}

void PostProcessor::end_vector() {
    ++counters_.vector_ops;
    counters_.vector_elements += vector_->elements;
    counters_.vector_cycles += vector_->cycles;
    vector_ = nullptr;
    active_ = false;
    enter(State::wait);
    control->arrive(sc_core::SC_ZERO_TIME);
}

void PostProcessor::trace(traces::Vcd& vcd, const std::string& scope) {
    if (!vcd.wanted(scope)) return;
    probe_ = std::make_shared<Probe>(Probe{vcd, vcd.integer(scope, "state", 2, state_legend),
                                           vcd.integer(scope, "layer", 16), vcd.integer(scope, "op", 32),
                                           vcd.integer(scope, "a_bank", 16), vcd.integer(scope, "b_bank", 16),
                                           vcd.integer(scope, "out_bank", 16)});
    vcd.set(probe_->state, static_cast<std::uint64_t>(State::idle));
}

// What it does lasts so many cycles; then it waits for the end of the slice.
void PostProcessor::enter(State state, std::uint32_t busy_cycles) {
    if (!probe_) return;
    const Probe& p = *probe_;
    const std::uint64_t now = sc_core::sc_time_stamp().value();
    p.vcd.time(now);
    p.vcd.set(p.state, static_cast<std::uint64_t>(state));
    if (busy_cycles > 0)
        p.vcd.set_later(p.state, now + busy_cycles * context_.cycle.value(),
                        static_cast<std::uint64_t>(State::wait));
    if (state == State::vector) {
        p.vcd.set(p.layer, vector_->layer & 0xffff);
        p.vcd.set(p.op, vector_->op);
    }
    if (state != State::add) return;
    p.vcd.set(p.layer, op_->layer & 0xffff);
    p.vcd.set(p.op, op_->op);
    p.vcd.set(p.a_bank, op_->a.bank);
    p.vcd.set(p.b_bank, op_->b.bank);
    p.vcd.set(p.out_bank, op_->out.bank);
}

}  // namespace sosa::pods
