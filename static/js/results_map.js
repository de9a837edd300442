// <div data-results-map hidden>: the places of the cards below, and the school. Every place is also written in the
// list; a pin leads to its card. Tiles come from the settings; without, a plain ground and a scale.

const L = window.L;

function pin(point, title) {
  return L.marker(point, {
    alt: title,
    title,
    icon: L.divIcon({ className: "map-pin", iconSize: [32, 40], iconAnchor: [16, 40] }),
  });
}

function pointOf(element) {
  const point = [parseFloat(element.dataset.latitude), parseFloat(element.dataset.longitude)];
  return point.every(Number.isFinite) ? point : null;
}

for (const box of L ? document.querySelectorAll("[data-results-map]") : []) {
  const cards = [...document.querySelectorAll("[data-card]")].filter(pointOf);
  const school = pointOf(box);
  if (!cards.length && !school) continue;
  box.hidden = false;
  const map = L.map(box, { zoomControl: false, attributionControl: Boolean(box.dataset.attribution) });
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (box.dataset.tiles) {
    L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19 }).addTo(map);
  }
  const points = [];
  if (school) {
    points.push(school);
    L.circleMarker(school, { radius: 10, className: "map-school", interactive: false }).addTo(map);
  }
  for (const card of cards) {
    const link = card.querySelector("h3 a");
    points.push(pointOf(card));
    pin(pointOf(card), link.textContent)
      .on("click keypress", (event) => {
        const key = event.originalEvent.key;
        if (key && key !== "Enter" && key !== " ") return;
        card.scrollIntoView({ block: "center" });
        link.focus();
      })
      .addTo(map);
  }
  map.fitBounds(points, { padding: [40, 40], maxZoom: 13, animate: false });
}
