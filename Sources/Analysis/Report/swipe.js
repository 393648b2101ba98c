// Two pictures of one part on top of each other, with a line between them that moves.
class Swipe {
  constructor(view, frames) {
    [this.view, this.frames] = [view, frames];
    const places = (role) => view.layers.map((layer, index) => (layer.role === role ? index : -1)).filter((index) => index >= 0);
    // At first the truth, or what looks most like it, and the method with most marks.
    const best = view.layers.findIndex((layer) => layer.role === "method" && layer.name === view.best);
    this.a = this.known("a", places("truth")[0] ?? places("source").at(-1) ?? 0);
    this.b = this.known("b", best >= 0 ? best : places("method").at(-1) ?? view.layers.length - 1);
    this.at = clamp(State.numbers(view.id, "swipe", 1)?.[0] ?? 0.5, 0, 1);
    this.below = make("img", { alt: "" });
    this.above = make("img", { alt: "" });
    this.tags = [make("span", { class: "tag a" }), make("span", { class: "tag b" })];
    const line = make("div", { class: "line" });
    this.frame = make("div", { class: "frame", role: "group" }, this.below, make("div", { class: "top" }, this.above), ...this.tags, line);
    this.slider = make("input", { class: "swipe", type: "range", min: 0, max: 100, "aria-label": "Where the line between A and B is" });
    this.slider.addEventListener("input", () => this.move(this.slider.value / 100));
    line.addEventListener("pointerdown", (event) => {
      line.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    line.addEventListener("pointermove", (event) => {
      if (!line.hasPointerCapture(event.pointerId)) return;
      const box = this.frame.getBoundingClientRect();
      this.move((event.clientX - box.left) / box.width);
    });
    const options = view.layers.map((layer, index) => [index, layer.name]);
    this.choices = ["a", "b"].map((side) => choice(side === "a" ? "A, left" : "B, right", options, this[side], (value) => this.choose(side, +value)));
    this.chosen = () => {};
    frames.add(this.frame);
    this.show();
    this.move(this.at, false);
  }

  known(side, fallback) {
    const index = State.numbers(this.view.id, side, 1)?.[0];
    return this.view.layers[index] ? index : fallback;
  }

  choose(side, index) {
    this[side] = index;
    State.set(this.view.id, side, index);
    this.show();
    this.chosen();
  }

  show() {
    const { layers } = this.view;
    [this.below.src, this.above.src] = [layers[this.a].address, layers[this.b].address];
    for (const [place, index] of [this.a, this.b].entries()) {
      this.tags[place].textContent = layers[index].name;
      this.choices[place].select.value = index;
    }
    this.frame.setAttribute("aria-label", `${layers[this.a].name} on the left, ${layers[this.b].name} on the right. Arrows move, plus and minus enlarge, Shift and arrows choose a pixel.`);
  }

  move(at, isKept = true) {
    this.at = clamp(at, 0, 1);
    this.frame.style.setProperty("--at", this.at);
    this.slider.value = Math.round(this.at * 100);
    if (isKept) State.set(this.view.id, "swipe", +this.at.toFixed(3));
  }
}
