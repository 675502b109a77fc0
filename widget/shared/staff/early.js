// Runs before the first paint, so that a chosen theme does not flash the other one. A classic script on purpose.
(() => {
  try {
    const theme = JSON.parse(localStorage.getItem("svardesk.staff.preferences") || "{}").theme;
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // storage is shut or holds nonsense: follow the system
  }
})();
