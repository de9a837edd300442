// <fieldset data-crop>: frames the chosen picture and fills crop_x, crop_y and crop_width (shares of the source).
// Without script the server keeps the middle. Mouse, finger, arrows, + and −.

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

class Crop {
  constructor(root) {
    this.root = root;
    const { ratioWidth, ratioHeight, minWidth, minHeight, source } = root.dataset;
    this.ratio = Number(ratioWidth) / Number(ratioHeight);
    this.least = [Number(minWidth), Number(minHeight)];
    this.stage = root.querySelector("[data-crop-stage]");
    this.frame = root.querySelector("[data-crop-frame]");
    this.now = root.querySelector("[data-crop-now]");
    this.zoom = root.querySelector("[data-crop-zoom]");
    this.file = root.querySelector("input[type=file]");
    this.fields = Object.fromEntries(["x", "y", "width"].map((name) => [name, root.querySelector(`[name$=crop_${name}]`)]));
    this.picture = new Image();
    this.picture.alt = "";
    this.picture.draggable = false;
    this.frame.style.aspectRatio = String(this.ratio);
    this.frame.replaceChildren(this.picture, Object.assign(document.createElement("span"), { className: "crop-safe" }));
    this.picture.addEventListener("load", () => this.open());
    this.picture.addEventListener("error", () => this.close());
    this.file.addEventListener("change", () => this.choose());
    this.zoom.addEventListener("input", () => this.enlarge(Number(this.zoom.value)));
    this.frame.addEventListener("pointerdown", (event) => this.grab(event));
    this.frame.addEventListener("keydown", (event) => this.key(event));
    if (source) {
      this.kept = ["x", "y", "width"].map((name) => parseFloat(this.fields[name].value));
      this.picture.src = source;
    }
  }

  choose() {
    const [file] = this.file.files;
    if (this.address) URL.revokeObjectURL(this.address);
    this.kept = null;
    if (!file) return this.close();
    this.address = URL.createObjectURL(file);
    this.picture.src = this.address;
  }

  close() {
    this.stage.hidden = true;
    this.now?.toggleAttribute("hidden", false);
    for (const field of Object.values(this.fields)) field.value = "";
  }

  open() {
    const [width, height] = [this.picture.naturalWidth, this.picture.naturalHeight];
    if (width < this.least[0] || height < this.least[1]) return this.close(); // the server says why
    this.stage.hidden = false;
    this.now?.toggleAttribute("hidden", true);
    // Shares of the source: the widest frame, and the largest zoom its points allow.
    this.tall = width / height / this.ratio; // height of a frame of width 1
    this.widest = Math.min(1, 1 / this.tall);
    this.zoom.max = String(clamp((this.widest * width) / this.least[0], 1, 4));
    const [x, y, kept] = this.kept?.every(Number.isFinite) ? this.kept : [];
    this.width = clamp(kept ?? this.widest, this.widest / Number(this.zoom.max), this.widest);
    this.x = x ?? (1 - this.width) / 2;
    this.y = y ?? (1 - this.width * this.tall) / 2;
    this.zoom.value = String(this.widest / this.width);
    this.draw();
  }

  enlarge(zoom) {
    const width = this.widest / clamp(zoom, 1, Number(this.zoom.max));
    // Around the middle of the frame.
    this.x += (this.width - width) / 2;
    this.y += ((this.width - width) * this.tall) / 2;
    this.width = width;
    this.zoom.value = String(this.widest / width);
    this.draw();
  }

  move(x, y) {
    this.x = x;
    this.y = y;
    this.draw();
  }

  draw() {
    this.x = clamp(this.x, 0, 1 - this.width);
    this.y = clamp(this.y, 0, 1 - this.width * this.tall);
    const { style } = this.picture;
    style.width = `${100 / this.width}%`;
    style.left = `${(-100 * this.x) / this.width}%`;
    style.top = `${(-100 * this.y) / (this.width * this.tall)}%`;
    for (const name of ["x", "y", "width"]) this.fields[name].value = this[name].toFixed(5);
  }

  grab(event) {
    event.preventDefault();
    this.frame.focus();
    this.frame.setPointerCapture(event.pointerId);
    const from = [event.clientX, event.clientY, this.x, this.y];
    const { width, height } = this.frame.getBoundingClientRect();
    const drag = (now) => {
      const x = from[2] - ((now.clientX - from[0]) / width) * this.width;
      this.move(x, from[3] - ((now.clientY - from[1]) / height) * this.width * this.tall);
    };
    this.frame.addEventListener("pointermove", drag);
    const end = () => this.frame.removeEventListener("pointermove", drag);
    this.frame.addEventListener("pointerup", end, { once: true });
    this.frame.addEventListener("pointercancel", end, { once: true });
  }

  key(event) {
    const step = this.width / 20;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const zooms = { "+": 0.1, "=": 0.1, "-": -0.1 };
    if (moves[event.key]) this.move(this.x + moves[event.key][0], this.y + moves[event.key][1]);
    else if (zooms[event.key]) this.enlarge(Number(this.zoom.value) + zooms[event.key]);
    else return;
    event.preventDefault();
  }
}

for (const root of document.querySelectorAll("[data-crop]")) new Crop(root);
