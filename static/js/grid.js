// Score grid: arrow keys, paste from a spreadsheet, full-width digits, checks while typing, undo. The server checks everything again.
import { each, halfWidth, say } from "./dom.js";

const NUMBER = /^\d{1,3}(\.\d{1,2})?$/;

class Grid {
  constructor(form) {
    this.table = form.querySelector("table.grid");
    if (!this.table) return;
    this.status = form.querySelector("[data-grid-status]");
    this.words = (this.table.dataset.words ?? "").split(",").filter(Boolean);
    this.cells = [...this.table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("input")));
    this.past = [];
    for (const input of this.inputs()) input.dataset.saved = input.value;
    this.table.addEventListener("focusin", (event) => this.entered(event.target));
    this.table.addEventListener("input", (event) => event.isComposing || this.typed(event.target));
    this.table.addEventListener("compositionend", (event) => this.typed(event.target));
    this.table.addEventListener("change", (event) => this.changed(event.target));
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.table.addEventListener("paste", (event) => this.paste(event));
    form.addEventListener("autosaved", () => this.saved());
    this.count();
  }

  inputs() {
    return this.cells.flat().filter(Boolean);
  }

  place(input) {
    const row = this.cells.findIndex((cells) => cells.includes(input));
    return [row, row < 0 ? -1 : this.cells[row].indexOf(input)];
  }

  entered(input) {
    if (input.matches("input")) this.before = input.value;
  }

  typed(input) {
    const text = halfWidth(input.value).trim();
    if (text !== input.value) input.value = text;
    this.check(input);
    this.count();
  }

  changed(input) {
    if (input.value !== this.before) this.past.push([{ input, from: this.before ?? "", to: input.value }]);
    this.before = input.value;
  }

  fault(input) {
    const text = input.value;
    if (!text || this.words.includes(text)) return "";
    if (input.dataset.words) return input.dataset.words.split(",").includes(text) ? "" : "请填合格或不合格";
    if (!NUMBER.test(text)) return /^\d+\.\d{3,}$/.test(text) ? "最多两位小数" : "请填数字";
    return Number(text) > Number(input.dataset.max) ? `不能超过 ${input.dataset.max} 分` : "";
  }

  check(input) {
    const fault = this.fault(input);
    const place = document.getElementById(`${input.name}-error`);
    if (place) place.textContent = fault;
    if (fault) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", `${input.name}-error`);
    } else {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    input.classList.toggle("changed-cell", !fault && input.value !== input.dataset.saved);
    return !fault;
  }

  saved() {
    for (const input of this.inputs()) {
      input.dataset.saved = input.value;
      this.check(input);
    }
    this.count();
  }

  count(lead = "") {
    const all = this.inputs();
    const filled = all.filter((input) => input.value).length;
    const wrong = all.filter((input) => input.getAttribute("aria-invalid") === "true").length;
    const edited = all.filter((input) => input.value !== input.dataset.saved).length;
    const parts = [lead, `已填 ${filled} / ${all.length}`, edited && `${edited} 处未保存`, wrong && `${wrong} 处有误`];
    say(this.status, parts.filter(Boolean).join("，"), wrong ? "bad" : "");
  }

  go(row, column, by) {
    for (let at = row + by; at >= 0 && at < this.cells.length; at += by) {
      const input = this.cells[at][column];
      if (!input) continue;
      input.focus();
      return void input.select();
    }
  }

  aside(input, row, column, by) {
    const edge = by < 0 ? input.selectionStart === 0 : input.selectionEnd === input.value.length;
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const beside = by < 0 ? this.cells[row].slice(0, column) : this.cells[row].slice(column + 1);
    const next = beside.filter(Boolean).at(by < 0 ? -1 : 0);
    if (!next || !(edge || all)) return false;
    next.focus();
    next.select();
    return true;
  }

  key(event) {
    const input = event.target;
    const [row, column] = this.place(input);
    if (row < 0 || event.isComposing || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && input.value === this.before) {
      event.preventDefault();
      return this.undo();
    }
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey)) this.go(row, column, 1);
    else if (event.key === "ArrowUp" || event.key === "Enter") this.go(row, column, -1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      if (!this.aside(input, row, column, event.key === "ArrowLeft" ? -1 : 1)) return;
    } else return;
    event.preventDefault();
  }

  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const [row, column] = this.place(event.target);
    if (row < 0 || (lines.length === 1 && lines[0].length === 1)) return;
    event.preventDefault();
    const step = [];
    let outside = 0;
    lines.forEach((line, down) =>
      line.forEach((value, right) => {
        const input = this.cells[row + down]?.[column + right];
        if (!input) return void (outside += 1);
        step.push({ input, from: input.value, to: halfWidth(value).trim() });
      }),
    );
    this.write(step, "to");
    this.past.push(step);
    this.before = event.target.value;
    this.count(`已粘贴 ${step.length} 格${outside ? `，${outside} 格超出表格或已锁定，没有写入` : ""}`);
  }

  write(step, side) {
    for (const change of step) {
      change.input.value = change[side];
      this.check(change.input);
    }
    // What is set by script makes no event of its own: autosave has to hear of it.
    this.table.closest("form").dispatchEvent(new Event("change"));
  }

  undo() {
    const step = this.past.pop();
    if (!step) return;
    this.write(step, "from");
    step[0].input.focus();
    this.before = step[0].input.value;
    this.count(`已撤销 ${step.length} 格`);
  }
}

function begin(form) {
  new Grid(form);
}

export function setup(scope) {
  each(scope, "form[data-grid]", begin);
}
