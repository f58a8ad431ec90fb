// Layers of two runs, matched by workload and name; of layers with the same name the first with the first, and so on.

function layerKeys(run) {
  const seen = new Map();
  return run.layers.layer.map((name, at) => {
    const whole = JSON.stringify([run.layers.workload[at], name]);
    seen.set(whole, (seen.get(whole) ?? 0) + 1);
    return `${whole}#${seen.get(whole)}`;
  });
}

// Two runs of different workloads are matched by name alone.
function matchLayers(runs) {
  const workloads = runs.map((run) => new Set(run.layers.workload));
  const alike = [...workloads[0]].some((name) => workloads[1].has(name));
  const keys = runs.map((run) => layerKeys(alike ? run : { layers: { ...run.layers, workload: run.layers.layer.map(() => "") } }));
  const places = new Map(keys[1].map((key, at) => [key, at]));
  const pairs = keys[0].map((key, at) => [at, places.get(key)]).filter(([, other]) => other !== undefined);
  return { pairs, alone: runs.map((run) => run.layers.layer.length - pairs.length) };
}

function addCompareLayers(runs) {
  const section = addSection("layers", "Layers");
  const { pairs, alone } = matchLayers(runs);
  const rows = pairs.map(([x, y]) => {
    const [a, b] = [runs[0].layers, runs[1].layers];
    return {
      at: x, layer: a.layer[x], op: a.op[x], a: a.cycles[x], b: b.cycles[y], difference: b.cycles[y] - a.cycles[x],
      relative: relative(a.cycles[x], b.cycles[y]), use_a: a.utilization_pct[x], use_b: b.utilization_pct[y],
    };
  });
  const differ = rows.filter((row) => row.difference !== 0).sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference));
  const others = alone.map((count, i) => `${decimals(count)} only in ${RUN_NAMES[i]}`).join(", ");
  section.append(make("p", { class: "quiet" },
    `${decimals(rows.length)} layers of the same name in both, ${others}. ${decimals(differ.length)} of them differ in cycles.`));
  if (differ.length === 0) return;
  let order = differ;
  const chart = addChart(section, { name: "layers", height: 330, makeOption: () => layerDifferenceOption(order) });
  addSortableTable(section, {
    caption: "Layers whose cycles differ, the largest difference first.", rows: differ,
    columns: [
      { key: "at", label: "# in A", number: true }, { key: "layer", label: "Layer", kind: "name" }, { key: "op", label: "Op" },
      ...[["a", "A, cycles"], ["b", "B, cycles"]].map(([key, label]) => ({ key, label, number: true, write: (value) => decimals(value) })),
      { key: "difference", label: "Difference", number: true, write: (value) => signed(value, (size) => decimals(size)) },
      { key: "relative", label: "%", number: true, write: writeRelative },
      ...[["use_a", "A, utilisation"], ["use_b", "B, utilisation"]].map(([key, label]) => ({ key, label, number: true, write: (value) => percent(value) })),
    ],
    onSort: (sorted) => {
      order = sorted;
      if (chart.instance) chart.draw();
    },
  });
}

function layerDifferenceOption(rows) {
  return {
    grid: { left: 64, right: 14, top: 28, bottom: 30 + layerLabelHeight(rows.length) },
    xAxis: layerAxis(rows.map((row) => row.layer), rows.map((row) => row.at), { axisLine: { onZero: false, lineStyle: { color: colour("line") } } }),
    yAxis: axis("value", { name: "cycles, B − A", nameTextStyle: { align: "left", color: colour("text"), padding: [0, 0, 0, -58] }, axisLabel: { formatter: (value) => signed(value, (size) => decimals(size)) } }),
    dataZoom: zooms([0]),
    tooltip: {
      ...commonTooltip(), trigger: "axis", axisPointer: { type: "shadow" },
      formatter: ([{ dataIndex }]) => makeTip(rows[dataIndex].layer, [
        ["A", `${decimals(rows[dataIndex].a)} cycles`, RUN_COLOURS[0]], ["B", `${decimals(rows[dataIndex].b)} cycles`, RUN_COLOURS[1]],
        ["difference", `${signed(rows[dataIndex].difference, (size) => decimals(size))} · ${writeRelative(rows[dataIndex].relative)}`],
      ]),
    },
    series: [{
      type: "bar", name: "difference", barCategoryGap: "15%",
      data: rows.map((row) => ({ value: row.difference, itemStyle: { color: row.difference > 0 ? PALETTE[5] : PALETTE[4] } })),
    }],
  };
}
