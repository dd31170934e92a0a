// Ordered choices (志愿): up and down exchange the answers of two places. The places themselves keep their field names.
import { each } from "./dom.js";

const controls = (choice) => [...choice.querySelectorAll("select, input:not([type=hidden])")];

function exchange(one, other) {
  const [mine, theirs] = [controls(one), controls(other)];
  mine.forEach((control, index) => {
    const twin = theirs[index];
    if (!twin) return;
    if (control.type === "checkbox" || control.type === "radio") [control.checked, twin.checked] = [twin.checked, control.checked];
    else [control.value, twin.value] = [twin.value, control.value];
    control.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function choices(list) {
  const items = () => [...list.querySelectorAll(":scope > [data-choice]")];
  const edges = () =>
    items().forEach((item, index, all) => {
      item.querySelector("[data-choice-up]").disabled = index === 0;
      item.querySelector("[data-choice-down]").disabled = index === all.length - 1;
    });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choice-up], [data-choice-down]");
    if (!button) return;
    const all = items();
    const from = all.indexOf(button.closest("[data-choice]"));
    const to = from + ("choiceUp" in button.dataset ? -1 : 1);
    if (!all[to]) return;
    exchange(all[from], all[to]);
    all.forEach((item, index) => item.classList.toggle("moved", index === to));
    const same = all[to].querySelector("choiceUp" in button.dataset ? "[data-choice-up]" : "[data-choice-down]");
    (same.disabled ? all[to].querySelector("button:not([disabled])") : same)?.focus();
  });
  edges();
}

export function setup(scope) {
  each(scope, "[data-choices]", choices);
}
