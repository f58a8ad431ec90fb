#include "host/host.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "sc_tests/module/base_protocol.h"
#include "sc_tests/module/small_runs.h"
#include "sc_tests/module/stubs.h"

namespace {
using sosa::host::Host;
using sosa::host::Program;
using sosa::tests::BaseProtocolChecker;
using sosa::tests::cycles;
using sosa::tests::kCycle;
namespace reg = sosa::hw::registers;
namespace hw = sosa::hw;
using Log = std::vector<std::string>;

// The register map as a host sees it, with nothing behind it: from the doorbell on it drops one slice and one
// fetch list every 10 cycles.
struct FakeAccelerator : sc_core::sc_module, private sosa::noc::BlockingTarget {
    tlm::tlm_target_socket<> port{"port"};
    sc_core::sc_out<bool> irq{"irq"};
    std::uint32_t id = reg::id_value, pods = 4, slices = 0;
    std::uint32_t program_size = 2, fetch_size = 3;
    int refused_slice = -1, refused_list = -1;
    std::uint32_t fault_after = ~0u;  // slices
    Log log;

    explicit FakeAccelerator(sc_core::sc_module_name name) : sc_module(name) {
        port.bind(*this);
        SC_HAS_PROCESS(FakeAccelerator);
        SC_THREAD(run);
        SC_METHOD(drive_irq);
        sensitive << changed_;
    }

  private:
    void run() {
        wait(bell_);
        while (run_ < slices) {
            wait(cycles(10));
            ++run_;
            program_held_ -= program_held_ > 0;
            fetch_held_ -= fetch_held_ > 0;
            if (program_held_ * 2 <= program_size || fetch_held_ * 2 <= fetch_size) cause(reg::irq_space);
            if (run_ == fault_after) return cause(reg::irq_fault);
        }
        cause(reg::irq_done);
    }
    void cause(std::uint32_t bits) {
        status_ |= bits;
        changed_.notify(sc_core::SC_ZERO_TIME);
    }
    void drive_irq() { irq.write(control_ & 1 && status_ & enable_); }

    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
        const auto address = payload.get_address();
        unsigned char* data = payload.get_data_ptr();
        bool ok = true;
        if (address == reg::program_window) {
            hw::SliceHeader header;
            std::memcpy(&header, data, sizeof header);
            log.push_back("slice " + std::to_string(header.slice) +
                          (header.flags & hw::SliceHeader::last ? " last" : ""));
            ok = static_cast<int>(header.slice) != refused_slice && program_held_++ < program_size;
        } else if (address == reg::fetch_window) {
            hw::FetchHeader header;
            std::memcpy(&header, data, sizeof header);
            log.push_back("list " + std::to_string(header.slice));
            ok = static_cast<int>(header.slice) != refused_list && fetch_held_++ < fetch_size;
        } else if (payload.is_write()) {
            std::uint32_t value = 0;
            std::memcpy(&value, data, sizeof value);
            if (address == reg::doorbell) {
                log.push_back("doorbell");
                bell_.notify();
            }
            if (address == reg::control) control_ = value;
            if (address == reg::irq_enable) enable_ = value;
            if (address == reg::irq_status) status_ &= ~value;
            changed_.notify(sc_core::SC_ZERO_TIME);
        } else if (payload.get_data_length() == 8) {
            const std::uint64_t value = 1000 + (address - reg::counters) / 8;
            std::memcpy(data, &value, sizeof value);
        } else {
            const std::uint32_t value = address == reg::id              ? id
                                        : address == reg::pods          ? pods
                                        : address == reg::irq_status    ? status_
                                        : address == reg::program_space ? program_size - program_held_
                                        : address == reg::fetch_space   ? fetch_size - fetch_held_
                                                                        : 0;
            std::memcpy(data, &value, sizeof value);
        }
        delay += kCycle;
        payload.set_response_status(ok ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
    }
    std::uint32_t control_ = 0, status_ = 0, enable_ = 0, run_ = 0, program_held_ = 0, fetch_held_ = 0;
    sc_core::sc_event bell_, changed_;
};

Program program_of(std::uint64_t m) {
    return sosa::tests::compile(sosa::tests::tiny(), sosa::tests::workload({sosa::tests::gemm(m, 8, 8)}));
}

struct Bench : sc_core::sc_module {
    FakeAccelerator chip{"chip"};
    BaseProtocolChecker checker{"checker"};
    Host host;
    sc_core::sc_signal<bool> irq{"irq"};

