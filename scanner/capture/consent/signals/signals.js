// Starts to read the consent signals of a page, in the page's own world since its interfaces live there. It calls only
// what reads, leaves no globals, and returns an object that fills itself as the page's interfaces answer.
() => {
  const out = { pending: 0 };
  const plain = (x) => {
    try {
      return JSON.parse(JSON.stringify(x));
    } catch {
      return null;
    }
  };
  const ask = (name, key, ...args) => {
    if (typeof window[name] !== "function") return;
    out.pending++;
    let open = true;
    const take = (data, ok) => {
      out[key] = plain(data);
      out[key + "Ok"] = ok !== false;
      if (open) out.pending--;
      open = false;
    };
    try {
      const direct = window[name](...args, take);
      if (open && direct && typeof direct === "object") take(direct, true);
    } catch {
      if (open) out.pending--;
      open = false;
    }
  };
  ask("__tcfapi", "tcfPing", "ping", 2);
  if (typeof window.__tcfapi === "function") {
    out.pending++;
    let open = true;
    const done = () => {
      if (open) out.pending--;
      open = false;
    };
    try {
      window.__tcfapi("addEventListener", 2, (data, ok) => {
        if (ok && data && open) {
          const vendors = (data.vendor && data.vendor.consents) || {};
          out.tcf = plain({
            tcString: data.tcString, eventStatus: data.eventStatus, cmpStatus: data.cmpStatus, cmpId: data.cmpId,
            gdprApplies: data.gdprApplies, tcfPolicyVersion: data.tcfPolicyVersion,
            purposeConsents: data.purpose && data.purpose.consents,
            purposeLegitimateInterests: data.purpose && data.purpose.legitimateInterests,
            vendorConsents: Object.keys(vendors).filter((id) => vendors[id]).length,
          });
        }
        try {
          if (data && data.listenerId !== undefined) window.__tcfapi("removeEventListener", 2, () => {}, data.listenerId);
        } catch {
          // the platform does not take listeners back
        }
        done();
      });
    } catch {
      done();
    }
  }
  ask("__uspapi", "usp", "getUSPData", 1);
  ask("__gpp", "gpp", "ping");
  const layers = Object.keys(window).filter((k) => /datalayer/i.test(k) && Array.isArray(window[k]));
  out.consentMode = [];
  for (const name of layers) {
    window[name].forEach((entry, index) => {
      if (entry && entry[0] === "consent" && typeof entry[1] === "string") {
        out.consentMode.push({ layer: name, index, command: entry[1], values: plain(entry[2]) });
      }
    });
  }
  const kept = window.google_tag_data && window.google_tag_data.ics && window.google_tag_data.ics.entries;
  if (kept) {
    out.consentState = {};
    for (const [key, value] of Object.entries(kept)) out.consentState[key] = plain({ default: value.default, update: value.update });
  }
  out.gpc = navigator.globalPrivacyControl === undefined ? null : navigator.globalPrivacyControl;
  out.dnt = navigator.doNotTrack;
  out.storage = {};
  for (const kind of ["localStorage", "sessionStorage"]) {
    try {
      const store = window[kind];
      for (let i = 0; i < Math.min(store.length, 400); i++) {
        const key = store.key(i);
        out.storage[kind + ":" + key] = String(store.getItem(key)).slice(0, 6000);
      }
    } catch {
      // no storage here
    }
  }
  return out;
}
