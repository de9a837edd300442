// The desk without network. With network, today's list is kept on the device, encrypted under the key of the session
// (memory and session storage only); the queue, under a key that the server gives to the same person at each session, so
// that a closed tab or an ended session loses nothing. Without, the kept page finds codes in it and writes what is done in a queue, which
// leaves when the network is back: each action has its number, so that sent twice it is done once. The server decides;
// what it refuses stays on screen until somebody has seen it. Signing out wipes everything.

const root = document.getElementById("offline");
const page = document.querySelector("[data-offline-page]");
const desk = document.querySelector("[data-desk][hx-get]");
// What is kept → where the tab remembers its key.
const KEYS = { day: "guichet-cle", queue: "guichet-cle-file" };
const FRESH_MS = 15_000;
const RETRY_MS = 15_000;
const ANSWER_MS = 10_000;
const SENT_AT_ONCE = 200;
const algorithm = "AES-GCM";

let keys = {};
let day = null;
let queue = [];
let lost = 0;
let csrf = "";
let isLoaded = false;
let isSignedOut = false;
let isLeaving = false;

// What is kept: « day » and « queue » encrypted; « meta », whose it is and how many actions wait, in clear.
let opened = null;
function base() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("guichet", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function store(mode, run) {
  const objects = (await base()).transaction("kept", mode).objectStore("kept");
  return new Promise((resolve, reject) => {
    const request = run(objects);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const read = (name) => store("readonly", (kept) => kept.get(name));
const write = (name, value) => store("readwrite", (kept) => kept.put(value, name));

async function wipe() {
  Object.values(KEYS).forEach((name) => sessionStorage.removeItem(name));
  [keys, day, queue] = [{}, null, []];
  await store("readwrite", (kept) => kept.clear());
}

async function imported(raw) {
  const bytes = Uint8Array.from(atob(raw), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, algorithm, false, ["encrypt", "decrypt"]);
}

// The same key again is not imported twice.
async function take(name, raw) {
  if (keys[name] && sessionStorage.getItem(KEYS[name]) === raw) return;
  keys[name] = await imported(raw);
  sessionStorage.setItem(KEYS[name], raw);
}

async function seal(name, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: algorithm, iv }, keys[name], new TextEncoder().encode(JSON.stringify(value)));
  await write(name, { iv, data });
}

async function unseal(name) {
  const box = await read(name);
  if (!box || !keys[name]) return null;
  const plain = await crypto.subtle.decrypt({ name: algorithm, iv: box.iv }, keys[name], box.data).catch(() => null);
  return plain && JSON.parse(new TextDecoder().decode(plain));
}

const waiting = () => queue.filter((item) => !item.refusal);

// The only writer of the queue, one tab at a time.
async function change(edit) {
  await navigator.locks.request("guichet-file", async () => {
    queue = edit((await unseal("queue")) ?? []);
    await seal("queue", queue);
    await write("meta", { ...(await read("meta")), waiting: waiting().length });
  });
  draw();
}

async function load() {
  for (const [name, place] of Object.entries(KEYS)) {
    const raw = sessionStorage.getItem(place);
    if (raw) await take(name, raw);
  }
  day = await unseal("day");
  queue = (await unseal("queue")) ?? [];
}

// The list is of this session; what waits is of this person, whatever the session. Somebody else's is wiped.
async function adopt(raw, queueRaw, owner) {
  const meta = await read("meta");
  if (meta && meta.owner !== owner) await wipe();
  await take("day", raw);
  if (!keys.queue || sessionStorage.getItem(KEYS.queue) !== queueRaw) {
    await take("queue", queueRaw);
    const kept = await unseal("queue");
    if (!kept && meta?.owner === owner) lost = meta.waiting ?? 0;
    queue = kept ?? [];
    if (!kept) await seal("queue", queue);
  }
  await write("meta", { owner, waiting: waiting().length });
}

async function ask(address, options = {}) {
  try {
    const answer = await fetch(address, {
      ...options,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    isSignedOut = answer.type === "opaqueredirect";
    online(true);
    return answer;
  } catch {
    online(false);
    return null;
  }
}

async function refresh() {
  const answer = await ask(root.dataset.day);
  if (isSignedOut) {
    // The list goes with the session; what waits stays, encrypted, for the same person's next one.
    day = null;
    await store("readwrite", (kept) => kept.delete("day"));
    draw();
  }
  if (!answer?.ok || isLeaving) return;
  const { key: raw, queue_key: queueRaw, owner, csrf: token, ...fresh } = await answer.json();
  await adopt(raw, queueRaw, owner);
  csrf = token;
  if (isLeaving) return wipe();
  day = { ...fresh, kept_at: Date.now() };
  await seal("day", day);
  draw();
}

async function sync() {
  if (!waiting().length || !navigator.onLine) return;
  await navigator.locks.request("guichet-envoi", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    if (!csrf) await refresh();
    if (!csrf) return;
    // From here the server may have it, even if its answer is lost.
    await change((items) => items.map((item) => ({ ...item, tried: true })));
    const sent = waiting().slice(0, SENT_AT_ONCE);
    const answer = await ask(root.dataset.send, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ actions: sent.map(({ id, action, code, at }) => ({ id, action, code, at })) }),
    });
    if (!answer?.ok) {
      csrf = "";
      return;
    }
    const { results } = await answer.json();
    const outcome = new Map(results.map((result) => [result.id, result]));
    await change((items) =>
      items.flatMap((item) => {
        const result = outcome.get(item.id);
        if (!result) return [item];
        return result.refusal && !result.seen ? [{ ...item, refusal: result.refusal }] : [];
      }),
    );
    await refresh();
    const refused = results.filter((result) => result.refusal).length;
    say(refused ? "" : "Tout a été envoyé.");
  });
}

