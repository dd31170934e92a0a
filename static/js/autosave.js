// Saves a form as it is typed. What could not be sent stays in this tab's storage and is sent when the connection is back.
import { beijingTime, csrfToken, each, say, serverNow } from "./dom.js";

const WAIT = 1500;
const RETRY = [5, 10, 20, 40, 60];
const NEVER_KEPT = new Set(["csrfmiddlewaretoken"]);

class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.key = `draft:${location.pathname}:${form.id}`;
    this.status = document.querySelector(`[data-autosave-status="${form.id}"]`) ?? form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
    this.dirty = this.busy = this.stopped = false;
    this.failures = 0;
    form.addEventListener("input", (event) => this.touch(event));
    form.addEventListener("change", (event) => this.touch(event));
    form.addEventListener("submit", (event) => this.leaving(event));
    window.addEventListener("online", () => this.dirty && this.save());
    window.addEventListener("pagehide", () => this.dirty && !this.stopped && this.send(true).catch(() => this.keep()));
    this.restore();
  }

  touch(event) {
    if (this.stopped || event.target.type === "file") return;
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  entries() {
    const secret = new Set([...this.form.querySelectorAll("input[type=password]")].map((input) => input.name));
    return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !secret.has(name));
  }

  send(keepalive = false) {
    const headers = { "X-CSRFToken": csrfToken(this.form), "X-Autosave": "1", Accept: "application/json" };
    return fetch(this.url, { method: "POST", body: new URLSearchParams(this.entries()), headers, credentials: "same-origin", keepalive });
  }

  async save() {
    if (this.busy || this.stopped) return;
    this.busy = true;
    this.dirty = false;
    try {
      await this.judge(await this.send());
    } catch {
      this.later("网络中断，内容已暂存在本机，联网后自动保存");
    }
    this.busy = false;
    if (this.dirty && !this.failures) this.touch({ target: this.form });
  }

  async judge(response) {
    const isJson = response.headers.get("content-type")?.includes("json");
    const answer = isJson ? await response.json() : {};
    if (response.redirected || response.status === 401 || response.status === 403) {
      this.keep();
      this.stopped = true;
      say(this.status, "登录已失效，内容已暂存在本机；请在本页签重新登录，回到这一页会自动恢复", "refused");
    } else if (response.status >= 500 || response.status === 429) {
      this.later("暂时没有保存成功，内容已暂存在本机，稍后自动重试");
    } else if (!response.ok || answer.message) {
      this.stopped = response.status === 409;
      say(this.status, answer.message ?? "没有保存成功，请点“保存”查看原因", "refused");
    } else {
      this.saved(answer);
    }
  }

  saved(answer) {
    this.failures = 0;
    this.forget();
    const version = this.form.elements.namedItem("version");
    if (answer.version !== undefined && version) version.value = answer.version;
    if (!this.dirty) this.form.dispatchEvent(new CustomEvent("autosaved"));
    const at = answer.saved_at ? Date.parse(answer.saved_at) : serverNow();
    say(this.status, `${beijingTime(at)} 已自动保存`);
  }

  later(words) {
    this.dirty = true;
    this.keep();
    say(this.status, words, "waiting");
    const seconds = RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), seconds * 1000);
  }

  leaving(event) {
    clearTimeout(this.timer);
    if (event.defaultPrevented) return;
    if (navigator.onLine) {
      this.dirty = false;
      this.forget();
      return;
    }
    // Sending now would lose the page to the browser's error screen.
    event.preventDefault();
    event.stopImmediatePropagation();
    this.later("没有网络，内容已暂存在本机；联网后会自动保存，届时请再点一次");
  }

  keep() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.entries().filter(([name]) => !NEVER_KEPT.has(name))));
    } catch {
      // No storage: the form itself still holds what was typed.
    }
  }

  forget() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }

  restore() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(this.key));
    } catch {
      return;
    }
    if (!kept) return;
    const values = new Map();
    for (const [name, value] of kept) values.set(name, [...(values.get(name) ?? []), value]);
    for (const control of this.form.elements) {
      if (!control.name || control.name === "version" || NEVER_KEPT.has(control.name) || control.type === "file") continue;
      const given = values.get(control.name);
      if (control.type === "checkbox" || control.type === "radio") control.checked = given?.includes(control.value) ?? false;
      else if (given) control.value = given.shift() ?? control.value;
    }
    say(this.status, "已恢复上次没有保存成功的内容", "waiting");
    this.save();
  }
}

export function setup(scope) {
  each(scope, "form[data-autosave-url]", begin);
}

function begin(form) {
  new Draft(form);
}
