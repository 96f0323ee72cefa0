"use strict";
// Tables that can be filtered, sorted and paged. Without this script every row is in the page and can be read.
// Rows that are not shown are taken out of the document, so that thousands of them cost nothing to lay out.
(() => {
  const PAGE = 50;
  const words = JSON.parse(document.body.dataset.words);
  const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
  const tables = [];

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  class Table {
    constructor(table) {
      this.table = table;
      this.body = table.tBodies[0];
      this.label = table.caption.textContent;
      this.rows = Array.from(this.body.rows);
      this.found = this.rows;
      this.page = 0;
      this.text = new Map();
      this.addSorting();
      if (this.rows.length > 8 && table.dataset.filter) this.addFilter();
      if (this.rows.length > PAGE) this.addPager();
      this.show();
      table.dataset.ready = "";
    }

    words(row) {
      if (!this.text.has(row)) this.text.set(row, row.textContent.toLowerCase());
      return this.text.get(row);
    }

    addSorting() {
      if (this.rows.length < 3) return;
      Array.from(this.table.tHead.rows[0].cells).forEach((head, column) => {
        const button = element("button", { type: "button" }, ...head.childNodes);
        head.replaceChildren(button);
        button.addEventListener("click", () => this.sort(head, column));
      });
    }

    key(row, column) {
      const cell = row.cells[column];
      if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
      return (cell.dataset.sortText || cell.textContent).trim().toLowerCase();
    }

    sort(head, column) {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of this.table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyed = this.rows.map((row) => [this.key(row, column), row]);
      const text = new Intl.Collator(document.documentElement.lang, { numeric: true });
      const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : text.compare(a, b));
      keyed.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));
      this.rows = keyed.map(([, row]) => row);
      this.filter();
    }

    addFilter() {
      const tools = element("div", { className: "tools" });
      this.input = element("input", { type: "search", autocomplete: "off" });
      this.input.addEventListener("input", () => this.filter());
      tools.append(element("label", {}, this.table.dataset.filter, this.input));
      if (this.table.dataset.choice) {
        const column = Number(this.table.dataset.choice);
        const values = [...new Set(this.rows.map((row) => row.cells[column].textContent.trim()))].sort();
        this.choice = element("select", {}, element("option", { value: "" }, words.all));
        for (const value of values) this.choice.append(element("option", { value }, value));
        this.choiceColumn = column;
        this.choice.addEventListener("change", () => this.filter());
        tools.append(element("label", {}, words.group, this.choice));
      }
      this.count = element("span", { className: "soft" });
      this.count.setAttribute("role", "status");
      tools.append(this.count);
      this.table.parentElement.before(tools);
    }

    addPager() {
      this.back = element("button", { type: "button" }, words.back);
      this.next = element("button", { type: "button" }, words.next);
      this.place = element("span", {});
      this.place.setAttribute("role", "status");
      this.back.addEventListener("click", () => this.show(this.page - 1));
      this.next.addEventListener("click", () => this.show(this.page + 1));
      const pager = element("nav", { className: "pager" }, this.back, this.place, this.next);
      pager.setAttribute("aria-label", fill(words.pages, { table: this.label }));
      this.table.parentElement.after(pager);
    }

    filter() {
      const wanted = this.input ? this.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean) : [];
      const group = this.choice ? this.choice.value : "";
      this.found = this.rows.filter(
        (row) =>
          (!group || row.cells[this.choiceColumn].textContent.trim() === group) &&
          wanted.every((word) => this.words(row).includes(word)),
      );
      this.show(0);
    }

    show(page = this.page) {
      const last = Math.max(0, Math.ceil(this.found.length / PAGE) - 1);
      this.page = Math.min(Math.max(0, page), last);
      const start = this.page * PAGE;
      const shown = this.found.slice(start, start + PAGE);
      this.body.replaceChildren(...shown);
      if (this.count) {
        const all = this.found.length === this.rows.length;
        this.count.textContent = all ? "" : fill(words.rows, { found: this.found.length, all: this.rows.length });
      }
      if (this.place) {
        this.place.textContent = fill(words.place, {
          first: shown.length ? start + 1 : 0,
          last: start + shown.length,
          all: this.found.length,
        });
        this.back.disabled = this.page === 0;
        this.next.disabled = this.page === last;
      }
    }

    showAll() {
      this.body.replaceChildren(...this.rows);
    }
  }

  for (const table of document.querySelectorAll("table[data-table]")) tables.push(new Table(table));

  // In very long tables the details of a row are text until somebody opens them: to a browser that runs scripts,
  // what is inside <noscript> is one piece of text, and nothing else need be built for thousands of rows.
  document.addEventListener(
    "toggle",
    ({ target }) => {
      const kept = target.querySelector(":scope > noscript");
      if (!kept) return;
      const inside = document.createElement("template");
      inside.innerHTML = kept.textContent;
      kept.replaceWith(inside.content);
    },
    true,
  );

  // On paper there is no clicking: every row, every proof.
  let opened = [];
  addEventListener("beforeprint", () => {
    for (const table of tables) table.showAll();
    opened = Array.from(document.querySelectorAll(".proof details:not([open]), details.block:not([open])"));
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const table of tables) table.show();
    for (const details of opened) details.open = false;
  });
})();
