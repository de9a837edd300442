// The rules of a new password are ticked as one types (same rules as passpro/accounts/validators.py), and any
// password can be shown. Without script the list is simply read.

const RULES = {
  length: (text) => [...text].length >= 12,
  lower: (text) => /[a-zà-öø-ÿ]/.test(text),
  upper: (text) => /[A-ZÀ-ÖØ-Þ]/.test(text),
  digit: (text) => /\d/.test(text),
  special: (text) => /[^\p{L}\p{N}_\s]|_/u.test(text),
};

for (const list of document.querySelectorAll("[data-password-rules]")) {
  const input = document.getElementById(list.dataset.passwordRules);
  const said = list.querySelector("[data-password-said]");
  let before = -1;
  input?.addEventListener("input", () => {
    let kept = 0;
    const items = list.querySelectorAll("[data-rule]");
    for (const item of items) {
      const ok = RULES[item.dataset.rule](input.value);
      item.toggleAttribute("data-ok", ok);
      kept += ok;
    }
    // Said only when the count moves, so that a reader is not interrupted at each key.
    if (kept !== before) said.textContent = `${kept} règles sur ${items.length} respectées`;
    before = kept;
  });
}

for (const input of document.querySelectorAll('input[type="password"]')) {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "btn btn-sm btn-outline password-show",
    textContent: "Afficher",
  });
  button.setAttribute("aria-controls", input.id);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? "Masquer" : "Afficher";
    button.setAttribute("aria-pressed", String(hidden));
  });
  const box = document.createElement("div");
  box.className = "password-box";
  input.replaceWith(box);
  box.append(input, button);
}
