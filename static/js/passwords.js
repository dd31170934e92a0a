// What a new password must be like, ticked off while it is typed. The server judges; the same demands stand in words above the field.
import { each, element } from "./dom.js";

const HOLDS = { letter: /[A-Za-z]/, digit: /[0-9]/, special: /[!-/:-@[-`{-~]/ };

function met(demand, password) {
  const length = [...password].length;
  if (demand.test === "length") return length >= demand.low && length <= demand.high;
  if (demand.test === "plain") return length > 0 && /^[!-~]*$/.test(password);
  return HOLDS[demand.test].test(password) || (demand.free > 0 && length >= demand.free);
}

function tick(input) {
  const demands = JSON.parse(input.dataset.demands);
  const lines = demands.map((demand) => element("li", {}, demand.text, element("span", { class: "visually-hidden" })));
  const list = element("ul", { class: "demands", id: `${input.id}_demands` }, ...lines);
  const show = () => {
    list.hidden = !input.value;
    demands.forEach((demand, place) => {
      const done = met(demand, input.value);
      lines[place].classList.toggle("met", done);
      lines[place].lastChild.textContent = done ? "（已满足）" : "（未满足）";
    });
  };
  input.after(list);
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${list.id}`.trim());
  input.addEventListener("input", show);
  show();
}

export function setup(scope) {
  each(scope, "input[data-demands]", tick);
}
