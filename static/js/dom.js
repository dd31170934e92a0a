// Small shared pieces: set up each element once, server time, Chinese words for times, full-width digits.

const done = new WeakMap();

/** Calls `act` once for each element under `root` that matches, also after htmx has replaced a part of the page. */
export function each(root, selector, act) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  for (const element of found) {
    const seen = done.get(element) ?? new Set();
    if (seen.has(act)) continue;
    seen.add(act);
    done.set(element, seen);
    act(element);
  }
}

const said = Date.parse(document.documentElement.dataset.now ?? "");
const ahead = Number.isNaN(said) ? 0 : said - Date.now();

/** Milliseconds now by the server's clock, the rehearsal clock included. */
export const serverNow = () => Date.now() + ahead;

const pad = (number) => String(number).padStart(2, "0");
const beijingParts = (ms) => new Date(ms + 8 * 3600e3);

export function beijingTime(ms) {
  const local = beijingParts(ms);
  return `${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}`;
}

export function beijingFull(ms) {
  const d = beijingParts(ms);
  const day = `${d.getUTCFullYear()}年${d.getUTCMonth() + 1}月${d.getUTCDate()}日（星期${"日一二三四五六"[d.getUTCDay()]}）`;
  return `${day}${beijingTime(ms)}:${pad(d.getUTCSeconds())}`;
}

/** The same words as `wording.span` on the server. */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days) return `${days} 天 ${hours} 小时`;
  if (hours) return `${hours} 小时 ${minutes} 分`;
  return `${minutes} 分 ${pad(seconds % 60)} 秒`;
}

/** Full-width digits, letters and signs, as Chinese input methods give them, become ASCII; dots in their Chinese forms too. */
export function halfWidth(text) {
  return text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[。．]/g, ".").replace(/\u3000/g, " ");
}

export function csrfToken(form) {
  return form?.querySelector("[name=csrfmiddlewaretoken]")?.value ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function say(place, text, state = "") {
  if (!place) return;
  place.textContent = text;
  place.classList.remove("bad", "waiting", "refused");
  if (state) place.classList.add(state);
}

export function formatSize(bytes) {
  if (bytes < 1024) return `${bytes} 字节`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
