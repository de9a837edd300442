// A link or button with data-dialog="id" opens the native dialog of that id; without script (or without such
// a dialog) the link leads to the page that asks the same question.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.closest("[data-close]")) {
    const open = event.target.closest("dialog");
    if (open) {
      event.preventDefault();
      open.close();
    }
  }
  // A click on the veil, outside of the sheet.
  if (event.target instanceof HTMLDialogElement && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const outside =
      event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (outside) event.target.close();
  }
});
