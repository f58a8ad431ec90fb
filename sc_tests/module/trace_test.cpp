// The waveform of whole runs, read back and compared with the counters and with the program. Every run has a
// process of its own (fork), so that one test may compare several.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <optional>

#include "host/system.h"
#include "hw/chip_probe.h"
#include "sc_tests/unit/temp_folder.h"
#include "sc_tests/unit/vcd_reader.h"
#include "traces/error.h"
#include "traces/files.h"

namespace {

using sosa::host::Program;
using sosa::hw::ChipProbe;
using sosa::tests::TempFolder;
using sosa::tests::VcdReader;
using Window = ChipProbe::Window;
using Changes = VcdReader::Changes;

constexpr unsigned kPods = 4;                       // of tiny
constexpr std::uint64_t kCycle = 1000;              // ps
const std::string kFast = "dram.bandwidth=1TiB/s";  // no slice waits for its tiles

struct Request {
    std::vector<std::string> sets{};
    bool traced = true;
    Window window{};
    std::vector<std::string> globs{};
    std::uint64_t max_bytes = 0;
    std::uint32_t stop_at = 0xffffffff;  // slice at whose start the run is interrupted
    std::uint64_t bank_bytes = 0;        // unlike the config's, so small that the run cannot end
};

struct PodFacts {
    std::uint64_t tile_ops, busy, occupied, macs;
};
struct BankFacts {
    std::uint64_t used, peak;
};
// What a run counted; plain, since it comes through a pipe.
struct Facts {
    std::uint64_t cycles, slices, stalls, end_ps, fetches, skipped, demands, spills;
    double energy_pj, mac_pj;
    bool completed, limit_reached, failed;
    char error[120];
    PodFacts pods[kPods];
    std::uint64_t post_ops[kPods], post_busy[kPods];
    BankFacts banks[3][kPods];  // x, w, p
};

Program make_program(const sosa::hw::Config& config) {
    using sosa::host::Layer;
    sosa::host::Workload workload;
    workload.name = "two-layers";
    workload.layers = {Layer{"a", "Dense", 40, 20, 20, 1, 1, {}}, Layer{"b", "Dense", 19, 20, 9, 1, 1, {0}}};
    const sosa::noc::Topology topology(config.noc.topology, config.pods.count);
    const sosa::host::TileShape shape{config.pods.rows, config.pods.cols, config.tiling.partition_rows,
                                      config.pods.psum_bits / 8};
    const auto placed = sosa::host::make_policy("paper")->place({workload}, topology, shape, {});
    return sosa::host::make_program({workload}, placed, topology, shape, "paper");
}

void note_facts(const sosa::host::System& system, const sosa::traces::EnergyTable& table, Facts& facts) {
    const auto& chip = system.accelerator;
    const auto counters = chip.collect();
    const auto& dma = chip.dma().counters();
    facts.cycles = counters.cycles;
    facts.slices = counters.slices;
    facts.stalls = counters.memory_stall_cycles;
    facts.end_ps = sc_core::sc_time_stamp().value();
    facts.fetches = dma.fetches;
    facts.skipped = dma.skipped;
    facts.demands = dma.demands;
    facts.spills = dma.spills;
    facts.energy_pj = sosa::traces::total_pj(chip.energy(table));
    facts.mac_pj = table.mac_pj;
    for (unsigned i = 0; i < kPods; ++i) {
        const auto& pod = chip.pods()[i].counters();
        facts.pods[i] = {pod.tile_ops, pod.busy_cycles, chip.scheduler().occupied_cycles()[i], pod.macs};
        for (int kind = 0; kind < 3; ++kind) {
            const auto& tags = chip.banks(static_cast<sosa::hw::BankKind>(kind))[i].tags();
            facts.banks[kind][i] = {tags.used_bytes(), tags.peak_bytes()};
        }
    }
}

void simulate(const Request& request, const sosa::hw::Config& config, const Program& program,
              const std::filesystem::path& path, Facts& facts) {
    const auto table = sosa::traces::load_energy_table(config.power.energy_table);
    sosa::host::System system("system", config, program);
    std::optional<sosa::traces::Vcd> vcd;
    std::optional<ChipProbe> probe;
    if (request.traced) {
        vcd.emplace(sosa::traces::Vcd::Options{path, "sosa", request.globs, request.max_bytes});
        system.accelerator.trace(*vcd);
        probe.emplace("probe", system.accelerator, table, *vcd, request.window);
        vcd->start();
    }
    if (request.stop_at != 0xffffffff)
        system.on_slice = [&](std::uint32_t slice) { return slice != request.stop_at; };
    try {
        facts.completed = system.run();
    } catch (const sosa::UserError& error) {
        facts.failed = true;
        facts.error[std::string(error.what()).copy(facts.error, sizeof facts.error - 1)] = 0;
    }
    note_facts(system, table, facts);
    if (!vcd) return;
    facts.limit_reached = vcd->limit_reached();
    vcd->finish(facts.failed ? "failed" : facts.completed ? "" : "interrupted");
}

struct Run {
    sosa::hw::Config config;
    Program program;
    Facts facts{};
    std::string text;
    std::optional<VcdReader> vcd;

