// What each stage of the seven networks carried.

const NETWORK_ORDER = ["x", "w", "pin", "pout", "post_a", "post_b", "post_out"];

// Rows of the table `networks` of counters.json: {network, stage, and its columns}.
function networkCells(run) {
  const names = (run.networks.columns ?? []).map((column) => column.name);
  return Object.entries(run.networks.rows ?? {}).map(([label, values]) => {
    const [, network, stage] = /^(.*?)(?:_stage(\d+))?$/.exec(label);
    return { network, stage: Number(stage ?? 0), ...Object.fromEntries(names.map((name, i) => [name, values[i]])) };
  });
}

// [key, label, value of a cell, how it is written]
function networkFigures(run) {
  const links = run.networks.links_per_stage * run.summary.slices;
  return [
    ["use", "link use", (cell) => share(cell.links_claimed, links), (value) => percent(value)],
    ["saving", "bytes saved by multicast", (cell) => share(cell.bytes_unicast - cell.bytes, cell.bytes_unicast), (value) => percent(value)],
    ["bytes", "bytes over links", (cell) => cell.bytes, (value) => short(value, "B")],
  ];
}

function addNetworks(run) {
  const section = addSection("networks", "Networks",
    "By network and stage. Link use: links taken by a route, of all links in all slices. Saved by multicast: bytes that would have crossed a link again if every copy travelled alone.");
  const cells = networkCells(run);
  if (cells.length === 0) return section.append(make("p", { class: "quiet" }, "This chip has no network: it has one pod."));
  const figures = networkFigures(run);
  let figure = figures[0];
  const tools = make("div", { class: "tools" }, makeSelect("Shown", figures.map(([key, label]) => [key, label]), (value) => {
    figure = figures.find(([key]) => key === value);
    chart.draw();
  }));
  section.append(tools);
  const known = NETWORK_ORDER.filter((name) => cells.some((cell) => cell.network === name));
  const networks = [...new Set([...known, ...cells.map((cell) => cell.network)])];
  const chart = addChart(section, { name: "networks", height: 90 + 32 * networks.length, makeOption: () => networkOption(cells, networks, figure, figures) });
}

function networkOption(cells, networks, [, label, valueOf, write], figures) {
  const stages = [...new Set(cells.map((cell) => cell.stage))].sort((a, b) => a - b);
  const data = cells.map((cell) => [stages.indexOf(cell.stage), networks.indexOf(cell.network), valueOf(cell)]);
  const values = data.map(([, , value]) => value).filter(isNumber);
  const highest = Math.max(...values, 0) || 1;
  return {
    media: [{ query: { maxWidth: 640 }, option: { series: [{ label: { show: false } }] } }],
    grid: { left: 72, right: 14, top: 8, bottom: 70 },
    xAxis: axis("category", { data: stages, name: "stage", nameLocation: "middle", nameGap: 22, splitArea: { show: false } }),
    yAxis: axis("category", { data: networks, inverse: true, axisLabel: { color: colour("text") } }),
    visualMap: {
      min: 0, max: highest, calculable: false, orient: "horizontal", left: "center", bottom: 0, itemHeight: 160, itemWidth: 12,
      inRange: { color: VIRIDIS }, text: [`${label} ${write(highest)}`, write(0)], textStyle: { color: colour("quiet") },
    },
    tooltip: {
      ...commonTooltip(), trigger: "item",
      formatter: ({ dataIndex }) => makeTip(`network ${cells[dataIndex].network}, stage ${cells[dataIndex].stage}`,
        figures.map(([, name, of, text]) => [name, text(of(cells[dataIndex]))])),
    },
    series: [{
      type: "heatmap", name: label, itemStyle: { borderColor: colour("ground"), borderWidth: 1 },
      label: { show: true, fontSize: 11, formatter: ({ value }) => write(value[2]) },
      data: data.map((value) => ({ value, label: { color: value[2] > 0.55 * highest ? "#10151a" : "#ffffff" } })),
    }],
  };
}
