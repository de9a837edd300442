// <div data-place="name" data-latitude data-longitude hidden>: a map that shows one place. The address is written
// beside it. Tiles come from the settings; without, a plain ground and a scale.

const L = window.L;

for (const box of L ? document.querySelectorAll("[data-place]") : []) {
  box.hidden = false;
  const point = [parseFloat(box.dataset.latitude), parseFloat(box.dataset.longitude)];
  const map = L.map(box, {
    zoomControl: false,
    scrollWheelZoom: false,
    attributionControl: Boolean(box.dataset.attribution),
  });
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19 }).addTo(map);
  }
  map.setView(point, 15);
  L.marker(point, {
    alt: box.dataset.place,
    title: box.dataset.place,
    keyboard: false,
    icon: L.divIcon({ className: "map-pin", iconSize: [32, 40], iconAnchor: [16, 40] }),
  }).addTo(map);
}
