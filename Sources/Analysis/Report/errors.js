// Maps of each method's error: how far its samples are from the truth's, pixel by pixel, on one common scale.
const errorKinds = {
  rmse: {
    title: (view) => "RMSE over bands" + (view.unit ? `, ${view.unit}` : ""), unit: (view) => view.unit,
    map(truth, values, bands, plane) {
      return Float32Array.from({ length: plane }, (_, pixel) => {
        let sum = 0;
        for (let band = 0; band < bands; band++) sum += (values[band * plane + pixel] - truth[band * plane + pixel]) ** 2;
        return Math.sqrt(sum / bands);
      });
    },
  },
  sam: {
    title: () => "Spectral angle, degrees", unit: () => "°",
    map(truth, values, bands, plane) {
      return Float32Array.from({ length: plane }, (_, pixel) => {
        let [product, first, second] = [0, 0, 0];
        for (let index = pixel; index < bands * plane; index += plane) {
          product += truth[index] * values[index];
          first += truth[index] ** 2;
          second += values[index] ** 2;
        }
        return (Math.acos(clamp(product / Math.sqrt(first * second), -1, 1)) * 180) / Math.PI;
      });
    },
  },
};

// A number with its unit; degrees follow without a space.
function quantity(value, unit) { return unit === "°" ? `${short(value)}°` : `${short(value)} ${unit}`; }

class ErrorMaps {
  constructor(view, frames, place) {
    [this.view, this.frames] = [view, frames];
    this.truth = view.layers.find((layer) => layer.role === "truth");
    this.layers = view.layers.filter((layer) => layer.role === "method" && layer.bands === this.truth?.bands);
    if (!this.truth || this.layers.length === 0) return;
    this.kind = errorKinds[State.get(view.id, "error")] && this.truth.bands > 1 ? State.get(view.id, "error") : "rmse";
    const kinds = Object.entries(errorKinds).filter(([key]) => key !== "sam" || this.truth.bands > 1).map(([key, kind]) => [key, kind.title(view)]);
    const control = choice("Error", kinds, this.kind, (value) => {
      this.kind = value;
      State.set(view.id, "error", value);
      this.draw();
    });
    this.title = make("p", { class: "quiet" });
    this.limits = [make("span"), make("span")];
    this.scale = make("div", { class: "ramp", role: "img" });
    this.scale.style.background = rampGradient();
    const bar = make("div", { class: "bar" }, this.limits[0], this.scale, this.limits[1]);
    this.gallery = make("div", { class: "gallery" });
    place.append(make("h3", {}, "Error maps"), this.title, make("div", { class: "toolbar" }, control.label), bar, this.gallery);
    this.parts = this.layers.map((layer) => {
      const canvas = make("canvas", { width: view.width, height: view.height, role: "img" });
      const value = make("span", { class: "value" });
      const frame = make("div", { class: "frame" }, canvas);
      this.gallery.append(make("figure", {}, frame, make("figcaption", {}, make("span", { class: "name" }, layer.name), value)));
      frames.add(frame);
      frame.setAttribute("aria-label", `Error map of ${layer.name}`);
      return { layer, canvas, value };
    });
    this.draw();
  }

  draw() {
    const { view, truth } = this;
    const kind = errorKinds[this.kind];
    const plane = view.width * view.height;
    for (const part of this.parts) part.map = kind.map(truth.values, part.layer.values, truth.bands, plane);
    const all = this.parts.flatMap((part) => [...part.map].filter(Number.isFinite)).sort((a, b) => a - b);
    // A few outliers would leave the rest dark.
    const top = all[Math.floor(0.99 * (all.length - 1))] || 1;
    for (const { layer, canvas, map } of this.parts) {
      const context = canvas.getContext("2d");
      const image = context.createImageData(view.width, view.height);
      map.forEach((value, pixel) => {
        const color = Number.isFinite(value) ? ramp[Math.round(255 * Math.min(value / top, 1))] : [128, 128, 128];
        image.data.set([...color, 255], 4 * pixel);
      });
      context.putImageData(image, 0, 0);
      const known = [...map].filter(Number.isFinite);
      const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
      canvas.setAttribute("aria-label", `${kind.title(view)} of ${layer.name}, ${short(mean)} on average here`);
    }
    this.title.textContent = `${kind.title(view)}, against ${truth.name}. One scale for all methods, up to the 99th percentile. The numbers below are those of the marked pixel.`;
    [this.limits[0].textContent, this.limits[1].textContent] = ["0", `≥ ${quantity(top, kind.unit(view))}`];
    this.scale.setAttribute("aria-label", `Colour bar from 0, dark, to ${quantity(top, kind.unit(view))}, light`);
    this.pick();
  }

  pick() {
    if (!this.parts) return;
    const place = this.frames.pixel[1] * this.view.width + this.frames.pixel[0];
    for (const part of this.parts) part.value.textContent = quantity(part.map[place], errorKinds[this.kind].unit(this.view));
  }
}
