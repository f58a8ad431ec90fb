// Two runs side by side, differences first.

const RUN_COLOURS = ["#0072B2", "#E69F00"];
const RUN_NAMES = ["A", "B"];

function relative(a, b) {
  if (!isNumber(a) || !isNumber(b)) return null;
  if (a === b) return 0;
  return a === 0 ? null : 100 * (b - a) / Math.abs(a);
}

function writeRelative(value) {
  return value === null ? "new" : signed(value, (size) => size >= 1000 ? `${decimals(size / 100, 1)} ×` : percent(size));
}

function addCompareTitle([a, b]) {
  const same = runName(a) === runName(b);
  addTitle("sosa report · two runs", same ? `Two runs of ${runName(a)}` : `${runName(a)} against ${runName(b)}`, "");
  document.getElementById("top").append(make("p", { class: "runs" }, ...[a, b].flatMap((run, i) => [
    i > 0 ? make("br") : "", makeSwatch(RUN_COLOURS[i]), make("strong", {}, RUN_NAMES[i]), ` ${runName(run)} · ${aboutRun(run)} · `, make("code", {}, run.folder)])));
}

// Rows {label, a, b, difference, relative}, the largest first, and those that are equal.
function splitByDifference(rows) {
  const weight = (row) => row.relative === null ? Infinity : Math.abs(row.relative);
  const differ = rows.filter((row) => row.a !== row.b).sort((x, y) => weight(y) - weight(x));
  return [differ, rows.filter((row) => row.a === row.b)];
}

function addCompareFigures([a, b]) {
  const section = addSection("figures", "Figures", "Sorted by relative difference; B measured against A.");
  const rows = FIGURES.filter(([key]) => isNumber(a.summary[key]) && isNumber(b.summary[key])).map(([key, label, write, about]) => ({
    label, write, about, a: a.summary[key], b: b.summary[key], relative: relative(a.summary[key], b.summary[key]),
  }));
  const [differ, equal] = splitByDifference(rows);
  const columns = [
    { key: "label", label: "Figure" },
    { key: "a", label: "A", number: true, write: (value, row) => row.write(value) },
    { key: "b", label: "B", number: true, write: (value, row) => row.write(value) },
    { key: "difference", label: "Difference", number: true, write: (value, row) => signed(row.b - row.a, row.write === percent ? (points) => `${decimals(points, 1)} points` : row.write) },
    { key: "relative", label: "%", number: true, write: writeRelative }, { key: "about", label: "Is", kind: "about" },
  ];
  section.append(differ.length > 0 ? make("div", { class: "wide" }, makeTable(columns, differ)) : make("p", {}, "No figure differs."));
  if (equal.length > 0)
    section.append(make("details", {}, make("summary", {}, `${decimals(equal.length)} figures are equal`),
      make("div", { class: "wide" }, makeTable(columns.filter(({ key }) => key === "label" || key === "a" || key === "about"), equal))));
}

function addCompareConfig([a, b]) {
  const section = addSection("config", "Configuration");
  const other = new Map(b.config.map(([key, value]) => [key, value]));
  const differ = a.config.filter(([key, value]) => other.get(key) !== value);
  if (differ.length === 0) return section.append(make("p", {}, "Both runs have the same configuration."));
  section.append(make("p", { class: "quiet" }, `${decimals(differ.length)} of ${decimals(a.config.length)} keys differ.`),
    make("div", { class: "wide" }, makeTable([
      { key: "key", label: "Key", write: (key) => make("code", {}, key) }, { key: "a", label: "A" }, { key: "b", label: "B" },
      { key: "about", label: "Meaning", kind: "about" },
    ], differ.map(([key, value, , about]) => ({ key, a: value, b: other.get(key), about })))));
}

