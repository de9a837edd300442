// The six cells of the desk: capitals, what a scanner or a paste brings (« PASSCULTURE:v3;TOKEN:K7M2QX » → K7M2QX),
// a live count, and the look-up as soon as six characters are there. Without script the button does the same.

const LENGTH = 6;
// A keyboard scanner types faster than anybody.
const SCANNER_MS = 40 * LENGTH;

let firstKeyAt = 0;
let wasScanned = false;

function clean(text) {
  return text
    .slice(text.lastIndexOf(":") + 1)
    .replace(/[\s-]/g, "")
    .toUpperCase();
}

// Same words as the server's (bookings/views/desk.py).
function remark(code) {
  if (code === "") return ["", "Saisissez une contremarque."];
  if (/[^0-9A-Z]/.test(code)) return ["bad", "Une contremarque n’a que des lettres (A à Z) et des chiffres."];
  const missing = LENGTH - code.length;
  if (missing < 0) return ["bad", `C’est trop long : 6 caractères, pas ${code.length}. Effacez ce qui dépasse.`];
  return ["", `Encore ${missing} caractère${missing > 1 ? "s" : ""} (${code.length}/6).`];
}

function show(form, state, text) {
  form.querySelector(".code-cells").dataset.state = state;
  const result = document.getElementById("desk-result");
  const line = result.querySelector("#code-state");
  line.dataset.state = state;
  line.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
  // The sheet of the code before must not stay under the one being typed.
  while (line.nextElementSibling) line.nextElementSibling.remove();
}

document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.matches?.(".code-input")) return;
  const code = clean(input.value);
  if (code !== input.value) input.value = code;
  if (code.length <= 1) firstKeyAt = performance.now();
  wasScanned = performance.now() - firstKeyAt < SCANNER_MS;
  const form = input.closest("[data-desk]");
  if (!form) return;
  if (code.length === LENGTH && /^[0-9A-Z]*$/.test(code)) form.requestSubmit();
  else show(form, ...remark(code));
});

document.addEventListener("htmx:afterSwap", (event) => {
  const result = document.getElementById("desk-result");
  const cells = document.querySelector("[data-desk] .code-cells");
  if (!result || !cells || event.detail.requestConfig?.elt?.closest("[data-desk]") === null) return;
  cells.dataset.state = result.dataset.state;
  // The next code replaces this one, whoever types it; a person may still mend a letter of a refused one.
  const input = cells.querySelector(".code-input");
  if (document.activeElement === input && (result.dataset.state === "found" || wasScanned)) input.select();
});

// Printing, wherever a page offers it.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
