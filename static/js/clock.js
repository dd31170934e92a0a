// Countdowns and the rehearsal clock, by the server's time.
import { beijingFull, each, serverNow, span } from "./dom.js";

const ticking = new Set();

function tick() {
  for (const paint of ticking) paint();
}

setInterval(tick, 1000);

function countdown(time) {
  const until = Date.parse(time.dateTime);
  const paint = () => {
    if (!time.isConnected) return void ticking.delete(paint);
    const left = until - serverNow();
    const text = left > 0 ? `还有 ${span(left)}` : time.dataset.over;
    if (time.textContent !== text) time.textContent = text;
    time.classList.toggle("urgent", left > 0 && left < 86400e3);
  };
  ticking.add(paint);
  paint();
}

function clock(time) {
  ticking.add(() => {
    time.textContent = beijingFull(serverNow());
  });
}

export function setup(scope) {
  each(scope, "[data-countdown]", countdown);
  each(scope, "[data-clock]", clock);
}
