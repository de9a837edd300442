// The six cells of the desk: capitals, and what a scanner or a paste brings (« PASSPRO:TOKEN:K7M2QX » → K7M2QX).

function clean(text) {
  return text
    .slice(text.lastIndexOf(":") + 1)
    .replace(/[^0-9a-z]/gi, "")
    .toUpperCase();
}

document.addEventListener("input", (event) => {
  if (!event.target.matches?.(".code-input")) return;
  const typed = event.target.value;
  const cleaned = clean(typed);
  if (cleaned !== typed) event.target.value = cleaned;
});