    // Where slice s begins: starts[s]; starts[slices] is the end of the last one.
    std::vector<std::uint64_t> starts;
};

Run run(const Request& request, const TempFolder& folder) {
    Run result;
    result.config = sosa::hw::load_config("tiny", request.sets);
    result.program = make_program(result.config);
    if (request.bank_bytes) result.config.banks.size_bytes = request.bank_bytes;
    const auto path = folder / "run.vcd";
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        Facts facts{};
        try {
            simulate(request, result.config, result.program, path, facts);
        } catch (const std::exception& error) {
            std::cerr << error.what() << std::endl;
            ::_exit(1);
        }
        ::_exit(::write(ends[1], &facts, sizeof facts) == sizeof facts ? 0 : 1);
    }
    ::close(ends[1]);
    const auto got = ::read(ends[0], &result.facts, sizeof result.facts);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
    REQUIRE(got == sizeof result.facts);
    if (!request.traced) return result;
    result.text = sosa::traces::read_file(path);
    result.vcd.emplace(result.text);
    REQUIRE(result.vcd->error == "");
    return result;
}

// The text of the value at that time; "" before the first.
std::string text_at(const Run& r, const std::string& name, std::uint64_t ps) {
    const auto signal = r.vcd->signals.find("sosa." + name);
    if (signal == r.vcd->signals.end()) return "no signal " + name;
    std::string value;
    for (const auto& change : signal->second) {
        if (change.time > ps) break;
        value = change.value;
    }
    return value;
}

std::uint64_t at(const Run& r, const std::string& name, std::uint64_t ps) {
    const std::string text = text_at(r, name, ps);
    INFO(name << " at " << ps << " ps is \"" << text << '"');
    REQUIRE_FALSE(text.empty());
    REQUIRE(text.find_first_not_of("01") == std::string::npos);
    return std::stoull(text, nullptr, 2);
}

Run run_whole(Request request, const TempFolder& folder) {
    Run r = run(request, folder);
    REQUIRE(r.facts.completed);
    for (const auto& change : r.vcd->signals.at("sosa.scheduler.slice")) {
        if (change.value == "x") continue;
        CHECK(std::stoull(change.value, nullptr, 2) == r.starts.size());
        r.starts.push_back(change.time);
    }
    REQUIRE(r.starts.size() == r.program.slices());
    const auto& states = r.vcd->signals.at("sosa.scheduler.state");
    for (const auto& change : states)
        if (change.value == "101") r.starts.push_back(change.time);  // drain
    REQUIRE(r.starts.size() == r.program.slices() + 1);
    return r;
}

// ---- routes, straight from the program and the paper's rule (arXiv 2203.11540, section 4.1)

enum Net { x, w, pin, pout, post_a, post_b, post_out, nets };
const char* const kNetNames[nets] = {"x", "w", "pin", "pout", "post_a", "post_b", "post_out"};
bool carries_results(Net net) { return net == pout || net == post_out; }

