// The samples of all layers at the chosen pixel, as curves and as a table.
class Spectra {
  constructor(view, frames, place) {
    [this.view, this.frames] = [view, frames];
    this.layers = view.layers.filter((layer) => layer.bands === view.bands.length && layer.values);
    this.title = make("h3");
    this.plot = make("div");
    this.table = make("div", { class: "scroll" });
    const layers = this.layers.filter((layer) => !(layer.role === "source" && view.hasTruth));
    this.layers = view.bands.length > 1 ? layers : this.layers;
    place.append(this.title);
    if (view.bands.length > 1) place.append(this.plot, legend(view, this.layers.map((layer) => layer.name)));
    place.append(make("details", view.bands.length > 1 ? {} : { open: "" }, make("summary", {}, "Numbers"), this.table));
    this.pick();
  }

  pick() {
    const { view } = this;
    const [column, row] = this.frames.pixel;
    const plane = view.width * view.height;
    const place = row * view.width + column;
    this.title.textContent = `Pixel in column ${view.column + column}, row ${view.row + row}`;
    const series = this.layers.map((layer) => ({
      name: layer.name, values: Array.from({ length: layer.bands }, (_, band) => layer.values[band * plane + place]),
    }));
    if (view.bands.length > 1) this.plot.replaceChildren(bandPlot(view, view.unit || "value", series, false));
    const head = make("tr", {}, make("th", { scope: "col", class: "method" }, "Layer"), ...view.bands.map((band) => make("th", { scope: "col" }, band.name)));
    const rows = series.map(({ name, values }) =>
      make("tr", {}, make("th", { scope: "row" }, name), ...values.map((value) => make("td", {}, short(value)))));
    this.table.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }
}
