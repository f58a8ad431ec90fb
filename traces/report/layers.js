// A bar per layer and figure; the table below sorts them.

// [column of layers.csv, label, how it is written, definition]
const LAYER_FIGURES = [
  ["cycles", "Cycles", (value) => decimals(value), "From the start of the layer's first slice to the end of its last."],
  ["utilization_pct", "Utilisation", (value) => percent(value), "MACs over what all PEs could do in these cycles; layers that run together share the chip."],
  ["dram_bytes", "DRAM", (value) => short(value, "B"), "Bytes between DRAM and banks for the layer."],
  ["sram_bytes", "SRAM", (value) => short(value, "B"), "Bytes read from and written to banks for the layer."],
  ["link_bytes", "Network links", (value) => short(value, "B"), "Bytes over links, a multicast counted once on each link."],
  ["energy_pj", "Energy", (value) => energy(value), "Energy of the layer as far as it is known."],
];
const LAYER_SHAPE = [
  ["m", "M", "Rows of the product X[M,K] W[K,N]."],
  ["k", "K", "Its depth."],
  ["n", "N", "Its columns."],
  ["macs", "MACs", "Multiply-accumulates."],
];
const PANEL = 92;

function layerFigures(run) {
  return LAYER_FIGURES.filter(([key]) => run.layers[key]);
}

// Rows of the table, with the position of the layer in the run.
function layerRows(run) {
  const columns = Object.entries(run.layers);
  return run.layers.layer.map((name, at) => ({ at, ...Object.fromEntries(columns.map(([key, values]) => [key, values[at]])) }));
}

function addLayers(run) {
  const section = addSection("layers", "Layers", "In the order in which the table below is sorted; its heads sort it.");
  if (!run.layers.energy_pj) addMissing(section, run, "columns sram_bytes to energy_pj in layers.csv");
  const figures = layerFigures(run);
  const rows = layerRows(run);
  let order = rows;
  const chart = addChart(section, { name: "layers", height: figures.length * PANEL + 12 + layerLabelHeight(rows.length), makeOption: () => layersOption(figures, order) });
  const manyWorkloads = new Set(run.layers.workload).size > 1;
  addSortableTable(section, {
    caption: `${decimals(rows.length)} layers.`, rows,
    columns: [
      { key: "at", label: "#", number: true, about: "Position in the program.", write: (value) => decimals(value) },
      { key: "layer", label: "Layer", kind: "name" },
      ...(manyWorkloads ? [{ key: "workload", label: "Workload" }] : []),
      { key: "op", label: "Op" },
      ...LAYER_SHAPE.map(([key, label, about]) => ({ key, label, about, number: true, write: (value) => decimals(value) })),
      ...figures.map(([key, label, write, about]) => ({ key, label, about, number: true, write })),
    ],
    onSort: (sorted) => {
      order = sorted;
      if (chart.instance) chart.draw();
    },
  });
}

// Few layers stand at an axis with their names, many with their numbers.
const NAMED_LAYERS = 40;

function layerLabelHeight(count) {
  return count > NAMED_LAYERS ? 40 : 84;
}

function layerAxis(names, numbers, more = {}) {
  const named = names.length <= NAMED_LAYERS;
  return axis("category", {
    data: names.map((name, at) => at), name: named ? "" : "layer, by its number", nameLocation: "middle", nameGap: 22,
    axisLabel: named ? { rotate: 45, width: 110, overflow: "truncate", fontSize: 10, formatter: (at) => names[at] } : { formatter: (at) => numbers[at] }, ...more,
  });
}

function layersOption(figures, rows) {
  const names = rows.map((row) => row.layer);
  const indices = figures.map((figure, i) => i);
  const last = figures.length - 1;
  return {
    grid: figures.map((figure, i) => ({ left: 64, right: 14, top: 24 + i * PANEL, height: PANEL - 36 })),
    xAxis: indices.map((i) => i === last ? layerAxis(names, rows.map((row) => row.at), { gridIndex: i })
      : axis("category", { gridIndex: i, data: names.map((name, at) => at), axisLabel: { show: false } })),
    yAxis: figures.map(([, label, write], i) => axis("value", {
      gridIndex: i, name: label, nameGap: 10, splitNumber: 2, nameTextStyle: { align: "left", color: colour("text"), padding: [0, 0, 0, -58] },
      axisLabel: { fontSize: 10, formatter: (value) => tidy(write(value)) },
    })),
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    dataZoom: zooms(indices),
    tooltip: {
      ...commonTooltip(), trigger: "axis", axisPointer: { type: "shadow" },
      formatter: ([{ dataIndex }]) => layerTip(figures, rows[dataIndex]),
    },
    series: figures.map(([key, label], i) => ({
      type: "bar", name: label, xAxisIndex: i, yAxisIndex: i, barCategoryGap: "15%", itemStyle: { color: PALETTE[0] },
      data: rows.map((row) => row[key]),
    })),
  };
}

function layerTip(figures, row) {
  return makeTip(row.layer, figures.map(([key, label, write]) => [label, write(row[key])]),
    [`${row.op}, ${decimals(row.m)} × ${decimals(row.k)} × ${decimals(row.n)}`]);
}