function addCompareLosses(runs) {
  const section = addSection("losses", "Where the cycles went", "In cycles of the whole chip, to one scale.");
  if (runs.some((run) => !run.summary.cycle_loss)) return addMissing(section, runs.find((run) => !run.summary.cycle_loss), "cycle_loss in summary.json");
  const named = runs.map((run, i) => [RUN_NAMES[i], run]);
  addChart(section, { name: "losses", height: 140, makeOption: () => lossBars(named) });
  const rows = LOSSES.map(([key, label, fill, about]) => {
    const [x, y] = runs.map((run) => inCycles(run, lossOf(run, key)));
    return { label, fill, about, a: x, b: y, difference: y - x };
  });
  const cycles = (value) => decimals(value, 1);
  section.append(make("div", { class: "wide" }, makeTable([
    { key: "label", label: "Part", write: (label, row) => make("span", {}, makeSwatch(row.fill), label) },
    { key: "a", label: "A, cycles", number: true, write: cycles }, { key: "b", label: "B, cycles", number: true, write: cycles },
    { key: "difference", label: "Difference", number: true, write: (value) => signed(value, cycles) }, { key: "about", label: "Is", kind: "about" },
  ], rows.sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference)))));
}

function addCompareEnergy(runs) {
  const section = addSection("energy", "Energy by component");
  const sums = runs.map(energyByComponent);
  const names = [...new Set(sums.flatMap((sum) => [...sum.keys()]))].filter((name) => sums.some((sum) => isNumber(sum.get(name))));
  addChart(section, { name: "energy", height: 60 + 42 * names.length, makeOption: () => pairOption(names, sums.map((sum) => names.map((name) => sum.get(name) ?? null)), energy) });
}

function addComparePower(runs) {
  const section = addSection("power", "Power over time", "Mean power of the whole chip in each window.");
  const without = runs.find((run) => !run.power);
  if (without) return addMissing(section, without, "power.csv");
  addChart(section, { name: "power", height: 300, makeOption: () => powerPairOption(runs) });
}

function powerPairOption(runs) {
  const watts = (value) => isNumber(value) ? `${decimals(value, 1)} W` : UNKNOWN;
  return {
    legend: commonLegend(),
    grid: { left: 52, right: 14, top: 32, bottom: 64 },
    xAxis: timeAxis(),
    yAxis: axis("value", { min: 0, axisLabel: { formatter: (value) => `${decimals(value)} W` } }),
    dataZoom: zooms([0]),
    tooltip: {
      ...commonTooltip(), trigger: "axis",
      formatter: (points) => makeTip(`${decimals(points[0].value[0], 2)} µs`, points.map(({ seriesIndex, value }) => [RUN_NAMES[seriesIndex], watts(value[1]), RUN_COLOURS[seriesIndex]])),
    },
    series: runs.map((run, i) => ({
      type: "line", name: RUN_NAMES[i], step: "end", symbol: "none", color: RUN_COLOURS[i], lineStyle: { width: 2 }, data: powerPoints(run, run.power.total_w),
    })),
  };
}

// Two bars beside each other per name.
function pairOption(names, values, write) {
  return {
    legend: commonLegend(),
    grid: { left: 96, right: 90, top: 28, bottom: 24 },
    xAxis: axis("value", { splitNumber: 4, axisLabel: { formatter: (value) => tidy(write(value)) } }),
    yAxis: axis("category", { inverse: true, data: names, axisLabel: { color: colour("text"), width: 88, overflow: "truncate" } }),
    tooltip: {
      ...commonTooltip(), trigger: "axis", axisPointer: { type: "shadow" },
      formatter: ([{ dataIndex: at }]) => makeTip(names[at], [...values.map((list, i) => [RUN_NAMES[i], write(list[at]), RUN_COLOURS[i]]),
        ["difference", writeRelative(relative(values[0][at], values[1][at]))]]),
    },
    series: values.map((list, i) => ({
      type: "bar", name: RUN_NAMES[i], itemStyle: { color: RUN_COLOURS[i] }, data: list, barGap: "8%",
      label: { show: true, position: "right", color: colour("quiet"), fontSize: 11, formatter: ({ value }) => write(value) },
    })),
  };
}
