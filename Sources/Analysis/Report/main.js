// Brings one protocol's pictures to life.
async function start(view) {
  const section = document.getElementById(view.id);
  const figures = [...section.querySelectorAll(".gallery.pictures figure")];
  view.methods = view.layers.filter((layer) => layer.role === "method").map((layer) => layer.name);
  view.hasTruth = view.layers.some((layer) => layer.role === "truth");
  for (const [index, layer] of view.layers.entries()) {
    layer.image = figures[index].querySelector("img");
    layer.original = layer.address = layer.image.src;
    layer.values = await samples(view, layer);
  }
  // The method with most marks, over all parts of the table.
  const marks = new Map();
  for (const row of section.querySelectorAll("table.results tbody tr")) {
    const name = row.cells[0].textContent;
    marks.set(name, (marks.get(name) ?? 0) + row.querySelectorAll("td.best").length);
  }
  const most = Math.max(...marks.values());
  view.best = [...marks].find(([, count]) => count === most && most > 0)?.[0];
  const frames = new Frames(view);
  const swipe = new Swipe(view, frames);
  const closer = section.querySelector(".closer");
  closer.hidden = false;
  const tools = section.querySelector(".tools");
  tools.append(...swipe.choices.map((each) => each.label));
  const colours = [...view.compositions.map((each) => each.name), ...view.bands.map((_, index) => `band ${index + 1}`)];
  if (view.bands.length > 1) tools.append(colourChoice(view, swipe, colours).label);
  for (const [text, title, action] of [["−", "Make smaller", () => frames.enlarge(1 / 1.5)], ["+", "Enlarge", () => frames.enlarge(1.5)], ["Whole", "Show the whole part", () => frames.home()]]) {
    const button = make("button", { type: "button", title, "aria-label": title }, text);
    button.addEventListener("click", action);
    tools.append(button);
  }
  closer.querySelector(".swipe-part").append(swipe.frame, swipe.slider, make("p", { class: "quiet hint" },
    "Drag the line or the slider; drag, wheel (after a click, or with Ctrl) or pinch to move and enlarge all pictures together; click a pixel for its numbers."));
  for (const [index, figure] of figures.entries()) {
    const frame = figure.querySelector(".frame");
    frames.add(frame);
    for (const side of ["a", "b"]) {
      const button = make("button", { type: "button", "data-side": side, title: `Show as ${side.toUpperCase()}`, "aria-label": `Show ${view.layers[index].name} as ${side.toUpperCase()}` }, side.toUpperCase());
      button.addEventListener("click", () => swipe.choose(side, index));
      figure.querySelector("figcaption").append(button);
    }
  }
  swipe.chosen = () => {
    for (const [index, figure] of figures.entries()) {
      for (const button of figure.querySelectorAll("button")) button.setAttribute("aria-pressed", swipe[button.dataset.side] === index);
    }
  };
  swipe.chosen();
  const spectra = new Spectra(view, frames, closer.querySelector(".spectrum"));
  const errors = new ErrorMaps(view, frames, section.querySelector(".errors"));
  frames.picked = () => {
    spectra.pick();
    errors.pick();
  };
  bandPlots(view, section.querySelector(".bands"));
}

// Which bands are shown; all layers of as many bands as the fused images follow.
function colourChoice(view, swipe, names) {
  const show = (name) => {
    const composition = view.compositions.find((each) => each.name === name);
    const isOriginal = view.compositions[0]?.name === name;
    const bands = composition?.bands ?? [names.indexOf(name) - view.compositions.length];
    for (const layer of view.layers) {
      const isShown = layer.bands === view.bands.length;
      layer.address = isOriginal || !isShown ? layer.original : picture(view, layer, bands);
      layer.image.src = layer.address;
    }
    swipe.show();
  };
  const options = names.map((name, index) => [name, view.bands[index - view.compositions.length]?.name ?? name]);
  const known = State.get(view.id, "show");
  const first = names.includes(known) ? known : names[0];
  if (first !== names[0]) show(first);
  return choice("Bands", options, first, (name) => {
    State.set(view.id, "show", name);
    show(name);
  });
}

// One plot for each index that is known band by band.
function bandPlots(view, place) {
  const metrics = view.bandMetrics.filter((metric) => view.methods.some((name) => view.bandValues[name]?.[metric.name]?.length > 1));
  if (metrics.length === 0) return;
  const plots = metrics.map((metric) => {
    const series = view.methods.filter((name) => view.bandValues[name]?.[metric.name])
      .map((name) => ({ name, values: view.bandValues[name][metric.name].map(Number) }));
    const unit = metric.unit ? `, ${metric.unit}` : "";
    const title = [...view.bandLabels[metric.name], [`${unit} ${metric.higherIsBetter ? "↑" : "↓"}`, ""]];
    return plot(view, bandAxis(view), title, series, !metric.higherIsBetter);
  });
  place.append(make("h3", {}, "Band by band"), make("div", { class: "plots" }, ...plots), legend(view, view.methods));
}

const views = JSON.parse(document.getElementById("data").textContent);
for (const table of document.querySelectorAll("table.results")) sortable(table);
for (const place of document.querySelectorAll(".scroll")) hinted(place);
(async () => {
  for (const view of views) await start(view);
  document.documentElement.dataset.ready = "true";
})().catch(reportFailure);
