// Checks the receipt of a vote on a second phone (docs/bundle.md, Receipt). What stands behind
// the # of the address is taken out of it before anything else, stays in this page, and is sent
// to nobody: only public files are fetched, the same for every receipt. Works together with
// verify.js on any web server; a page elsewhere names the ledger's address in data-ledger.
"use strict";

(function () {
  // First, before anything can read it: out of the address, and out of the history.
  const take = function () {
    const scanned = location.hash.slice(1);
    history.replaceState(null, "", location.pathname + location.search);
    return scanned.startsWith("v1.") ? scanned : "";
  };
  let scanned = location.hash ? take() : "";

  // Pages in other languages say these in elements with data-verdict.
  const ENGLISH = {
    none: "Open this page with the QR code of your receipt.",
    busy: "One moment. We fetch the public ledger.",
    unreadable: "This is not a receipt. Scan the QR code once more, as a whole.",
    unsigned: "This receipt was not signed by this voting service, or is of another round.",
    early: "The public ledger begins when voting opens.",
    unreachable: "The public ledger cannot be fetched. Try again later.",
    broken: "The public ledger contradicts itself. Keep your receipt, and tell others.",
    sealed: "Your vote stands in the ledger.",
    waits: "Your vote waits for the next seal. Come back later.",
    missing: "Your vote is MISSING from the ledger, though the service signed for it. Keep your "
      + "receipt: it proves this.",
    old: "This browser cannot check signatures. Use a newer one, at an address with https.",
  };
  const MAY_CHANGE = ["sealed", "waits", "missing", "unreachable", "early", "broken"];
  class Ends extends Error {} // its message is the name of a verdict

  const fetched = async function (ledger, name) {
    let response;
    try {
      response = await fetch(ledger + name, {
        cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
      });
    } catch (failure) {
      throw new Ends("unreachable");
    }
    if (response.status === 404) throw new Ends("early");
    if (!response.ok) throw new Ends("unreachable");
    return new Uint8Array(await response.arrayBuffer());
  };

  // The public files, checked against each other as far as a receipt needs.
  const publicFiles = async function (pb, ledger) {
    // One after the other, the ledger last but one: then its checkpoint is there already.
    const config = await fetched(ledger, "config.json");
    const projects = await fetched(ledger, "projects.json");
    const lines = pb.linesOf(await fetched(ledger, "ledger.jsonl"));
    const notes = pb.linesOf(await fetched(ledger, "checkpoints.jsonl"));
    const broken = () => { throw new Ends("broken"); };
    if (!lines || !notes || lines.length < 2) broken();
    const facts = lines.map((line) => pb.canonical(pb.decoded(line)));
    if (!facts.every(pb.isFact)) broken();
    const said = pb.canonical(pb.decoded(config)), list = pb.canonical(pb.decoded(projects));
    const digest = async (bytes) => pb.hex(await pb.sha256(bytes));
    if (!said || !list || facts[0].k !== "config" || facts[0].sha256 !== await digest(config)
      || said.projects_sha256 !== await digest(projects)) broken();
    const log = await pb.verifierOf(said.keys.log);
    if (!log || log.name !== said.origin || facts[1].k !== "roll") broken();
    const roll = Uint8Array.from(facts[1].sha256.match(/../g), (pair) => parseInt(pair, 16));
    const fingerprint = pb.symbolsOf(await pb.sha256(pb.joined(log.key, roll)), 20);
    if (fingerprint !== facts[1].fingerprint) broken();
    // A seal may fall between two downloads: the checkpoint of what we hold is somewhere there.
    let known = null;
    for (const line of notes.reverse()) {
      const row = pb.canonical(pb.decoded(line));
      const note = row && pb.noteOf(row.note), checkpoint = note && pb.checkpointOf(note);
      if (!checkpoint || checkpoint.origin !== said.origin) broken();
      const signers = await pb.signersOf(note, [log]);
      if (!signers || !signers.size) broken();
      known = checkpoint;
      if (checkpoint.size <= lines.length) break;
    }
    if (!known || known.size !== lines.length) broken();
    const root = (await pb.rootsOf(lines, [known.size])).get(known.size);
    if (!pb.equal(root, known.root)) broken();
    return { config: said, projects: list, facts, log, fingerprint };
  };

  const grouped = (symbols) => symbols.replace(/(.{4})(?=.)/g, "$1-");

  // What a receipt is for, and where its ballot stands.
  const checked = async function (pb, receipt, files) {
    const found = await pb.readReceipt(receipt, files.config.round);
    if (!await pb.isSigned(files.log.key, found.signed, receipt.signature)) {
      throw new Ends("unsigned");
    }
    const leaf = pb.b64(found.leaf);
    const place = files.facts.findIndex((fact) => fact.t === "ballot" && fact.c === leaf);
    const closed = files.facts.some((fact) => fact.t === "event" && fact.k === "closed");
    let verdict = closed ? "missing" : "waits";
    if (place >= receipt.size) verdict = "sealed";
    return { verdict, code: grouped(found.code), fingerprint: grouped(files.fingerprint) };
  };

  const plansOf = function (pb, receipt, projects) {
    const language = document.documentElement.lang;
    const byNumber = new Map(projects.plans.map((plan) => [plan.number, plan]));
    return receipt.choices.map((choice) => {
      const [number, points] = Array.isArray(choice) ? choice : [choice, null];
      const plan = byNumber.get(number) || { title: "?" };
      const titles = plan.titles || {};
      return { id: pb.planId(number), title: titles[language] || plan.title, points };
    });
  };

  const page = function (root) {
    const one = (name) => root.querySelector(`[data-${name}]`);
    const say = function (verdict) {
      const verdicts = one("verdicts");
      if (!verdicts.querySelector(`[data-verdict="${verdict}"]`)) {
        const paragraph = document.createElement("p");
        paragraph.dataset.verdict = verdict;
        paragraph.textContent = ENGLISH[verdict];
        verdicts.append(paragraph);
      }
      for (const each of verdicts.querySelectorAll("[data-verdict]")) {
        each.hidden = each.dataset.verdict !== verdict;
      }
      root.dataset.said = verdict;
    };

    const show = function (plans, { code, fingerprint }) {
      one("plans").replaceChildren(...plans.map(({ id, title, points }) => {
        const item = document.createElement("li");
        const words = document.createElement("bdi");
        words.textContent = `${id} ${title}`;
        item.append(words);
        if (points !== null) item.append(` (${points})`);
        return item;
      }));
      one("code").querySelector("code").textContent = code;
      one("fingerprint").querySelector("code").textContent = fingerprint;
      one("receipt-says").hidden = false;
    };

    const look = async function () {
      one("receipt-says").hidden = true;
      one("again").hidden = true;
      try {
        if (!scanned) throw new Ends("none");
        if (!window.pbVerify || !window.crypto || !window.crypto.subtle) throw new Ends("old");
        const receipt = window.pbVerify.receiptOf(scanned);
        if (!receipt) throw new Ends("unreadable");
        say("busy");
        const ledger = new URL(root.dataset.ledger.replace(/\/*$/, "/"), location.href).href;
        const files = await publicFiles(window.pbVerify, ledger);
        const found = await checked(window.pbVerify, receipt, files);
        show(plansOf(window.pbVerify, receipt, files.projects), found);
        say(found.verdict);
      } catch (failure) {
        say(failure instanceof Ends ? failure.message : "broken");
      }
      one("again").hidden = !MAY_CHANGE.includes(root.dataset.said);
    };

    one("again").addEventListener("click", look);
    window.addEventListener("hashchange", function () {
      if (!location.hash.startsWith("#v1.")) return; // it names a part of the page
      scanned = take();
      look();
    });
    one("receipt-answer").hidden = false;
    look();
  };

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-receipt]").forEach(page);
  });
})();
