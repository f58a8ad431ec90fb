// The figures of summary.json: what each is called, its unit and what it means.

const CYCLES = (value) => decimals(value);
const PLAIN = (digits, unit) => (value) => `${decimals(value, digits)} ${unit}`;
const BYTES = (value) => short(value, "B");

// [key, label, how it is written, definition]
const FIGURES = [
  ["cycles", "Cycles", CYCLES, "From the host's doorbell to the last result in its bank."],
  ["run_time_ns", "Run time", (value) => `${decimals(value / 1000, 3)} µs`, "Cycles divided by the clock."],
  ["effective_tops", "Effective throughput", PLAIN(1, "TOPS"), "Operations of the workload (two a multiply-accumulate) divided by the run time."],
  ["peak_tops", "Peak throughput", PLAIN(1, "TOPS"), "Two operations a cycle on every PE of the chip."],
  ["utilization_pct", "Utilisation", percent, "Effective over peak throughput."],
  ["busy_pods_pct", "Busy pods", percent, "Tile ops divided by slices times pods: how often a pod had an op at all."],
  ["energy_j", "Energy", (value) => energy(value * 1e12), "Sum of all counted operations whose energy is known; what is unknown is left out."],
  ["average_power_w", "Average power", PLAIN(1, "W"), "The known energy divided by the run time."],
  ["peak_power_w", "Peak power", PLAIN(1, "W"), "Every PE, bank and network busy in every cycle (arXiv 2203.11540, section 6)."],
  ["peak_power_pods_w", "Peak power of pods", PLAIN(1, "W"), "Of the peak power: multiply-accumulates."],
  ["peak_power_sram_w", "Peak power of SRAM", PLAIN(1, "W"), "Of the peak power: banks."],
  ["peak_power_noc_w", "Peak power of networks", PLAIN(1, "W"), "Of the peak power: the seven networks."],
  ["effective_tops_at_400w", "Throughput at 400 W", PLAIN(1, "TOPS"), "Effective throughput times 400 W over the peak power: chips of equal power compared."],
  ["effective_tops_at_tdp", "Throughput at the TDP", PLAIN(1, "TOPS"), "The same with the configuration's power.tdp."],
  ["slices", "Slices", CYCLES, "Time slices run; in each a pod has at most one tile op."],
  ["last_main_slice", "Last slice with tile ops", CYCLES, "Counted from 0."],
  ["last_post_slice", "Last slice", CYCLES, "The last with post-ops, counted from 0."],
  ["tile_ops", "Tile ops", CYCLES, "Products of one X tile and one W tile."],
  ["post_ops", "Post-ops", CYCLES, "Sums of two partial-sum tiles on post-processors."],
  ["vector_ops", "Vector ops", CYCLES, "Element-wise work on post-processors."],
  ["ops", "Operations", (value) => short(value, "op"), "Two for each multiply-accumulate of the workload."],
  ["memory_stall_cycles", "Memory stalls", PLAIN(0, "cycles"), "Slices held back until their tiles were in SRAM."],
  ["program_stall_cycles", "Program stalls", PLAIN(0, "cycles"), "Slices held back because the host had not written them yet."],
  ["dram_read_bytes", "DRAM read", BYTES, "Tiles brought to banks by DMA."],
  ["dram_write_bytes", "DRAM written", BYTES, "Partial sums that found no room on the chip."],
  ["sram_read_bytes", "SRAM delivered", BYTES, "Read by units, every multicast copy counted."],
  ["sram_array_read_bytes", "SRAM read", BYTES, "Read out of the arrays of the banks, a multicast counted once."],
  ["sram_write_bytes", "SRAM written", BYTES, "Written to banks by units."],
  ["noc_bytes", "Network links", BYTES, "Bytes over links, a multicast counted once on each link that it crosses."],
  ["noc_bytes_unicast", "Network links, unicast", BYTES, "The same as if every copy had travelled alone."],
];

const MAIN_FIGURES = ["cycles", "effective_tops", "utilization_pct", "busy_pods_pct", "run_time_ns", "energy_j", "average_power_w", "effective_tops_at_400w"];

function runName(run) {
  return `${run.summary.workload} on ${run.summary.config}`;
}

function addTitle(over, title, about) {
  document.getElementById("top").append(make("p", { class: "over" }, over), make("h1", {}, title), make("p", { class: "quiet" }, about));
}

function aboutRun(run) {
  const value = (key) => run.config.find(([path]) => path === key)[1];
  return [`${value("pods.count")} pods of ${value("pods.rows")} × ${value("pods.cols")}`, value("noc.topology"), `policy ${run.summary.policy}`,
    `fidelity ${run.summary.fidelity}`, `sosa ${run.version ?? UNKNOWN}`].join(" · ");
}

// Value and unit apart, so that the unit may stand smaller.
function makeHeadline([, label, write, about], value) {
  const [, number, unit] = /^(\S+)\s*(.*)$/.exec(write(value));
  return make("div", {}, make("dt", {}, label),
    make("dd", { class: "value" }, number, make("span", { class: "unit" }, unit ? ` ${unit}` : "")), make("dd", { class: "about" }, about));
}

function addHeadline(run) {
  const section = addSection("figures", "Figures");
  const known = FIGURES.filter(([key]) => isNumber(run.summary[key]));
  section.append(make("dl", { class: "headline" },
    ...known.filter(([key]) => MAIN_FIGURES.includes(key)).map((figure) => makeHeadline(figure, run.summary[figure[0]]))));
  if (run.summary.stopped) section.append(make("p", { class: "note" }, `The run was stopped early: ${run.summary.stopped}`));
  for (const warning of [].concat(run.summary.warnings ?? [])) section.append(make("p", { class: "note" }, String(warning)));
  const rows = known.filter(([key]) => !MAIN_FIGURES.includes(key))
    .map(([key, label, write, about]) => ({ label, value: write(run.summary[key]), about }));
  const table = makeTable([{ key: "label", label: "Figure" }, { key: "value", label: "Value", number: true }, { key: "about", label: "Is", kind: "about" }], rows);
  table.className = "defined";
  section.append(make("details", {}, make("summary", {}, `${decimals(rows.length)} more figures`), table));
}
