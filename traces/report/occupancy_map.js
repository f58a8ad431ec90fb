// The map of pods and slices that can be zoomed, moved and asked, with the slices' own figures below it.

const MAP_HEIGHT = 380;

function addOccupancy(run) {
  const section = addSection("occupancy", "Pods over time",
    "The layer that each pod works on in each slice, from the first layer (violet) to the last (yellow); blank is a pod without a tile op.");
  if (!run.occupancy) return addMissing(section, run, "occupancy.csv");
  const map = { run, occupancy: readOccupancy(run), slices: sliceFigures(run), cell: null, canvas: document.createElement("canvas") };
  const tools = make("div", { class: "tools" });
  const middle = make("output", { "aria-live": "polite" });
  section.append(tools);
  const panels = map.slices ? 2 : 0;
  const chart = addChart(section, {
    name: "occupancy", height: MAP_HEIGHT + 110 * panels + 80, renderer: "canvas",
    makeOption: (self) => mapOption(map, self.instance),
    onReady: (instance) => followPointer(map, instance),
  });
  chart.element.classList.add("map");
  chart.element.tabIndex = 0;
  chart.element.setAttribute("role", "application");
  chart.element.setAttribute("aria-label", "Map of pods and slices. Plus and minus zoom, arrow keys move, 0 shows all; each step tells the cell in the middle.");
  chart.element.addEventListener("keydown", (event) => {
    const step = MAP_KEYS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moveMap(map, chart.instance, step);
    middle.textContent = tellMiddle(map);
  });
  const button = (label, about, key) => make("button", {
    type: "button", title: about, "aria-label": about, click: () => moveMap(map, chart.instance, MAP_KEYS[key]),
  }, label);
  tools.append(button("+", "Zoom in", "+"), button("−", "Zoom out", "-"), button("Whole run", "Show all pods and slices", "0"),
    make("span", { class: "quiet" }, "Ctrl and wheel zoom, dragging moves; with the map in focus: + − arrows 0"), middle);
}

// Where each slice starts; none for runs without slices.csv.
function sliceFigures(run) {
  if (!run.slices) return null;
  const starts = [0];
  run.slices.run_cycles.forEach((cycles, slice) => starts.push(starts[slice] + cycles + run.slices.stall_cycles[slice]));
  return { ...run.slices, starts };
}

function mapOption(map, instance) {
  const { occupancy, slices } = map;
  const panels = slices ? [["busy pods", slices.tile_ops, PALETTE[0]], ["stall cycles", slices.stall_cycles, PALETTE[5]]] : [];
  const place = { left: 56, right: 14 };
  const grids = [{ ...place, top: 24, height: MAP_HEIGHT }, ...panels.map((panel, i) => ({ ...place, top: MAP_HEIGHT + 56 + 110 * i, height: 72 }))];
  const last = grids.length - 1;
  return {
    grid: grids,
    xAxis: grids.map((grid, i) => axis("value", {
      gridIndex: i, min: 0, max: occupancy.slices, splitLine: { show: false }, axisLabel: { show: i === last, formatter: (value) => decimals(value) },
      name: i === last ? "slice" : "", nameLocation: "middle", nameGap: 22,
    })),
    yAxis: [
      axis("value", { name: "pod", min: 0, max: occupancy.pods.length, splitLine: { show: false }, nameGap: 8, axisLabel: { showMaxLabel: false, formatter: (value) => decimals(value) } }),
      ...panels.map(([name], i) => axis("value", {
        gridIndex: i + 1, name, min: 0, splitNumber: 2, nameGap: 6, nameTextStyle: { align: "left", color: colour("quiet") },
        axisLabel: { formatter: (value) => short(value) },
      })),
    ],
    dataZoom: [...zooms(grids.map((grid, i) => i), { id: "x" }).map((zoom, i) => ({ ...zoom, id: `x${i}`, moveOnMouseMove: true })),
      { id: "y", type: "inside", yAxisIndex: [0], filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false }],
    tooltip: { ...commonTooltip(), trigger: "item", formatter: () => tellCell(map) },
    series: [
      { type: "custom", name: "occupancy", data: [[0, 0]], clip: true, renderItem: (params, api) => drawMap(map, params, api, instance) },
      ...panels.map(([name, values, fill], i) => panelSeries(name, values, fill, i + 1)),
    ],
  };
}

