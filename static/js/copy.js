// <button data-copy="id" hidden>: copies the field of that id and says so; without script it stays hidden.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const said = button.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copié";
    } catch {
      said.textContent = "Sélectionné : copiez avec le clavier"; // no clipboard outside of https
    }
  });
}
