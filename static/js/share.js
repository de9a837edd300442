// <a data-share="address" data-title="…">: the device's own sharing, else copies the address and says so; without
// script it is a link that opens an e-mail.

for (const link of document.querySelectorAll("[data-share]")) {
  const said = link.querySelector("[role=status]");
  link.addEventListener("click", async (event) => {
    const { share: url, title } = link.dataset;
    if (!navigator.share && !navigator.clipboard) return;
    event.preventDefault();
    try {
      if (navigator.share) await navigator.share({ title, url });
      else {
        await navigator.clipboard.writeText(url);
        said.textContent = "Lien copié";
      }
    } catch (error) {
      if (error.name !== "AbortError") window.location.href = link.href;
    }
  });
}
