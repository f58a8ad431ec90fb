// The effective configuration; what differs from the default is marked.

function addConfig(run) {
  const section = addSection("config", "Configuration", "Every key with the value that the run used; marked rows differ from the default.");
  const body = make("tbody");
  const rows = run.config.map(([key, value, standard, about]) => ({
    key, value, standard, about, kind: standard !== "" && value !== standard ? "changed" : "",
  }));
  const columns = [
    { key: "key", label: "Key", write: (key) => make("code", {}, key) }, { key: "value", label: "Value" },
    { key: "standard", label: "Default" }, { key: "about", label: "Meaning", kind: "about" },
  ];
  const find = (words) => {
    const wanted = words.toLowerCase().split(/\s+/);
    const found = rows.filter((row) => wanted.every((word) => `${row.key} ${row.value} ${row.about}`.toLowerCase().includes(word)));
    body.replaceChildren(...found.map((row) => makeRow(columns, row)));
  };
  const input = make("input", { type: "search", input: () => find(input.value) });
  section.append(make("div", { class: "tools" }, make("label", {}, "Search ", input)));
  const table = makeTable(columns, []);
  table.tBodies[0].replaceWith(body);
  section.append(make("div", { class: "wide" }, table));
  find("");
}
