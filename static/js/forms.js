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

// « Aller au contenu » leaves the address alone: one that ends with #contenu, kept by the forms of the page, would take
// the focus from the summary or from the field meant for it.
document.querySelector(".skip-link")?.addEventListener("click", (event) => {
  event.preventDefault();
  const content = document.getElementById("contenu");
  content.focus();
  content.scrollIntoView();
});

// What was typed while an answer was on its way is not lost when the fields are drawn anew.
const asked = new WeakMap();
const textsOf = (part) => part.querySelectorAll("input[type=text], input[type=email], input[type=number], textarea");
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  asked.set(detail.target, new Map([...textsOf(detail.target)].map((field) => [field.id, field.value])));
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const before = asked.get(detail.target);
  if (!before) return;
  const typed = [...textsOf(detail.target)].filter((field) => before.get(field.id) !== field.value);
  document.addEventListener("htmx:afterSwap", () => {
    for (const old of typed) {
      const field = old.id && document.getElementById(old.id);
      if (field) field.value = old.value;
    }
  }, { once: true });
});

// Our summary speaks, in French and next to the fields, rather than the browser's bubbles.
for (const form of document.forms) {
  if (form.method === "post") form.noValidate = true;
}

// <form data-guard>: the browser asks before what was typed is lost.
let dirty = null;
let sending = false;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard") && !sending) dirty = form;
});
document.addEventListener("submit", (event) => {
  // A field may still speak while the answer is on its way: what was sent is not lost.
  sending = !event.defaultPrevented && event.target.method !== "get";
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
  sending = false;
  for (const button of document.querySelectorAll("button[data-sent]")) {
    delete button.dataset.sent;
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
});
