// Runs in an isolated world of a frame. Finds the text fields that a visitor could fill in, and puts the cursor into
// one of them. From then on the page can neither send a form nor go elsewhere by itself: typing must not lead anywhere.
(most) => {
  const SECRET =
    /pass[-_ ]?(?:wor[dt]|phrase|code)|passwd|\bpwd|kennwort|contrase|mot[-_ ]?de[-_ ]?passe|wachtwoord|has[lł]o\b|lösenord|user[-_ ]?name|\blog-?[io]n|sign-?in|anmeld|einlogg|connexion|acced|iniciar|inlogg|one-time|\botp\b|\b2fa\b|captcha|\bpin\b|\bcv[vc]\b|\bcsc\b|card|kredit|karten|carte|tarjeta|\bcc-|\biban\b|\bbic\b|account[-_ ]?n|konto|\bssn\b|payment|zahlung|paiement|\bpago/i;
  const EMAIL = /e-?mail|courriel|correo|posta[-_ ]?elet|\bmail\b/i;
  const PHONE = /phone|\btel\b|telef|t[eé]l[eé]ph|mobil|handy|cellu|whatsapp/i;
  const SEARCH = /search|such|recherch|buscar|b[uú]squeda|cerca|ricerca|zoek|szuka|s[oö]k|pesquis|query/i;
  const NAME = /(?:^|[^a-z])(?:(?:first|last|full|given|family|sur|your|contact)[-_ ]?)?name(?:$|[^a-z])|vorname|nachname|nom\b|pr[eé]nom|nombre|apellido|cognome|naam|navn|namn|imi[eę]|nazwisko/i;
  const TYPES = { text: "", "": "", email: "email", tel: "phone", search: "search" };

  // Besides fields there are editors: elements that a page lets be written in, as chats and comments have them.
  const isEditor = (field) => !/^(?:input|textarea)$/i.test(field.tagName); // a list item, too, has a value
  const held = (field) => (isEditor(field) ? field.textContent.trim() : field.value);
  const formOf = (field) => field.form || field.closest("form");
  const words = (element) =>
    ["name", "id", "autocomplete", "placeholder", "aria-placeholder", "data-placeholder", "aria-label", "title"]
      .map((name) => element.getAttribute(name) || "")
      .join(" ");
  const label = (field) =>
    ((field.labels && field.labels[0] && field.labels[0].innerText) ||
      field.getAttribute("aria-label") ||
      field.placeholder ||
      field.getAttribute("aria-placeholder") ||
      field.getAttribute("data-placeholder") ||
      field.getAttribute("name") ||
      field.id ||
      "")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 60);
  const usable = (field) => {
    if (field.disabled || field.readOnly || held(field)) return false;
    if (Number(field.getAttribute("tabindex") || 0) < 0) return false;
    if (isEditor(field) && (!field.isContentEditable || field.parentElement?.isContentEditable)) return false;
    if (field.maxLength >= 0 && field.maxLength < 12) return false;
    if (/numeric|decimal|none/.test(field.inputMode) || field.pattern) return false;
    const box = field.getBoundingClientRect();
    if (box.width < 24 || box.height < 8 || box.right + scrollX < 1 || box.bottom + scrollY < 1) return false;
    return field.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  // A form that asks for one secret is about it as a whole. A password alone makes a login of it only where it stands
  // beside a single other field: who registers also tells a name and an address, and that is where forms are read.
  const plain = (one) =>
    one.tagName === "INPUT" && TYPES[one.getAttribute("type")?.toLowerCase() || ""] !== undefined && !SECRET.test(words(one));
  const guarded = new Map();
  const secret = (form) => {
    if (!guarded.has(form)) {
      const fields = [...form.elements];
      guarded.set(
        form,
        SECRET.test(words(form) + " " + (form.getAttribute("action") || "")) ||
          fields.some((one) => one.type !== "password" && one.tagName === "INPUT" && SECRET.test(words(one))) ||
          (fields.some((one) => one.type === "password") && fields.filter(plain).length < 2)
      );
    }
    return guarded.get(form);
  };
  const asks = (field) => {
    const said = words(field) + " " + label(field);
    if (SECRET.test(said)) return null;
    const type = isEditor(field) || field.tagName === "TEXTAREA" ? "" : TYPES[field.getAttribute("type")?.toLowerCase() || ""];
    if (type === undefined) return null;
    if (type) return type;
    const inSearch = field.closest('[role="search"], search') !== null || field.getAttribute("role") === "searchbox";
    if (EMAIL.test(said)) return "email";
    if (PHONE.test(said)) return "phone";
    if (inSearch || SEARCH.test(said) || /^[qs]$/.test(field.name)) return "search";
    return NAME.test(said) ? "name" : "text";
  };
  // Enough to tell whether two texts are the same one (FNV-1a, 32 bits).
  const digest = (text) => {
    let sum = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
    return (sum >>> 0).toString(36) + text.length.toString(36);
  };

  const fields = [];
  const look = (root) => {
    for (const field of root.querySelectorAll("input, textarea, [contenteditable]")) {
      if (fields.length >= most) return;
      if (!usable(field) || (formOf(field) && secret(formOf(field)))) continue;
      const data = asks(field);
      if (data) fields.push({ field, data });
    }
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) look(element.shadowRoot);
  };
  look(document);

  const stay = (event) => {
    if (event.cancelable && !event.hashChange && !event.destination.sameDocument) event.preventDefault();
  };
  const keep = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  if (fields.length) {
    addEventListener("submit", keep, true);
    if (globalThis.navigation) navigation.addEventListener("navigate", stay);
  }
  globalThis.forms = {
    enter(index) {
      const { field } = fields[index];
      if (!field.isConnected || held(field)) return null;
      field.focus();
      return field.getRootNode().activeElement === field ? Date.now() : null;
    },
    held(index) {
      return held(fields[index].field);
    },
    leave(index) {
      fields[index].field.blur();
    },
  };
  return {
    url: location.href,
    fields: fields.map(({ field, data }) => ({
      data,
      field: (isEditor(field) ? "editor" : field.tagName === "TEXTAREA" ? "textarea" : field.type) + (label(field) && ` “${label(field)}”`),
      sign: [data, field.name || "", field.id, formOf(field)?.getAttribute("action") || ""].join("\n"),
    })),
    scripts: fields.length ? [...document.scripts].map((one) => one.src || digest(one.textContent)) : [],
  };
}
