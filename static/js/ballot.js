// Follows the choices on a ballot in the bar above it. The server counts again and decides;
// without this script the same page works, the bar only waits for the next page.
"use strict";

(function () {
  // As the server writes amounts: the euro sign first, digits as the language parts them.
  const euros = function (cents) {
    const language = document.documentElement.lang;
    const digits = cents % 100 === 0 ? 0 : 2;
    const amount = "\u20ac\u00a0" + (cents / 100).toLocaleString(language === "ar" ? "nl" : language, {
      minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: true,
    });
    return document.documentElement.dir === "rtl" ? "\u2066" + amount + "\u2069" : amount;
  };

  const write = function (element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  };

  const follow = function (form) {
    const bar = form.querySelector("[data-budget]");
    if (!bar) return;
    const kind = bar.dataset.budget;
    const most = Number(bar.dataset.maximum);
    const words = bar.querySelector("[data-budget-words]");
    const over = bar.querySelector("[data-budget-over]");
    const meter = bar.querySelector("[data-budget-meter]");
    const pips = bar.querySelectorAll("[data-pip]");
    const boxes = Array.from(form.querySelectorAll(".pb-ballot-card__box"));
    const points = Array.from(form.querySelectorAll("[data-points]"));

    const sum = function (numbers) {
      return numbers.reduce((total, number) => total + number, 0);
    };

    const update = function () {
      const ticked = boxes.filter((box) => box.checked);
      const spent = kind === "points"
        ? sum(points.map((box) => Math.max(0, Number(box.value) || 0)))
        : sum(ticked.map((box) => Number(box.dataset.cost) || 0));
      const used = kind === "count" ? ticked.length : spent;
      const left = Math.max(0, most - spent);
      const shown = kind === "money" ? euros : String;

      write(words, words.dataset.pattern
        .replace("{chosen}", String(ticked.length))
        .replace("{spent}", shown(spent))
        .replace("{left}", shown(left)));
      over.hidden = used <= most;
      bar.classList.toggle("pb-budget--over", used > most);
      if (meter) meter.value = Math.min(used, most);
      pips.forEach((pip, place) => pip.classList.toggle("pb-budget__pip--on", place < used));

      if (kind !== "money") return;
      boxes.forEach(function (box) {
        const card = box.closest("li");
        const far = card && card.querySelector("[data-far]");
        if (far) far.hidden = box.checked || Number(box.dataset.cost) <= most - spent;
      });
    };

    form.addEventListener("input", update);
    form.addEventListener("reset", () => setTimeout(update));
    // A browser may bring back ticks when someone returns with its back button.
    window.addEventListener("pageshow", update);
    update();
  };

  document.querySelectorAll("form[data-ballot]").forEach(follow);
})();