// ---- What the desk answers -----------------------------------------------------------------------------------------

// Same words as the server's (bookings/exceptions.py, bookings/views/desk.py).
function situation(code) {
  const guest = day?.guests.find((one) => one.code === code) ?? null;
  const last = waiting().findLast((item) => item.code === code);
  if (!day) return { state: "bad", text: "La liste d’aujourd’hui n’est pas sur cet appareil : ouvrez le guichet avec du réseau." };
  if (!guest && last) return { state: "", text: "Cette contremarque attend le réseau pour être essayée.", action: "invalider" };
  if (!guest) {
    const text = "Cette contremarque n’est pas dans la liste d’aujourd’hui. Sans réseau, rien ne dit qu’elle est bonne.";
    return { state: "bad", text, action: "essayer" };
  }
  if (guest.state === "PAID") return { state: "bad", text: "Cette réservation a été remboursée, ou son remboursement est en cours.", guest };
  if (guest.state === "CANCELLED") return { state: "bad", text: "Cette réservation a été annulée.", guest };
  const used = last ? last.action === "valider" : guest.state === "USED";
  if (used) return { state: "bad", text: "Cette contremarque a déjà été validée.", guest, action: "invalider" };
  if (guest.from && new Date(guest.from) > new Date()) {
    return { state: "bad", text: `Vous pourrez valider cette contremarque à partir du ${guest.from_words}.`, guest };
  }
  return { state: "found", text: "Contremarque trouvée. Vérifiez l’identité, puis validez.", guest, action: "valider" };
}

async function act(action, code) {
  const guest = day?.guests.find((one) => one.code === code);
  const item = { id: crypto.randomUUID(), action, code, at: new Date().toISOString(), name: guest?.name ?? "" };
  const opposite = action === "valider" ? "invalider" : "valider";
  const result = page.querySelector("#desk-result");
  // Twice pressed is once done.
  for (const button of result.querySelectorAll("button")) button.disabled = true;
  await change((items) => {
    // What never left the device is simply forgotten.
    const undone = items.findLastIndex((one) => one.code === code && !one.refusal);
    if (undone >= 0 && items[undone].action === opposite && !items[undone].tried) return items.toSpliced(undone, 1);
    return [...items, item];
  });
  say(action === "valider" ? `Contremarque ${code} gardée : elle partira dès le retour du réseau.` : `Contremarque ${code} : retour en arrière fait.`);
  // The next code may already be there: a scanner is quicker than the storage.
  if (result.querySelector("button:disabled")) {
    const field = page.querySelector(".code-input");
    field.value = "";
    field.focus();
    answer("");
  }
  sync();
}

// ---- The page without network --------------------------------------------------------------------------------------

const copyOf = (name) => page.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);

function fill(node, values) {
  for (const slot of node.querySelectorAll("[data-slot]")) slot.textContent = values[slot.dataset.slot] ?? "";
  return node;
}

function say(text) {
  const line = page?.querySelector("[data-said]");
  if (line) line.textContent = text;
}

