// Runs in every document before its own first script. Reports what scripts write and call; changes no outcome.
// NAME is the name of the channel; it is taken out of the page's sight at once.
(() => {
  const send = globalThis[NAME];
  if (typeof send !== "function") return;
  delete globalThis[NAME];

  // The page may replace any of these later; ours are taken now.
  const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const Err = Error;
  const { stringify } = JSON;
  const dateNow = Date.now;
  const clock = performance;
  const clockNow = performance.now;
  const mapGet = WeakMap.prototype.get;
  const mapSet = WeakMap.prototype.set;
  const countGet = Map.prototype.get;
  const countSet = Map.prototype.set;
  const toText = String;
  const where = location;
  const MOST = LIMIT;
  let reported = 0;

  const stackHere = () => {
    const prepare = getOwnPropertyDescriptor(Err, "prepareStackTrace");
    const limit = Err.stackTraceLimit;
    try {
      if (prepare) Err.prepareStackTrace = undefined;
      Err.stackTraceLimit = 20;
      return new Err().stack || "";
    } catch {
      return "";
    } finally {
      try {
        Err.stackTraceLimit = limit;
        if (prepare) defineProperty(Err, "prepareStackTrace", prepare);
      } catch {}
    }
  };
  const href = () => {
    try {
      return where.href === "about:blank" || where.href === "about:srcdoc" ? document.baseURI : where.href;
    } catch {
      return "";
    }
  };
  const report = (kind, fields) => {
    if (reported++ >= MOST) {
      if (reported === MOST + 1) send(stringify({ k: "flood", t: apply(dateNow, Date, []), h: href() }));
      return;
    }
    fields.k = kind;
    fields.t = apply(dateNow, Date, []);
    fields.h = href();
    if (kind !== "hello") fields.s = stackHere();
    send(stringify(fields));
  };

  // A proxy passes for the function it stands in front of, but for its source text: that is answered for it.
  const originals = new WeakMap();
  const disguise = (real, trap) => {
    const fake = new Proxy(real, { apply: trap });
    apply(mapSet, originals, [fake, real]);
    return fake;
  };
  const watch = (owner, name, kind, tell) => {
    try {
      const found = owner && getOwnPropertyDescriptor(owner, name);
      if (!found) return;
      const real = kind === "set" ? found.set : found.value;
      if (typeof real !== "function") return;
      found[kind] = disguise(real, (target, self, args) => {
        try {
          tell(self, args);
        } catch {}
        return apply(target, self, args);
      });
      defineProperty(owner, name, found);
    } catch {}
  };
  watch.native = (() => {
    const real = Function.prototype.toString;
    const fake = disguise(real, (target, self, args) => apply(target, apply(mapGet, originals, [self]) || self, args));
    const found = getOwnPropertyDescriptor(Function.prototype, "toString");
    found.value = fake;
    defineProperty(Function.prototype, "toString", found);
  })();

  const cut = (text) => {
    const all = toText(text);
    return all.length > 16384 ? all.slice(0, 16384) : all;
  };
  const bodyText = (body) => {
    if (body === undefined || body === null) return "";
    if (typeof body === "string") return cut(body);
    if (body instanceof URLSearchParams) return cut(body);
    return "";
  };

  // Cookies.
  watch(globalThis.Document && Document.prototype, "cookie", "set", (self, [value]) =>
    report("cookie", { a: "document.cookie", v: cut(value) })
  );
  const Store = globalThis.CookieStore;
  if (Store) {
    for (const name of ["set", "delete"]) {
      watch(Store.prototype, name, "value", (self, [first, second]) => {
        const given = typeof first === "object" && first !== null ? first : { name: toText(first) };
        const value = { ...given };
        if (name === "set" && typeof first !== "object") value.value = toText(second);
        report("cookie", { a: "cookieStore." + name, v: stringify(value) });
      });
    }
  }

  // Hits that the protocol does not tell apart by itself.
  watch(globalThis.Navigator && Navigator.prototype, "sendBeacon", "value", (self, [url, body]) =>
    report("call", { a: "navigator.sendBeacon", u: new URL(url, document.baseURI).href, d: bodyText(body) })
  );
  watch(globalThis, "fetch", "value", (self, [input, init]) => {
    const asked = typeof input === "object" && input !== null && "url" in input;
    const keep = init && "keepalive" in init ? init.keepalive : asked && input.keepalive;
    if (!keep) return;
    const url = asked ? input.url : new URL(toText(input), document.baseURI).href;
    report("call", { a: "fetch.keepalive", u: url, d: bodyText(init && init.body) });
  });

  // Reading back what was drawn, rendered or measured: reported once for each interface and calling script.
  const calls = new Map();
  const once = (api, detail) => {
    const seen = apply(countGet, calls, [api]) || 0;
    if (seen >= 5) return;
    apply(countSet, calls, [api, seen + 1]);
    report("call", { a: api, d: toText(detail || "") });
  };
  const size = (canvas) => (canvas ? canvas.width + "x" + canvas.height : "");
  const proto = (name) => globalThis[name] && globalThis[name].prototype;
  watch(proto("HTMLCanvasElement"), "toDataURL", "value", (self) => once("canvas.toDataURL", size(self)));
  watch(proto("HTMLCanvasElement"), "toBlob", "value", (self) => once("canvas.toBlob", size(self)));
  watch(proto("OffscreenCanvas"), "convertToBlob", "value", (self) => once("canvas.convertToBlob", size(self)));
  for (const name of ["CanvasRenderingContext2D", "OffscreenCanvasRenderingContext2D"]) {
    watch(proto(name), "getImageData", "value", (self, [x, y, w, h]) => once("canvas.getImageData", w + "x" + h));
    let fonts = new Set();
    watch(proto(name), "measureText", "value", (self) => {
      if (fonts === null) return;
      fonts.add(self.font);
      if (fonts.size === 40) {
        fonts = null;
        once("canvas.measureText", "40 fonts");
      }
    });
  }
  for (const name of ["WebGLRenderingContext", "WebGL2RenderingContext"]) {
    watch(proto(name), "readPixels", "value", () => once("webgl.readPixels", ""));
    watch(proto(name), "getParameter", "value", (self, [code]) => {
      if (code === 37445 || code === 37446) once("webgl.getParameter", code === 37445 ? "vendor" : "renderer");
    });
  }
  watch(proto("OfflineAudioContext"), "startRendering", "value", (self) => once("audio.startRendering", self.length));
  watch(proto("AnalyserNode"), "getFloatFrequencyData", "value", () => once("audio.getFloatFrequencyData", ""));

  report("hello", { p: apply(clockNow, clock, []), top: globalThis.top === globalThis });
})();