function panelSeries(name, values, fill, index) {
  return {
    type: "line", name, xAxisIndex: index, yAxisIndex: index, step: "end", symbol: "none", sampling: values.length > 4000 ? "max" : undefined,
    silent: true, lineStyle: { width: 1, color: fill }, areaStyle: { color: fill, opacity: 0.35 },
    data: [...values.map((value, slice) => [slice, value]), [values.length, values[values.length - 1] ?? 0]],
  };
}

function drawMap(map, params, api, instance) {
  const { x, y, width, height } = params.coordSys;
  const origin = api.coord([0, 0]);
  const unit = api.coord([1, 1]);
  const sliceAt = (px) => (px - origin[0]) / (unit[0] - origin[0]);
  const podAt = (py) => (py - origin[1]) / (unit[1] - origin[1]);
  const ratio = instance.getDevicePixelRatio();
  map.view = { x, y, width, height, from: { slice: sliceAt(x), pod: podAt(y + height) }, to: { slice: sliceAt(x + width), pod: podAt(y) } };
  map.canvas.width = Math.max(1, Math.round(width * ratio));
  map.canvas.height = Math.max(1, Math.round(height * ratio));
  paintOccupancy(map.canvas, map.occupancy, map.view.from, map.view.to);
  return { type: "image", style: { image: map.canvas, x, y, width, height } };
}

// The cell under a point of the chart, or null.
function cellAt(map, px, py) {
  const { x, y, width, height, from, to } = map.view;
  if (px < x || px >= x + width || py < y || py >= y + height) return null;
  const slice = Math.floor(from.slice + ((px - x) / width) * (to.slice - from.slice));
  const pod = Math.floor(to.pod - ((py - y) / height) * (to.pod - from.pod));
  if (slice < 0 || slice >= map.occupancy.slices || pod < 0 || pod >= map.occupancy.pods.length) return null;
  return { slice, pod };
}

// Listens before ECharts does, so that the tooltip tells the cell that the pointer is on now.
function followPointer(map, instance) {
  instance.getZr().on("mousemove", (event) => { if (map.view) map.cell = cellAt(map, event.offsetX, event.offsetY); });
}

function nameAt(map, { slice, pod }) {
  const layer = layerAt(map.occupancy, pod, slice);
  return layer === null ? "no tile op" : map.run.layers.layer[layer];
}

function tellCell(map) {
  if (!map.cell) return "";
  const { slice, pod } = map.cell;
  const rows = [];
  if (map.slices && slice < map.slices.run_cycles.length) {
    const start = map.slices.starts[slice] + map.slices.stall_cycles[slice];
    rows.push(["cycles", `${decimals(start)} to ${decimals(map.slices.starts[slice + 1])}`],
      ["stalled before", `${decimals(map.slices.stall_cycles[slice])} cycles`],
      ["busy pods", `${decimals(map.slices.tile_ops[slice])} of ${decimals(map.occupancy.pods.length)}`]);
  }
  return makeTip(nameAt(map, map.cell), rows, [`pod ${decimals(pod)}, slice ${decimals(slice)}`]);
}

// Zoom by a factor, or move by shares of the view.
const MAP_KEYS = {
  "+": { zoom: 0.5 }, "=": { zoom: 0.5 }, "-": { zoom: 2 }, "0": { all: true }, Home: { all: true },
  ArrowLeft: { x: -0.2 }, ArrowRight: { x: 0.2 }, ArrowUp: { y: 0.2 }, ArrowDown: { y: -0.2 },
};

function moveMap(map, instance, step) {
  const range = (low, high, size, by) => {
    if (step.all) return [0, size];
    const length = Math.min(size, Math.max(Math.min(size, 4), (high - low) * (step.zoom ?? 1)));
    const start = (low + high) / 2 - length / 2 + (by ?? 0) * length;
    const kept = Math.min(Math.max(0, start), size - length);
    return [kept, kept + length];
  };
  const { from, to } = map.view;
  const x = range(from.slice, to.slice, map.occupancy.slices, step.x);
  const y = range(from.pod, to.pod, map.occupancy.pods.length, step.y);
  instance.dispatchAction({
    type: "dataZoom",
    batch: [{ dataZoomId: "x0", startValue: x[0], endValue: x[1] }, { dataZoomId: "x1", startValue: x[0], endValue: x[1] },
      { dataZoomId: "y", startValue: y[0], endValue: y[1] }],
  });
}

function tellMiddle(map) {
  const { x, y, width, height } = map.view;
  const cell = cellAt(map, x + width / 2, y + height / 2);
  return cell ? `In the middle: pod ${decimals(cell.pod)}, slice ${decimals(cell.slice)}, ${nameAt(map, cell)}` : "";
}
