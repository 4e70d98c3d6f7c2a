// Checks the bundle of a round: the second verifier, written from docs/bundle.md alone, apart
// from verify.py. In a browser nothing leaves the page; under node:
//
//   node verify.js BUNDLE.zip [--key FILE] [--checkpoint FILE] [--fingerprint TEXT]
//                             [--receipt ADDRESS] [--format text|json]
//
// It ends with 0 when everything holds, with 1 when a check does not, with 2 when there is no
// bundle to check. No dependency and no build step: SHA-256, SHA-512 and, where the browser has
// it, Ed25519 come from WebCrypto; where it has not, the curve is below.
"use strict";

(function () {
  // --- bytes -----------------------------------------------------------------------------------

  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const utf8 = (text) => new TextEncoder().encode(text);
  const latin = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return text;
  };
  const b64 = (bytes) => btoa(latin(bytes));
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const u32 = (number) => new Uint8Array([number >>> 24, number >>> 16, number >>> 8, number]);

  // Not stripping a byte order mark: a text that begins with one is another text.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decoded = (bytes) => {
    try { return decoder.decode(bytes); } catch (failure) { return null; }
  };

  const joined = (...parts) => {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };

  const equal = (one, other) => {
    if (one.length !== other.length) return false;
    for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
    return true;
  };

  const compareBytes = (one, other) => {
    const shared = Math.min(one.length, other.length);
    for (let at = 0; at < shared; at += 1) if (one[at] !== other[at]) return one[at] - other[at];
    return one.length - other.length;
  };

  // By code point, as Python sorts; JavaScript's own order is by UTF-16 unit.
  const compareText = (one, other) => {
    const shared = Math.min(one.length, other.length);
    for (let at = 0; at < shared; at += 1) {
      const left = one.charCodeAt(at), right = other.charCodeAt(at);
      if (left === right) continue;
      const high = (unit) => unit >= 0xd800 && unit < 0xe000;
      return high(left) !== high(right) ? (high(left) ? 1 : -1) : left - right;
    }
    return one.length - other.length;
  };

  // The bytes of base64, or null unless the text is the one spelling that encoding gives back.
  const unb64 = (text, size) => {
    if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
    let binary;
    try { binary = atob(text); } catch (failure) { return null; }
    if ((size !== undefined && binary.length !== size) || btoa(binary) !== text) return null;
    return Uint8Array.from(binary, (symbol) => symbol.charCodeAt(0));
  };

  const unurl64 = (text, size) => {
    if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
    const padded = text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat(-text.length & 3);
    return unb64(padded, size);
  };

  const symbolsOf = (bytes, count) => {
    let text = "", value = 0, bits = 0;
    for (const byte of bytes) {
      value = ((value & 31) << 8) | byte;
      for (bits += 8; bits >= 5 && text.length < count; bits -= 5) {
        text += ALPHABET[(value >> (bits - 5)) & 31];
      }
      if (text.length === count) return text;
    }
    return text;
  };

  // Before version 19, node has WebCrypto in a module only.
  const isNode = typeof module === "object" && typeof require === "function";
  const webCrypto = globalThis.crypto || (isNode ? require("node:crypto").webcrypto : undefined);
  const subtle = webCrypto && webCrypto.subtle;
  const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));

  // Lets the page breathe: called in every loop, it waits once enough time went by.
  const BREATH = 24; // milliseconds
  let breathed = Date.now();
  const breathe = async () => {
    if (Date.now() - breathed < BREATH) return;
    await new Promise((go) => { setTimeout(go, 0); });
    breathed = Date.now();
  };

  // Digests run beside each other, a batch at a time.
  const BATCH = 512;
  const inBatches = async (items, work, progress = () => {}) => {
    const done = [];
    for (let at = 0; at < items.length; at += BATCH) {
      const batch = items.slice(at, at + BATCH).map((item, place) => work(item, at + place));
      for (const each of await Promise.all(batch)) done.push(each);
      progress(Math.min(at + BATCH, items.length), items.length);
      await breathe();
    }
    return done;
  };

  // --- JSON ------------------------------------------------------------------------------------

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  // Half a surrogate pair is no character and has no bytes in UTF-8.
  const quoted = (text) => {
    if (/\p{Surrogate}/u.test(text)) throw new RangeError("surrogate");
    return JSON.stringify(text);
  };

  // As json.dumps(sort_keys=True, ensure_ascii=False) writes; with indent, each part on a line.
  const written = (value, indent = null, depth = 0) => {
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new RangeError("number");
      return String(value);
    }
    if (typeof value === "string") return quoted(value);
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const list = Array.isArray(value);
    const colon = indent === null ? ":" : ": ";
    const parts = list
      ? value.map((part) => written(part, indent, depth + 1))
      : Object.keys(value).sort(compareText)
        .map((key) => quoted(key) + colon + written(value[key], indent, depth + 1));
    const [begin, end] = list ? "[]" : "{}";
    if (!parts.length) return begin + end;
    if (indent === null) return begin + parts.join(",") + end;
    const line = "\n" + indent.repeat(depth + 1);
    return begin + line + parts.join("," + line) + "\n" + indent.repeat(depth) + end;
  };

  // What canonical JSON says, or undefined when a text is not written that way.
  const canonical = (text) => {
    if (text === null) return undefined;
    try {
      const value = JSON.parse(text);
      return written(value) === text ? value : undefined;
    } catch (failure) {
      return undefined;
    }
  };

  const linesOf = (bytes) => {
    const lines = [];
    for (let begin = 0; begin < bytes.length;) {
      const end = bytes.indexOf(10, begin);
      if (end < 0) return null; // the last line has no end
      lines.push(bytes.subarray(begin, end));
      begin = end + 1;
    }
    return lines;
  };

  // --- Ed25519 (RFC 8032, strictly) ------------------------------------------------------------

  const P = 2n ** 255n - 19n;
  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const modulo = (value, base = P) => {
    const rest = value % base;
    return rest >= 0n ? rest : rest + base;
  };
  const power = (base, exponent) => {
    let result = 1n;
    for (let left = exponent, square = base; left > 0n; left >>= 1n) {
      if (left & 1n) result = (result * square) % P;
      square = (square * square) % P;
    }
    return result;
  };
  const inverse = (value) => power(modulo(value), P - 2n);
  const D = modulo(-121665n * inverse(121666n));
  const ROOT = power(2n, (P - 1n) / 4n); // of -1
  const little = (bytes) => BigInt("0x" + hex(Uint8Array.from(bytes).reverse()));
  const littleBytes = (value) => {
    const digits = value.toString(16).padStart(64, "0");
    return Uint8Array.from({ length: 32 }, (_, at) => parseInt(digits.substr(62 - 2 * at, 2), 16));
  };

  // Points are [X, Y, Z, T] with x = X/Z, y = Y/Z, xy = T/Z.
  const NEUTRAL = [0n, 1n, 1n, 0n];
  const add = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
    const a = ((y1 - x1) * (y2 - x2)) % P, b = ((y1 + x1) * (y2 + x2)) % P;
    const c = (((2n * t1 * t2) % P) * D) % P, d = (2n * z1 * z2) % P;
    const e = b - a, f = d - c, g = d + c, h = b + a;
    return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
  };
  const twice = ([x, y, z]) => {
    const a = (x * x) % P, b = (y * y) % P, c = (2n * z * z) % P;
    const h = a + b, e = h - (x + y) * (x + y) % P, g = a - b, f = c + g;
    return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
  };
  const negated = ([x, y, z, t]) => [P - x, y, z, P - t];

  // The point of 32 bytes, or null unless they are its only spelling.
  const pointOf = (bytes) => {
    const number = little(bytes), sign = number >> 255n, y = number & (2n ** 255n - 1n);
    if (y >= P) return null;
    const u = modulo(y * y - 1n), v = modulo(D * y * y + 1n);
    const v3 = modulo(v * v * v);
    let x = modulo(u * v3 * power(modulo(u * v3 * v3 * v), (P - 5n) / 8n));
    const check = modulo(v * x * x);
    if (check === modulo(-u)) x = modulo(x * ROOT);
    else if (check !== u) return null;
    if (x === 0n && sign) return null;
    if ((x & 1n) !== sign) x = P - x;
    return [x, y, 1n, modulo(x * y)];
  };
  const bytesOf = ([x, y, z]) => {
    const by = inverse(z);
    return littleBytes(modulo(y * by) | ((modulo(x * by) & 1n) << 255n));
  };

  // The y of the eight points whose order divides 8: keys and signatures with them prove nothing.
  const SMALL_ORDER = new Set([
    0n, 1n, P - 1n,
    little(Uint8Array.from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
      .match(/../g), (pair) => parseInt(pair, 16))),
    little(Uint8Array.from("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
      .match(/../g), (pair) => parseInt(pair, 16))),
  ]);
  const isSound = (bytes) => {
    const y = little(bytes) & (2n ** 255n - 1n);
    return y < P && !SMALL_ORDER.has(y);
  };

  // 32 tables of the multiples of 256^i times the base point, made when first needed.
  let baseTables = null;
  const timesBase = (scalar) => {
    if (!baseTables) {
      const base = pointOf(littleBytes(modulo(4n * inverse(5n))));
      baseTables = [];
      for (let window = 0, begin = base; window < 32; window += 1) {
        const table = [NEUTRAL];
        for (let at = 1; at < 256; at += 1) table.push(add(table[at - 1], begin));
        baseTables.push(table);
        begin = add(table[255], begin);
      }
    }
    return littleBytes(scalar)
      .reduce((sum, digit, window) => (digit ? add(sum, baseTables[window][digit]) : sum), NEUTRAL);
  };
  const times = (scalar, point) => {
    const table = [NEUTRAL];
    for (let at = 1; at < 16; at += 1) table.push(add(table[at - 1], point));
    let sum = NEUTRAL;
    for (const digit of scalar.toString(16)) {
      sum = twice(twice(twice(twice(sum))));
      if (digit !== "0") sum = add(sum, table[parseInt(digit, 16)]);
    }
    return sum;
  };

  const verifiedHere = async (key, message, signature) => {
    const point = pointOf(key);
    if (!point) return false;
    const point8 = signature.subarray(0, 32);
    const digest = await subtle.digest("SHA-512", joined(point8, key, message));
    const scalar = modulo(little(new Uint8Array(digest)), ORDER);
    const found = add(timesBase(little(signature.subarray(32))), times(scalar, negated(point)));
    return equal(bytesOf(found), point8);
  };

  const verifiedByBrowser = async (key, message, signature) => {
    let imported;
    try {
      imported = await subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    } catch (failure) {
      return false; // no point of the curve
    }
    return subtle.verify("Ed25519", imported, signature, message);
  };

  // From RFC 8032 7.1, test 2: a browser that says no, or yes to another text, is not asked.
  const bytesOfHex = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
  const KNOWN_KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
  const KNOWN_SIGNATURE = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
  let browserKnows = null;
  const askBrowser = () => {
    browserKnows = browserKnows || (async () => {
      const key = bytesOfHex(KNOWN_KEY), signature = bytesOfHex(KNOWN_SIGNATURE);
      try {
        return await verifiedByBrowser(key, Uint8Array.of(0x72), signature)
          && !await verifiedByBrowser(key, Uint8Array.of(0x73), signature);
      } catch (failure) {
        return false;
      }
    })();
    return browserKnows;
  };

  // by: "browser" or "here", for who wants one of the two ways; else the quickest that works.
  const isSigned = async (key, message, signature, by = null) => {
    if (key.length !== 32 || signature.length !== 64) return false;
    if (little(signature.subarray(32)) >= ORDER) return false;
    if (!isSound(key) || !isSound(signature.subarray(0, 32))) return false;
    const browser = by ? by === "browser" : await askBrowser();
    return (browser ? verifiedByBrowser : verifiedHere)(key, message, signature);
  };

  // --- signed notes ----------------------------------------------------------------------------

  const verifierOf = async (line) => {
    const found = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line);
    const marked = found && unb64(found[3], 33);
    if (!marked || marked[0] !== 1) return null;
    const key = marked.subarray(1);
    const id = (await sha256(joined(utf8(found[1] + "\n"), marked))).subarray(0, 4);
    return hex(id) === found[2] ? { name: found[1], id, key, line } : null;
  };

  const noteOf = (note) => {
    const cut = note.lastIndexOf("\n\n");
    if (cut < 0) return null;
    const rows = note.slice(cut + 2).split("\n");
    if (rows.pop() !== "" || !rows.length) return null;
    const signatures = rows.map((row) => {
      const found = /^\u2014 (\S+) (\S+)$/.exec(row);
      const bytes = found && unb64(found[2]);
      return bytes && bytes.length >= 5 ? { name: found[1], bytes } : null;
    });
    return signatures.includes(null) ? null : { text: note.slice(0, cut + 1), signatures };
  };

  // Which of these keys signed a note; null when one of their lines is wrong.
  const signersOf = async (note, verifiers) => {
    const signers = new Set();
    for (const { name, bytes } of note.signatures) {
      for (const each of verifiers) {
        if (each.name !== name || !equal(bytes.subarray(0, 4), each.id)) continue;
        if (!await isSigned(each.key, utf8(note.text), bytes.subarray(4))) return null;
        signers.add(hex(each.key));
      }
    }
    return signers;
  };

  const checkpointOf = (note) => {
    const [origin, size, root, ...rest] = note.text.split("\n");
    const bytes = unb64(root, 32);
    if (!bytes || rest.length !== 1 || rest[0] !== "" || !/^(0|[1-9]\d{0,14})$/.test(size)) {
      return null;
    }
    return { origin, size: Number(size), root: bytes };
  };

  // --- ledger ----------------------------------------------------------------------------------

  // The roots of the first so many lines, for each of these rising sizes (RFC 6962).
  const rootsOf = async (lines, sizes, progress) => {
    const leaves = await inBatches(
      lines, (line) => sha256(joined(Uint8Array.of(0), line)), progress
    );
    const wanted = new Set(sizes);
    const roots = new Map();
    const full = []; // per bit of the size: the root of a full tree
    const node = (left, right) => sha256(joined(Uint8Array.of(1), left, right));
    if (wanted.has(0)) roots.set(0, await sha256(new Uint8Array()));
    for (let size = 1; size <= leaves.length; size += 1) {
      let carried = leaves[size - 1];
      for (let bit = size; !(bit & 1); bit >>>= 1) carried = await node(full.pop(), carried);
      full.push(carried);
      if (wanted.has(size)) {
        let root = full[full.length - 1];
        for (let at = full.length - 2; at >= 0; at -= 1) root = await node(full[at], root);
        roots.set(size, root);
      }
      if (!(size & 255)) await breathe();
    }
    return roots;
  };

  const innerOf = (body) => sha256(joined(utf8("pbstem/v1/inner\0"), utf8(body)));
  const leafOf = (key, version, inner) =>
    sha256(joined(utf8("pbstem/v1/leaf\0"), key, u32(version), inner));
  const ballotText = (round, version, inner) =>
    joined(utf8(`pbstem/v1/ballot\0${round}\0`), u32(version), inner);
  const receiptText = (round, leaf, size) =>
    joined(utf8(`pbstem/v1/receipt\0${round}\0`), leaf, u32(size));

  const isVersion = (value) => Number.isSafeInteger(value) && value >= 1 && value < 2 ** 32;
  const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
  const isText = (value) => typeof value === "string";
  const isHex = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value);
  const isKeys = (value) => Array.isArray(value) && value.every((each, at) =>
    unb64(each, 32) && (!at || compareText(value[at - 1], each) < 0));
  const has = (value, shape) => isObject(value)
    && Object.keys(value).length === Object.keys(shape).length
    && Object.entries(shape)
      .every(([name, fits]) => Object.hasOwn(value, name) && fits(value[name]));

  const FACTS = {
    config: { sha256: isHex },
    roll: { fingerprint: isText, size: isCount, sha256: isHex, spares_sha256: isHex },
    open: {},
    notice: { n: isCount, what: (what) => ["many-from-one-network", "wrong-codes"].includes(what) },
    revoked: { keys: isKeys },
    spares: { pack: (pack) => isCount(pack) && pack > 0 },
    paper: { keys: isKeys },
    plan_withdrawn: { plan: (plan) => isCount(plan) && plan > 0 },
    pause: { reason: isText },
    resume: { reason: isText },
    extended: { closes: (time) => isText(time) && /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(time) },
    software: { version: isText },
    restored: { missing: (leaves) => Array.isArray(leaves)
      && leaves.every((each) => unb64(each, 32)) },
    closed: { cast: isCount, superseded: isCount, withdrawn: isCount },
    count: { round_pb_sha256: isHex, result_sha256: isHex },
    published: { result_sha256: isHex },
    destroyed: { what: (what) => ["letters", "revocation-key"].includes(what) },
  };
  const UNTIL_CLOSED = new Set(
    ["revoked", "spares", "paper", "pause", "resume", "extended", "notice"]
  );
  const isFact = (fact) => {
    if (!isObject(fact)) return false;
    if (fact.t === "ballot") return has(fact, { c: (leaf) => unb64(leaf, 32), t: isText });
    if (fact.t !== "event" || !isText(fact.k) || !Object.hasOwn(FACTS, fact.k)) return false;
    return has(fact, { k: isText, t: isText, ...FACTS[fact.k] });
  };

  // Where the first line stands that may not stand there, counted from 0; -1 when there is none.
  const misplaced = (facts) => {
    const seen = new Set();
    for (let at = 0; at < facts.length; at += 1) {
      const kind = facts[at].t === "ballot" ? "ballot" : facts[at].k;
      const wrong = (at === 0) !== (kind === "config") || (at === 1) !== (kind === "roll")
        || (kind === "ballot" && (!seen.has("open") || seen.has("closed")))
        || (kind === "closed" && !seen.has("open"))
        || (UNTIL_CLOSED.has(kind) && seen.has("closed"))
        || (kind === "count" && !seen.has("closed"))
        || (kind === "published" && !seen.has("count"))
        || (["open", "closed", "count", "published"].includes(kind) && seen.has(kind));
      if (wrong) return at;
      seen.add(kind);
    }
    return seen.has("open") && seen.has("closed") ? -1 : facts.length;
  };

  // --- zip -------------------------------------------------------------------------------------

  const FILES = [
    "README.txt", "verify.py", "recount.py", "config.json", "projects.json", "roll.txt",
    "spares.txt", "ledger.jsonl", "checkpoints.jsonl", "ballots.jsonl", "superseded.jsonl",
    "withdrawn.jsonl", "paper.jsonl", "paper_audit.json", "round.pb", "result.json",
    "manifest.json", "manifest.sig",
  ];
  const OFFICERS_NEEDED = 2; // V2 sees to it that config.json says no other number
  const MOST_ENTRIES = 20;
  const MOST_BYTES = 2 ** 30;

  // A check that does not hold, with the sentence that says what is wrong.
  class Fails extends Error {}
  // What somebody gave to compare with is not of this bundle: one of the two is wrong.
  class Differs extends Fails {}
  // What cannot be read as a bundle at all.
  class NoBundle extends Error {}
  const fails = (sentence) => { throw new Fails(sentence); };
  const differs = (sentence) => { throw new Differs(sentence); };

  const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    return value;
  });
  const crc32 = async (bytes) => {
    let value = 0xffffffff;
    for (let at = 0; at < bytes.length; at += 1) {
      value = CRC[(value ^ bytes[at]) & 255] ^ (value >>> 8);
      if (!(at & 0xfffff)) await breathe();
    }
    return ~value >>> 0;
  };

  // The files of a zip by name, read as readers do: from the directory at its end.
  const unpacked = (raw) => {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const broken = () => {
      throw new NoBundle("This is not a zip file, or a part of it is missing.");
    };
    const first = Math.max(0, raw.length - 65557); // a comment is no longer than this allows
    let end = raw.length - 22;
    while (end >= first && view.getUint32(end, true) !== 0x06054b50) end -= 1;
    if (end < first) broken();
    const count = view.getUint16(end + 10, true), size = view.getUint32(end + 12, true);
    // What stands before the first file moves everything; packing again will show it.
    const moved = end - size - view.getUint32(end + 16, true);
    if (moved < 0) broken();
    const files = new Map();
    if (count > MOST_ENTRIES) throw new NoBundle("There are more files in it than in any bundle.");
    let at = end - size;
    for (let number = 0; number < count; number += 1) {
      if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) broken();
      const method = view.getUint16(at + 10, true), length = view.getUint32(at + 24, true);
      const named = view.getUint16(at + 28, true);
      const name = latin(raw.subarray(at + 46, at + 46 + named));
      const local = view.getUint32(at + 42, true) + moved;
      if (method) {
        throw new NoBundle(`${name} is compressed; a bundle stores every file as it is. Was it `
          + "packed again? Take the file as it was downloaded.");
      }
      if (local + 30 > end || view.getUint32(local, true) !== 0x04034b50) broken();
      const lengths = view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const begin = local + 30 + lengths;
      if (view.getUint32(at + 20, true) !== length || begin + length > end) broken();
      if (files.has(name)) throw new NoBundle(`${name} stands twice in the zip file.`);
      if (!/^[\x20-\x7e]+$/.test(name) || /[/\\:]/.test(name)) {
        throw new NoBundle("A name in the zip file is none that a bundle has.");
      }
      files.set(name, raw.subarray(begin, begin + length));
      at += 46 + named + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
    return files;
  };

  // Tells whether packing these files gives these bytes; compares while it packs.
  const isPacked = async (files, raw) => {
    let at = 0;
    const next = (bytes) => {
      const same = equal(raw.subarray(at, at + bytes.length), bytes);
      at += bytes.length;
      return same;
    };
    const record = (size, fill) => {
      const view = new DataView(new ArrayBuffer(size));
      fill((place, value) => view.setUint16(place, value, true),
        (place, value) => view.setUint32(place, value, true));
      return new Uint8Array(view.buffer);
    };
    const directory = [];
    for (const name of Array.from(files.keys()).sort(compareText)) {
      const data = files.get(name), bytes = utf8(name), begin = at, crc = await crc32(data);
      const common = (short, long, from) => { // method 0 and time 0 are there already
        short(from + 6, 0x0021);
        long(from + 8, crc);
        long(from + 12, data.length);
        long(from + 16, data.length);
        short(from + 20, bytes.length);
      };
      const local = record(30, (short, long) => {
        long(0, 0x04034b50);
        short(4, 20);
        common(short, long, 6);
      });
      if (!next(local) || !next(bytes) || !next(data)) return false;
      directory.push(joined(record(46, (short, long) => {
        long(0, 0x02014b50);
        short(4, 0x0314);
        short(6, 20);
        common(short, long, 8);
        long(38, 0o644 * 65536);
        long(42, begin);
      }), bytes));
    }
    const begin = at;
    if (!directory.every(next)) return false;
    const size = at - begin;
    return next(record(22, (short, long) => {
      long(0, 0x06054b50);
      short(8, files.size);
      short(10, files.size);
      long(12, size);
      long(16, begin);
    })) && at === raw.length;
  };

  // What stands behind a key on roll.txt and on spares.txt.
  const AREA = /^[^\u0000-\u001f\u007f-\u009f]+$/, PACK = /^[1-9]\d{0,8}$/;

  // --- ballots ---------------------------------------------------------------------------------

  const planId = (number) => "P" + String(number).padStart(2, "0");

  // Why what a body says breaks the rules of the ballot list; null when it obeys.
  const brokenRule = (choices, plans, rules) => {
    if (!Array.isArray(choices)) return "is no list";
    const pairs = rules.kind === "cumulative";
    if (pairs && !choices.every((each) => Array.isArray(each) && each.length === 2)) {
      return "has a choice without points";
    }
    const numbers = pairs ? choices.map((pair) => pair[0]) : choices;
    if (!numbers.every((number) => Number.isSafeInteger(number) && plans.has(number))) {
      return "names a plan that is not on the list";
    }
    if (new Set(numbers).size !== numbers.length) return "names a plan twice";
    if (rules.kind !== "ordinal" && numbers.some((number, at) => at && numbers[at - 1] > number)) {
      return "is not in rising order";
    }
    if (pairs) {
      const points = choices.map((pair) => pair[1]);
      if (!points.every((each) => isCount(each) && each >= 1 && each <= rules.max_points)) {
        return "gives a plan too few or too many points";
      }
      const given = points.reduce((sum, each) => sum + each, 0);
      if (given > rules.points) return "gives too many points";
    }
    const most = Math.min(rules.kind === "choose_one" ? 1 : rules.max_choices, plans.size);
    if (numbers.length > most) return "names too many plans";
    if (numbers.length < Math.min(rules.min_choices, most)) return "names too few plans";
    const costOf = (some) => some.reduce((sum, number) => sum + plans.get(number).cost, 0);
    if (rules.max_cost !== null && costOf(numbers) > rules.max_cost) return "costs too much";
    const ofTheme = (theme) => numbers.filter((number) => plans.get(number).theme_id === theme);
    if (rules.max_choices_of_theme.some(([theme, limit]) => ofTheme(theme).length > limit)) {
      return "names too many plans of a theme";
    }
    if (rules.max_cost_of_theme.some(([theme, limit]) => costOf(ofTheme(theme)) > limit)) {
      return "costs too much in a theme";
    }
    return null;
  };

  // What a body says, or null unless it is a canonical one with exactly its members.
  const bodyOf = (text) => {
    const body = canonical(text);
    const fits = has(body, { c: Array.isArray, nonce: (nonce) => unb64(nonce, 32), r: isText });
    return fits ? body : null;
  };

  // --- shapes of files -------------------------------------------------------------------------

  const isTexts = (value) => Array.isArray(value) && value.every(isText);
  const listOf = (fits) => (value) => Array.isArray(value) && value.every(fits);
  const isPair = (first, second) => (value) => Array.isArray(value) && value.length === 2
    && first(value[0]) && second(value[1]);
  const CONFIG = {
    format: (format) => format === "pb-config/1",
    round: isText, origin: isText, title: isText,
    framework: (value) => has(value, {
      sha256: (digest) => digest === "" || isHex(digest), version: isCount,
    }),
    keys: (value) => has(value, {
      count: isHex, log: isText, officers: (keys) => isTexts(keys) && keys.length === 3,
    }),
    officers_needed: (number) => number === 2,
    smallest_seal: isCount,
    projects_sha256: isHex,
    programs: (value) => has(value, { "recount.py": isHex, "verify.py": isHex }),
    software: isText,
    election: (value) => has(value, {
      columns: isTexts, meta: listOf(isPair(isText, isText)), rows: listOf(isTexts),
    }),
  };
  const RULES = {
    kind: (kind) => ["approval", "knapsack", "choose_one", "cumulative", "ordinal"].includes(kind),
    min_choices: isCount, max_choices: isCount,
    max_cost: (cost) => cost === null || isCount(cost),
    points: isCount, max_points: isCount,
    max_choices_of_theme: listOf(isPair(isText, isCount)),
    max_cost_of_theme: listOf(isPair(isText, isCount)),
  };
  const isPlan = (plan) => isObject(plan) && isCount(plan.number) && plan.number > 0
    && isCount(plan.lot_number) && isText(plan.title) && isCount(plan.cost)
    && isText(plan.area_id) && isText(plan.theme_id);
  const PROJECTS = {
    plans: listOf(isPlan),
    rules: (rules) => has(rules, RULES),
    themes: isObject,
  };
  const SUPERSEDED = {
    bk: (key) => unb64(key, 32), inner: (inner) => unb64(inner, 32), version: isVersion,
    why: (why) => why === "revote",
  };
  const ROWS = {
    "ledger.jsonl": isObject,
    "checkpoints.jsonl": (row) => has(row, { note: isText }),
    "ballots.jsonl": (row) => has(row, {
      bk: (key) => unb64(key, 32), body: isText, sig: (text) => unb64(text, 64), version: isVersion,
    }),
    "superseded.jsonl": (row) => has(row, SUPERSEDED),
    "withdrawn.jsonl": (row) => has(row, {
      ...SUPERSEDED, why: (why) => why === "revoked" || why === "paper",
    }),
  };

  // --- round.pb --------------------------------------------------------------------------------

  const WITHDRAWN_COST = "999999999";
  const euros = (cents) => Math.floor(cents / 100)
    + (cents % 100 ? "." + String(cents % 100).padStart(2, "0") : "");
  const cell = (text) => (/[;"\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

  // Per id how many ballots name a plan, and its score; and a row of [id, points] per ballot.
  const totalsOf = (bodies, rules) => {
    const votes = new Map(), score = new Map();
    const more = (totals, name, by) => totals.set(name, (totals.get(name) || 0) + by);
    const rows = bodies.map((choices) => choices.map((choice, at) => {
      const [number, points] = rules.kind === "cumulative" ? choice
        : [choice, rules.kind === "ordinal" ? rules.max_choices - at : 1];
      more(votes, planId(number), 1);
      more(score, planId(number), points);
      return [planId(number), points];
    }));
    return { votes, score, rows };
  };

  const electionText = async (config, rules, bodies, withdrawn) => {
    if (!bodies.length) return "";
    const { columns, meta, rows } = config.election;
    const totals = totalsOf(bodies, rules);
    await breathe();
    const ordinal = rules.kind === "ordinal", cumulative = rules.kind === "cumulative";
    const full = bodies.every((choices) => choices.length === rules.max_choices);
    const shown = columns.filter((column) => !(ordinal && column === "score" && !full));
    const text = ["META", "key;value"];
    for (const [key, value] of meta) {
      text.push(`${cell(key)};${key === "num_votes" ? bodies.length : cell(value)}`);
    }
    text.push("PROJECTS", shown.map(cell).join(";"));
    const placed = new Map(columns.map((column, at) => [column, at]));
    for (const row of rows) {
      const id = row[placed.get("project_id")];
      text.push(shown.map((column) => {
        if (column === "votes") return String(totals.votes.get(id) || 0);
        if (column === "score") return String(totals.score.get(id) || 0);
        if (column === "cost" && withdrawn.has(id)) return WITHDRAWN_COST;
        return cell(row[placed.get(column)]);
      }).join(";"));
    }
    text.push("VOTES", cumulative ? "voter_id;vote;points" : "voter_id;vote");
    if (!ordinal) {
      totals.rows.forEach((row) => row.sort((one, other) => compareText(one[0], other[0])));
      await breathe();
    }
    totals.rows.sort((one, other) => {
      for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
        const difference = compareText(one[at][0], other[at][0])
          || (cumulative ? one[at][1] - other[at][1] : 0);
        if (difference) return difference;
      }
      return one.length - other.length;
    });
    await breathe();
    totals.rows.forEach((row, at) => {
      const points = cumulative ? ";" + row.map((pair) => pair[1]).join(",") : "";
      text.push(`${at + 1};${row.map((pair) => pair[0]).join(",")}${points}`);
    });
    return text.join("\n") + "\n";
  };

  // --- the checks ------------------------------------------------------------------------------

  // Each takes what is known so far and gives back [sentence, numbers in it]; or it fails.
  const CHECKS = {
    async V0(known) {
      if (known.raw.length > MOST_BYTES) throw new NoBundle("The zip file is larger than 1 GiB.");
      const files = unpacked(known.raw);
      for (const name of FILES) {
        if (!files.has(name)) throw new NoBundle(`There is no ${name} in it, so it is no bundle.`);
      }
      const odd = Array.from(files.keys()).find((name) => !FILES.includes(name));
      if (odd !== undefined) fails(`${odd} is no file of a bundle.`);
      if (!await isPacked(files, known.raw)) {
        fails("Packing the files again does not give the bytes of this zip file. Take the file "
          + "as it was downloaded.");
      }
      known.files = files;
      return ["The zip file holds the {files} files of a bundle and not a byte beside them.",
        { files: files.size }];
    },

    async V1(known) {
      const { files } = known;
      const manifest = canonical(decoded(files.get("manifest.json")));
      if (manifest === undefined) fails("manifest.json is not canonical JSON.");
      if (isObject(manifest) && isText(manifest.format) && manifest.format !== "pb-bundle/1") {
        throw new NoBundle(`The format ${manifest.format} is not known here.`);
      }
      let config = null;
      try {
        config = JSON.parse(decoded(files.get("config.json")));
      } catch (failure) { /* said below */ }
      const lines = isObject(config) && isObject(config.keys) && config.keys.officers;
      const officers = [];
      if (isTexts(lines)) for (const line of lines) officers.push(await verifierOf(line));
      if (!officers.length || officers.includes(null)) {
        fails("config.json does not say which officers may sign.");
      }
      const shape = { files: isObject, format: (value) => value === "pb-bundle/1",
        round: (value) => value === String(config.round) };
      const expected = {};
      for (const [name, data] of files) {
        if (!name.startsWith("manifest.")) {
          expected[name] = { sha256: hex(await sha256(data)), size: data.length };
        }
      }
      if (!has(manifest, shape) || written(manifest.files) !== written(expected)) {
        const named = isObject(manifest) && isObject(manifest.files) ? manifest.files : expected;
        const others = Object.keys(expected).sort(compareText).filter((name) =>
          !named[name] || written(named[name]) !== written(expected[name]));
        fails("manifest.json does not name every file with its hash and size"
          + `${others.length ? `: of ${others.join(", ")} it says something else` : ""}.`);
      }
      const note = noteOf(decoded(files.get("manifest.sig")) || "");
      const digest = hex(await sha256(files.get("manifest.json")));
      if (!note || note.text !== `pb-bundle/1\n${manifest.round}\n${digest}\n`) {
        fails("manifest.sig is not a note about this manifest.");
      }
      const signers = await signersOf(note, officers);
      if (!signers) fails("A signature of an officer on the manifest is wrong.");
      if (signers.size < OFFICERS_NEEDED) {
        fails(`Officers who signed: ${signers.size}; there must be ${OFFICERS_NEEDED}.`);
      }
      known.officers = officers;
      return ["{officers} officers signed the manifest, which names every file with its hash.",
        { officers: signers.size }];
    },

    async V2(known) {
      const { files } = known;
      const objects = { "config.json": CONFIG, "projects.json": PROJECTS,
        "paper_audit.json": { invalid: isCount, not_returned: isCount, valid: isCount } };
      for (const [name, shape] of Object.entries(objects)) {
        const value = canonical(decoded(files.get(name)));
        if (value === undefined) fails(`${name} is not canonical JSON.`);
        if (!has(value, shape)) fails(`${name} has not exactly the members it must have.`);
        known[name] = value;
      }
      if (files.get("paper.jsonl").length) fails("paper.jsonl is not empty in this format.");
      for (const [name, fits] of Object.entries(ROWS)) {
        const lines = linesOf(files.get(name));
        if (!lines) fails(`The last line of ${name} has no end.`);
        known[name] = [];
        for (let at = 0; at < lines.length; at += 1) {
          const row = canonical(decoded(lines[at]));
          if (row === undefined) fails(`Line ${at + 1} of ${name} is not canonical JSON.`);
          if (!fits(row)) {
            fails(`Line ${at + 1} of ${name} has not exactly the members it must have.`);
          }
          known[name].push(row);
          if (!(at & 255)) await breathe();
        }
        if (name === "ledger.jsonl") known.lines = lines;
      }
      known.config = known["config.json"];
      known.plans = new Map(known["projects.json"].plans.map((plan) => [plan.number, plan]));
      known.rules = known["projects.json"].rules;
      return ["Every JSON file is written in the only way there is, with the members it must "
        + "have.", {}];
    },

    async V3(known) {
      const { config, files, plans, rules } = known;
      if (hex(await sha256(files.get("projects.json"))) !== config.projects_sha256) {
        fails("config.json names another projects.json.");
      }
      for (const [name, digest] of Object.entries(config.programs)) {
        if (hex(await sha256(files.get(name))) !== digest) {
          fails(`config.json names another ${name}.`);
        }
      }
      known.log = await verifierOf(config.keys.log);
      if (!known.log) fails("The log key in config.json is not a verifier key.");
      if (known.log.name !== config.origin) {
        fails("The log key does not have the origin as its name.");
      }
      if (known.officers.some((each, at) => each.name !== `${config.origin}/officer-${at + 1}`)
        || new Set(known.officers.map((each) => hex(each.key))).size !== known.officers.length) {
        fails("The officers' keys do not have the names they must have, or are not three.");
      }
      const { columns, meta, rows } = config.election;
      if (new Set(columns).size !== columns.length
        || rows.some((row) => row.length !== columns.length)) {
        fails("The election in config.json is not a table.");
      }
      const scored = rules.kind === "cumulative" || rules.kind === "ordinal";
      if (!["project_id", "cost", "votes"].every((column) => columns.includes(column))
        || columns.includes("score") !== scored) {
        fails("The election in config.json has not the columns that it must have.");
      }
      const keys = meta.map((pair) => pair[0]);
      if (new Set(keys).size !== keys.length
        || !meta.some(([key, value]) => key === "num_votes" && !value)) {
        fails("META in config.json must leave num_votes open, and say nothing twice.");
      }
      const inOrder = Array.from(plans.values()).sort((one, other) => one.number - other.number);
      const fits = (plan, row) => {
        const said = (column) => (columns.includes(column) ? row[columns.indexOf(column)] : "");
        return said("project_id") === planId(plan.number) && said("cost") === euros(plan.cost)
          && said("votes") === "" && said("score") === "" && said("neighborhood") === plan.area_id
          && said("category") === plan.theme_id
          && said("lot") === String(plan.lot_number);
      };
      if (rows.length !== inOrder.length || rows.length !== known["projects.json"].plans.length
        || !inOrder.every((plan, at) => fits(plan, rows[at]))) {
        fails("The rows of the election in config.json are not the plans.");
      }
      const rollHash = await sha256(files.get("roll.txt"));
      known.fingerprint = symbolsOf(await sha256(joined(known.log.key, rollHash)), 20);
      if (known.given.key) {
        // Who kept only the keys of the officers has all that sign.
        const lines = known.given.key.split(/\r?\n/).map((line) => line.trim());
        const asSet = (keys) => written(Array.from(new Set(keys)).sort(compareText));
        const kept = asSet(lines.filter(Boolean)), { log, officers } = config.keys;
        if (kept !== asSet([log, ...officers]) && kept !== asSet(officers)) {
          differs("The keys of this bundle are not those that you kept.");
        }
      }
      const typed = tidy(known.given.fingerprint || "");
      if (known.given.fingerprint && typed.length !== known.fingerprint.length) {
        differs(`A fingerprint has ${known.fingerprint.length} symbols; you gave ${typed.length} `
          + "of them.");
      }
      if (known.given.fingerprint && typed !== known.fingerprint) {
        differs("The fingerprint on your letter is not that of this bundle.");
      }
      return ["config.json names the ballot list, the programs and the keys.", {}];
    },

    async V4(known) {
      const facts = known["ledger.jsonl"];
      for (let at = 0; at < facts.length; at += 1) {
        if (!isFact(facts[at])) fails(`Line ${at + 1} of the ledger is no fact that a ledger has.`);
        if (!(at & 255)) await breathe();
      }
      const wrong = misplaced(facts);
      if (wrong >= 0 && wrong < facts.length) {
        fails(`Line ${wrong + 1} of the ledger may not stand there.`);
      }
      if (wrong >= 0) fails("The ledger does not say that voting was opened and closed.");
      known.facts = facts;
      known.events = (kind) => facts.filter((fact) => fact.t === "event" && fact.k === kind);
      return ["The {lines} lines of the ledger are facts, in an order that they can have.",
        { lines: facts.length }];
    },

    async V5(known) {
      const { facts, lines, log, config } = known;
      const read = async (text, whose, refuse = fails) => {
        const note = noteOf(text);
        if (!note) refuse(`${whose} is not a signed note.`);
        const signers = await signersOf(note, [log]);
        if (!signers || !signers.size) refuse(`${whose} is not signed by the log key.`);
        const checkpoint = checkpointOf(note);
        if (!checkpoint || checkpoint.origin !== config.origin) {
          refuse(`${whose} is not about this ledger.`);
        }
        return checkpoint;
      };
      const rows = known["checkpoints.jsonl"];
      const found = await inBatches(rows, (row, at) => read(row.note, `Checkpoint ${at + 1}`));
      found.forEach((checkpoint, at) => {
        const before = at ? found[at - 1].size : 0;
        if (checkpoint.size <= before) fails(`Checkpoint ${at + 1} does not rise.`);
      });
      if (!found.length || found[found.length - 1].size !== lines.length) {
        fails("The last checkpoint is not that of the whole ledger.");
      }
      const { checkpoint: given } = known.given;
      // Mail programs and copying change the ends of lines, and lose the last.
      const note = given && given.replace(/\r\n/g, "\n").replace(/^\n+|\n+$/g, "") + "\n";
      // What is wrong in the bundle itself is told first; all roots are made in one go.
      let kept = null;
      let refusal = null;
      try {
        kept = given && await read(note, "The checkpoint that you kept", differs);
      } catch (failure) {
        refusal = failure;
      }
      const sizes = found.concat(kept || []).map((each) => each.size);
      const roots = await rootsOf(lines, sizes, known.progress("V5"));
      found.forEach((checkpoint, at) => {
        if (!equal(checkpoint.root, roots.get(checkpoint.size))) {
          fails(`Checkpoint ${at + 1} is not that of the first ${checkpoint.size} lines.`);
        }
      });
      const isBallot = (fact) => fact.t === "ballot";
      const last = facts.reduce((place, fact, at) => (isBallot(fact) ? at : place), -1);
      let begin = 0;
      for (const { size } of found) {
        let first = begin;
        while (first < size && !isBallot(facts[first])) first += 1;
        if (first < size) {
          for (let at = first; at < size; at += 1) {
            if (!isBallot(facts[at])) {
              fails(`Line ${at + 1} stands after the ballot lines of its seal.`);
            }
            if (at > first && compareBytes(lines[at - 1], lines[at]) > 0) {
              fails(`The ballot lines before line ${size + 1} are not sorted.`);
            }
          }
          if (size - first < config.smallest_seal && size <= last) {
            fails("A seal holds fewer ballot lines than it must.");
          }
        }
        begin = size;
      }
      if (refusal) throw refusal;
      if (kept && (!roots.has(kept.size) || !equal(kept.root, roots.get(kept.size)))) {
        fails("The ledger was rewritten since the checkpoint that you kept.");
      }
      known.checkpoints = found;
      return ["Each of the {checkpoints} checkpoints is signed and fits the ledger.",
        { checkpoints: found.length }];
    },

    async V6(known) {
      if (hex(await sha256(known.files.get("config.json"))) !== known.facts[0].sha256) {
        fails("The ledger begins with another config.json.");
      }
      return ["The first line of the ledger fixes config.json.", {}];
    },

    async V7(known) {
      const { files, facts, events, plans } = known;
      const [, said] = facts;
      const read = async (name, isSpares) => {
        const rows = (linesOf(files.get(name)) || fails(`The ledger begins with another ${name}.`));
        const found = new Map();
        for (let at = 0; at < rows.length; at += 1) {
          const line = rows[at];
          if (!(at & 255)) await breathe();
          const text = decoded(line) || "", [key] = text.split(" ", 1);
          const more = text.slice(key.length + 1);
          const isLetter = unb64(key, 32)
            && (text === key ? !isSpares : (isSpares ? PACK : AREA).test(more));
          if (!isLetter) fails(`Line ${at + 1} of ${name} is no letter.`);
          if (found.has(key) || (at && compareBytes(rows[at - 1], line) >= 0)) {
            fails(`${name} is not sorted, or has a letter twice.`);
          }
          found.set(key, more);
        }
        return found;
      };
      if (hex(await sha256(files.get("roll.txt"))) !== said.sha256) {
        fails("The ledger begins with another roll.txt.");
      }
      if (hex(await sha256(files.get("spares.txt"))) !== said.spares_sha256) {
        fails("The ledger begins with another spares.txt.");
      }
      known.roll = await read("roll.txt", false);
      known.spares = await read("spares.txt", true);
      if (said.size !== known.roll.size || said.fingerprint !== known.fingerprint) {
        fails("The ledger does not name the size and the fingerprint of the roll.");
      }
      for (const key of known.spares.keys()) {
        if (!known.roll.has(key)) fails("A spare letter does not stand on the roll.");
      }
      const packs = new Set(known.spares.values());
      known.revoked = new Set(events("revoked").flatMap((event) => event.keys));
      known.onPaper = new Set(events("paper").flatMap((event) => event.keys));
      for (const key of [...known.revoked, ...known.onPaper]) {
        if (!known.roll.has(key)) fails("An event names a letter that does not stand on the roll.");
      }
      known.handedOut = new Set(events("spares").map((event) => String(event.pack)));
      if (Array.from(known.handedOut).some((pack) => !packs.has(pack))) {
        fails("An event hands out a pack that does not exist.");
      }
      known.gone = new Set(events("plan_withdrawn").map((event) => event.plan));
      if (Array.from(known.gone).some((number) => !plans.has(number))) {
        fails("An event withdraws a plan that is not on the ballot list.");
      }
      known.changes = changesOf(facts);
      return ["The second line fixes the roll of {letters} letters, {spares} of them spares.",
        { letters: known.roll.size, spares: known.spares.size }];
    },

    async V8(known) {
      const ballots = known["ballots.jsonl"];
      known.keys = ballots.map((ballot) => unb64(ballot.bk));
      const asleep = (key) => known.spares.has(key) && !known.handedOut.has(known.spares.get(key));
      for (let at = 0; at < ballots.length; at += 1) {
        const { bk } = ballots[at];
        if (!(at & 255)) await breathe();
        const letter = `Ballot ${at + 1} is of a letter that`;
        if (!known.roll.has(bk)) fails(`${letter} does not stand on the roll.`);
        if (known.revoked.has(bk)) fails(`${letter} was revoked.`);
        if (known.onPaper.has(bk)) fails(`${letter} voted on paper.`);
        if (asleep(bk)) fails(`${letter} is a spare that was not handed out.`);
        if (at && compareBytes(known.keys[at - 1], known.keys[at]) >= 0) {
          fails("The counted ballots are not sorted, or a letter has two of them.");
        }
      }
      known.asleep = asleep;
      return ["Each of the {ballots} counted ballots is of another letter that may vote.",
        { ballots: ballots.length }];
    },

    async V9(known) {
      const { config, plans, rules } = known;
      known.choices = await inBatches(known["ballots.jsonl"], (ballot, at) => {
        const body = bodyOf(ballot.body);
        if (!body) fails(`What ballot ${at + 1} says is not written as it must be.`);
        if (body.r !== config.round) fails(`Ballot ${at + 1} is of another round.`);
        const broken = brokenRule(body.c, plans, rules);
        if (broken) fails(`Ballot ${at + 1} ${broken}.`);
        return body.c;
      }, known.progress("V9"));
      return ["What every ballot says is of this round and obeys the rules of the ballot list.",
        { ballots: known.choices.length }];
    },

    async V10(known) {
      const ballots = known["ballots.jsonl"];
      known.inners = await inBatches(ballots, (ballot) => innerOf(ballot.body));
      await inBatches(ballots, async (ballot, at) => {
        const said = ballotText(known.config.round, ballot.version, known.inners[at]);
        if (!await isSigned(known.keys[at], said, unb64(ballot.sig))) {
          fails(`Ballot ${at + 1} is not signed by the key of its letter.`);
        }
      }, known.progress("V10"));
      return ["Each of the {ballots} counted ballots is signed by the key of its letter.",
        { ballots: ballots.length }];
    },

    async V11(known) {
      for (const name of ["superseded.jsonl", "withdrawn.jsonl"]) {
        known[name].forEach((row, at) => {
          const before = at && known[name][at - 1];
          const order = at && (compareBytes(unb64(before.bk), unb64(row.bk))
            || before.version - row.version);
          if (at && order >= 0) fails(`${name} is not sorted, or has a ballot twice.`);
        });
      }
      for (const { bk, why } of known["withdrawn.jsonl"]) {
        if (!(why === "paper" ? known.onPaper : known.revoked).has(bk)) {
          fails(`Nothing says why the ballot of ${bk} was withdrawn.`);
        }
      }
      const last = new Map(), earlier = new Map();
      for (const { bk, version } of [...known["ballots.jsonl"], ...known["withdrawn.jsonl"]]) {
        if (last.has(bk)) fails(`The letter ${bk} has two last ballots.`);
        last.set(bk, version);
      }
      for (const { bk, version } of known["superseded.jsonl"]) {
        earlier.set(bk, (earlier.get(bk) || 0) + 1);
        if (!last.has(bk) || version >= last.get(bk)) {
          fails(`The last ballot of ${bk} does not count.`);
        }
      }
      for (const [bk, version] of last) {
        // Earlier ones are sorted, differ, and lie below the last: so their number tells.
        if ((earlier.get(bk) || 0) !== version - 1) fails(`A version of ${bk} is missing.`);
      }
      return ["Of each letter all versions are there, and only the last counts or was "
        + "withdrawn.", {}];
    },

    async V12(known) {
      const { facts, events } = known;
      const counted = await inBatches(known["ballots.jsonl"], async (ballot, at) =>
        b64(await leafOf(known.keys[at], ballot.version, known.inners[at])), known.progress("V12"));
      const others = [...known["superseded.jsonl"], ...known["withdrawn.jsonl"]];
      const gone = await inBatches(others, async ({ bk, version, inner }) =>
        b64(await leafOf(unb64(bk), version, unb64(inner))));
      known.lost = events("restored").flatMap((event) => event.missing);
      const times = new Map();
      let ballotLines = 0;
      for (const fact of facts) {
        if (fact.t !== "ballot") continue;
        times.set(fact.c, (times.get(fact.c) || 0) + 1);
        ballotLines += 1;
      }
      let unsealed = 0;
      for (const leaf of [...counted, ...gone, ...known.lost]) {
        const left = times.get(leaf) || 0;
        if (left) times.set(leaf, left - 1);
        else unsealed += 1;
      }
      if (unsealed) fails(`Ballots of which nothing stands in the ledger: ${unsealed}.`);
      const missing = Array.from(times.values()).reduce((sum, left) => sum + left, 0);
      if (missing) fails(`Lines of the ledger of which the ballot is missing: ${missing}.`);
      known.ballotLines = ballotLines;
      return ["The {lines} ballot lines of the ledger are the ballots, each as often.",
        { lines: ballotLines }];
    },

    async V13(known) {
      const [closed] = known.events("closed");
      const counts = { cast: "ballots", superseded: "superseded", withdrawn: "withdrawn" };
      for (const [member, name] of Object.entries(counts)) {
        if (closed[member] !== known[`${name}.jsonl`].length) {
          fails(`The number of lines of ${name}.jsonl is not the one said at closing.`);
        }
      }
      const issued = Array.from(known.roll.keys()).filter((key) => !known.asleep(key));
      const used = new Set(known["ballots.jsonl"].map((ballot) => ballot.bk));
      const among = (keys) => issued.filter((key) => keys.has(key)).length;
      const unused = issued.filter((key) =>
        !used.has(key) && !known.onPaper.has(key) && !known.revoked.has(key)).length;
      const letters = { issued: issued.length, used_online: used.size,
        used_on_paper: known.onPaper.size, revoked: among(known.revoked), unused };
      if (letters.issued !== used.size + letters.used_on_paper + letters.revoked + unused) {
        fails("Letters used, used on paper, revoked and unused are not all letters.");
      }
      known.reconciliation.letters = letters;
      known.reconciliation.ledger = { ballot_lines: known.ballotLines, counted: used.size,
        superseded: closed.superseded, withdrawn: closed.withdrawn, lost: known.lost.length };
      return ["{issued} letters = {used_online} used online + {used_on_paper} used on paper + "
        + "{revoked} revoked + {unused} unused.", letters];
    },

    async V14(known) {
      const { config, rules, choices, files } = known;
      const gone = new Set(Array.from(known.gone, planId));
      const text = await electionText(config, rules, choices, gone);
      await breathe();
      if (!equal(utf8(text), files.get("round.pb"))) {
        fails("round.pb is not what config and ballots give.");
      }
      const [count] = known.events("count"), [published] = known.events("published");
      if (!count) fails("The ledger does not say what was counted.");
      const digest = hex(await sha256(files.get("result.json")));
      if (count.round_pb_sha256 !== hex(await sha256(files.get("round.pb")))
        || count.result_sha256 !== digest) {
        fails("The ledger says that something else was counted.");
      }
      if (published && published.result_sha256 !== digest) {
        fails("The ledger says that another result was published.");
      }
      if (!choices.length) {
        if (files.get("result.json").length) fails("Nobody voted, so result.json must be empty.");
        return ["Nobody voted, so there is no result.", {}];
      }
      let result = null;
      try {
        const resultText = decoded(files.get("result.json"));
        result = JSON.parse(resultText);
        if (written(result, " ") + "\n" !== resultText) result = null;
      } catch (failure) {
        result = null;
      }
      const isResult = isObject(result) && result.format === "pb-tally/1"
        && isObject(result.projects) && isObject(result.ballots) && isObject(result.rule);
      if (!isResult || result.input_sha256 !== count.round_pb_sha256) {
        fails("result.json is not a result of this round.pb.");
      }
      const totals = totalsOf(choices, rules);
      const ids = Array.from(known.plans.keys(), planId).sort(compareText);
      const scored = rules.kind === "cumulative" ? totals.score : totals.votes;
      const same = written(Object.keys(result.projects).sort(compareText)) === written(ids)
        && ids.every((id) => isObject(result.projects[id])
          && result.projects[id].votes === (totals.votes.get(id) || 0)
          && (rules.kind === "ordinal" || result.projects[id].score === (scored.get(id) || 0)));
      const blank = choices.filter((each) => !each.length).length;
      if (!same || result.ballots.cast !== choices.length || result.ballots.blank !== blank
        || result.ballots.counted !== choices.length - blank) {
        fails("The votes per plan in result.json are not those of the ballots.");
      }
      const { selected } = result;
      if (!Array.isArray(selected) || !selected.every((id) => ids.includes(id))) {
        fails("result.json does not say which plans were chosen.");
      }
      if (new Set(selected).size !== selected.length) {
        fails("result.json names a plan twice among those that were chosen.");
      }
      const plans = new Map(Array.from(known.plans, ([number, plan]) => [planId(number), plan]));
      known.chosen = selected.map((id) => ({ plan: id, title: plans.get(id).title,
        cost_cents: plans.get(id).cost, votes: totals.votes.get(id) || 0 }));
      return ["round.pb is what config and ballots give, the ledger names it and the result, and "
        + "the votes of all {plans} plans are right. Not counted again here: which plans were "
        + "chosen by them; `python3 verify.py` does that.",
      { plans: ids.length, recounted: false }];
    },

    async V15(known) {
      const { valid, invalid, not_returned: notReturned } = known["paper_audit.json"];
      const marks = known.onPaper.size;
      if (valid || invalid || notReturned !== marks) {
        fails("The marks of paper are not those of paper_audit.json.");
      }
      known.reconciliation.paper = { marks, valid, invalid, not_returned: notReturned };
      return ["Letters marked as voted on paper: {marks}, as paper_audit.json says.", { marks }];
    },

    async receipt(known) {
      const receipt = receiptOf(known.given.receipt);
      if (!receipt) {
        differs("The address that you gave is not that of a receipt. Copy all of it, with what "
          + "stands behind the #.");
      }
      const found = await readReceipt(receipt, known.config.round);
      if (!await isSigned(known.log.key, found.signed, receipt.signature)) {
        differs("The receipt was not signed by the log key of this bundle.");
      }
      const leaf = b64(found.leaf);
      const place = known.facts.findIndex((fact) => fact.t === "ballot" && fact.c === leaf);
      if (place < receipt.size) {
        fails("The ballot of your receipt does not stand in the ledger after it.");
      }
      return ["The ballot of your receipt, {code}, stands in the ledger.", { code: found.code }];
    },
  };

  // What happened in the round, as the ledger says it: [line, kind, members].
  const REPORTED = new Set(["notice", "revoked", "spares", "paper", "plan_withdrawn", "pause",
    "resume", "extended", "software", "restored", "destroyed"]);
  const changesOf = (facts) => facts
    .map((fact, at) => ({ line: at + 1, kind: fact.k, fact }))
    .filter(({ kind }) => REPORTED.has(kind))
    .map(({ line, kind, fact }) => {
      const number = (fact.keys || fact.missing || []).length;
      const what = fact.what || fact.reason || fact.pack || fact.plan || fact.closes
        || fact.version;
      return { line, kind, number: kind === "notice" ? fact.n : number, what: String(what || "") };
    });
  const CHANGES = {
    notice: "notice: {what}, {number} times", revoked: "{number} letters were revoked",
    spares: "the spare letters of pack {what} were handed out",
    paper: "{number} letters were marked as voted on paper",
    plan_withdrawn: "plan {what} was withdrawn",
    pause: "voting was paused: {what}", resume: "voting went on: {what}",
    extended: "voting was extended until {what}", software: "the program became version {what}",
    restored: "{number} ballots were lost with the disks", destroyed: "destroyed: {what}",
  };

  const tidy = (text) => text.toUpperCase().replace(/[\s._\u00ad\u2010-\u2015\u2212-]/g, "")
    .replace(/O/g, "0").replace(/[IL]/g, "1");
  const filled = (pattern, values) =>
    pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  // --- receipts --------------------------------------------------------------------------------

  // What the part of an address behind the # says, or null when it is no receipt.
  const receiptOf = (address) => {
    const parts = decodedAddress(address.slice(address.lastIndexOf("#") + 1)).split(".");
    if (parts.length !== 7 || parts[0] !== "v1") return null;
    const isNumber = (text) => /^(0|[1-9]\d{0,9})$/.test(text) && Number(text) < 2 ** 32;
    const [, key, version, nonce, choices, size, signature] = parts;
    const receipt = {
      key: unurl64(key, 32), version: Number(version), nonce: unurl64(nonce, 32),
      choices: canonical(`[${choices}]`), size: Number(size), signature: unurl64(signature, 64),
    };
    const whole = isNumber(version) && isVersion(receipt.version) && isNumber(size) && receipt.key
      && receipt.nonce && receipt.signature && receipt.choices !== undefined;
    return whole ? receipt : null;
  };
  const decodedAddress = (text) => {
    try { return decodeURIComponent(text); } catch (failure) { return text; }
  };

  // Body, inner, leaf and tracking code of a receipt, and the bytes that the log key signed.
  const readReceipt = async (receipt, round) => {
    const body = written({ c: receipt.choices, nonce: b64(receipt.nonce), r: round });
    const leaf = await leafOf(receipt.key, receipt.version, await innerOf(body));
    const signed = receiptText(round, leaf, receipt.size);
    return { body, leaf, code: symbolsOf(leaf, 12), signed };
  };

  // --- all together ----------------------------------------------------------------------------

  // given: key, checkpoint, fingerprint, receipt, each text; told: called after every check.
  const verify = async (raw, given = {}, told = () => {}) => {
    const kept = ["key", "checkpoint", "fingerprint", "receipt"].some((name) => given[name]);
    const outcome = { verified: false, checks: [], reconciliation: {}, changes: [], chosen: null,
      failed: null, compared_with_kept: kept, kept_differs: false };
    const known = { raw, given, reconciliation: {}, changes: [], chosen: [],
      progress: () => () => {} };
    known.progress = (check) => (done, all) => told({ check, done, all });
    const tell = (check, holds, [sentence, values]) => {
      const row = { check, holds, sentence: filled(sentence, values), values };
      outcome.checks.push(row);
      told(row);
    };
    for (const check of Object.keys(CHECKS)) {
      if (check === "receipt" && !given.receipt) continue;
      told({ check, done: 0, all: 0 });
      try {
        tell(check, true, await CHECKS[check](known));
      } catch (failure) {
        if (!(failure instanceof Fails) && !(failure instanceof NoBundle)) throw failure;
        outcome.failed = failure instanceof NoBundle ? "bundle" : check;
        outcome.kept_differs = failure instanceof Differs;
        tell(outcome.failed, false, [failure.message, {}]);
        break;
      }
    }
    outcome.happened = known.changes;
    outcome.changes = known.changes.map((change) =>
      `line ${change.line}: ${filled(CHANGES[change.kind], change)}`);
    outcome.reconciliation = known.reconciliation;
    outcome.verified = outcome.failed === null;
    if (outcome.verified) outcome.chosen = known.chosen;
    return outcome;
  };

  const api = {
    verify, isSigned, rootsOf, noteOf, signersOf, checkpointOf, verifierOf, receiptOf, readReceipt,
    canonical, written, linesOf, symbolsOf, sha256, b64, hex, equal, joined, filled, decoded,
    planId,
    brokenRule, isFact,
  };
  globalThis.pbVerify = api;

  // --- under node ------------------------------------------------------------------------------

  const EXIT = { holds: 0, fails: 1, unreadable: 2 };
  const USAGE = "usage: node verify.js BUNDLE.zip [--key FILE] [--checkpoint FILE] "
    + "[--fingerprint TEXT] [--receipt ADDRESS] [--format text|json]";

  const asText = (outcome) => {
    const rows = outcome.checks.map((row) =>
      `${row.check.padEnd(8)}${row.holds ? "holds" : "FAILS"}  ${row.sentence}`);
    if (outcome.changes.length) rows.push("", "What happened in the round, as the ledger says it:");
    rows.push(...outcome.changes.map((change) => `  ${change}`), "");
    if (outcome.chosen) {
      rows.push(`Chosen, as result.json says:${outcome.chosen.length ? "" : " no plan."}`);
      rows.push(...outcome.chosen.map(({ plan, cost_cents: cost, votes, title }) =>
        `  ${plan}  ${euros(cost)} euros  ${votes} votes  ${title}`), "");
    }
    if (outcome.failed === "given") rows.push("So nothing was looked at. Give that file once more.");
    else if (outcome.kept_differs) {
      rows.push("What you gave is not of this bundle. See whether you gave all of it, and of this "
        + "round. If you did, keep this bundle, and ask what happened.");
    } else if (!outcome.verified) {
      rows.push("This bundle does not hold. What comes after that check was not looked at. Keep "
        + "the file, and ask what happened.");
    } else if (outcome.compared_with_kept) rows.push("Everything holds, also against what you kept.");
    else {
      rows.push("Everything holds. You gave nothing to compare with, so this shows no more than "
        + "that the bundle agrees with itself.");
    }
    // Words in a bundle are anybody's: no sign of theirs may move a cursor.
    return rows.map((row) => row.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?")).join("\n");
  };

  const commandLine = async (args) => {
    const { readFileSync } = require("node:fs");
    const given = {};
    let bundle = null;
    for (let at = 0; at < args.length; at += 1) {
      const [name, ...after] = args[at].split("=");
      if (/^--(key|checkpoint|fingerprint|receipt|format)$/.test(name)) {
        given[name.slice(2)] = after.length ? after.join("=") : args[at += 1];
        if (given[name.slice(2)] === undefined) bundle = undefined;
      } else if (bundle !== null || args[at].startsWith("-")) bundle = undefined;
      else bundle = args[at];
    }
    if (!bundle || !["text", "json", undefined].includes(given.format)) {
      console.error(USAGE);
      return EXIT.unreadable;
    }
    let outcome;
    try {
      for (const name of ["key", "checkpoint"]) {
        // A file that is empty was given all the same.
        if (given[name]) given[name] = readFileSync(given[name], "utf8") || "\n";
      }
      outcome = await verify(new Uint8Array(readFileSync(bundle)), given);
    } catch (failure) {
      if (!failure.code) throw failure;
      const sentence = `${failure.path} cannot be opened: ${failure.code}.`;
      const failed = failure.path === bundle ? "bundle" : "given";
      outcome = { verified: false, checks: [{ check: failed, holds: false, sentence }],
        reconciliation: {}, changes: [], chosen: null, failed, compared_with_kept: false,
        kept_differs: false };
    }
    console.log(given.format === "json" ? JSON.stringify(outcome, null, 1) : asText(outcome));
    if (outcome.verified) return EXIT.holds;
    return ["bundle", "given"].includes(outcome.failed) ? EXIT.unreadable : EXIT.fails;
  };

  if (isNode) {
    module.exports = api;
    if (require.main === module) {
      commandLine(process.argv.slice(2)).then((code) => { process.exitCode = code; });
    }
  }
})();
