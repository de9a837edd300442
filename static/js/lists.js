// Tables drawn as cards on narrow screens lose their meaning for some readers: say the roles in full.

const ROLES = {
  TABLE: "table",
  THEAD: "rowgroup",
  TBODY: "rowgroup",
  TFOOT: "rowgroup",
  TR: "row",
  TD: "cell",
};

function roleOf(element) {
  if (element.tagName !== "TH") return ROLES[element.tagName];
  return element.scope === "row" || element.scope === "rowgroup" ? "rowheader" : "columnheader";
}

function describe(root) {
  for (const table of root.querySelectorAll("table.table-stack")) {
    for (const element of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, th, td")]) {
      element.setAttribute("role", roleOf(element));
    }
  }
}

describe(document);
document.addEventListener("htmx:afterSwap", () => describe(document));
