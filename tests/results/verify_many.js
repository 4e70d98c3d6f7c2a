// Reads a line of JSON per question, {"bundle": path, "given": {…}, "by": "browser" or "here"},
// and answers each with the outcome of static/js/verify.js on a line. For test_verify_browser.py.
"use strict";

const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");

const verifier = require("../../static/js/verify.js");

const answers = {
  async verify({ bundle, given }) {
    return verifier.verify(new Uint8Array(readFileSync(bundle)), given || {});
  },
  // forgeries: of each the places where it differs from the bundle in the file, and its bytes.
  async forged({ bundle, forgeries }) {
    const honest = new Uint8Array(readFileSync(bundle));
    const failed = [];
    for (const [places, bytes] of forgeries) {
      const forged = honest.slice();
      places.forEach((place, at) => { forged[place] = bytes[at]; });
      failed.push((await verifier.verify(forged, {})).failed);
    }
    return failed;
  },
  async signed({ key, message, signature, by }) {
    const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));
    return verifier.isSigned(bytes(key), bytes(message), bytes(signature), by);
  },
  async canonical({ text }) {
    return verifier.canonical(text) !== undefined;
  },
  async roots({ lines, sizes }) {
    const roots = await verifier.rootsOf(lines.map((each) => Buffer.from(each, "hex")), sizes);
    return sizes.map((size) => verifier.hex(roots.get(size)));
  },
};

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const { ask, ...question } = JSON.parse(line);
    let answer;
    try {
      answer = await answers[ask](question);
    } catch (failure) {
      answer = { bug: failure.stack };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
})();