struct Route {
    unsigned bank, unit;
};

std::vector<Route> routes(const Program& program, Net net, std::int64_t slice) {
    std::vector<Route> all;
    if (net == w) ++slice;  // loaded one slice ahead
    if (slice < 0 || slice >= program.slices()) return all;
    const auto s = static_cast<std::size_t>(slice);
    if (net < post_a) {
        for (auto i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i) {
            const auto& op = program.ops[i];
            const auto& tile = net == x ? op.x : net == w ? op.w : net == pin ? op.pin : op.pout;
            if (tile.exists()) all.push_back({tile.bank, op.pod});
        }
    } else {
        for (auto i = program.post_begin[s]; i < program.post_begin[s + 1]; ++i) {
            const auto& op = program.posts[i];
            all.push_back({(net == post_a ? op.a : net == post_b ? op.b : op.out).bank, op.unit});
        }
    }
    return all;
}

using Settings = std::map<std::string, std::uint64_t>;  // by signal

// `expansion`: e of butterfly-2^e.
Settings switch_settings(Net net, const std::vector<Route>& taken, unsigned expansion) {
    const unsigned stages = 2 + expansion;  // of four pods
    const auto scope = [&](unsigned stage) {
        return std::string("noc_") + kNetNames[net] + ".stage" + std::to_string(stage);
    };
    Settings all;
    for (unsigned stage = 1; stage <= stages; ++stage)
        for (unsigned i = 0; i < (1u << stages) / 2; ++i) all[scope(stage) + ".sw" + std::to_string(i)] = 0;
    for (const auto& route : taken) {
        const unsigned dest = route.unit << expansion;
        unsigned link = route.bank;
        for (unsigned stage = 1; stage <= stages; ++stage) {
            const unsigned bit = stages - stage;
            const unsigned before = link, rest = (1u << bit) - 1;
            link = (dest & ~rest) | (route.bank & rest);
            const unsigned index = (link >> (bit + 1) << bit) | (link & rest);
            all[scope(stage) + ".sw" + std::to_string(index)] |= (2 | (before >> bit & 1))
                                                                 << 2 * (link >> bit & 1);
        }
    }
    return all;
}

Settings line_sources(Net net, const std::vector<Route>& taken, unsigned lines) {
    const std::string base = std::string("noc_") + kNetNames[net] + ".line";
    Settings all;
    for (unsigned i = 0; i < lines; ++i) all[base + std::to_string(i)] = 65535;
    for (const auto& route : taken) all[base + std::to_string(lines == 1 ? 0 : route.unit)] = route.bank;
    return all;
}

std::string differences(const Run& r, const Settings& expected, std::uint64_t ps, std::size_t& taken) {
    std::string all;
    const std::uint64_t idle = expected.begin()->first.find(".line") == std::string::npos ? 0 : 65535;
    for (const auto& [name, value] : expected) {
        if (value != idle) ++taken;
        if (at(r, name, ps) == value) continue;
        all += name + " at " + std::to_string(ps) + " ps is " + text_at(r, name, ps) + " not " +
               std::to_string(value) + "; ";
    }
    return all;
}

// One ps before any pod's or post-processor's wave says that it has finished in (begin, end].
std::uint64_t before_results(const Run& r, std::uint64_t begin, std::uint64_t end) {
    std::uint64_t first = end;
    for (unsigned i = 0; i < kPods; ++i)
        for (const auto& [name, wait] : {std::pair{"pods.pod", "11"}, std::pair{"posts.post", "10"}})
            for (const auto& change :
                 r.vcd->signals.at(std::string("sosa.") + name + std::to_string(i) + ".state"))
                if (change.time > begin && change.value == wait) first = std::min(first, change.time);
    return first - 1;
}

