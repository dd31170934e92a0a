// Buttons that print the page. Without JavaScript they stay hidden: the browser's own menu prints too.
import { each } from "./dom.js";

const show = (button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
};

export const setup = (root) => each(root, "button[data-print]", show);
