// Drawings of curves: one for each method, told apart by colour, dashes and marks.
const dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 4", "1 4", "7 3 2 3 2 3"];
const marks = [
  (x, y) => `M${x - 3.5},${y}a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0`, (x, y) => `M${x - 3.2},${y - 3.2}h6.4v6.4h-6.4z`,
  (x, y) => `M${x},${y - 4}l4,7h-8z`, (x, y) => `M${x},${y - 4.5}l4,4.5l-4,4.5l-4,-4.5z`,
  (x, y) => `M${x},${y + 4}l4,-7h-8z`, (x, y) => `M${x - 4},${y}h8M${x},${y - 4}v8`, (x, y) => `M${x - 3},${y - 3}l6,6M${x - 3},${y + 3}l6,-6`,
  (x, y) => `M${x - 3.5},${y}h7`,
  // Those of sources are hollow.
  (x, y) => `M${x - 3.5},${y}a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0`, (x, y) => `M${x - 3.2},${y - 3.2}h6.4v6.4h-6.4z`,
];

// Marks on more places than this would hide the curve; then only some places get one.
const mostMarks = 40;
const someMarks = 7;

function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// The style of a series: the truth is drawn as text is, sources are quiet, methods get a colour each.
function seriesStyle(view, name) {
  const layer = view.layers.find((each) => each.name === name);
  if (layer?.role === "truth") return { color: "var(--ink)", dash: "", mark: 0, width: 3 };
  if (layer?.role === "source") {
    // The second one is what is added to the first: darker, and drawn through.
    const isFirst = view.layers.find((each) => each.role === "source") === layer;
    return { color: isFirst ? "var(--quiet)" : "var(--ink)", dash: isFirst ? "3 4" : "", mark: isFirst ? 8 : 9, width: isFirst ? 2 : 1.2 };
  }
  const place = Math.max(0, view.methods.indexOf(name));
  return { color: `var(--series${place % 8})`, dash: dashes[(place + (place >> 3)) % 8], mark: (place + (place >> 3)) % 8, width: 1.8 };
}

