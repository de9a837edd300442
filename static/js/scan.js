// The camera of the desk reads the QR code of a booking: the browser's own BarcodeDetector, else the same one of
// the package « qr ». What is read goes into the field, as if a keyboard scanner had typed it.

const EVERY_MS = 120;
const REFUSED = {
  NotAllowedError:
    "L’accès à l’appareil photo est refusé. Autorisez-le dans la barre d’adresse de votre navigateur, ou tapez le code.",
  NotFoundError: "Aucun appareil photo n’a été trouvé sur cet appareil. Tapez le code.",
  NotReadableError: "L’appareil photo est déjà pris par une autre application. Fermez-la, ou tapez le code.",
};
const FAILED = "L’appareil photo n’a pas pu s’ouvrir. Tapez le code.";

const button = document.querySelector("[data-scan]");
const dialog = document.getElementById("scan");
const field = document.querySelector("[data-desk] .code-input");

if (button && dialog && field && navigator.mediaDevices?.getUserMedia) {
  button.hidden = false;
  button.addEventListener("click", open);
  dialog.addEventListener("close", stop);
}

let stream = null;

function say(text, state = "") {
  const line = dialog.querySelector("[data-scan-state]");
  line.textContent = text;
  line.dataset.state = state;
}

async function detector() {
  const wanted = { formats: ["qr_code"] };
  if ("BarcodeDetector" in window) {
    const known = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
    if (known.includes("qr_code")) return new window.BarcodeDetector(wanted);
  }
  const { BarcodeDetector } = await import(dialog.dataset.decoder);
  return new BarcodeDetector(wanted);
}

async function open() {
  say("Votre navigateur demande l’accès à l’appareil photo.");
  dialog.showModal();
  const video = dialog.querySelector("video");
  try {
    const asked = navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    const [reader, camera] = await Promise.all([detector(), asked]);
    if (!dialog.open) {
      camera.getTracks().forEach((track) => track.stop());
      return;
    }
    stream = camera;
    video.srcObject = camera;
    await video.play();
    say("Présentez le QR code dans le cadre.");
    await watch(reader, video, camera);
  } catch (error) {
    if (dialog.open) say(REFUSED[error.name] ?? FAILED, "bad");
  }
}

async function watch(reader, video, camera) {
  while (stream === camera) {
    const [found] = video.readyState >= 2 ? await reader.detect(video) : [];
    if (found?.rawValue && stream === camera) {
      dialog.close();
      navigator.vibrate?.(60);
      field.value = found.rawValue;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
      return;
    }
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
}

function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  dialog.querySelector("video").srcObject = null;
}
