// What all charts share: colours, axes, theme, size and print.

// Okabe and Ito's palette, which people with any colour vision can tell apart.
const PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999"];
const VIRIDIS = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"];

const allCharts = [];

const themeColours = new Map();  // of the theme that is shown

function colour(name) {
  if (!themeColours.has(name)) themeColours.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return themeColours.get(name);
}

// A chart below `parent` that is drawn again whenever the theme changes. `makeOption(chart)` gives the option of ECharts;
// `onReady(chart)` listens to what is drawn. Returns an object whose draw() takes the option anew.
function addChart(parent, { name, height, renderer = "svg", makeOption, onReady }) {
  const element = make("div", { class: "chart", role: "img", "aria-label": `Chart: ${name.replace("-", " ")}`, "data-chart": name });
  element.style.height = `${height}px`;
  parent.append(element);
  const chart = { element, instance: null, height };
  chart.draw = () => chart.instance.setOption({ ...commonOption(), ...makeOption(chart) }, true);
  chart.open = () => {
    const zoom = zoomOf(chart).map(({ start, end }) => ({ start, end }));
    chart.instance?.dispose();
    chart.instance = echarts.init(element, null, { renderer });
    onReady?.(chart.instance);
    chart.draw();
    changeZoom(chart, (one, i) => zoom[i]);
  };
  new ResizeObserver(() => resizeChart(chart)).observe(element);
  allCharts.push(chart);
  return chart;
}

function resizeChart(chart) {
  if (chart.instance && chart.instance.getWidth() !== chart.element.clientWidth) chart.instance.resize();
}

function zoomOf(chart) {
  return chart.instance?.getOption().dataZoom ?? [];
}

// change(zoom, index): what to set in each slider and its like.
function changeZoom(chart, change) {
  const zooms = zoomOf(chart);
  if (zooms.length > 0) chart.instance.setOption({ dataZoom: zooms.map((zoom, i) => ({ id: zoom.id, type: zoom.type, ...change(zoom, i) })) });
}

function openCharts() {
  for (const chart of allCharts) chart.open();
}

function commonOption() {
  return {
    animation: false,
    textStyle: { fontFamily: colour("figure"), color: colour("text"), fontSize: 12 },
    tooltip: commonTooltip(),
    aria: { enabled: false },
  };
}

function commonTooltip() {
  return {
    confine: true, backgroundColor: colour("raised"), borderColor: colour("line"), textStyle: { color: colour("text") },
    transitionDuration: 0, extraCssText: "box-shadow: 0 2px 10px rgba(0,0,0,.18)",
  };
}

function commonLegend(more = {}) {
  return {
    top: 0, left: 0, itemWidth: 12, itemHeight: 12, itemGap: 14, icon: "rect", textStyle: { color: colour("text") },
    inactiveColor: colour("line"), ...more,
  };
}

// An axis in the page's colours.
function axis(type, more = {}) {
  const { axisLabel, ...rest } = more;
  return {
    type,
    axisLine: { show: type !== "value", lineStyle: { color: colour("line") } },
    axisTick: { show: false },
    axisLabel: { color: colour("quiet"), hideOverlap: true, ...axisLabel },
    splitLine: { show: type !== "category", lineStyle: { color: colour("line"), opacity: 0.6 } },
    nameTextStyle: { color: colour("quiet") },
    ...rest,
  };
}

// Sliders below a chart; with Ctrl the wheel zooms, so that without it the page scrolls.
function zooms(axes, more = {}) {
  return [
    { type: "inside", xAxisIndex: axes, filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, ...more },
    {
      type: "slider", xAxisIndex: axes, filterMode: "none", height: 16, bottom: 4, showDetail: false, brushSelect: false,
      borderColor: colour("line"), fillerColor: "rgba(0,114,178,.18)", handleSize: "120%", showDataShadow: false, ...more,
    },
  ];
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  themeColours.clear();
  const button = document.getElementById("theme");
  if (button) button.textContent = theme === "dark" ? "Light" : "Dark";
}

// The switch and the system's wish.
function watchTheme() {
  const wish = matchMedia("(prefers-color-scheme: dark)");
  const button = make("button", {
    id: "theme", type: "button", "aria-label": "Switch between dark and light",
    click: () => changeTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
  });
  document.getElementById("sections").append(button);
  setTheme(wish.matches ? "dark" : "light");
  wish.addEventListener("change", () => changeTheme(wish.matches ? "dark" : "light"));
}

function changeTheme(theme) {
  setTheme(theme);
  openCharts();
}

// Paper is light and narrow, shows what is folded and has no sliders.
function watchPrint() {
  const paperWidth = "660px";
  let theme = null;
  const fit = (width, show) => {
    for (const chart of allCharts) {
      chart.element.style.width = width;
      chart.instance.resize();
      changeZoom(chart, ({ type }) => type === "slider" ? { show } : {});
      chart.instance.getZr().flush();
    }
  };
  addEventListener("beforeprint", () => {
    theme = document.documentElement.dataset.theme;
    for (const details of document.querySelectorAll("main details")) details.open = true;
    if (theme === "dark") changeTheme("light");
    fit(paperWidth, false);
  });
  addEventListener("afterprint", () => {
    fit("", true);
    if (theme === "dark") changeTheme("dark");
  });
}
