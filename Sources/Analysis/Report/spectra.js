// The samples of all layers at the chosen pixel, as curves and as a table: spectra of scenes, and of pictures the
// brightness along the row.
class Spectra {
  constructor(view, frames, place) {
    [this.view, this.frames] = [view, frames];
    this.isScene = view.bands.length > 3 || view.hasTruth;
    const isShown = (layer) => layer.bands === view.bands.length && !(layer.role === "source" && view.hasTruth);
    this.profileLength = Math.min(121, view.width);
    this.layers = this.isScene ? view.layers.filter(isShown) : view.layers;
    this.title = make("h3");
    this.plot = make("div", { class: "drawing" });
    this.table = make("div", { class: "scroll" });
    const names = this.layers.map((layer) => layer.name);
    place.append(this.title, this.plot, legend(view, names), make("details", {}, make("summary", {}, "Numbers"), this.table));
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
    const drawing = this.isScene ? plot(view, bandAxis(view), view.unit, series, false) : this.profile(row);
    this.plot.replaceChildren(drawing);
    bringForward(view);
    const head = make("tr", {}, make("th", { scope: "col", class: "method" }, "Layer"), ...view.bands.map((band) => make("th", { scope: "col" }, band.name)));
    const rows = series.map(({ name, values }) => {
      // A grey picture beside colours has one number for all of them.
      const cells = values.map((value) => make("td", values.length < view.bands.length ? { colspan: view.bands.length } : {}, short(value)));
      return make("tr", {}, make("th", { scope: "row" }, name), ...cells);
    });
    this.table.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  // Brightness in some pixels of the row on both sides of the chosen one.
  profile(row) {
    const { view } = this;
    const [plane, length] = [view.width * view.height, this.profileLength];
    const first = clamp(this.frames.pixel[0] - (length >> 1), 0, view.width - length);
    const columns = Array.from({ length }, (_, index) => first + index);
    const series = this.layers.map((layer) => {
      const weights = layer.bands === 3 ? [0.299, 0.587, 0.114] : [1];
      const brightness = (column) => weights.reduce((sum, weight, band) => sum + weight * layer.values[band * plane + row * view.width + column], 0);
      return { name: layer.name, values: columns.map(brightness) };
    });
    const axis = { places: columns.map((column) => view.column + column), title: `column, in row ${view.row + row}`, chosen: view.column + this.frames.pixel[0] };
    return plot(view, axis, "Brightness", series, false);
  }
}
