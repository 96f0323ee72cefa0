// Read in an isolated world of each frame at the end of a phase: what it keeps and which images it shows.
// Returns plain data; judges nothing.
(async () => {
  const VALUE = 4096, KEYS = 2000, IMAGES = 500;
  const bytes = new TextEncoder();
  const area = (get) => {
    try {
      const store = get();
      const items = [];
      for (let i = 0; i < store.length && items.length < KEYS; i++) {
        const key = store.key(i);
        const value = store.getItem(key) || "";
        items.push([key.slice(0, VALUE), value.slice(0, VALUE), bytes.encode(value).length]);
      }
      return items;
    } catch {
      return null;
    }
  };
  const databases = async () => {
    try {
      const items = [];
      for (const { name, version } of await indexedDB.databases()) {
        const stores = await new Promise((resolve) => {
          const asked = indexedDB.open(name, version);
          asked.onsuccess = () => {
            const names = [...asked.result.objectStoreNames];
            asked.result.close();
            resolve(names);
          };
          asked.onupgradeneeded = () => asked.transaction.abort();
          asked.onerror = asked.onblocked = () => resolve([]);
        });
        if (!stores.length) items.push([name, "", 0]);
        for (const store of stores) items.push([name + "/" + store, "", 0]);
        if (items.length > KEYS) break;
      }
      return items;
    } catch {
      return null;
    }
  };
  const cached = async () => {
    try {
      return (await caches.keys()).slice(0, KEYS).map((name) => [name, "", 0]);
    } catch {
      return null;
    }
  };
  const workers = async () => {
    try {
      return (await navigator.serviceWorker.getRegistrations()).slice(0, KEYS).map((one) => {
        const script = (one.active || one.waiting || one.installing || {}).scriptURL || "";
        return [one.scope, script, bytes.encode(script).length];
      });
    } catch {
      return null;
    }
  };
  const images = [...document.images].slice(0, IMAGES).map((image) => {
    const box = image.getBoundingClientRect();
    const look = getComputedStyle(image);
    const visible =
      box.width >= 2 && box.height >= 2 && look.visibility === "visible" && look.display !== "none" && +look.opacity > 0 &&
      (image.checkVisibility ? image.checkVisibility() : true);
    return [image.currentSrc || image.src, image.naturalWidth, image.naturalHeight, visible, box.width, box.height];
  });
  return {
    origin: self.origin,
    url: location.href,
    local: area(() => localStorage),
    session: area(() => sessionStorage),
    indexeddb: self.origin !== "null" && globalThis.indexedDB ? await databases() : null,
    cache: self.origin !== "null" && globalThis.caches ? await cached() : null,
    "service-worker": self.origin !== "null" ? await workers() : null,
    images,
  };
})()
