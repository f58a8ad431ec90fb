// Numbers as people read them. What is not known (null) is said so and is never 0.

const UNKNOWN = "unknown";

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

const decimalFormats = [0, 1, 2, 3, 4].map(
  (digits) => new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));

function decimals(value, digits = 0) {
  return isNumber(value) ? decimalFormats[digits].format(value) : UNKNOWN;
}

// [1.5, "MB"] of 1500000 and "B".
function scaled(value, unit) {
  const prefixes = ["", "k", "M", "G", "T", "P"];
  let power = 0;
  while (Math.abs(value) >= 1000 && power + 1 < prefixes.length) {
    value /= 1000;
    power += 1;
  }
  return [value, prefixes[power] + unit];
}

// Three significant digits with a prefix: "1.50 MB".
function short(value, unit = "") {
  if (!isNumber(value)) return UNKNOWN;
  const [number, scaledUnit] = scaled(value, unit);
  const digits = Number.isInteger(number) ? 0 : Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
  return `${decimals(number, digits)} ${scaledUnit}`.trim();
}

// Energies are kept in pJ.
function energy(pj) {
  if (!isNumber(pj)) return UNKNOWN;
  const units = [[1e12, "J"], [1e9, "mJ"], [1e6, "µJ"], [1e3, "nJ"], [1, "pJ"]];
  const [size, unit] = units.find(([least]) => Math.abs(pj) >= least) ?? units[4];
  return `${decimals(pj / size, 2)} ${unit}`;
}

// A label of an axis: no zeros behind the point, no unit at 0.
function tidy(text) {
  const short = text.replace(/\.0+(?=\D|$)/, "");
  return short.startsWith("0 ") ? "0" : short;
}

function percent(value, digits = 1) {
  return isNumber(value) ? `${decimals(value, digits)} %` : UNKNOWN;
}

// With its sign, as differences have it.
function signed(value, write) {
  if (!isNumber(value)) return UNKNOWN;
  if (value === 0) return "0";
  return (value > 0 ? "+" : "−") + write(Math.abs(value));
}

function share(part, whole) {
  return isNumber(part) && whole > 0 ? 100 * part / whole : null;
}

function total(values) {
  return values.reduce((sum, value) => sum + (isNumber(value) ? value : 0), 0);
}
