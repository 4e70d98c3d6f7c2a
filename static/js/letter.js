// The code of a voting letter: out of the address at once, kept for this tab only, filled in on
// the page that asks for it, and checked for typing errors. It is sent by the form alone.
"use strict";

(function () {
  const KEPT = "pb-code";
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const LENGTH = 24;

  const take = function () {
    const scanned = location.hash.slice(1).replace(/%20/g, " ");
    history.replaceState(null, "", location.pathname); // first, before anything can read it
    if (!/^[0-9A-Za-z ._-]{16,60}$/.test(scanned)) return;
    try { sessionStorage.setItem(KEPT, scanned); } catch (refused) { /* then it is typed */ }
    window.dispatchEvent(new CustomEvent("pb-scanned", { detail: scanned }));
  };
  if (location.hash) take();
  // A second scan in the same tab; shorter ends of an address name a part of the page.
  window.addEventListener("hashchange", () => location.hash.length > 16 && take());

  const symbolsOf = function (text) {
    return text.toUpperCase().replace(/[\s._\u00ad\u2010-\u2015\u2212-]/g, "")
      .replace(/O/g, "0").replace(/[IL]/g, "1");
  };

  const grouped = function (symbols) {
    return symbols.replace(/(.{4})(?=.)/g, "$1-");
  };

  // GF(32) with the polynomial x^5 + x^2 + 1 and the generator 2.
  const doubled = function (value) {
    return value & 16 ? (value << 1) ^ 37 : value << 1;
  };

  // The sum of 2^(i+1) times the i-th symbol, plus the last symbol, is zero in a right code.
  const checks = function (symbols) {
    let sum = 0;
    for (let place = LENGTH - 2; place >= 0; place -= 1) {
      sum = doubled(sum ^ ALPHABET.indexOf(symbols[place]));
    }
    return (sum ^ ALPHABET.indexOf(symbols[LENGTH - 1])) === 0;
  };

  const verdict = function (symbols, sentences) {
    const unknown = Array.from(symbols).find((symbol) => !ALPHABET.includes(symbol));
    if (unknown) return ["wrong", sentences.unknown.replace("{symbol}", unknown)];
    if (!symbols) return ["", ""];
    if (symbols.length < LENGTH) {
      return ["", sentences.short.replace("{number}", String(LENGTH - symbols.length))];
    }
    if (symbols.length > LENGTH) return ["wrong", sentences.long];
    return checks(symbols) ? ["good", sentences.good] : ["wrong", sentences.typo];
  };

  const help = function (box) {
    const feedback = document.querySelector("[data-code-feedback]");
    const update = function () {
      const before = symbolsOf(box.value.slice(0, box.selectionStart)).length;
      const symbols = symbolsOf(box.value);
      const tidy = grouped(symbols);
      if (tidy !== box.value) {
        const atEnd = box.selectionStart === box.value.length;
        const caret = atEnd ? tidy.length : before + Math.floor(Math.max(0, before - 1) / 4);
        box.value = tidy;
        if (document.activeElement === box) box.setSelectionRange(caret, caret);
      }
      if (!feedback) return;
      const [state, sentence] = verdict(symbols, feedback.dataset);
      feedback.dataset.state = state;
      if (feedback.textContent !== sentence) feedback.textContent = sentence;
    };
    box.addEventListener("input", update);
    update();
    return update;
  };

  document.addEventListener("DOMContentLoaded", function () {
    const box = document.getElementById("code");
    try {
      if (document.querySelector("[data-forget-code]")) sessionStorage.removeItem(KEPT);
      if (box && !box.value) box.value = sessionStorage.getItem(KEPT) || "";
    } catch (refused) { /* no storage: the code is typed */ }
    if (!box) return;
    const update = help(box);
    window.addEventListener("pb-scanned", function (event) {
      box.value = event.detail;
      update();
    });
  });
})();
