// Character counters, one voice for errors, focus on the error summary, guard against leaving an unsaved form.

document.addEventListener("input", (event) => {
  const counter = document.getElementById(event.target.dataset?.counter ?? "");
  if (!counter) return;
  const most = counter.textContent.split("/")[1];
  counter.firstChild.textContent = `${event.target.value.length}/${parseInt(most, 10)}`;
});

function focusSummary(root) {
  root.querySelector?.("[data-autofocus]")?.focus();
}
focusSummary(document);
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));

// Our summary speaks, in French and next to the fields, rather than the browser's bubbles.
for (const form of document.forms) {
  if (form.method === "post") form.noValidate = true;
}

// <form data-guard>: the browser asks before what was typed is lost.
let dirty = null;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard")) dirty = form;
});
document.addEventListener("submit", () => {
  dirty = null;
});
window.addEventListener("beforeunload", (event) => {
  if (dirty?.isConnected) event.preventDefault();
});

// A submitted form says that it is at work and is not sent twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method === "get") return;
  const button = event.submitter;
  if (button?.classList.contains("btn-primary")) {
    // After this event, or the button's own name and value would not be sent.
    setTimeout(() => {
      button.dataset.sent = "";
      button.setAttribute("aria-busy", "true");
      button.disabled = true;
    });
  }
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-sent]")) {
    delete button.dataset.sent;
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
});
