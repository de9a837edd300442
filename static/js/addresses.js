// <fieldset data-addresses="/adresses">: suggestions under the street, which fill the town and the point (BAN-02).
// The same fields are typed by hand when there is no script, no suggestion, or no service.

const WAIT = 250;
const LEAST = 3;
const FILLED = ["street", "postal_code", "city", "latitude", "longitude", "ban_id"];

function input(fieldset, name) {
  return [...fieldset.elements].find((one) => one.name === name || one.name.endsWith(`-${name}`));
}

// Points are shown as people write numbers here.
function shown(field, name, value) {
  const isPoint = name === "latitude" || name === "longitude";
  return isPoint && field.type === "text" ? value.replace(".", ",") : value;
}

class Suggestions {
  constructor(fieldset, street) {
    this.fieldset = fieldset;
    this.street = street;
    this.found = [];
    this.at = -1;
    this.list = document.createElement("ul");
    this.list.className = "suggestions";
    this.list.id = `${street.id}_suggestions`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Adresses proposées");
    this.voice = document.createElement("p");
    this.voice.className = "visually-hidden";
    this.voice.setAttribute("role", "status");
    const holder = document.createElement("div");
    holder.className = "suggested";
    street.replaceWith(holder);
    holder.append(street, this.list, this.voice);
    street.setAttribute("role", "combobox");
    street.setAttribute("aria-autocomplete", "list");
    street.setAttribute("aria-controls", this.list.id);
    street.setAttribute("aria-expanded", "false");
    street.autocomplete = "off";
    street.addEventListener("input", () => this.later());
    street.addEventListener("keydown", (event) => this.key(event));
    street.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    for (const name of ["postal_code", "city"]) {
      input(fieldset, name)?.addEventListener("input", (event) => event.isTrusted && this.forgetPoint());
    }
    // Before the blur of the field.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.choose([...this.list.children].indexOf(line));
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
    this.forgetPoint();
  }

  // The identifier, and the point that nobody sees, belonged to the address before.
  forgetPoint() {
    for (const name of ["ban_id", "latitude", "longitude"]) {
      const field = input(this.fieldset, name);
      if (field?.type === "hidden") field.value = "";
    }
  }

  async ask() {
    const text = this.street.value.trim();
    if (text.length < LEAST) return this.close();
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const town = input(this.fieldset, "city")?.value ?? "";
      const query = new URLSearchParams({ q: `${text} ${town}`.trim() });
      const response = await fetch(`${this.fieldset.dataset.addresses}?${query}`, { signal: this.asked.signal });
      const answer = await response.json();
      this.show(answer.addresses ?? []);
    } catch {
      this.close(); // typed by hand
    }
  }

  show(found) {
    this.found = found;
    this.at = -1;
    this.list.replaceChildren(
      ...found.map((address, number) => {
        const line = document.createElement("li");
        line.id = `${this.list.id}_${number}`;
        line.setAttribute("role", "option");
        line.textContent = address.label;
        return line;
      }),
    );
    this.list.hidden = found.length === 0;
    this.street.setAttribute("aria-expanded", String(found.length > 0));
    this.street.removeAttribute("aria-activedescendant");
    const many = found.length > 1 ? "s" : "";
    this.voice.textContent = found.length ? `${found.length} adresse${many} proposée${many}` : "";
  }

  close() {
    this.asked?.abort();
    this.show([]);
  }

  key(event) {
    if (this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.mark((this.at + step + this.found.length) % this.found.length);
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.choose(this.at);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    }
  }

  mark(at) {
    this.at = at;
    for (const [number, line] of [...this.list.children].entries()) {
      line.setAttribute("aria-selected", String(number === at));
      if (number === at) this.street.setAttribute("aria-activedescendant", line.id);
    }
  }

  choose(at) {
    const address = this.found[at];
    for (const name of FILLED) {
      const field = input(this.fieldset, name);
      if (!field || !(name in address)) continue;
      // A town without street leaves what was typed.
      if (name === "street" && !address.street) continue;
      field.value = shown(field, name, address[name]);
      if (field !== this.street) field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.fieldset.dispatchEvent(new CustomEvent("address:chosen", { bubbles: true, detail: address }));
    this.close();
  }
}

for (const fieldset of document.querySelectorAll("fieldset[data-addresses]")) {
  const street = input(fieldset, "street");
  if (street) new Suggestions(fieldset, street);
}