template <class Expected>  // Settings of (net, routes)
void check_networks(const Run& r, Expected expected) {
    std::size_t taken = 0;
    for (unsigned n = 0; n < nets; ++n) {
        const Net net = static_cast<Net>(n);
        for (std::uint32_t s = 0; s < r.program.slices(); ++s) {
            const auto begin = r.starts[s], end = r.starts[s + 1];
            // Results leave at the end of their slice.
            const auto shown =
                expected(net, routes(r.program, net, std::int64_t{s} - (carries_results(net) ? 1 : 0)));
            const auto last = carries_results(net) ? before_results(r, begin, end) : end - 1;
            CHECK(differences(r, shown, begin, taken) == "");
            CHECK(differences(r, shown, last, taken) == "");
        }
        if (carries_results(net))
            CHECK(differences(r, expected(net, routes(r.program, net, r.program.slices() - 1)),
                              r.facts.end_ps, taken) == "");
    }
    CHECK(taken > r.program.slices() * 6);  // x, w and pout, each twice in every slice but a few
}

void check_switches(const std::vector<std::string>& sets, unsigned expansion) {
    const TempFolder folder;
    const Run r = run_whole({sets}, folder);
    check_networks(r, [&](Net net, const auto& taken) { return switch_settings(net, taken, expansion); });
}

void check_lines(const std::string& topology, unsigned lines) {
    const TempFolder folder;
    const Run r = run_whole({{"noc.topology=" + topology, kFast}}, folder);
    check_networks(r, [&](Net net, const auto& taken) { return line_sources(net, taken, lines); });
}

std::uint64_t slice_macs(const Program& program, std::uint32_t s) {
    std::uint64_t macs = 0;
    for (auto i = program.op_begin[s]; i < program.op_begin[s + 1]; ++i)
        macs += std::uint64_t{program.ops[i].rows} * program.ops[i].depth * program.ops[i].cols;
    return macs;
}

double integral(const Run& r, const std::string& name) {
    std::vector<std::uint64_t> samples(r.starts.begin(), r.starts.end() - 1);
    samples.push_back(r.facts.end_ps);
    double pj = 0;
    std::uint64_t since = 0;
    for (const auto time : samples) {
        pj += std::stod(text_at(r, name, time)) * static_cast<double>(time - since);  // W * ps
        since = time;
    }
    return pj;
}

// The changes of `whole` as a trace of the half-open window would show them.
Changes cut(const Changes& whole, std::uint64_t begin, std::uint64_t end, const std::string& unknown) {
    Changes inside{{begin, unknown}};
    for (const auto& change : whole) {
        if (change.time <= begin)
            inside[0].value = change.value;
        else if (change.time < end)
            inside.push_back(change);
    }
    inside.push_back({end, unknown});
    return inside;
}

}  // namespace

