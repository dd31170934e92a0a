// Document images beside the data: zoom, rotate, move, by buttons, keyboard and pointer.
import { each, element } from "./dom.js";

const STEP = 1.25;

class Viewer {
  constructor(box) {
    this.box = box;
    this.stage = box.querySelector("[data-stage]");
    if (!this.stage) return;
    this.shown = box.querySelector("[data-view-zoom]");
    this.fit();
    box.addEventListener("click", (event) => this.clicked(event));
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener("pointerdown", (event) => this.grab(event));
  }

  fit() {
    this.zoom = 1;
    this.turn = this.x = this.y = 0;
    this.paint();
  }

  paint() {
    const image = this.stage.querySelector("[data-image]");
    if (this.shown) this.shown.textContent = image ? `${Math.round(this.zoom * 100)}%` : "";
    // A quarter turn swaps the sides: shrink so that the long side still fits.
    const swap = image && this.turn % 180 ? Math.min(1, this.stage.clientHeight / (image.clientWidth || 1), this.stage.clientWidth / (image.clientHeight || 1)) : 1;
    if (image) image.style.transform = `translate(${this.x}px, ${this.y}px) rotate(${this.turn}deg) scale(${this.zoom * swap})`;
  }

  act(name) {
    if (name === "fit") return this.fit();
    if (name === "in") this.zoom = Math.min(8, this.zoom * STEP);
    if (name === "out") this.zoom = Math.max(0.25, this.zoom / STEP);
    if (name === "left") this.turn -= 90;
    if (name === "right") this.turn += 90;
    this.paint();
  }

  clicked(event) {
    const tool = event.target.closest("[data-view]");
    if (tool) return this.act(tool.dataset.view);
    const link = event.target.closest("[data-document]");
    if (!link || link.dataset.kind !== "image" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    for (const other of this.box.querySelectorAll("[data-document]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    const label = link.firstChild.textContent.trim();
    this.stage.replaceChildren(element("img", { src: link.href, alt: label, "data-image": "", draggable: "false" }));
    const note = this.box.querySelector("[data-view-note]");
    if (note) note.textContent = link.dataset.note ?? "";
    this.fit();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const named = { "+": "in", "=": "in", "-": "out", "[": "left", "]": "right", 0: "fit" }[event.key];
    const moves = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (!named && !moves) return;
    event.preventDefault();
    if (named) return this.act(named);
    this.x += moves[0];
    this.y += moves[1];
    this.paint();
  }

  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.act(event.deltaY < 0 ? "in" : "out");
  }

  grab(event) {
    if (event.button || !event.target.closest("[data-image]")) return;
    event.preventDefault();
    this.stage.focus({ preventScroll: true });
    const from = { x: event.clientX - this.x, y: event.clientY - this.y };
    const move = (moved) => {
      this.x = moved.clientX - from.x;
      this.y = moved.clientY - from.y;
      this.paint();
    };
    const drop = () => {
      this.stage.classList.remove("dragging");
      window.removeEventListener("pointermove", move);
    };
    this.stage.classList.add("dragging");
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", drop, { once: true });
    window.addEventListener("pointercancel", drop, { once: true });
  }
}

function begin(box) {
  new Viewer(box);
}

export function setup(scope) {
  each(scope, "[data-viewer]", begin);
}
