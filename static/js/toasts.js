// Messages leave by themselves after 5 s (8 s for long ones), errors stay; never while read or focused.

const LONG_TEXT = 90;

function remove(toast) {
  toast.remove();
}

function start(toast) {
  toast.dataset.started = "";
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => remove(toast));
  if (toast.dataset.tone === "bad") return;
  const delay = toast.textContent.trim().length > LONG_TEXT ? 8000 : 5000;
  let timer = setTimeout(() => remove(toast), delay);
  const hold = () => clearTimeout(timer);
  const go = () => {
    clearTimeout(timer);
    timer = setTimeout(() => remove(toast), delay);
  };
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", go);
  toast.addEventListener("focusout", go);
}

const startAll = () => document.querySelectorAll(".toasts .toast:not([data-started])").forEach(start);
startAll();
document.addEventListener("htmx:load", startAll);