    explicit Bench(const Program& program, sc_core::sc_module_name = "bench") : host("host", program) {
        chip.slices = program.slices();
        host.port.bind(checker.in);
        checker.out.bind(chip.port);
        host.irq.bind(irq);
        chip.irq.bind(irq);
    }
    void run() {
        sc_core::sc_start();
        sosa::tests::check_clean(checker);
    }
};

// Drives the accelerator by what hw/README.md says alone: no interrupts, STATUS is polled.
class PollingHost : public sc_core::sc_module {
  public:
    tlm::tlm_initiator_socket<> port{"port"};
    std::uint32_t status = 0;
    hw::RunCounters counters;

    PollingHost(sc_core::sc_module_name name, const Program& program) : sc_module(name), program_(program) {
        port.bind(no_backward_path_);
        SC_HAS_PROCESS(PollingHost);
        SC_THREAD(run);
    }

  private:
    void run() {
        hw::SliceProgram slice;
        std::vector<hw::Fetch> fetches;
        std::vector<unsigned char> bytes;
        std::uint32_t next_slice = 0, next_list = 0;
        bool rung = false;
        while (status != 6 && status != 7) {
            for (auto room = get<std::uint32_t>(0x2c); room > 0 && next_list < program_.slices(); --room) {
                program_.fetch_list(next_list, fetches);
                hw::encode(next_list++, fetches, bytes);
                access(tlm::TLM_WRITE_COMMAND, 0x20000000, bytes.data(), bytes.size());
            }
            for (auto room = get<std::uint32_t>(0x28); room > 0 && next_slice < program_.slices(); --room) {
                program_.slice_record(next_slice++, slice);
                hw::encode(slice, bytes);
                access(tlm::TLM_WRITE_COMMAND, 0x10000000, bytes.data(), bytes.size());
            }
            std::uint32_t one = 1;
            if (!rung) access(tlm::TLM_WRITE_COMMAND, 0x18, reinterpret_cast<unsigned char*>(&one), 4);
            rung = true;
            wait(kCycle);
            status = get<std::uint32_t>(0x14);
        }
        for (std::size_t i = 0; i < hw::kCounterTable.size(); ++i)
            hw::kCounterTable[i].field(counters) = get<std::uint64_t>(0x100 + 8 * i);
        sc_core::sc_stop();
    }
    template <class T>
    T get(std::uint64_t address) {
        T value = 0;
        access(tlm::TLM_READ_COMMAND, address, reinterpret_cast<unsigned char*>(&value), sizeof value);
        return value;
    }
    void access(tlm::tlm_command command, std::uint64_t address, unsigned char* data, std::size_t size) {
        tlm::tlm_generic_payload p;
        p.set_command(command);
        p.set_address(address);
        p.set_data_ptr(data);
        p.set_data_length(static_cast<unsigned>(size));
        p.set_streaming_width(static_cast<unsigned>(size));
        p.set_byte_enable_ptr(nullptr);
        p.set_dmi_allowed(false);
        p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        port->b_transport(p, delay);
        if (!p.is_response_ok()) SC_REPORT_ERROR("polling host", "access refused");
    }
    const Program& program_;
    sosa::noc::NoBackwardPath no_backward_path_;
};

std::string run_polling(const hw::Config& config, const sosa::host::Workload& w) {
    return sosa::tests::forked([&] {
        const Program program = sosa::tests::compile(config, w);
        hw::Accelerator accelerator("accelerator", config);
        hw::Dram dram("dram", config.dram.bandwidth_bytes_per_s, sc_core::SC_ZERO_TIME);
        PollingHost host("host", program);
        sc_core::sc_signal<bool> irq("irq");
        host.port.bind(accelerator.registers);
        accelerator.irq.bind(irq);
        accelerator.dram.bind(dram.port);
        sc_core::sc_start();
        return "status " + std::to_string(host.status) + " " + sosa::tests::counters_text(host.counters);
    });
}
std::string run_host(const hw::Config& config, const sosa::host::Workload& w) {
    return sosa::tests::forked([&] {
        const Program program = sosa::tests::compile(config, w);
        sosa::host::System system("system", config, program);
        system.run();
        return "status 6 " + sosa::tests::counters_text(system.host.counters());
    });
}
}  // namespace

