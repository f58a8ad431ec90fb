// Elements are made here and only here; text enters the page as text, never as HTML.

// make("td", { class: "number" }, "12", element, ...): an attribute that is a function listens to that event.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

// A section of the page and its link. Returns the element to fill.
function addSection(id, title, about) {
  const heading = make("h2", { id: `${id}-title` }, title);
  const section = make("section", { id, "aria-labelledby": `${id}-title` }, heading);
  if (about) section.append(make("p", { class: "quiet" }, about));
  document.getElementById("content").append(section);
  const links = document.getElementById("sections");
  links.insertBefore(make("a", { href: `#${id}` }, title), links.querySelector("button"));
  return section;
}

// What stands in a section whose file the run's folder lacks.
function addMissing(section, run, file) {
  section.append(make("div", { class: "missing" }, make("p", {},
    "The folder has no ", make("code", {}, file), ", which runs of this version leave behind. To get it, run again: ",
    make("code", {}, rerunCommand(run)))));
}

function rerunCommand(run) {
  const words = ["sosa run", "--config", `${run.folder}/effective_config.json`, "--workload", run.summary.workload];
  return [...words, "--out", run.folder].map((word) => /^[\w./ -]+$/.test(word) ? word : `'${word}'`).join(" ");
}

// A labelled choice: options are [value, text].
function makeSelect(label, options, onChange) {
  const select = make("select", { change: () => onChange(select.value) },
    ...options.map(([value, text]) => make("option", { value }, text)));
  return make("label", {}, `${label} `, select);
}

// The content of a tooltip: a title, quiet lines and rows of [label, value, colour].
function makeTip(title, rows, lines = []) {
  const body = make("table", {}, ...rows.map(([label, value, colour]) => make("tr", {},
    make("td", {}, colour ? makeSwatch(colour) : undefined, label), make("td", {}, value))));
  return make("div", { class: "tip" }, make("strong", {}, title), ...lines.map((line) => make("div", {}, line)), body);
}

function makeSwatch(colour) {
  const swatch = make("span", { class: "swatch" });
  swatch.style.background = colour;
  return swatch;
}
