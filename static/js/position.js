// <button data-position hidden> inside a form with lat and lon: asks the browser where the person is and searches
// around. Without script, or when the person refuses, a town or a postal code is typed.

for (const button of document.querySelectorAll("[data-position]")) {
  if (!navigator.geolocation) continue;
  const { form } = button;
  const said = button.querySelector("[role=status]");
  button.hidden = false;
  // A place that is typed replaces the position found before.
  form.elements.adresse.addEventListener("input", () => {
    form.elements.lat.value = form.elements.lon.value = "";
  });
  button.addEventListener("click", () => {
    button.disabled = true;
    said.textContent = "Recherche de ta position";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(4);
        form.elements.lon.value = coords.longitude.toFixed(4);
        form.elements.adresse.value = "";
        form.elements.rayon.value ||= "20";
        form.requestSubmit();
      },
      () => {
        button.disabled = false;
        said.textContent = "Position inconnue : écris une ville ou un code postal.";
        said.classList.remove("visually-hidden");
      },
      { timeout: 10_000, maximumAge: 300_000 },
    );
  });
}