// A curve with marks: at each place, or at some that differ from curve to curve.
function curve(points, style, shift = 0) {
  const known = points.filter(([, y]) => Number.isFinite(y));
  const line = known.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`).join("");
  const group = draw("g", { fill: "none", stroke: style.color, "stroke-linecap": "round", "stroke-linejoin": "round" });
  group.append(draw("path", { d: line, "stroke-width": style.width, "stroke-dasharray": style.dash }));
  const step = points.length > mostMarks ? Math.ceil(points.length / someMarks) : 1;
  const marked = points.filter(([, y], index) => Number.isFinite(y) && index % step === Math.floor(shift * step));
  const symbols = marked.map(([x, y]) => marks[style.mark](+x.toFixed(1), +y.toFixed(1))).join("");
  group.append(draw("path", { d: symbols, "stroke-width": 1.5, fill: style.mark < 5 ? style.color : "none" }));
  return group;
}

// What tells the series apart. A click on a name brings its curves forward, in all plots of the view.
function legend(view, names) {
  return make("ul", { class: "key" }, ...names.map((name) => {
    const sample = draw("svg", { viewBox: "0 0 46 12", "aria-hidden": "true" });
    const style = seriesStyle(view, name);
    sample.append(curve([[1, 6], [23, 6], [45, 6]], style));
    // One mark, in the middle.
    sample.firstChild.lastChild.setAttribute("d", marks[style.mark](23, 6));
    const button = make("button", { type: "button", title: `Bring ${name} forward`, "data-series": name }, sample, make("span", {}, name));
    button.addEventListener("click", () => {
      view.forward = view.forward === name ? undefined : name;
      bringForward(view);
    });
    return make("li", {}, button);
  }));
}

// Dims every curve but those of the chosen series, which lie on top.
function bringForward(view) {
  const section = document.getElementById(view.id);
  for (const button of section.querySelectorAll(".key button")) button.setAttribute("aria-pressed", button.dataset.series === view.forward);
  for (const plot of section.querySelectorAll("svg.plot")) plot.classList.toggle("chosen", view.forward !== undefined);
  for (const group of section.querySelectorAll("svg.plot g[data-series]")) {
    const isForward = group.dataset.series === view.forward;
    group.classList.toggle("forward", isForward);
    if (isForward) group.parentNode.append(group);
  }
}

// Numbers at equal steps of 1, 2 or 5 times a power of ten.
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const result = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) result.push(+value.toPrecision(12));
  return { result, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

// An axis of bands: by wavelength where that is known, by number else. Names of few bands, numbers of many.
function bandAxis(view) {
  const waves = view.bands.map((band) => band.wavelength);
  const hasWaves = waves.every(Number.isFinite) && new Set(waves).size === waves.length;
  const places = hasWaves ? waves : waves.map((_, index) => index + 1);
  if (view.bands.length > 16) return { places, title: hasWaves ? "wavelength in nm" : "band" };
  return { places, names: view.bands.map((band) => band.name), title: hasWaves ? "band, by wavelength" : "band" };
}

// Parts of a text, some of them raised or lowered, as in the tables: [[text, "" or "_" or "^"], …].
function written(parts) {
  let back = 0;
  return parts.map(([text, mark]) => {
    const shift = mark === "_" ? 3 : mark === "^" ? -4 : 0;
    const part = draw("tspan", { dy: shift - back, ...(mark ? { "font-size": "75%" } : {}) });
    part.textContent = text;
    back = shift;
    return part;
  });
}

// A plot of values at the places of an axis; series: [{ name, values }]; title: a text, or the parts of one.
function plot(view, axis, title, series, isFromZero) {
  const [width, height, left, right, top, bottom] = [440, 270, 52, 12, 30, 62];
  const svg = draw("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img" });
  const words = typeof title === "string" ? [[title, ""]] : title;
  svg.append(draw("title", {}, `${words.map(([text]) => text).join(" ")} by ${axis.title}`));
  const all = series.flatMap((each) => [...each.values]).filter(Number.isFinite);
  svg.append(draw("text", { x: left - 40, y: 14, class: "title" }, ...written(words)));
  if (all.length === 0) return svg;
  let [low, high] = [isFromZero ? Math.min(0, ...all) : Math.min(...all), Math.max(...all)];
  if (high === low) [low, high] = [low - 0.5, high + 0.5];
  if (!isFromZero) low -= 0.06 * (high - low);
  high += 0.06 * (high - low);
  const { places } = axis;
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const margin = 12;
  const x = (place) => (last === first ? (left + width - right) / 2 : left + margin + ((place - first) / (last - first)) * (width - left - right - 2 * margin));
  const y = (value) => height - bottom - ((value - low) / (high - low)) * (height - top - bottom);
  const scale = ticks(low, high, 5);
  for (const value of scale.result) {
    svg.append(draw("path", { class: "axis", d: `M${left},${y(value)}H${width - right}` }));
    const text = draw("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" });
    text.textContent = (Math.abs(value) < 1e7 ? value.toFixed(scale.digits) : value.toExponential(1)).replace("-", "−");
    svg.append(text);
  }
  drawAxis(svg, axis, { bottom: height - bottom, left, width, x, range: [first, last] });
  const order = places.map((_, index) => index).sort((a, b) => places[a] - places[b]);
  if (axis.chosen !== undefined) svg.append(draw("path", { class: "here", d: `M${x(axis.chosen).toFixed(1)},${top - 6}V${height - bottom}` }));
  for (const [index, { name, values }] of series.entries()) {
    const group = curve(order.map((band) => [x(places[band]), y(values[band])]), seriesStyle(view, name), index / series.length);
    group.dataset.series = name;
    svg.append(group);
  }
  return svg;
}

// Names, slanted where there is no room, or numbers.
function drawAxis(svg, axis, { bottom, left, width, x, range }) {
  svg.append(draw("path", { class: "axis", d: `M${left},${bottom}H${width - 12}` }));
  const label = (at, text, isSlanted) => {
    const element = draw("text", isSlanted
      ? { transform: `translate(${at + 4},${bottom + 14}) rotate(-35)`, "text-anchor": "end" }
      : { x: at, y: bottom + 17, "text-anchor": "middle" });
    element.textContent = text;
    svg.append(element);
  };
  const isSlanted = axis.names?.length > 5;
  if (axis.names) axis.names.forEach((name, index) => label(x(axis.places[index]), name, isSlanted));
  else for (const value of ticks(range[0], range[1], 6).result) label(x(value), value, false);
  const text = draw("text", { x: (left + width) / 2, y: bottom + (isSlanted ? 58 : 38), "text-anchor": "middle" });
  text.textContent = axis.title;
  svg.append(text);
}