TEST_CASE("the waves of pods and posts agree with counters and program") {
    const TempFolder folder;
    const Run r = run_whole({}, folder);
    CHECK(r.facts.stalls > 0);
    CHECK(r.facts.slices == r.program.slices());
    PodFacts waves[kPods] = {};
    for (std::uint32_t s = 0; s < r.program.slices(); ++s) {
        const auto begin = r.starts[s];
        const auto ops = r.program.op_begin[s + 1] - r.program.op_begin[s];
        CHECK(at(r, "scheduler.tile_ops", begin) == ops);
        CHECK(at(r, "scheduler.post_ops", begin) == r.program.post_begin[s + 1] - r.program.post_begin[s]);
        CHECK(at(r, "scheduler.state", begin) == 3);
        std::uint32_t streaming = 0;
        for (unsigned i = 0; i < kPods; ++i) {
            const std::string pod = "pods.pod" + std::to_string(i);
            if (at(r, pod + ".state", begin) != 2) continue;
            ++streaming;
            ++waves[i].tile_ops;
            waves[i].busy += at(r, pod + ".rows", begin);
            waves[i].occupied += (r.starts[s + 1] - begin) / kCycle;
        }
        CHECK(streaming == ops);
        for (auto i = r.program.op_begin[s]; i < r.program.op_begin[s + 1]; ++i) {
            const auto& op = r.program.ops[i];
            const std::string pod = "pods.pod" + std::to_string(op.pod);
            CHECK(at(r, pod + ".state", begin) == 2);
            CHECK(at(r, pod + ".layer", begin) == op.layer);
            CHECK(at(r, pod + ".op", begin) == op.op);
            CHECK(at(r, pod + ".rows", begin) == op.rows);
            CHECK(at(r, pod + ".x_bank", begin) == op.x.bank);
            CHECK(at(r, pod + ".w_bank", begin) == op.w.bank);
            CHECK(at(r, pod + ".pin_bank", begin) == op.pin.bank);
            CHECK(at(r, pod + ".pout_bank", begin) == op.pout.bank);
        }
        for (auto i = r.program.post_begin[s]; i < r.program.post_begin[s + 1]; ++i) {
            const auto& op = r.program.posts[i];
            const std::string post = "posts.post" + std::to_string(op.unit);
            CHECK(at(r, post + ".state", begin) == 1);
            CHECK(at(r, post + ".op", begin) == op.op);
            CHECK(at(r, post + ".a_bank", begin) == op.a.bank);
            CHECK(at(r, post + ".b_bank", begin) == op.b.bank);
            CHECK(at(r, post + ".out_bank", begin) == op.out.bank);
        }
    }
    for (unsigned i = 0; i < kPods; ++i) {
        CHECK(waves[i].tile_ops == r.facts.pods[i].tile_ops);
        CHECK(waves[i].busy == r.facts.pods[i].busy);
        CHECK(waves[i].occupied == r.facts.pods[i].occupied);
    }
    CHECK(at(r, "scheduler.state", r.facts.end_ps) == 6);
    CHECK(r.facts.end_ps == r.facts.cycles * kCycle);
}

TEST_CASE("switches of butterfly-2 show the routes of every slice") { check_switches({kFast}, 1); }

TEST_CASE("switches of router modules show the routes of every slice") {
    check_switches({kFast, "noc.structure=modules", "noc.topology=butterfly-1"}, 0);
}

TEST_CASE("output lines of a crossbar show the routes of every slice") { check_lines("crossbar", 4); }

TEST_CASE("the line of a bus shows the routes of every slice") { check_lines("bus", 1); }

TEST_CASE("weights that come too late leave no wave and stall the next slice") {
    const TempFolder folder;
    const Run r = run_whole({{"dram.bandwidth=4GiB/s"}}, folder);
    std::size_t late = 0, in_time = 0, ignored = 0;
    for (std::uint32_t s = 0; s + 1 < r.program.slices(); ++s) {
        const auto begin = r.starts[s];
        const auto off = switch_settings(w, {}, 1), all = switch_settings(w, routes(r.program, w, s), 1);
        if (off == all) continue;
        const bool is_off = differences(r, off, begin, ignored) == "";
        const bool resident = at(r, "dma.resident_before", begin) > s + 1;
        CHECK(is_off != resident);
        if (!is_off) CHECK(differences(r, all, begin, ignored) == "");
        ++(is_off ? late : in_time);
    }
    CHECK(late > 0);
    CHECK(in_time > 0);
}

TEST_CASE("the power waves integrate to the energy of the run") {
    const TempFolder folder;
    const Run r = run_whole({}, folder);
    CHECK(integral(r, "power.total") == Approx(r.facts.energy_pj).epsilon(1e-9));
    std::uint64_t macs = 0;
    for (const auto& pod : r.facts.pods) macs += pod.macs;
    CHECK(integral(r, "power.pods") == Approx(static_cast<double>(macs) * r.facts.mac_pj).epsilon(1e-9));
    for (std::uint32_t s = 0; s + 1 < r.program.slices(); ++s) {  // shown over the next slice
        const double ps = static_cast<double>(r.starts[s + 1] - r.starts[s]);
        const double expected = static_cast<double>(slice_macs(r.program, s)) * r.facts.mac_pj / ps;
        CHECK(std::stod(text_at(r, "power.pods", r.starts[s + 1])) == Approx(expected).epsilon(1e-12));
    }
    for (const auto time : r.starts) {
        double parts = 0;
        for (const char* part : {"power.pods", "power.sram", "power.noc"})
            parts += std::stod(text_at(r, part, time));
        CHECK(std::stod(text_at(r, "power.total", time)) == Approx(parts).epsilon(1e-9));
    }
}