TEST_CASE("host: it fills both windows and rings and refills in order until the run is done") {
    const Program program = program_of(5 * 4 * 8);  // 5 slices of 4 pods
    REQUIRE(program.slices() == 5);
    Bench b(program);
    b.run();
    CHECK(b.host.outcome() == Host::Outcome::done);
    CHECK(b.host.slices_written() == 5);
    CHECK(b.chip.log == Log{"list 0", "list 1", "list 2", "slice 0", "slice 1",
                            "doorbell",  // as much as the windows take
                            "list 3", "slice 2", "list 4", "slice 3", "slice 4 last"});
    CHECK(sc_core::sc_time_stamp() == cycles(5 * 10));  // it ends with the run
    std::uint64_t value = 1000;
    for (const auto& entry : hw::kCounterTable) CHECK(entry.get(b.host.counters()) == value++);
}

TEST_CASE("host: a chip that is not ours is left alone") {
    const Program program = program_of(8);
    Bench b(program);
    b.chip.id = 0x12345678;
    b.run();
    CHECK(b.host.outcome() == Host::Outcome::refused);
    CHECK(b.chip.log.empty());
}

TEST_CASE("host: a chip with another number of pods is left alone") {
    const Program program = program_of(8);
    Bench b(program);
    b.chip.pods = 8;
    b.run();
    CHECK(b.host.outcome() == Host::Outcome::refused);
    CHECK(b.chip.log.empty());
}

TEST_CASE("host: a refused slice ends the run") {
    const Program program = program_of(5 * 4 * 8);
    Bench b(program);
    b.chip.refused_slice = 2;
    b.run();
    CHECK(b.host.outcome() == Host::Outcome::refused);
    CHECK(b.chip.log.back() == "slice 2");
    CHECK(sc_core::sc_time_stamp() == cycles(10));
}

TEST_CASE("host: a refused fetch list ends the run before it begins") {
    const Program program = program_of(5 * 4 * 8);
    Bench b(program);
    b.chip.refused_list = 1;
    b.run();
    CHECK(b.host.outcome() == Host::Outcome::refused);
    CHECK(b.chip.log == Log{"list 0", "list 1"});  // neither slices nor the doorbell
}

TEST_CASE("host: a fault ends the run") {
    const Program program = program_of(5 * 4 * 8);
    Bench b(program);
    b.chip.fault_after = 3;
    b.run();
    CHECK(b.host.outcome() == Host::Outcome::fault);
    CHECK(sc_core::sc_time_stamp() == cycles(30));
    CHECK(b.host.counters().cycles == 0);  // only a run that is done has counters
}

TEST_CASE("host: any other initiator can stand in its place") {
    const auto config = sosa::tests::tiny();
    const auto w = sosa::tests::workload({sosa::tests::gemm(8, 8, 8)});
    // One tile op: 128 bytes at 16 GiB/s; 8 rows of weights; the round trip of a butterfly-2 of 4 ports,
    // latency 2 + 2 * 1; its result on the way.
    const std::uint64_t fetch = 8, load = 8 + 1, latency = 4, slice = 2 * latency + 2, drain = latency + 1;
    const std::string wanted =
        "status 6 cycles=" + std::to_string(fetch + load + slice + drain) +
        " slices=1 tile_ops=1 post_ops=0 macs=512 memory_stall_cycles=8 program_stall_cycles=0"
        " dram_read_bytes=128 ";
    CHECK_THAT(run_host(config, w), Catch::StartsWith(wanted));
    CHECK_THAT(run_polling(config, w), Catch::StartsWith(wanted));
    CHECK(run_polling(config, w) == run_host(config, w));
}

TEST_CASE("host: polling and interrupts count the same while the windows are refilled") {
    const auto config = sosa::tests::tiny({"scheduler.program_window_slices=4", "dram.prefetch_slices=2"});
    const auto polled = run_polling(config, sosa::tests::two_layers());
    CHECK_THAT(polled, Catch::StartsWith("status 6 ") && Catch::Contains(" program_stall_cycles=0 "));
    CHECK(polled == run_host(config, sosa::tests::two_layers()));
}
