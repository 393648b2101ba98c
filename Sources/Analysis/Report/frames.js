// Frames that show one part of their pictures, the same in all: drag, wheel, fingers or keys move it.
class Frames {
  constructor(view) {
    this.view = view;
    this.frames = [];
    [this.x, this.y, this.zoom] = State.numbers(view.id, "part", 3) ?? [0.5, 0.5, 1];
    this.pixel = State.numbers(view.id, "pixel", 2) ?? [view.width * 0.36, view.height * 0.62];
    this.pixel = [clamp(this.pixel[0] | 0, 0, view.width - 1), clamp(this.pixel[1] | 0, 0, view.height - 1)];
    this.picked = () => {};
    this.limit();
  }

  limit() {
    this.zoom = clamp(this.zoom, 1, Math.max(8, this.view.width / 12));
    const half = 0.5 / this.zoom;
    this.x = clamp(this.x, half, 1 - half);
    this.y = clamp(this.y, half, 1 - half);
  }

  add(frame) {
    frame.style.aspectRatio = `${this.view.width} / ${this.view.height}`;
    frame.tabIndex = 0;
    const cross = make("div", { class: "cross" });
    frame.append(cross);
    this.frames.push({ frame, cross });
    this.listen(frame);
    this.show();
  }

  show() {
    const [x, y, zoom] = [this.x, this.y, this.zoom];
    const home = [(this.pixel[0] + 0.5) / this.view.width, (this.pixel[1] + 0.5) / this.view.height];
    for (const { frame, cross } of this.frames) {
      frame.classList.toggle("near", zoom > 1);
      const transform = `translate(${(0.5 - x * zoom) * 100}%, ${(0.5 - y * zoom) * 100}%) scale(${zoom})`;
      for (const picture of frame.querySelectorAll("img, canvas")) picture.style.transform = transform;
      cross.style.left = `${((home[0] - x) * zoom + 0.5) * 100}%`;
      cross.style.top = `${((home[1] - y) * zoom + 0.5) * 100}%`;
      cross.style.setProperty("--home-x", `${home[0] * 100}%`);
      cross.style.setProperty("--home-y", `${home[1] * 100}%`);
    }
  }

  moved() {
    this.limit();
    this.show();
    State.set(this.view.id, "part", [this.x, this.y, this.zoom].map((value) => +value.toFixed(4)).join());
  }

  // Enlarges by a factor and keeps what is at a place of the frame (0…1) there.
  enlarge(factor, atX = 0.5, atY = 0.5) {
    const before = this.zoom;
    this.zoom = clamp(before * factor, 1, Math.max(8, this.view.width / 12));
    this.x += (atX - 0.5) * (1 / before - 1 / this.zoom);
    this.y += (atY - 0.5) * (1 / before - 1 / this.zoom);
    this.moved();
  }

  home() {
    this.zoom = 1;
    this.moved();
  }

  pick(column, row) {
    this.pixel = [clamp(Math.floor(column), 0, this.view.width - 1), clamp(Math.floor(row), 0, this.view.height - 1)];
    this.show();
    State.set(this.view.id, "pixel", this.pixel.join());
    this.picked();
  }

  listen(frame) {
    const fingers = new Map();
    let path = 0;
    const place = (event) => {
      const box = frame.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    frame.addEventListener("pointerdown", (event) => {
      if (event.target.closest(".line")) return;
      if (event.isPrimary) fingers.clear();
      path = event.isPrimary ? 0 : Infinity;
      fingers.set(event.pointerId, place(event));
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = place(event);
      const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      if (others.length > 0) {
        const distance = (at) => Math.hypot(at[0] - others[0][0], at[1] - others[0][1]);
        if (distance(before) > 0.01) this.enlarge(distance(now) / distance(before), (now[0] + others[0][0]) / 2, (now[1] + others[0][1]) / 2);
      } else {
        path += Math.hypot(event.movementX, event.movementY);
        if (path > 4) {
          this.x -= (now[0] - before[0]) / this.zoom;
          this.y -= (now[1] - before[1]) / this.zoom;
          this.moved();
        }
      }
      fingers.set(event.pointerId, now);
    });
    frame.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
    frame.addEventListener("pointerup", (event) => {
      if (!fingers.delete(event.pointerId) || path > 4) return;
      const [x, y] = place(event);
      this.pick(((x - 0.5) / this.zoom + this.x) * this.view.width, ((y - 0.5) / this.zoom + this.y) * this.view.height);
    });
    // A page that can't be scrolled past its pictures is no help: the wheel enlarges in a frame that was chosen.
    frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== frame) return;
      event.preventDefault();
      this.enlarge(Math.exp(-clamp(event.deltaY, -100, 100) / 300), ...place(event));
    }, { passive: false });
    frame.addEventListener("keydown", (event) => {
      const step = 0.1 / this.zoom;
      const [column, row] = this.pixel;
      const actions = {
        "+": () => this.enlarge(1.5), "=": () => this.enlarge(1.5), "-": () => this.enlarge(1 / 1.5), 0: () => this.home(),
        ArrowLeft: () => (event.shiftKey ? this.pick(column - 1, row) : ((this.x -= step), this.moved())),
        ArrowRight: () => (event.shiftKey ? this.pick(column + 1, row) : ((this.x += step), this.moved())),
        ArrowUp: () => (event.shiftKey ? this.pick(column, row - 1) : ((this.y -= step), this.moved())),
        ArrowDown: () => (event.shiftKey ? this.pick(column, row + 1) : ((this.y += step), this.moved())),
      };
      const isMove = event.key.startsWith("Arrow") && !event.shiftKey;
      if (!actions[event.key] || event.target !== frame || (isMove && this.zoom === 1)) return;
      event.preventDefault();
      actions[event.key]();
    });
  }
}
