// <div data-map> inside a fieldset with fields latitude and longitude: a pin that can be dragged, kept in step
// with what is typed and with the address chosen. Tiles come from the settings; without, a plain ground and a scale.

const FRANCE = [46.6, 2.5];
const L = window.L;

function field(fieldset, name) {
  return [...fieldset.elements].find((one) => one.name === name || one.name.endsWith(`-${name}`));
}

function number(input) {
  const value = parseFloat(input.value.replace(",", ".").replace("−", "-"));
  return Number.isFinite(value) ? value : null;
}

function start(box) {
  const fieldset = box.closest("fieldset");
  const latitude = field(fieldset, "latitude");
  const longitude = field(fieldset, "longitude");
  if (!L || !latitude || !longitude) return;
  box.hidden = false;
  const map = L.map(box, { zoomControl: false, attributionControl: Boolean(box.dataset.attribution) });
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19 }).addTo(map);
  }
  const pin = L.marker(FRANCE, {
    draggable: true,
    autoPan: true,
    alt: "Position du lieu : faites glisser, ou changez la latitude et la longitude",
    title: "Faites glisser pour placer le lieu",
    icon: L.divIcon({ className: "map-pin", iconSize: [32, 40], iconAnchor: [16, 40] }),
  });

  function write(point) {
    latitude.value = point.lat.toFixed(5).replace(".", ",");
    longitude.value = point.lng.toFixed(5).replace(".", ",");
    latitude.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "map" }));
  }

  function follow(event) {
    if (event?.detail === "map") return;
    const [lat, lng] = [number(latitude), number(longitude)];
    if (lat === null || lng === null || Math.abs(lat) > 90 || Math.abs(lng) > 180) return;
    pin.setLatLng([lat, lng]).addTo(map);
    map.setView([lat, lng], Math.max(map.getZoom() ?? 0, 15), { animate: false });
  }

  map.setView(FRANCE, 5);
  follow();
  pin.on("dragend", () => write(pin.getLatLng()));
  map.on("click", (event) => {
    pin.setLatLng(event.latlng).addTo(map);
    write(event.latlng);
  });
  for (const input of [latitude, longitude]) input.addEventListener("input", follow);
  fieldset.addEventListener("address:chosen", () => follow());
}

for (const box of document.querySelectorAll("[data-map]")) start(box);