TEST_CASE("the waves of banks and DMA end at their counters") {
    const TempFolder folder;
    const Run r = run_whole({}, folder);
    const char* const kinds[3] = {"x", "w", "p"};
    for (int kind = 0; kind < 3; ++kind)
        for (unsigned i = 0; i < kPods; ++i) {
            const std::string name =
                std::string("banks.") + kinds[kind] + "bank" + std::to_string(i) + ".used_bytes";
            std::uint64_t peak = 0;
            for (const auto& change : r.vcd->signals.at("sosa." + name))
                peak = std::max<std::uint64_t>(peak, std::stoull(change.value, nullptr, 2));
            CHECK(at(r, name, r.facts.end_ps) == r.facts.banks[kind][i].used);
            CHECK(peak == r.facts.banks[kind][i].peak);
        }
    CHECK(at(r, "dma.fetches", r.facts.end_ps) == r.facts.fetches);
    CHECK(at(r, "dma.skipped", r.facts.end_ps) == r.facts.skipped);
    CHECK(at(r, "dma.demands", r.facts.end_ps) == r.facts.demands);
    CHECK(at(r, "dma.spills", r.facts.end_ps) == r.facts.spills);
    CHECK(at(r, "dma.resident_before", r.facts.end_ps) == r.program.slices());
    CHECK(r.facts.fetches > 0);
}

TEST_CASE("a window of slices holds exactly these slices") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    const Run part = run({{kFast}, true, {Window::slices, 3, 6}}, folder);
    const auto begin = whole.starts[3], end = whole.starts[6];
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.vcd->sections ==
          std::vector<std::string>{"$dumpvars@" + std::to_string(begin), "$dumpoff@" + std::to_string(end)});
    CHECK(part.vcd->last_time >= end);
    for (const auto& [name, changes] : part.vcd->signals) {
        INFO(name);
        const bool power = name.find("sosa.power.") == 0;
        if (power) {  // known when the first slice of the window is over
            CHECK(changes[0] == VcdReader::Change{begin, "nan"});
            CHECK(changes[1].time == whole.starts[4]);
            CHECK(changes[1].value == text_at(whole, name.substr(5), whole.starts[4]));
        } else {
            CHECK(changes == cut(whole.vcd->signals.at(name), begin, end, "x"));
        }
    }
}

TEST_CASE("a window of cycles opens and closes in the middle of a slice") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    const std::uint64_t from = whole.starts[3] / kCycle + 2, to = whole.starts[5] / kCycle + 3;
    const Run part = run({{kFast}, true, {Window::cycles, from, to}}, folder);
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.vcd->sections == std::vector<std::string>{"$dumpvars@" + std::to_string(from * kCycle),
                                                         "$dumpoff@" + std::to_string(to * kCycle)});
    for (const auto& [name, changes] : part.vcd->signals) {
        INFO(name);
        const bool own = name.find("sosa.noc_p") == 0 || name.find("sosa.power") == 0;  // of the slice before
        if (!own) CHECK(changes == cut(whole.vcd->signals.at(name), from * kCycle, to * kCycle, "x"));
        CHECK(changes.front().time == from * kCycle);
        CHECK(changes.back().time == to * kCycle);
    }
}

TEST_CASE("a window that ends after the run stays open and one behind it stays empty") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    const Run open = run({{kFast}, true, {Window::slices, 0, 1'000'000}}, folder);
    CHECK(open.text == whole.text);
    for (const Window& window :
         {Window{Window::slices, 1'000'000, 1'000'001}, Window{Window::cycles, 1'000'000, 1'000'001},
          Window{Window::cycles, 18446744073709551614u, 18446744073709551615u}}) {
        const Run empty = run({{kFast}, true, window}, folder);
        CHECK(empty.facts.completed);
        CHECK(empty.facts.cycles == whole.facts.cycles);
        CHECK(empty.vcd->sections.empty());
    }
}

