// What the page shows is kept in its address after the #, so that a link shows the same to others.
const failures = [];
function reportFailure(error) {
  failures.push(String(error));
  document.documentElement.dataset.failures = failures.join("\n");
}
addEventListener("error", (event) => reportFailure(event.message));
addEventListener("unhandledrejection", (event) => reportFailure(event.reason));

const State = {
  values: new URLSearchParams(location.hash.slice(1)),
  get(view, key) { return this.values.get(`${view}.${key}`); },
  // The numbers of a list such as 12,30; null where it is none.
  numbers(view, key, count) {
    const list = (this.get(view, key) ?? "").split(",").map(Number);
    return list.length === count && this.get(view, key) && list.every(Number.isFinite) ? list : null;
  },
  set(view, key, value) {
    this.values.set(`${view}.${key}`, value);
    for (const name of [...this.values.keys()]) if (!name.includes(".")) this.values.delete(name);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => history.replaceState(null, "", "#" + this.values), 200);
  },
};

// An element with attributes and children; text is never read as HTML.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

// A labelled list of choices, [[value, text], …].
function choice(label, options, value, changed) {
  const select = make("select");
  for (const [key, text] of options) select.append(make("option", { value: key }, text));
  select.value = value;
  select.addEventListener("change", () => changed(select.value));
  return { select, label: make("label", {}, label, select) };
}

function clamp(value, low, high) { return Math.min(Math.max(value, low), high); }

// A number with about four digits.
function short(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e7) return value.toExponential(3).replace("-", "−");
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3).replace("-", "−");
}
