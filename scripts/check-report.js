// What check-report.py puts into a copy of a page of `sosa report`: watchErrors() runs before anything else, checkPage()
// after the page's own scripts. What was found becomes JSON in an element "report-check".
"use strict";

function watchErrors() {
  window.pageErrors = [];
  const note = (what) => window.pageErrors.push(String(what));
  addEventListener("error", (event) => note(event.message));
  addEventListener("unhandledrejection", (event) => note(event.reason));
  addEventListener("securitypolicyviolation", (event) => note(`${event.violatedDirective} ${event.blockedURI}`));
  for (const kind of ["error", "warn"]) console[kind] = (...words) => note(words.join(" "));
}

function checkPage() {
  const failures = [];
  const expect = (holds, what) => { if (!holds) failures.push(what); };
  const data = JSON.parse(document.getElementById("data").textContent);
  const charts = new Map([...document.querySelectorAll("[data-chart]")].map((element) => [element.dataset.chart, element]));
  for (const [name, element] of charts) checkChart(name, element, expect);
  if (data.runs.length === 1) checkRun(data.runs[0], charts, expect);
  checkTheme(charts, expect);
  for (const link of document.querySelectorAll("nav a, a.skip"))
    expect(document.querySelector(link.getAttribute("href")), `nothing at ${link.getAttribute("href")}`);
  expect(performance.getEntriesByType("resource").length === 0, "the page loaded something");
  expect(document.querySelectorAll("img, iframe, object, embed, link").length === 0, "the page has foreign elements");
  expect(document.scripts.length === 5, `${document.scripts.length} scripts instead of the page's 3 and the 2 of the check`);
  const found = { charts: [...charts.keys()], failures, errors: window.pageErrors };
  const pre = document.createElement("pre");
  pre.id = "report-check";
  pre.textContent = JSON.stringify(found);
  document.body.append(pre);
}

function chartOf(element) {
  const chart = echarts.getInstanceByDom(element);
  chart.getZr().flush();
  return chart;
}

function countColours(canvas) {
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(pixels).size;
}

function checkChart(name, element, expect) {
  const chart = chartOf(element);
  const series = chart.getOption().series;
  expect(series.length > 0 && series.every(({ data }) => data.length > 0), `${name}: a series without data`);
  const canvas = element.querySelector("canvas");
  const drawn = canvas ? countColours(canvas) : element.querySelectorAll("svg path").length;
  expect(drawn > 3, `${name}: nothing is drawn`);
  chart.dispatchAction({ type: "showTip", seriesIndex: series.length - 1, dataIndex: 0 });
  const tip = element.querySelector(".tip");
  if (name !== "occupancy") expect(tip && tip.textContent.length > 5, `${name}: no tooltip`);
  chart.dispatchAction({ type: "hideTip" });
}

function pointAt(element, x, y) {
  const box = element.getBoundingClientRect();
  const event = { clientX: box.left + x, clientY: box.top + y, bubbles: true, cancelable: true };
  const target = element.querySelector("canvas") ?? element;
  target.dispatchEvent(new MouseEvent("mousemove", event));
  return element.querySelector(".tip")?.textContent ?? "";
}

function zoomSpans(chart) {
  return chart.getOption().dataZoom.map(({ start, end }) => Math.round(end - start));
}

function checkMap(run, element, expect) {
  const chart = chartOf(element);
  const [x, y] = chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [0.5, 0.5]);
  const [layer, before] = run.occupancy[0];
  const told = pointAt(element, x, y);
  expect(told.includes("pod 0, slice 0"), `the map tells "${told}" of pod 0 in slice 0`);
  const name = before === 0 ? run.layers.layer[layer] : "no tile op";
  expect(told.startsWith(name), `the map tells "${told}" instead of ${name}`);
  const whole = zoomSpans(chart);
  const press = (key) => element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press("+");
  chart.getZr().flush();
  const near = zoomSpans(chart);
  expect(near.every((part, i) => part < whole[i] || run.summary.slices <= 4 || run.pods <= 4), `+ leaves the zoom at ${near}`);
  expect(/^In the middle: pod \d+, slice [\d,]+, ./.test(element.parentNode.querySelector("output").textContent), "no word of the middle");
  press("0");
  expect(String(zoomSpans(chart)) === String(whole), "0 does not show the whole run");
}

function cellsOf(table, key) {
  const heads = [...table.tHead.rows[0].cells];
  const at = heads.findIndex((head) => head.dataset.key === key);
  return { head: heads[at], texts: () => [...table.tBodies[0].rows].map((row) => row.cells[at].textContent) };
}

function checkSort(run, section, element, expect) {
  const table = section.querySelector(".scroll table");
  const names = cellsOf(table, "layer");
  const shown = Math.min(run.layers.layer.length, 1000);
  expect(String(names.texts()) === String(run.layers.layer.slice(0, shown)), "the table's names are not the layers'");
  const { head, texts } = cellsOf(table, "cycles");
  for (const [direction, sign] of [["descending", -1], ["ascending", 1]]) {
    head.querySelector("button").click();
    expect(head.getAttribute("aria-sort") === direction, `the head does not say ${direction}`);
    const wanted = [...run.layers.cycles].sort((a, b) => sign * (a - b));
    const numbers = texts().map((text) => Number(text.replaceAll(",", "")));
    expect(String(numbers) === String(wanted.slice(0, shown)), `cycles are not ${direction}`);
    expect(String(chartOf(element).getOption().series[0].data) === String(wanted), `the bars are not ${direction}`);
  }
}

function checkSearch(section, expect) {
  const input = section.querySelector("input");
  input.value = "dram LATENCY";
  input.dispatchEvent(new Event("input"));
  const keys = [...section.querySelectorAll("tbody tr td:first-child")].map((cell) => cell.textContent);
  expect(String(keys) === "dram.latency", `the search finds ${keys}`);
}

function checkRun(run, charts, expect) {
  const wanted = ["losses", "layers", "energy"];
  if (run.occupancy) wanted.push("occupancy");
  if (run.power) wanted.push("power");
  if (run.layers.loss_useful_pe_cycles) wanted.push("layer-losses", "roofline");
  if (Object.keys(run.networks.rows ?? {}).length > 0) wanted.push("networks");
  for (const name of wanted) expect(charts.has(name), `no chart ${name}`);
  if (run.occupancy) checkMap(run, charts.get("occupancy"), expect);
  checkSort(run, document.getElementById("layers"), charts.get("layers"), expect);
  checkSearch(document.getElementById("config"), expect);
}

function checkTheme(charts, expect) {
  const theme = () => document.documentElement.dataset.theme;
  const before = theme();
  document.getElementById("theme").click();
  expect(theme() !== before, "the theme does not change");
  for (const [name, element] of charts) expect(chartOf(element).getOption().series[0].data.length > 0, `${name}: empty in the other theme`);
  document.getElementById("theme").click();
  expect(theme() === before, "the theme does not change back");
}
