// Runs before the first paint: says that scripts run, and sets the theme this visitor chose, if it is not the device's.
(() => {
  document.documentElement.classList.add("js");
  let theme = "";
  try { theme = localStorage.getItem("theme") || ""; } catch { /* storage is closed: the device decides */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
