// Tables, with columns {key, label, number, write, about}: `write` makes the text of a cell of the row's value.

const MOST_ROWS = 1000;

function makeCell(column, row) {
  const value = row[column.key];
  const text = column.write ? column.write(value, row) : value;
  const kind = column.number ? "number" : column.kind ?? "";
  return make("td", { class: kind }, text ?? UNKNOWN);
}

function makeRow(columns, row) {
  return make("tr", { class: row.kind }, ...columns.map((column) => makeCell(column, row)));
}

function makeTable(columns, rows) {
  const heads = columns.map((column) => make("th", { scope: "col", class: column.number ? "number" : "", title: column.about }, column.label));
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows.map((row) => makeRow(columns, row))));
}

// What is not known comes last either way.
function compareCells(a, b, down) {
  const known = (value) => value !== null && value !== undefined;
  if (!known(a) || !known(b)) return Number(known(b)) - Number(known(a));
  const order = isNumber(a) ? a - b : a < b ? -1 : a > b ? 1 : 0;
  return down ? -order : order;
}

// Its heads are buttons that sort, numbers from the largest. `onSort(rows)` learns the order.
function addSortableTable(parent, { caption, columns, rows, onSort }) {
  const body = make("tbody");
  const shown = make("caption");
  let by = null;
  let down = false;
  const fill = () => {
    const order = by ? [...rows].sort((a, b) => compareCells(a[by], b[by], down)) : rows;
    body.replaceChildren(...order.slice(0, MOST_ROWS).map((row) => makeRow(columns, row)));
    const cut = rows.length > MOST_ROWS ? ` The first ${decimals(MOST_ROWS)} of ${decimals(rows.length)} in this order.` : "";
    shown.textContent = caption + cut;
    onSort?.(order);
  };
  const heads = columns.map((column) => {
    const sort = () => {
      down = by === column.key ? !down : Boolean(column.number);
      by = column.key;
      for (const head of heads) head.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      fill();
    };
    const head = make("th", { scope: "col", class: column.number ? "number" : "", title: column.about, "data-key": column.key },
      make("button", { type: "button", click: sort }, column.label));
    return head;
  });
  parent.append(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    make("table", {}, shown, make("thead", {}, make("tr", {}, ...heads)), body)));
  fill();
}
