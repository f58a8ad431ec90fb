#include "hw/dma.h"

#include "pods/unit.h"
#include "traces/error.h"

namespace sosa::hw {

namespace {
constexpr std::uint32_t most_layers = 1u << 20;  // told apart
}

struct Dma::Probe {
    traces::Vcd& vcd;
    traces::Vcd::Signal state, layer, slice;
};

Dma::Dma(sc_core::sc_module_name name, const Shape& shape, sc_core::sc_time cycle,
         noc::TransferPool& transfers)
    : sc_module(name),
      x_banks("x_banks", shape.banks),
      w_banks("w_banks", shape.banks),
      p_banks("p_banks", shape.banks),
      x_tags("x_tags", shape.banks),
      w_tags("w_tags", shape.banks),
      p_tags("p_tags", shape.banks),
      memory("memory", shape.moves_data ? shape.banks + 1 : 0),
      shape_(shape),
      cycle_(cycle),
      transfers_(transfers) {
    dram.bind(no_backward_path_);
    for (auto* banks : {&x_banks, &w_banks, &p_banks})
        for (auto& socket : *banks) socket.bind(no_backward_path_);
    for (auto& socket : memory) socket.bind(memory_port_);
    control.bind(*this);
    SC_HAS_PROCESS(Dma);
    SC_METHOD(step);
    sensitive << wake_;
    dont_initialize();
}

void Dma::end_of_elaboration() {
    controls_[0] = noc::resolve<BankControl>(x_tags);
    controls_[1] = noc::resolve<BankControl>(w_tags);
    controls_[2] = noc::resolve<BankControl>(p_tags);
    for (std::size_t kind = 0; kind < 3; ++kind)
        for (BankControl* bank : controls_[kind]) stores_[kind].push_back(&bank->tags());
}

tlm::tlm_initiator_socket<>& Dma::bank_socket(const Fetch& fetch) {
    auto& all = fetch.kind == BankKind::x ? x_banks : fetch.kind == BankKind::w ? w_banks : p_banks;
    return all[fetch.bank];
}

sc_core::sc_time Dma::next_edge(sc_core::sc_time t) const {
    const auto cycle = cycle_.value();
    return sc_core::sc_time::from_value((t.value() + cycle - 1) / cycle * cycle);
}

std::uint32_t Dma::space() const {
    const std::size_t room = std::size_t{shape_.prefetch_slices} + 2;
    return static_cast<std::uint32_t>(room - std::min(room, lists_.size()));
}

void Dma::push(std::vector<Fetch> list) {
    lists_.push_back(std::move(list));
    open_.push_back(0);
    wake_.notify(sc_core::SC_ZERO_TIME);
}

std::vector<Fetch> Dma::recycled() {
    if (spare_.empty()) return {};
    std::vector<Fetch> list = std::move(spare_.back());
    spare_.pop_back();
    return list;
}

void Dma::slice_started(SliceId slice) {
    current_ = slice;
    wake_.notify(sc_core::SC_ZERO_TIME);
}

void Dma::demand(std::uint16_t bank, TileTag tag, std::uint32_t bytes, SliceId use) {
    const auto same = [&](const Fetch& f) {
        return f.kind == BankKind::p && f.bank == bank && f.tag == tag.value;
    };
    for (const auto& d : demands_)
        if (same(d.fetch)) return;
    demands_.push_back({Fetch{spill_slot(bank, tag), bytes, tag.value, bank, BankKind::p, 0, 0}, use});
    ++demands_pending_;
    ++counters_.demands;
    wake_.notify(sc_core::SC_ZERO_TIME);
}

std::uint64_t Dma::spill_slot(std::uint16_t bank, TileTag tag) {
    const auto slot = spilled_.try_emplace(noc::tile_address(BankId{bank}, tag),
                                           shape_.spill_address + spilled_.size() * shape_.spill_bytes);
    return slot.first->second;
}

void Dma::spill(std::uint16_t bank, const std::vector<TileStore::Evicted>& evicted) {
    for (const auto& tile : evicted) {
        if (!tile.dirty) {
            if (shape_.moves_data) controls_[2][bank]->drop(tile.tag);
            continue;
        }
        const Fetch f{spill_slot(bank, tile.tag), tile.bytes, tile.tag.value, bank, BankKind::p, 0, 0};
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        std::vector<unsigned char> bytes(shape_.moves_data ? f.bytes : 0);
        move(bank_socket(f), tlm::TLM_READ_COMMAND, noc::tile_address(BankId{bank}, tile.tag), f, current_,
             bytes, delay);
        move(dram, tlm::TLM_WRITE_COMMAND, f.dram_address, f, current_, bytes, delay);
        tags(f).mark_clean(tile.tag);
        ++counters_.spills;
        counters_.written_bytes += f.bytes;
    }
}

// (1) take in what has arrived (2) start what may start (3) tell how far the banks are filled (4) wait.
void Dma::step() {
    const auto before = resident_before_;
    const auto demands_before = demands_pending_;
    complete();
    issue();
    update_resident();
    if (before != resident_before_ || demands_before != demands_pending_)
        progress_.notify(sc_core::SC_ZERO_TIME);
    if (!under_way_.empty()) wake_.notify(under_way_.front().done - sc_core::sc_time_stamp());
    if (probe_) draw();
}

void Dma::complete() {
    while (!under_way_.empty() && under_way_.front().done <= sc_core::sc_time_stamp()) {
        UnderWay& t = under_way_.front();
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        move(bank_socket(t.fetch), tlm::TLM_WRITE_COMMAND,
             noc::tile_address(BankId{t.fetch.bank}, TileTag{t.fetch.tag}), t.fetch, t.slice, t.bytes, delay);
        if (shape_.moves_data) spare_bytes_.push_back(std::move(t.bytes));
        if (t.demand) {
            tags(t.fetch).mark_clean(TileTag{t.fetch.tag});
            --demands_pending_;
        } else {
            --open_[t.slice.value - first_list_.value];
        }
        under_way_.pop_front();
    }
}

void Dma::issue() {
    blocked_ = nullptr;
    while (under_way_.size() < shape_.outstanding)
        if (!issue_demand() && !issue_next()) break;
}

bool Dma::issue_demand() {
    if (demands_.empty()) return false;
    const Demand& d = demands_.front();
    evicted_.clear();
    // The running slice is over when the next one's operands are demanded, so its own tiles may go.
    const bool room = tags(d.fetch).reserve(TileTag{d.fetch.tag}, d.fetch.bytes, d.use, d.use, evicted_);
    spill(d.fetch.bank, evicted_);
    if (!room) {
        blocked_ = &d.fetch;
        return false;
    }
    start(d.fetch, d.use, true);
    demands_.pop_front();
    return true;
}

bool Dma::issue_next() {
    while (cursor_.value - first_list_.value < lists_.size()) {
        const auto& list = lists_[cursor_.value - first_list_.value];
        if (position_ == list.size()) {
            ++cursor_.value;
            position_ = 0;
            continue;
        }
        if (cursor_.value > current_.value + shape_.prefetch_slices) return false;
        const Fetch& f = list[position_];
        TileStore& bank = tags(f);
        if (bank.book(TileTag{f.tag}, cursor_)) {
            ++counters_.skipped;
            ++position_;
            continue;
        }
        evicted_.clear();
        if (!bank.reserve(TileTag{f.tag}, f.bytes, cursor_, current_, evicted_)) {
            if (!blocked_) blocked_ = &f;
            drop_evicted(f);
            return false;
        }
        drop_evicted(f);
        start(f, cursor_, false);
        ++position_;
        return true;
    }
    return false;
}

// X and W tiles can be fetched again.
void Dma::drop_evicted(const Fetch& fetch) {
    if (!shape_.moves_data) return;
    for (const auto& tile : evicted_) control_of(fetch).drop(tile.tag);
}

// An X tile is fetched as many bytes as it takes in its bank, which keeps no copies; what it holds is
// gathered from the layer's tensor.
void Dma::start(const Fetch& fetch, SliceId use, bool demand) {
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    std::vector<unsigned char> bytes;
    if (shape_.moves_data) {
        if (!spare_bytes_.empty()) {
            bytes = std::move(spare_bytes_.back());
            spare_bytes_.pop_back();
        }
        bytes.resize(fetch.bytes);
    }
    move(dram, tlm::TLM_READ_COMMAND, fetch.dram_address, fetch, use, bytes, delay);
    if (shape_.moves_data && fetch.kind == BankKind::x)
        activations->gather(fetch.layer, fetch.dram_address, bytes);
    ++counters_.fetches;
    counters_.read_bytes += fetch.bytes;
    if (!demand && fetch.layer < most_layers) {
        if (fetch.layer >= layer_bytes_.size()) layer_bytes_.resize(fetch.layer + 1);
        layer_bytes_[fetch.layer] += fetch.bytes;
    }
    if (!demand) ++open_[use.value - first_list_.value];
    auto done = next_edge(sc_core::sc_time_stamp() + delay);
    if (!under_way_.empty()) done = std::max(done, under_way_.back().done);
    under_way_.push_back({fetch, demand, use, done, std::move(bytes)});
}

void Dma::move(tlm::tlm_initiator_socket<>& socket, tlm::tlm_command command, std::uint64_t address,
               const Fetch& fetch, SliceId slice, std::vector<unsigned char>& bytes,
               sc_core::sc_time& delay) {
    auto t = transfers_.acquire();
    t->prepare(command, address, shape_.moves_data ? bytes.data() : pods::untouched_data(),
               shape_.moves_data ? static_cast<std::uint32_t>(bytes.size()) : fetch.bytes);
    t->extension = noc::TransferExtension{};
    t->extension.slice = slice;
    t->extension.layer = fetch.kind == BankKind::p ? kNoLayer : LayerId{fetch.layer};
    t->extension.stored_bytes = fetch.bytes;
    socket->b_transport(t->payload, delay);
    noc::expect_ok(t->payload);
}

void Dma::update_resident() {
    while (!lists_.empty() && first_list_ < cursor_ && open_.front() == 0) {
        spare_.push_back(std::move(lists_.front()));
        lists_.pop_front();
        open_.pop_front();
        ++first_list_.value;
    }
    // A slice whose list is empty, or all resident, needs the cursor to have gone past it.
    resident_before_ = first_list_;
}

void Dma::trace(traces::Vcd& vcd) {
    if (!vcd.wanted("dma")) return;
    probe_ = std::make_shared<Probe>(
        Probe{vcd, vcd.integer("dma", "state", 2, "0=idle 1=transfer 2=wait_window 3=wait_room"),
              vcd.integer("dma", "layer", 16), vcd.integer("dma", "slice", 32)});
    vcd.set(probe_->state, 0);
}

// What the oldest transfer under way is for, or what the head of the queue waits for.
void Dma::draw() const {
    const bool waits_for_slice = cursor_.value - first_list_.value < lists_.size() &&
                                 cursor_.value > current_.value + shape_.prefetch_slices;
    const Probe& p = *probe_;
    p.vcd.time(sc_core::sc_time_stamp().value());
    p.vcd.set(p.state, !under_way_.empty() ? 1 : blocked_ ? 3 : waits_for_slice ? 2 : 0);
    if (under_way_.empty()) return;
    const UnderWay& oldest = under_way_.front();
    if (oldest.fetch.kind != BankKind::p) p.vcd.set(p.layer, oldest.fetch.layer & 0xffff);
    p.vcd.set(p.slice, oldest.slice.value);
}

std::string Dma::waiting_for() const {
    if (!blocked_) return {};
    return control_of(*blocked_).describe_bank() + " has no room for tile " + std::to_string(blocked_->tag) +
           " of " + std::to_string(blocked_->bytes) + " bytes, needed by slice " +
           std::to_string(demands_.empty() ? cursor_.value : demands_.front().use.value);
}

}  // namespace sosa::hw