function online(is) {
  if (!page) return;
  const text = isSignedOut
    ? "Votre session est terminée : reconnectez-vous pour envoyer ce qui attend."
    : is
      ? "Le réseau est là."
      : "Pas de réseau. Vous pouvez continuer : tout est gardé sur cet appareil.";
  const line = page.querySelector("[data-net]");
  line.dataset.net = is ? "on" : "off";
  if (line.lastElementChild.textContent !== text) line.lastElementChild.textContent = text;
  page.querySelector("[data-back]").hidden = !is || isSignedOut;
  page.querySelector("[data-sign-in]").hidden = !isSignedOut;
}

function answer(code) {
  const result = page.querySelector("#desk-result");
  const cells = page.querySelector(".code-cells");
  const found = code ? situation(code) : { state: "", text: "Saisissez une contremarque." };
  result.dataset.state = cells.dataset.state = found.state;
  const line = Object.assign(document.createElement("p"), { className: "desk-state", id: "code-state", role: "status" });
  if (found.state) line.dataset.state = found.state;
  line.append(Object.assign(document.createElement("span"), { textContent: found.text }));
  result.replaceChildren(line);
  if (!code) return;
  say("");
  if (found.guest) {
    const { price, tariff, places } = found.guest;
    const total = [price, tariff, places === 2 ? "2 places (Duo)" : ""].filter(Boolean).join(" · ");
    result.append(fill(copyOf("sheet"), { ...found.guest, total }));
  }
  if (!found.action) return;
  const button = copyOf(found.action);
  button.addEventListener("click", () => (found.action === "invalider" ? undo(code) : act("valider", code)));
  result.append(button);
}

function undo(code) {
  const dialog = page.querySelector("#revenir");
  fill(dialog, { code });
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "oui" && act("invalider", code), { once: true });
  dialog.showModal();
}

const hour = (at) => new Date(at).toLocaleTimeString("fr-FR", { hour: "numeric", minute: "2-digit" }).replace(":", " h ");

function list(name, items, row) {
  const section = page.querySelector(`[data-section="${name}"]`);
  section.hidden = items.length === 0;
  section.querySelector("[data-count]").textContent = items.length;
  section.querySelector("ul").replaceChildren(...items.map(row));
}

function draw() {
  if (!page) {
    drawReady();
    return;
  }
  list("waiting", waiting().toReversed(), (item) => {
    const done = item.action === "valider" ? "Validée" : "Retour en arrière";
    const row = fill(copyOf("waiting"), { code: item.code, name: item.name || "Hors liste", note: `${done} à ${hour(item.at)}` });
    const button = row.querySelector("button");
    button.hidden = item.action !== "valider" || waiting().findLast((one) => one.code === item.code) !== item;
    button.addEventListener("click", () => undo(item.code));
    return row;
  });
  list("refused", queue.filter((item) => item.refusal), (item) =>
    fill(copyOf("refused"), { code: item.code, name: item.name || "Hors liste", note: item.refusal }),
  );
  drawDay();
  const line = page.querySelector("[data-lost]");
  line.hidden = lost === 0;
  line.querySelector("[data-slot]").textContent = lost;
}

function drawDay() {
  const sessions = new Map();
  for (const guest of day?.guests ?? []) {
    if (guest.state === "CANCELLED") continue;
    if (!sessions.has(guest.session)) sessions.set(guest.session, []);
    sessions.get(guest.session).push(guest);
  }
  const isIn = (guest) => {
    const last = waiting().findLast((item) => item.code === guest.code);
    return last ? last.action === "valider" : guest.state !== "CONFIRMED";
  };
  const places = (guests) => guests.reduce((sum, guest) => sum + guest.places, 0);
  const cards = [...sessions.values()].map((guests) => {
    const figures = `${places(guests.filter(isIn))} / ${places(guests)} présents`;
    const card = fill(copyOf("session"), { offer: guests[0].offer, note: `${guests[0].date} – ${guests[0].venue}`, figures });
    const rows = guests.map((guest) => {
      const state = isIn(guest) ? "Présent" : "Attendu";
      const row = fill(copyOf("guest"), { code: guest.code, name: guest.sorted, note: guest.places === 2 ? `${state} · Duo` : state });
      row.querySelector("a").href = `#${guest.code}`;
      return row;
    });
    card.querySelector("ul").append(...rows);
    return card;
  });
  const wasOpen = [...page.querySelectorAll("[data-day] details")].map((one) => one.open);
  cards.forEach((card, number) => (card.open = wasOpen[number] ?? cards.length === 1));
  page.querySelector("[data-day]").replaceChildren(...cards);
  const kept = page.querySelector("[data-kept]");
  if (!day) kept.textContent = "Aucune liste sur cet appareil : ouvrez le guichet une fois avec du réseau.";
  else if (!cards.length) kept.textContent = "Personne n’est attendu aujourd’hui.";
  else kept.textContent = `Liste de ${hour(day.made_at)}, chiffrée sur cet appareil jusqu’à votre déconnexion.`;
}

