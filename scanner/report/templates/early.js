"use strict";
// Before the page is laid out: long tables show their first rows only, until tables.js takes them over.
document.documentElement.classList.add("scripted");
