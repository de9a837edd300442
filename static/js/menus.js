// Menus are <details> and the phone menu opens by its address (#menu); this adds what people expect:
// Escape closes, a click elsewhere closes, focus follows, folded groups are remembered.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    if (menu.hasAttribute("data-stay")) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (location.hash === "#menu" || location.hash === "#filtres") {
    const opener = document.querySelector(`[href="${location.hash}"]`);
    location.hash = "#contenu";
    opener?.focus();
  }
});

window.addEventListener("hashchange", () => {
  if (location.hash === "#menu") document.querySelector("#menu a")?.focus();
});

// The current tab of a long row is never out of sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  tab.scrollIntoView({ block: "nearest", inline: "center" });
}

for (const group of document.querySelectorAll("details[data-remember]")) {
  const key = group.dataset.remember;
  // The group that holds the current page stays open.
  if (localStorage.getItem(key) === "folded" && !group.querySelector("[aria-current]")) group.open = false;
  group.addEventListener("toggle", () => localStorage.setItem(key, group.open ? "open" : "folded"));
}
