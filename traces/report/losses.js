// The account of all PE-cycles of the run: each is useful or lost for one reason, and they add up to the whole.

// [key, label, colour, definition]
const LOSSES = [
  ["useful", "useful", "#0072B2", "A multiply-accumulate of the workload."],
  ["edge_tile", "edge tile", "#56B4E9", "PEs and rows unused by tiles smaller than the array."],
  ["weight_load", "weight load", "#F0E442", "Waiting for weights to load."],
  ["fill_drain", "fill/drain, round trip", "#009E73", "Route switching, SRAM round trip and the last drain."],
  ["dependency_wait", "dependency wait", "#E69F00", "Pods without work: layers wait for earlier ones or for post-ops."],
  ["route_conflict", "route/bank conflict", "#D55E00", "Pods without work although ops waited: routes or banks were taken."],
  ["memory_stall", "memory stall", "#CC79A7", "Waiting for DRAM or for the program."],
  ["idle", "idle", "#999999", "Pods without work after the last tile op."],
];

function lossOf(run, key) {
  return run.summary.cycle_loss?.[`${key}_pe_cycles`] ?? null;
}

// PE-cycles as cycles of the whole chip.
function inCycles(run, peCycles) {
  return peCycles === null ? null : peCycles / (run.pods * run.pes_per_pod);
}

function addLosses(run) {
  const section = addSection("losses", "Where the cycles went",
    "Every PE in every cycle is either useful or lost for one reason; one cycle here is a cycle of all PEs.");
  if (!run.summary.cycle_loss) return addMissing(section, run, "cycle_loss in summary.json");
  addChart(section, { name: "losses", height: 92, makeOption: () => lossBars([["whole run", run]]) });
  const whole = total(LOSSES.map(([key]) => lossOf(run, key)));
  const table = makeTable([
    { key: "label", label: "Part", write: (label, row) => make("span", {}, makeSwatch(row.fill), label) },
    { key: "cycles", label: "Cycles", number: true, write: (value) => decimals(value, 1) },
    { key: "share", label: "Share", number: true, write: (value) => percent(value) },
    { key: "about", label: "Is", kind: "about" },
  ], LOSSES.map(([key, label, fill, about]) => ({
    label, fill, about, cycles: inCycles(run, lossOf(run, key)), share: share(lossOf(run, key), whole),
  })));
  table.className = "defined";
  section.append(table);
  section.append(make("h3", {}, "By layer"));
  addLayerLosses(section, run);
}

function addLayerLosses(section, run) {
  if (!run.layers.loss_useful_pe_cycles) return addMissing(section, run, "columns loss_..._pe_cycles in layers.csv");
  let asShare = false;
  const tools = make("div", { class: "tools" }, makeSelect("Shown as", [["cycles", "cycles"], ["share", "share of the layer"]], (value) => {
    asShare = value === "share";
    chart.draw();
  }));
  section.append(tools);
  const chart = addChart(section, { name: "layer-losses", height: 420, makeOption: () => layerLossOption(run, asShare) });
}

// Horizontal stacks of [name, run], to one scale.
function lossBars(runs) {
  return {
    grid: { left: runs.length > 1 ? 24 : 0, right: 24, top: 8, bottom: 22 },
    xAxis: axis("value", { min: 0, max: "dataMax", axisLabel: { formatter: (value) => decimals(value) } }),
    yAxis: axis("category", { data: runs.map(([name]) => name), inverse: true, axisLabel: { show: runs.length > 1 } }),
    tooltip: { ...commonTooltip(), trigger: "item", formatter: ({ seriesIndex, dataIndex }) => lossTip(...runs[dataIndex], LOSSES[seriesIndex]) },
    series: LOSSES.map(([key, label, fill]) => ({
      type: "bar", stack: "loss", name: label, barWidth: 34, itemStyle: { color: fill }, data: runs.map(([, run]) => inCycles(run, lossOf(run, key))),
    })),
  };
}

function lossTip(name, run, [key, label, fill, about]) {
  const value = inCycles(run, lossOf(run, key));
  return makeTip(name, [[label, `${decimals(value, 1)} cycles`, fill], ["share", percent(share(value, run.summary.cycles))]], [about]);
}

function layerLossOption(run, asShare) {
  const names = run.layers.layer;
  const columns = LOSSES.map(([key]) => run.layers[`loss_${key}_pe_cycles`].map((value) => inCycles(run, value)));
  const sums = names.map((name, at) => total(columns.map((column) => column[at])));
  return {
    legend: commonLegend(),
    media: [{ query: { maxWidth: 480 }, option: { grid: { top: 104 } } }, { query: { minWidth: 480, maxWidth: 820 }, option: { grid: { top: 76 } } }],
    grid: { left: 64, right: 14, top: 56, bottom: 30 + layerLabelHeight(names.length) },
    xAxis: layerAxis(names, names.map((name, at) => at)),
    yAxis: axis("value", { max: asShare ? 100 : undefined, axisLabel: { formatter: (value) => asShare ? `${value} %` : decimals(value) } }),
    dataZoom: zooms([0]),
    tooltip: {
      ...commonTooltip(), trigger: "axis", axisPointer: { type: "shadow" },
      formatter: ([{ dataIndex }]) => makeTip(names[dataIndex],
        LOSSES.map(([, label, fill], i) => [label, `${decimals(columns[i][dataIndex], 1)} · ${percent(share(columns[i][dataIndex], sums[dataIndex]))}`, fill]),
        [`${decimals(sums[dataIndex], 1)} cycles of the chip`]),
    },
    series: LOSSES.map(([, label, fill], i) => ({
      type: "bar", stack: "loss", name: label, barCategoryGap: "12%", itemStyle: { color: fill },
      data: columns[i].map((value, at) => asShare ? share(value, sums[at]) : value),
    })),
  };
}
