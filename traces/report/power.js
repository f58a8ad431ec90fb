// Power over time and energy by component.

const POWER_PARTS = [["pods_w", "pods", "#0072B2"], ["sram_w", "SRAM", "#E69F00"], ["noc_w", "networks", "#009E73"], ["dram_w", "DRAM", "#CC79A7"]];

function addPower(run) {
  const section = addSection("power", "Power over time", "Mean power in each window, stacked by component.");
  if (!run.power) return addMissing(section, run, "power.csv");
  const parts = POWER_PARTS.filter(([key]) => run.power[key].some(isNumber));
  addChart(section, { name: "power", height: 340, renderer: "canvas", makeOption: () => powerOption(run, parts) });
  const unknown = POWER_PARTS.filter((part) => !parts.includes(part)).map(([, label]) => label);
  if (unknown.length > 0) section.append(make("p", { class: "quiet" }, `Unknown to the energy table and left out: ${unknown.join(", ")}.`));
}

// Steps from the start of each window, in µs, to the end of the last.
function powerPoints(run, values) {
  const { start_ns: starts, end_ns: ends } = run.power;
  const points = values.map((value, at) => [starts[at] / 1000, value]);
  if (values.length > 0) points.push([ends[ends.length - 1] / 1000, values[values.length - 1]]);
  return points;
}

function timeAxis() {
  return axis("value", {
    name: "µs", nameLocation: "middle", nameGap: 22, min: 0, max: "dataMax", splitLine: { show: false }, axisLabel: { formatter: (value) => decimals(value) },
  });
}

function powerOption(run, parts) {
  const levels = [["average", run.summary.average_power_w], ["peak of the chip", run.summary.peak_power_w]].filter(([, watts]) => isNumber(watts));
  const highest = Math.max(...levels.map(([, watts]) => watts), ...run.power.total_w.filter(isNumber));
  return {
    legend: commonLegend({ data: parts.map(([, label]) => label) }),
    grid: { left: 52, right: 14, top: 32, bottom: 64 },
    xAxis: timeAxis(),
    yAxis: axis("value", { min: 0, max: highest * 1.15, axisLabel: { formatter: (value) => `${decimals(value)} W`, showMaxLabel: false } }),
    dataZoom: zooms([0]),
    tooltip: { ...commonTooltip(), trigger: "axis", axisPointer: { type: "line" }, formatter: ([{ dataIndex }]) => powerTip(run, parts, dataIndex) },
    series: parts.map(([key, label, fill], i) => ({
      type: "line", name: label, stack: "power", step: "end", symbol: "none", color: fill, lineStyle: { width: 1 }, areaStyle: { opacity: 0.55 },
      data: powerPoints(run, run.power[key]), markLine: i === 0 ? levelLines(levels) : undefined,
    })),
  };
}

function levelLines(levels) {
  return {
    silent: true, symbol: "none", lineStyle: { color: colour("text"), width: 1.5, type: "dashed" },
    label: {
      position: "insideEndTop", color: colour("text"), backgroundColor: colour("ground"), padding: [2, 5], borderRadius: 3,
      formatter: ({ name, value }) => `${name} ${decimals(value, 1)} W`,
    },
    data: levels.map(([name, watts]) => ({ name, yAxis: watts })),
  };
}

function powerTip(run, parts, at) {
  const window = Math.min(at, run.power.start_ns.length - 1);
  const watts = (value) => isNumber(value) ? `${decimals(value, 1)} W` : UNKNOWN;
  return makeTip(`${decimals(run.power.start_ns[window])} to ${decimals(run.power.end_ns[window])} ns`,
    [...parts.map(([key, label, fill]) => [label, watts(run.power[key][window]), fill]), ["sum", watts(run.power.total_w[window])]]);
}

// Energy of the rows of energy.csv by component, pJ; null where no row is known.
function energyByComponent(run) {
  const sums = new Map();
  for (const [component, , , , pj] of run.energy) {
    const before = sums.get(component);
    sums.set(component, pj === null ? before ?? null : (before ?? 0) + pj);
  }
  return sums;
}

function addEnergy(run) {
  const section = addSection("energy", "Energy by component", "Every figure is a counter times an energy, whose source stands below.");
  const known = [...energyByComponent(run)].filter(([, pj]) => pj !== null).sort((a, b) => b[1] - a[1]);
  const whole = total(known.map(([, pj]) => pj));
  addChart(section, { name: "energy", height: 40 + 30 * known.length, makeOption: () => energyOption(known, whole) });
  const sources = [...new Set(run.energy.map(([, , , , , source]) => source))];
  const rows = run.energy.map(([component, counter, count, each, pj, source]) => ({ component, counter, count, each, pj, source: `[${sources.indexOf(source) + 1}]` }));
  const sum = { component: "sum", counter: "of what is known", count: "", each: "", pj: whole, source: "", kind: "sum" };
  section.append(make("div", { class: "wide" }, makeTable([
    { key: "component", label: "Component" }, { key: "counter", label: "Counter" },
    { key: "count", label: "Count", number: true, write: (value) => value === "" ? "" : decimals(value) },
    { key: "each", label: "pJ each", number: true, write: (value) => value === "" ? "" : isNumber(value) ? decimals(value, 4) : UNKNOWN },
    { key: "pj", label: "Energy", number: true, write: (value) => energy(value) }, { key: "source", label: "Source", number: true },
  ], [...rows, sum])), make("ol", { class: "sources" }, ...sources.map((source) => make("li", {}, source))));
}

function energyOption(known, whole) {
  return {
    grid: { left: 96, right: 150, top: 8, bottom: 24 },
    xAxis: axis("value", { axisLabel: { formatter: (value) => tidy(energy(value)) }, splitNumber: 4 }),
    yAxis: axis("category", { inverse: true, data: known.map(([component]) => component), axisLabel: { color: colour("text"), width: 88, overflow: "truncate" } }),
    tooltip: { ...commonTooltip(), trigger: "item", formatter: ({ dataIndex }) => makeTip(known[dataIndex][0], [["energy", energy(known[dataIndex][1])], ["share", percent(share(known[dataIndex][1], whole))]]) },
    series: [{
      type: "bar", name: "energy", barWidth: "62%", itemStyle: { color: PALETTE[0] }, data: known.map(([, pj]) => pj),
      label: { show: true, position: "right", color: colour("text"), formatter: ({ value }) => `${energy(value)} · ${percent(share(value, whole))}` },
    }],
  };
}