TEST_CASE("globs choose which waves are written") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    const Run part =
        run({{kFast}, true, {}, {"sosa.pods.pod1*", "sosa.noc_pout.stage2.*", "*.total"}}, folder);
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.vcd->signals.size() == 8 + 4 + 1);
    for (const auto& [name, changes] : part.vcd->signals) {
        INFO(name);
        CHECK(changes == whole.vcd->signals.at(name));
    }
}

TEST_CASE("a trace takes no cycles and a second one is equal") {
    const TempFolder folder;
    Request untraced;
    untraced.traced = false;
    const Run plain = run(untraced, folder), one = run({}, folder), two = run({}, folder);
    CHECK(plain.facts.completed);
    CHECK(plain.facts.cycles == one.facts.cycles);
    CHECK(plain.facts.end_ps == one.facts.end_ps);
    CHECK(plain.facts.stalls == one.facts.stalls);
    CHECK(plain.facts.energy_pj == one.facts.energy_pj);
    CHECK(one.text == two.text);
}

TEST_CASE("a trace at its size limit ends and the run goes on") {
    const TempFolder folder;
    const Run whole = run({}, folder);
    Request limited;
    limited.max_bytes = whole.text.size() / 2;
    const Run part = run(limited, folder);
    CHECK(part.facts.completed);
    CHECK(part.facts.limit_reached);
    CHECK(part.facts.cycles == whole.facts.cycles);
    CHECK(part.text.size() <= limited.max_bytes);
    CHECK(part.text.size() > limited.max_bytes / 2);
    CHECK(part.vcd->comments.back().rfind("stopped: size limit", 0) == 0);
    CHECK_FALSE(whole.facts.limit_reached);
}

TEST_CASE("an interrupted run leaves a trace up to there") {
    const TempFolder folder;
    const Run whole = run_whole({{kFast}}, folder);
    Request request;
    request.sets = {kFast};
    request.stop_at = 4;
    const Run part = run(request, folder);
    CHECK_FALSE(part.facts.completed);
    CHECK(part.facts.end_ps == whole.starts[4]);
    CHECK(part.vcd->comments.back() == "stopped: interrupted");
    CHECK(at(part, "scheduler.slice", part.facts.end_ps) == 4);
    for (const auto& [name, value] : switch_settings(x, routes(part.program, x, 4), 1))
        CHECK(at(part, name, part.facts.end_ps) == value);
}

TEST_CASE("a run that starves or fails ends at the same time with and without a trace") {
    const TempFolder folder;
    for (const auto& [bytes, error] :
         {std::pair{60u, "the run is starved"}, std::pair{130u, "the run failed: P bank"}}) {
        Request request;
        request.bank_bytes = bytes;
        const Run traced = run(request, folder);
        request.traced = false;
        const Run plain = run(request, folder);
        CHECK(plain.facts.failed);
        CHECK(std::string(plain.facts.error).rfind(error, 0) == 0);
        CHECK(std::string(traced.facts.error) == plain.facts.error);
        CHECK(traced.facts.end_ps == plain.facts.end_ps);
        CHECK(traced.vcd->comments.back() == "stopped: failed");
    }
}

TEST_CASE("vcd2fst accepts the trace of a run") {
    if (std::system("command -v vcd2fst > /dev/null 2>&1") != 0) {
        WARN("vcd2fst is not installed (package gtkwave): the trace was not given to another reader");
        return;
    }
    const TempFolder folder;
    const Run r = run({}, folder);
    const std::string vcd = (folder / "run.vcd").string(), fst = (folder / "run.fst").string();
    CHECK(std::system(("vcd2fst " + vcd + " " + fst + " > /dev/null 2>&1").c_str()) == 0);
    REQUIRE(std::filesystem::exists(fst));
    CHECK(std::filesystem::file_size(fst) > 1000);
}
