// Throughput of each layer against its operations per byte of DRAM traffic, below what chip and DRAM allow.

function rooflinePoints(run) {
  return run.layers.layer.map((name, at) => {
    const ops = 2 * run.layers.macs[at];
    const seconds = run.layers.cycles[at] / run.clock_hz;
    const bytes = run.layers.dram_bytes[at];
    return { name, ops, bytes, tops: ops / seconds / 1e12, intensity: bytes > 0 ? ops / bytes : null, cycles: run.layers.cycles[at] };
  }).filter((point) => point.ops > 0 && point.cycles > 0);
}

function addRoofline(run) {
  const section = addSection("roofline", "Roofline",
    "Layers by operations per byte of their DRAM traffic. The slope is what the DRAM bandwidth allows, the flat part the peak of all PEs. Larger marks took more cycles. Layers that ran together share the chip and stand lower; one whose tiles were fetched ahead of time may stand above the slope.");
  if (!run.layers.dram_bytes) return addMissing(section, run, "column dram_bytes in layers.csv");
  const points = rooflinePoints(run);
  const without = points.filter((point) => point.intensity === null).length;
  addChart(section, { name: "roofline", height: 400, makeOption: () => rooflineOption(run, points) });
  if (without > 0)
    section.append(make("p", { class: "quiet" }, `Diamonds at the right edge: ${decimals(without)} layers without DRAM traffic, which the bandwidth cannot slow.`));
}

function rooflineOption(run, points) {
  const peak = run.summary.peak_tops;
  const ridge = peak * 1e12 / run.dram_bytes_per_s;
  const known = points.map((point) => point.intensity).filter((value) => value !== null);
  const left = 10 ** Math.floor(Math.log10(Math.min(ridge, ...known) / 2));
  const right = 10 ** Math.ceil(Math.log10(Math.max(ridge, ...known) * 2));
  const low = 10 ** Math.floor(Math.log10(Math.min(peak, ...points.map((point) => point.tops)) / 1.5));
  const roof = (intensity) => Math.min(peak, intensity * run.dram_bytes_per_s / 1e12);
  const longest = Math.max(1, ...points.map((point) => point.cycles));
  const log = (name, min, max, more) => axis("log", {
    name, min, max, nameLocation: "middle", minorSplitLine: { show: false }, axisLabel: { formatter: (value) => short(value) }, ...more,
  });
  return {
    grid: { left: 64, right: 28, top: 24, bottom: 48 },
    xAxis: log("operations per DRAM byte", left, right, { nameGap: 28 }),
    yAxis: log("TOPS", low, 10 ** Math.ceil(Math.log10(peak * 1.2)), { nameGap: 44 }),
    tooltip: { ...commonTooltip(), trigger: "item" },
    series: [
      roofSeries([[Math.max(left, low * 1e12 / run.dram_bytes_per_s), roof(Math.max(left, low * 1e12 / run.dram_bytes_per_s))], [ridge, peak], [right, peak]],
        `${decimals(peak, 1)} TOPS peak · DRAM ${short(run.dram_bytes_per_s, "B/s")} · ridge at ${short(ridge)} op/B`),
      {
        type: "scatter", name: "layers", itemStyle: { color: PALETTE[0], opacity: 0.7, borderColor: colour("ground"), borderWidth: 0.5 },
        data: points.map((point, at) => ({
          value: [point.intensity ?? right, point.tops, at], symbol: point.intensity === null ? "diamond" : "circle",
          symbolSize: 6 + 18 * Math.sqrt(point.cycles / longest),
        })),
        tooltip: { formatter: ({ value }) => rooflineTip(points[value[2]], roof) },
      },
    ],
  };
}

function roofSeries(line, label) {
  return {
    type: "line", name: "roof", data: line, symbol: "none", silent: true, lineStyle: { color: colour("text"), width: 2 },
    endLabel: { show: true, formatter: label, align: "right", verticalAlign: "bottom", offset: [0, -10], color: colour("text") },
  };
}

function rooflineTip(point, roof) {
  const allowed = point.intensity === null ? roof(Infinity) : roof(point.intensity);
  return makeTip(point.name, [
    ["throughput", `${decimals(point.tops, 1)} TOPS`], ["of the roof", percent(share(point.tops, allowed))],
    ["operations", short(point.ops, "op")], ["DRAM", short(point.bytes, "B")], ["cycles", decimals(point.cycles)],
  ]);
}
