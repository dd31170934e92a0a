// Runs before the first paint: marks that scripts run, and applies the chosen scheme (auto, light, dark).
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden; the system's scheme then applies.
  }
})();
