// The page that checks a bundle: hands a file that somebody chose to verify.js, and shows each
// check as it ends. The file is read by this page alone; nothing of it is sent anywhere.
"use strict";

(function () {
  const page = function (root) {
    const one = (name) => root.querySelector(`[data-${name}]`);
    const words = root.dataset;
    const verifier = window.pbVerify;
    const chooser = one("bundle-file"), area = one("bundle-drop"), fetcher = one("bundle-fetch");
    let turn = 0; // a second file stops what the first still says

    // With the digits that the rest of the page has, in every language.
    const inEuros = (cents) => new Intl.NumberFormat(document.documentElement.lang, {
      style: "currency", currency: "EUR", numberingSystem: "latn",
      minimumFractionDigits: cents % 100 ? 2 : 0,
    }).format(cents / 100);

    const sayVerdict = function (verdict) {
      for (const each of root.querySelectorAll("[data-verdict]")) {
        each.hidden = each.dataset.verdict !== verdict;
      }
      root.dataset.said = verdict;
    };

    const rowOf = (check) => root.querySelector(`[data-check="${check}"]`);
    const setState = function (check, state, word, detail = "") {
      const row = rowOf(check);
      if (!row) return;
      row.dataset.state = state;
      row.querySelector("[data-state-words]").textContent = word;
      const line = row.querySelector("[data-detail]");
      line.textContent = detail;
      line.hidden = !detail;
    };

    const begin = function () {
      root.querySelectorAll("[data-check]").forEach((row) => setState(row.dataset.check, "", ""));
      rowOf("receipt").hidden = !one("kept-receipt").value.trim();
      one("sum").hidden = true;
      one("happened").hidden = true;
      one("happened-list").replaceChildren();
      one("chosen").hidden = true;
      one("chosen-list").replaceChildren();
      sayVerdict("busy");
    };

    const told = function (own, { check, holds, done, all, sentence }) {
      if (own !== turn) return;
      if (holds === undefined) {
        const share = all ? ` ${Math.floor((100 * done) / all)} %` : "";
        setState(check, "busy", words.busy + share);
      } else {
        // What is wrong is said in the words of the verifier, which are English.
        setState(check, holds ? "holds" : "fails", holds ? words.holds : words.fails,
          holds ? "" : sentence);
      }
    };

    const showRest = function (outcome) {
      const { letters } = outcome.reconciliation;
      if (letters) {
        one("sum").textContent = verifier.filled(one("sum").dataset.pattern, letters);
        one("sum").hidden = false;
      }
      one("happened-list").replaceChildren(...(outcome.happened || []).map((change) => {
        const item = document.createElement("li");
        const pattern = root.querySelector(`[data-change="${change.kind}"]`);
        item.textContent = verifier.filled(pattern.content.textContent, change);
        return item;
      }));
      one("happened").hidden = !one("happened-list").children.length;
      one("chosen-list").replaceChildren(...(outcome.chosen || []).map((plan) => {
        const item = document.createElement("li");
        const cost = inEuros(plan.cost_cents);
        item.textContent = verifier.filled(one("chosen-list").dataset.pattern, { ...plan, cost });
        return item;
      }));
      one("chosen").hidden = !one("chosen-list").children.length;
      let ended = false;
      for (const row of root.querySelectorAll("[data-check]")) {
        if (!row.dataset.state || row.dataset.state === "busy") {
          setState(row.dataset.check, "skipped", words.skipped);
        }
        ended = ended || row.dataset.state === "fails";
      }
      let verdict = "fails";
      if (outcome.failed === "bundle") verdict = "unreadable";
      else if (outcome.kept_differs) verdict = "differs";
      else if (outcome.verified) verdict = outcome.compared_with_kept ? "kept" : "holds";
      sayVerdict(verdict);
    };

    const check = async function (bytesOf) {
      turn += 1;
      const own = turn;
      begin();
      try {
        const given = {};
        for (const name of ["fingerprint", "checkpoint", "receipt"]) {
          const text = one(`kept-${name}`).value;
          // A note ends in a line end, which copying may lose.
          const kept = name === "checkpoint" ? text.trimEnd() + "\n" : text.trim();
          if (text.trim()) given[name] = kept;
        }
        const raw = await bytesOf();
        const outcome = await verifier.verify(raw, given, (row) => told(own, row));
        if (own === turn) showRest(outcome);
      } catch (failure) {
        if (own === turn) sayVerdict("unreachable");
      }
    };

    const checkFile = (file) => check(async () => new Uint8Array(await file.arrayBuffer()));

    chooser.addEventListener("change", () => chooser.files.length && checkFile(chooser.files[0]));
    fetcher.addEventListener("click", () => check(async () => {
      const response = await fetch(words.bundle, { credentials: "omit" });
      if (!response.ok) throw new Error(String(response.status));
      return new Uint8Array(await response.arrayBuffer());
    }));
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      area.addEventListener(kind, function (event) {
        event.preventDefault();
        area.classList.toggle("pb-drop--over", kind === "dragenter" || kind === "dragover");
        const { files } = event.dataTransfer;
        if (kind === "drop" && files.length) checkFile(files[0]);
      });
    }
    one("needs-script").hidden = false;
  };

  document.addEventListener("DOMContentLoaded", function () {
    if (!window.pbVerify || !window.crypto || !window.crypto.subtle) return;
    document.querySelectorAll("[data-bundle]").forEach(page);
  });
})();