// On the desk with network: one line says that the device is ready.
function drawReady() {
  const line = document.querySelector("[data-offline-ready]");
  if (!line || !day) return;
  const people = day.guests.filter((guest) => guest.state !== "CANCELLED").length;
  line.hidden = false;
  line.lastElementChild.textContent = people
    ? `Prêt à continuer sans réseau : ${people} réservation${people > 1 ? "s" : ""} du jour ${people > 1 ? "gardées, chiffrées" : "gardée, chiffrée"}, sur cet appareil.`
    : "Prêt à continuer sans réseau. Personne n’est attendu aujourd’hui.";
}

function answerTyped() {
  const code = page.querySelector("[data-desk] .code-input").value.trim().toUpperCase();
  if (isLoaded && /^[0-9A-Z]{6}$/.test(code)) answer(code);
}

// What is typed or scanned before the list has been read gets its answer as soon as it is (`startPage`).
function listen() {
  page.querySelector("[data-desk]").addEventListener("submit", (event) => {
    event.preventDefault();
    answerTyped();
  });
}

function startPage() {
  page.querySelector("[data-seen]").addEventListener("click", async () => {
    const ids = queue.filter((item) => item.refusal).map((item) => item.id);
    if (!csrf) await refresh();
    const headers = { "X-CSRFToken": csrf, Accept: "application/json" };
    const told = await ask(root.dataset.seen, { method: "POST", headers, body: new URLSearchParams({ ids: ids.join() }) });
    // Nothing is forgotten as long as the server does not know.
    if (told?.ok) await change((items) => items.filter((item) => !ids.includes(item.id)));
  });
  const typed = () => {
    const code = decodeURIComponent(location.hash.slice(1));
    if (!code || document.getElementById(code)) return;
    const field = page.querySelector("[data-desk] .code-input");
    field.value = code;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.scrollIntoView({ block: "center" });
  };
  window.addEventListener("hashchange", typed);
  isLoaded = true;
  draw();
  answerTyped();
  typed();
}

// ---- Beginning -----------------------------------------------------------------------------------------------------

// The network fails under the desk: the kept page takes over, with the code that was typed.
function takeOver() {
  if (!navigator.serviceWorker.controller || !keys.day) return;
  location.assign(`${root.dataset.page}#${encodeURIComponent(desk.querySelector(".code-input").value)}`);
}

async function leave(event) {
  const form = event.target;
  if (form.getAttribute("action") !== root.dataset.signOut || form.dataset.ready) return;
  event.preventDefault();
  form.dataset.ready = "yes";
  await sync();
  if (waiting().length && !window.confirm(`${waiting().length} validation(s) faite(s) sans réseau ne sont pas encore parties. Se déconnecter les efface.`)) {
    delete form.dataset.ready;
    return;
  }
  isLeaving = true;
  await wipe();
  form.requestSubmit();
}

function offerInstallation() {
  const button = document.querySelector("[data-install]");
  if (!button) return;
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    button.hidden = false;
    button.addEventListener("click", () => event.prompt(), { once: true });
  });
  window.addEventListener("appinstalled", () => (button.hidden = true));
}

async function start() {
  document.addEventListener("submit", leave);
  offerInstallation();
  if (page) listen();
  await load();
  if (page) startPage();
  if (page || desk) navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope });
  if (desk) {
    window.addEventListener("offline", takeOver);
    document.addEventListener("htmx:sendError", takeOver);
    document.addEventListener("htmx:timeout", takeOver);
  }
  if (page) {
    window.addEventListener("offline", () => online(false));
    online(navigator.onLine);
  }
  const wake = async () => {
    if (!navigator.onLine) return;
    if (page ? waiting().length === 0 : desk && (!day || Date.now() - day.kept_at > FRESH_MS)) await refresh();
    await sync();
  };
  window.addEventListener("online", wake);
  window.setInterval(() => (waiting().length || (page && navigator.onLine)) && wake(), RETRY_MS);
  draw();
  await wake();
}

// Browsers give these on https and on the machine itself only.
if (root && window.isSecureContext && "serviceWorker" in navigator && crypto.subtle && navigator.locks) start();
