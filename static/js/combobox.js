// Type-ahead on input[data-combobox-url], by the ARIA combobox pattern. Characters or pinyin; the server does the matching.
import { each, element } from "./dom.js";

const WAIT = 200;
let count = 0;

class Combobox {
  constructor(input) {
    this.input = input;
    this.options = [];
    this.active = -1;
    this.code = input.dataset.comboboxCode ? input.form?.elements.namedItem(input.dataset.comboboxCode) : null;
    this.list = element("ul", { class: "combobox-list", role: "listbox", id: `combobox-${++count}`, hidden: "", "aria-label": "可选项" });
    this.note = element("p", { class: "visually-hidden", role: "status" });
    (input.closest(".combobox") ?? input.parentElement).append(this.list, this.note);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) input.setAttribute(name, value);
    input.addEventListener("input", (event) => event.isComposing || this.typed());
    input.addEventListener("compositionend", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.left());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.pick(Number(option.dataset.index));
    });
  }

  typed() {
    if (this.code) this.code.value = "";
    clearTimeout(this.timer);
    if (!this.input.value.trim()) return this.close();
    this.timer = setTimeout(() => this.look(), WAIT);
  }

  async look() {
    this.asking?.abort();
    this.asking = new AbortController();
    const url = new URL(this.input.dataset.comboboxUrl, location.href);
    url.searchParams.set("q", this.input.value.trim());
    try {
      const response = await fetch(url, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.statusText);
      this.show((await response.json()).results);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.close();
      this.note.textContent = "暂时查不到名单，可直接输入全称";
    }
  }

  show(results) {
    this.options = results;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    const other = this.input.dataset.allowOther ? "没有找到，可按所填全称提交" : "没有找到，请换一个词再试";
    const items = results.map((result, index) =>
      element("li", { class: "combobox-option", role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false", "data-index": index }, element("span", {}, result.label), ...(result.hint ? [element("small", {}, result.hint)] : [])),
    );
    if (!items.length) items.push(element("li", { class: "combobox-empty", role: "option", "aria-disabled": "true", "aria-selected": "false" }, other));
    this.list.replaceChildren(...items);
    this.note.textContent = results.length ? `${results.length} 项，用上下键选择` : other;
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.list.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  mark(index) {
    const count = this.options.length;
    if (!count) return;
    this.active = (index + count) % count;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.active)));
    const item = this.list.children[this.active];
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void this.look();
      this.mark(event.key === "ArrowDown" ? this.active + 1 : Math.max(this.active, 0) - 1);
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.pick(this.active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
    }
  }

  pick(index) {
    const chosen = this.options[index];
    if (!chosen) return;
    this.input.value = chosen.label;
    if (this.code) this.code.value = chosen.value;
    this.close();
    this.note.textContent = `已选 ${chosen.label}`;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  left() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const exact = this.options.findIndex((option) => option.label === this.input.value.trim());
    if (exact >= 0 && this.code && !this.code.value) this.pick(exact);
    this.close();
  }
}

function begin(input) {
  new Combobox(input);
}

export function setup(scope) {
  each(scope, "input[data-combobox-url]", begin);
}
