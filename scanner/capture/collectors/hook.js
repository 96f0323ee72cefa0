// Runs in every document and worker before its own first script. Reports what scripts write and call; changes nothing.
// NAME is the name of the channel; it is taken out of the page's sight at once.
(() => {
  const send = globalThis[NAME];
  if (typeof send !== "function") return;
  delete globalThis[NAME];

  // The page may replace any of these later; ours are taken now.
  const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;
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
  // A worker has no address yet when this runs, and the browser does not bear to be asked.
  const page = typeof document === "object";
  const where = page ? location : null;
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
      const { href } = where || location;
      return href === "about:blank" || href === "about:srcdoc" ? document.baseURI : href;
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
      const real = found[kind];
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
  const made = (name, tell) => {
    try {
      const found = getOwnPropertyDescriptor(globalThis, name);
      const real = found && found.value;
      if (typeof real !== "function") return;
      found.value = new Proxy(real, {
        construct: (target, args, newTarget) => {
          try {
            tell(args);
          } catch {}
          return construct(target, args, newTarget === found.value ? target : newTarget);
        },
      });
      apply(mapSet, originals, [found.value, real]);
      defineProperty(globalThis, name, found);
      if (real.prototype.constructor === real) real.prototype.constructor = found.value;
    } catch {}
  };
  watch.native = (() => {
    const real = Function.prototype.toString;
    const fake = disguise(real, (target, self, args) => apply(target, apply(mapGet, originals, [self]) || self, args));
    const found = getOwnPropertyDescriptor(Function.prototype, "toString");
    found.value = fake;
    defineProperty(Function.prototype, "toString", found);
  })();

  // Requests that leave when no script runs any more: who asked for them is told, for the first few.
  const base = () => (page ? document.baseURI : location.href);
  let causes = 0;
  const caused = (address) => {
    if (causes++ < 300) report("cause", { u: new URL(toText(address), base()).href });
  };
  watch(globalThis.HTMLImageElement && HTMLImageElement.prototype, "src", "set", (self, [address]) => {
    if (!self.isConnected) caused(address);
  });
  watch(globalThis.ServiceWorkerContainer && ServiceWorkerContainer.prototype, "register", "value", (self, [address]) =>
    caused(address)
  );

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
  let stored = false;
  const watchStore = () => {
    const Store = globalThis.CookieStore;
    if (!Store || stored) return;
    stored = true;
    for (const name of ["set", "delete"]) {
      watch(Store.prototype, name, "value", (self, [first, second]) => {
        const given = typeof first === "object" && first !== null ? first : { name: toText(first) };
        const value = { ...given };
        if (name === "set" && typeof first !== "object") value.value = toText(second);
        report("cookie", { a: "cookieStore." + name, v: stringify(value) });
      });
    }
  };
  watchStore();
  if (!page && !stored) {
    // A service worker gets its store with its address, after this has run: its script's first steps find it there.
    watch(globalThis.EventTarget && EventTarget.prototype, "addEventListener", "value", watchStore);
    watch(globalThis.WorkerGlobalScope && WorkerGlobalScope.prototype, "importScripts", "value", watchStore);
    watch(globalThis, "oninstall", "set", watchStore);
    watch(globalThis, "onactivate", "set", watchStore);
  }

  // Hits that the protocol does not tell apart by itself.
  watch(globalThis.Navigator && Navigator.prototype, "sendBeacon", "value", (self, [url, body]) =>
    report("call", { a: "navigator.sendBeacon", u: new URL(url, document.baseURI).href, d: bodyText(body) })
  );
  watch(globalThis, "fetch", "value", (self, [input, init]) => {
    const asked = typeof input === "object" && input !== null && "url" in input;
    const keep = init && "keepalive" in init ? init.keepalive : asked && input.keepalive;
    if (!keep) return;
    const url = asked ? input.url : new URL(toText(input), base()).href;
    report("call", { a: "fetch.keepalive", u: url, d: bodyText(init && init.body) });
  });

  // Reading back what was drawn, rendered or measured. A report tells what went before, so that a fingerprint can be
  // told from a chart, a badge or a signature; of each interface only the first few of each sort are reported.
  const calls = new Map();
  const few = (api, sort, detail) => {
    const key = api + " " + sort;
    const seen = apply(countGet, calls, [key]) || 0;
    if (seen >= 4) return;
    apply(countSet, calls, [key, seen + 1]);
    report("call", { a: api, d: detail });
  };
  const proto = (name) => globalThis[name] && globalThis[name].prototype;
  const CONTEXTS = ["CanvasRenderingContext2D", "OffscreenCanvasRenderingContext2D"];
  const GRAPHICS = ["WebGLRenderingContext", "WebGL2RenderingContext"];
  // One key for each canvas: what was drawn on it so far.
  const drawn = new WeakMap();
  const on = (canvas) => {
    let facts = apply(mapGet, drawn, [canvas]);
    if (!facts) {
      facts = { letters: 0, colours: 0, saved: 0, images: 0, gl: 0 };
      facts.seen = { __proto__: null };
      facts.styles = { __proto__: null };
      apply(mapSet, drawn, [canvas, facts]);
    }
    return facts;
  };
  const write = (self, [text]) => {
    const facts = on(self.canvas);
    const words = toText(text);
    for (let i = 0; i < words.length && i < 200; i++) {
      const letter = words[i];
      // Emoji and other symbols are no letters: pages test with them what the browser can draw.
      if (letter > " " && letter < "\u2000" && !facts.seen[letter]) {
        facts.seen[letter] = true;
        facts.letters++;
      }
    }
    const style = toText(self.fillStyle);
    if (facts.colours < 9 && !facts.styles[style]) {
      facts.styles[style] = true;
      facts.colours++;
    }
  };
  const shown = (canvas) => {
    if (!canvas.isConnected) return 0;
    const box = canvas.getBoundingClientRect();
    return box.width > 2 && box.height > 2 && canvas.checkVisibility() ? 1 : 0;
  };
  const readBack = (api, canvas, width, height) => {
    const facts = on(canvas);
    const text = facts.letters > 9 || facts.colours > 1;
    const told = ["letters", "colours", "saved", "images", "gl"].map((name) => " " + name + "=" + facts[name]);
    few(api, [text, facts.saved, facts.gl].join(), width + "x" + height + told.join("") + " shown=" + shown(canvas));
  };
  const whole = (api) => (self) => readBack(api, self, self.width, self.height);
  watch(proto("HTMLCanvasElement"), "toDataURL", "value", whole("canvas.toDataURL"));
  watch(proto("HTMLCanvasElement"), "toBlob", "value", whole("canvas.toBlob"));
  watch(proto("OffscreenCanvas"), "convertToBlob", "value", whole("canvas.convertToBlob"));
  const families = (api) => {
    const known = { __proto__: null };
    let count = 0;
    let looked = 0;
    // Twenty thousand looks that found next to nothing come from a page that measures its own layout.
    return (font) => {
      if (count < 0 || (++looked > 20000 && count < 4)) return;
      const name = toText(font).split(",")[0];
      if (!name || known[name]) return;
      known[name] = true;
      if (++count === 30) {
        count = -1;
        few(api, "", "30 fonts");
      }
    };
  };
  for (const name of CONTEXTS) {
    watch(proto(name), "fillText", "value", write);
    watch(proto(name), "strokeText", "value", write);
    watch(proto(name), "save", "value", (self) => void (on(self.canvas).saved = 1));
    watch(proto(name), "drawImage", "value", (self) => void (on(self.canvas).images = 1));
    watch(proto(name), "getImageData", "value", (self, [x, y, w, h]) =>
      readBack("canvas.getImageData", self.canvas, w, h)
    );
    const measured = families("canvas.measureText");
    watch(proto(name), "measureText", "value", (self) => {
      const font = self.font;
      const at = font.indexOf("px ");
      measured(at < 0 ? font : font.slice(at + 3));
    });
  }
  const sized = families("fonts.offset");
  const bySize = (self) => sized(self.style.fontFamily);
  for (const name of ["offsetWidth", "offsetHeight"]) watch(proto("HTMLElement"), name, "get", bySize);
  watch(proto("Element"), "getBoundingClientRect", "value", bySize);
  const checked = families("fonts.check");
  watch(proto("FontFaceSet"), "check", "value", (self, [font]) => {
    const words = toText(font).split(" ");
    checked(words.slice(1).join(" "));
  });
  for (const name of GRAPHICS) {
    const asked = { __proto__: null };
    let count = 0;
    for (const draw of ["drawArrays", "drawElements"]) {
      watch(proto(name), draw, "value", (self) => void (on(self.canvas).gl = 1));
    }
    watch(proto(name), "readPixels", "value", (self, [x, y, w, h]) => readBack("webgl.readPixels", self.canvas, w, h));
    watch(proto(name), "getParameter", "value", (self, [code]) => {
      if (code === 37445 || code === 37446) few("webgl.getParameter", code, code === 37445 ? "vendor" : "renderer");
      if (asked[code]) return;
      asked[code] = true;
      if (++count === 40) few("webgl.getParameter", "many", "40 parameters");
    });
  }
  // Sound that is rendered for nobody's ears, and read.
  const rendered = { length: 0, oscillators: 0, compressors: 0 };
  const sounds = () =>
    rendered.length + " oscillators=" + rendered.oscillators + " compressors=" + rendered.compressors;
  const oscillator = () => void rendered.oscillators++;
  const compressor = () => void rendered.compressors++;
  watch(proto("BaseAudioContext"), "createOscillator", "value", oscillator);
  watch(proto("BaseAudioContext"), "createDynamicsCompressor", "value", compressor);
  made("OscillatorNode", oscillator);
  made("DynamicsCompressorNode", compressor);
  watch(proto("OfflineAudioContext"), "startRendering", "value", (self) => {
    rendered.length = self.length;
    few("audio.startRendering", rendered.oscillators ? "oscillator" : "", sounds());
  });
  for (const name of ["getChannelData", "copyFromChannel"]) {
    watch(proto("AudioBuffer"), name, "value", () => {
      if (rendered.length) few("audio.read", "", sounds());
    });
  }
  watch(proto("AnalyserNode"), "getFloatFrequencyData", "value", () =>
    few("audio.getFloatFrequencyData", "", sounds())
  );

  // A worker made of text has no address of its own: who made it is told.
  for (const name of ["Worker", "SharedWorker"]) {
    made(name, ([address]) => {
      const url = toText(address);
      if (url.startsWith("blob:") || url.startsWith("data:")) {
        report("call", { a: "new " + name, u: url.slice(0, 300), d: "" });
      } else caused(url);
    });
  }

  if (page) report("hello", { p: apply(clockNow, clock, []), top: globalThis.top === globalThis });
})();
