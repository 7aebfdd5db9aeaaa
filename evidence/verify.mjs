#!/usr/bin/env node
// 聘查 Pincha 证据包校验器 / evidence package verifier. Needs Node 20 or newer and nothing else; Apache-2.0.
// node verify.mjs PACKAGE.wacz [--root-key PUBLIC.pem] [--sha256 HEX] [--json]
// 0 全部完好 everything holds · 1 有问题，指出首个 the first fault is named · 2 用法有误或文件不可读 wrong use or unreadable
// Built from evidence/verifier; change it there.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { open } from "node:fs/promises";
import { createHash, getHashes } from "node:crypto";
import * as zlib from "node:zlib";
import { gunzip } from "node:zlib";
// evidence/verifier/fault.ts
var Broken = class extends Error {
	fault;
	constructor(place, zh, en) {
		super(en);
		this.name = "Broken";
		this.fault = {
			...place,
			zh,
			en
		};
	}
};
/** Words from a package as they may be printed: no control characters, not endless. */
var printable = (text, max = 200) => text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, "?").slice(0, max);
// evidence/verifier/tell.ts
/** A report in words, Chinese first. */
var STANDING_ZH = {
	"signed+timestamped": "已签名并加盖时间戳",
	signed: "已签名",
	unsigned: "未签名"
};
/** Lines for a terminal; words from the package are cut and freed of control characters. */
function tellReport(report) {
	const { parts, captures, rows, custody } = report.checked;
	const lines = [`已核对 checked：部件 parts ${parts}，存证件 captures ${captures}，存证链 ledger rows ${rows}，经手记录 custody ${custody}`, `状态 state：${STANDING_ZH[report.state]} (${report.state})`];
	if (!report.sm3) lines.push("注意 note：本机 Node 不能计算 SM3，只核对了 SHA-256 (this Node has no SM3; SHA-256 only)");
	if (report.first) {
		const { part, offset, record, zh, en } = report.first;
		const where = [
			printable(part),
			...offset === void 0 ? [] : [`@${offset}`],
			...record === void 0 ? [] : [`(${printable(record)})`]
		].join(" ");
		lines.push(`首个问题 first fault：${where}`, `  ${printable(zh)}`, `  ${printable(en)}`);
	} else lines.push("全部完好 everything holds");
	return `${lines.join("\n")}\n`;
}
// core/digest.ts
/**
* Digests and canonical bytes. SHA-256 and SM3 (GB/T 32905-2016) come from Node's OpenSSL; canonical JSON
* follows RFC 8785 for the values we write (strings, finite numbers, booleans, null, arrays, plain objects).
*/
/** SHA-256 as lower-case hex. */
var sha256 = (data) => createHash("sha256").update(data).digest("hex");
/** Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, no spaces; `undefined` members are left out. */
function canonicalJson(value) {
	if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
	if (value instanceof Date) return JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v ?? null)).join(",")}]`;
	return `{${Object.entries(value).filter(([, v]) => v !== void 0).sort(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
}
// evidence/verifier/parts.ts
/**
* The digests of a package, from the outside in: CRC, SHA-256 and SM3 of every part in one reading, then
* `datapackage-digest.json` over `datapackage.json` over all other parts, and the manifest beside it. Every part must be
* named, every name must be a part, in the same order.
*/
var MAX_LIST_BYTES = 50331648;
var DATAPACKAGE = "datapackage.json";
var DIGEST = "datapackage-digest.json";
var MANIFEST = "pincha/manifest.json";
var hasSm3 = getHashes().includes("sm3");
var TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
	let c = n;
	for (let k = 0; k < 8; k += 1) c = c & 1 ? c >>> 1 ^ 3988292384 : c >>> 1;
	return c >>> 0;
});
/** CRC-32; early releases of Node 20 have none of their own. */
function crcOf(bytes, before) {
	if (typeof zlib.crc32 === "function") return zlib.crc32(bytes, before);
	let c = ~before >>> 0;
	for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ c >>> 8;
	return ~c >>> 0;
}
/** SHA-256 and SM3 of bytes at hand. */
var digestsOf = (bytes) => ({
	sha256: createHash("sha256").update(bytes).digest("hex"),
	sm3: hasSm3 ? createHash("sm3").update(bytes).digest("hex") : null
});
/** Reads every part once. @throws Broken for the first whose CRC tells that bytes of it changed */
async function measure(file, parts) {
	const digests = /* @__PURE__ */ new Map();
	let damaged = null;
	for (const part of parts) {
		const [a, b] = [createHash("sha256"), hasSm3 ? createHash("sm3") : null];
		let crc = 0;
		for await (const chunk of file.stream(part.start, part.bytes)) {
			a.update(chunk);
			b?.update(chunk);
			crc = crcOf(chunk, crc);
		}
		digests.set(part.path, {
			sha256: a.digest("hex"),
			sm3: b?.digest("hex") ?? null
		});
		if (crc !== part.crc) damaged ??= part;
	}
	return {
		digests,
		damaged
	};
}
var asObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
var textOf = (value) => typeof value === "string" ? value : "";
/** JSON of a part or a line of it. @throws Broken when it is none */
function parseJson(text, place) {
	try {
		return asObject(JSON.parse(text));
	} catch {
		throw new Broken(place, "内容不是 JSON", "this is not JSON");
	}
}
async function jsonPart(file, parts, path) {
	const part = parts.find((p) => p.path === path);
	if (!part) throw new Broken({ part: path }, "缺少该部件", "this part is missing");
	return parseJson((await file.content(part, MAX_LIST_BYTES)).toString("utf8"), {
		part: path,
		offset: part.start
	});
}
var without = (prefix, value) => textOf(value).startsWith(prefix) ? textOf(value).slice(prefix.length) : "";
/** Holds a list of parts against the parts there are. @throws Broken */
function compare(list, parts, digests, by) {
	for (const [i, part] of parts.entries()) {
		const told = list[i];
		const place = {
			part: part.path,
			offset: part.start
		};
		if (told?.path !== part.path) throw new Broken(place, `${by} 没有在此位置列出该部件`, `${by} does not list this part at this place`);
		const found = digests.get(part.path);
		if (told.bytes !== part.bytes) throw new Broken(place, `长度与 ${by} 登记的不符`, `its length differs from what ${by} says`);
		if (told.sha256 !== found?.sha256) throw new Broken(place, `SHA-256 与 ${by} 登记的不符`, `its SHA-256 differs from what ${by} says`);
		if (found.sm3 !== null && told.sm3 !== found.sm3) throw new Broken(place, `SM3 与 ${by} 登记的不符`, `its SM3 differs from what ${by} says`);
	}
	if (list.length !== parts.length) throw new Broken({ part: by }, "列出了包中没有的部件", "it lists parts that are not there");
}
var listed = (value) => Array.isArray(value) ? value.map(asObject) : [];
/** Checks that every part is what the lists of the package say. @throws Broken */
async function checkLists(file, parts, digests) {
	const [last, before] = [parts.at(-1), parts.at(-2)];
	if (last?.path !== DIGEST || before?.path !== DATAPACKAGE) throw new Broken({ part: "zip" }, `最后两个部件应为 ${DATAPACKAGE} 与 ${DIGEST}`, `the last two parts must be ${DATAPACKAGE} and ${DIGEST}`);
	const told = await jsonPart(file, parts, DIGEST);
	const [sha, sm] = [without("sha256:", told["hash"]), without("sm3:", told["sm3"])];
	const exact = `${JSON.stringify({
		hash: `sha256:${sha}`,
		path: DATAPACKAGE,
		sm3: `sm3:${sm}`
	})}\n`;
	if ((await file.content(last, MAX_LIST_BYTES)).toString("utf8") !== exact) throw new Broken({
		part: DIGEST,
		offset: last.start
	}, "内容不是规定的形式", "it is not in the prescribed form");
	const found = digests.get(DATAPACKAGE);
	if (found?.sha256 !== sha || found.sm3 !== null && found.sm3 !== sm) throw new Broken({
		part: DATAPACKAGE,
		offset: before.start
	}, `摘要与 ${DIGEST} 登记的不符`, `its digest differs from what ${DIGEST} says`);
	const datapackage = await jsonPart(file, parts, DATAPACKAGE);
	compare(listed(datapackage["resources"]).map((r) => ({
		path: textOf(r["path"]),
		bytes: r["bytes"],
		sha256: without("sha256:", r["hash"]),
		sm3: without("sm3:", r["sm3"])
	})), parts.slice(0, -2), digests, DATAPACKAGE);
	const manifest = await jsonPart(file, parts, MANIFEST);
	if (manifest["format"] !== "pincha-package/1") throw new Broken({ part: MANIFEST }, "不认识的包格式", "unknown format of package");
	compare(listed(manifest["parts"]).map((p) => ({
		path: textOf(p["path"]),
		bytes: p["bytes"],
		sha256: textOf(p["sha256"]),
		sm3: textOf(p["sm3"])
	})), parts.slice(0, -3), digests, MANIFEST);
	return datapackage;
}
// evidence/package-index.ts
var WARC_PART = "archive/data.warc.gz";
var INDEX_PART = "indexes/index.cdx";
var PAGES_PART = "pages/pages.jsonl";
/** `20261123101500`, as indexes write time. */
var stamp = (at) => at.toISOString().replace(/[-:T]/g, "").slice(0, 14);
/**
* The key an address is found by: host turned round, then port, path and sorted query, in lower case, as Webrecorder's
* and pywb's tools write it (SURT).
*/
function surtOf(url) {
	if (!/^https?:/.test(url)) return url;
	const { hostname, port, pathname, search } = new URL(url.replace(/^(https?:\/\/)www\d*\./, "$1").toLowerCase());
	const query = search ? `?${search.slice(1).split("&").sort().join("&")}` : "";
	return `${hostname.split(".").reverse().join(",")}${port ? `:${port}` : ""})${pathname}${query}`;
}
/** The index of responses, sorted by bytes as readers search it. */
function cdxLines(records) {
	const lines = records.map((r) => {
		const told = {
			url: r.url,
			mime: r.mediaType ?? "application/octet-stream",
			status: String(r.status ?? 200),
			digest: `sha256:${r.sha256}`,
			length: String(r.length),
			offset: String(r.offset),
			filename: WARC_PART.slice(8)
		};
		return Buffer.from(`${surtOf(r.url)} ${stamp(r.at)} ${JSON.stringify(told)}\n`, "utf8");
	});
	return Buffer.concat(lines.sort(Buffer.compare)).toString("utf8");
}
/** The index of a list of captures. */
var indexOf = (captures) => cdxLines(captures.map(({ finalUrl, fetchedAt, status, mediaType, sha256, response }) => ({
	...response,
	url: finalUrl,
	at: new Date(fetchedAt),
	status,
	mediaType,
	sha256
})));
var isPage = (c) => c.kind !== "image" && /^(text\/html|application\/xhtml\+xml)$/.test(c.mediaType ?? "") && /^https?:/.test(c.finalUrl);
/** The pages among a list of captures. */
var pagesOf = (captures) => captures.filter(isPage).map((c) => ({
	id: c.id,
	url: c.finalUrl,
	at: new Date(c.fetchedAt),
	title: c.title ?? c.finalUrl
}));
/** The pages a reader may begin with. */
function pageLines(pages) {
	return [{
		format: "json-pages-1.0",
		id: "pages",
		title: "存证页面 Pages"
	}, ...pages.map((p) => ({
		id: p.id,
		url: p.url,
		ts: p.at.toISOString(),
		title: p.title
	}))].map((line) => `${JSON.stringify(line)}\n`).join("");
}
// evidence/verifier/records.ts
/**
* The web archive of a package: record by record in the order the list of captures tells, each inflated in memory
* only, up to what its ledger row says it holds. Digests of the stored bytes, of the record's block and of the page's
* body are recomputed, and index and list of pages must say the same.
*/
var MAX_LINE = 1048576;
var MAX_CAPTURES = 2e4;
var MAX_STORED = 314572800;
var HEADERS = 4194304;
var CAPTURES$1 = "pincha/captures.jsonl";
var COMPANION = /^(\d{1,12}) sha256:([0-9a-f]{64})$/;
var rangeOf = (value) => {
	const { offset, length } = asObject(value);
	const natural = (n) => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
	return natural(offset) && natural(length) && length > 0 ? {
		offset,
		length
	} : null;
};
/** A part that must be there. @throws Broken */
function partOf(parts, path) {
	const part = parts.find((p) => p.path === path);
	if (!part) throw new Broken({ part: path }, "缺少该部件", "this part is missing");
	return part;
}
/** Lines of JSON of a part, with where each stands. */
async function* jsonLines(file, part) {
	for await (const { text, number, offset } of file.lines(part, MAX_LINE)) {
		const place = {
			part: part.path,
			offset,
			record: `line ${number}`
		};
		yield {
			value: parseJson(text, place),
			place
		};
	}
}
var inflate = (stored, most) => new Promise((resolve, reject) => gunzip(stored, { maxOutputLength: most }, (error, bytes) => error ? reject(error) : resolve(bytes)));
async function readRecord(stored, most, place) {
	const raw = await inflate(stored, most).catch(() => {
		throw new Broken(place, "记录的压缩数据已损坏，或展开后大于登记的长度", "the record does not inflate, or to more than it may hold");
	});
	const split = raw.indexOf("\r\n\r\n");
	const [version, ...lines] = raw.toString("utf8", 0, Math.max(split, 0)).split("\r\n");
	const fields = new Map(lines.map((l) => [l.slice(0, l.indexOf(":")).toLowerCase(), l.slice(l.indexOf(":") + 1).trim()]));
	const length = Number(fields.get("content-length"));
	if (split < 0 || !version?.startsWith("WARC/1.") || split + 4 + length + 4 !== raw.length) throw new Broken(place, "不是完整的 WARC 记录", "this is not a whole WARC record");
	const block = raw.subarray(split + 4, split + 4 + length);
	const told = fields.get("warc-block-digest");
	if (told !== void 0 && told !== `sha256:${digestsOf(block).sha256}`) throw new Broken(place, "记录块的 SHA-256 与记录头不符", "the block's SHA-256 differs from the record's header");
	return {
		fields,
		block
	};
}
/** Checks the record a response names as sealed with it. */
function companion(stored, told, place) {
	const match = told ? COMPANION.exec(told) : null;
	if (!match || Number(match[1]) !== stored.length || match[2] !== digestsOf(stored).sha256) throw new Broken(place, "字节与响应记录中登记的摘要不符", "its bytes differ from what the response record says of them");
}
function checkBody(record, capture, place) {
	const split = record.block.indexOf("\r\n\r\n");
	if (record.fields.get("warc-type") !== "response" || split < 0) throw new Broken(place, "不是 HTTP 响应记录", "this is not a record of an HTTP response");
	if (record.fields.get("warc-target-uri") !== capture.finalUrl) throw new Broken(place, "记录的网址与登记不符", "the record's address differs from the one registered");
	const body = record.block.subarray(split + 4);
	const found = digestsOf(body);
	const payload = record.fields.get("warc-payload-digest");
	if (body.length !== capture.size) throw new Broken(place, "正文长度与登记不符", "the body has another length than registered");
	if (found.sha256 !== capture.sha256 || payload !== void 0 && payload !== `sha256:${found.sha256}`) throw new Broken(place, "正文 SHA-256 与登记不符", "the body's SHA-256 differs from the one registered");
	if (found.sm3 !== null && found.sm3 !== capture.sm3) throw new Broken(place, "正文 SM3 与登记不符", "the body's SM3 differs from the one registered");
}
var optional = (value, type) => value === null || typeof value === type;
function captureLine(value, place) {
	const response = rangeOf(value["response"]);
	const { size, fetchedAt } = value;
	const texts = [
		"id",
		"kind",
		"finalUrl",
		"sha256",
		"sm3"
	].every((name) => typeof value[name] === "string");
	const others = optional(value["title"], "string") && optional(value["mediaType"], "string") && optional(value["status"], "number");
	if (!response || !texts || !others || !(typeof fetchedAt === "string" && !Number.isNaN(Date.parse(fetchedAt))) || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw new Broken(place, "存证件清单的一行缺少字段", "a line of the list of captures lacks members");
	return {
		...value,
		response
	};
}
/** Walks the archive. Calls back once a capture, in order. @throws Broken for the first record that does not hold */
async function walkArchive(file, parts, onCapture) {
	const warc = partOf(parts, WARC_PART);
	let [next, count] = [0, 0];
	for await (const { value, place } of jsonLines(file, partOf(parts, CAPTURES$1))) {
		count += 1;
		if (count > MAX_CAPTURES) throw new Broken(place, `存证件超过 ${MAX_CAPTURES} 件`, `more than ${MAX_CAPTURES} captures`);
		const capture = captureLine(value, place);
		const take = async (range, what) => {
			const at = {
				part: WARC_PART,
				offset: warc.start + range.offset,
				record: `${what} of capture ${capture.id}`
			};
			if (range.offset !== next) throw new Broken(at, "记录与前一条不相接", "the record does not begin where the one before ends");
			if (range.length > MAX_STORED || range.offset + range.length > warc.bytes) throw new Broken(at, "记录的长度不合理", "the record's length is not plausible");
			next += range.length;
			return {
				stored: await file.read(warc.start + range.offset, range.length),
				at
			};
		};
		const [info, request] = [rangeOf(value["info"]), rangeOf(value["request"])];
		const head = info && await take(info, "warcinfo");
		const asked = request && await take(request, "request");
		const answer = await take(capture.response, "response");
		const record = await readRecord(answer.stored, capture.size + HEADERS, answer.at);
		checkBody(record, capture, answer.at);
		if (head) companion(head.stored, record.fields.get("pincha-warcinfo-bytes"), head.at);
		if (asked) companion(asked.stored, record.fields.get("pincha-request-bytes"), asked.at);
		if (head) await readRecord(head.stored, HEADERS, head.at);
		if (asked) await readRecord(asked.stored, HEADERS, asked.at);
		onCapture({
			capture,
			recordSha256: digestsOf(answer.stored).sha256,
			place: answer.at
		});
	}
	if (next !== warc.bytes) throw new Broken({
		part: WARC_PART,
		offset: warc.start + next
	}, "最后一条记录之后有多余字节", "there are bytes behind the last record");
	return count;
}
/** The first line in which a part differs from what its package demands of it. @throws Broken */
async function sameText(file, part, expected) {
	const lines = expected.split("\n");
	let last = 0;
	for await (const { text, number, offset } of file.lines(part, MAX_LINE)) {
		if (text !== lines[number - 1]) throw new Broken({
			part: part.path,
			offset,
			record: `line ${number}`
		}, "与存证件清单不符", "it differs from the list of captures");
		last = number;
	}
	if (last !== lines.length - 1) throw new Broken({
		part: part.path,
		offset: part.start,
		record: `line ${last + 1}`
	}, "与存证件清单不符", "it differs from the list of captures");
}
/** Index and pages must be exactly what the list of captures makes them. @throws Broken */
async function checkIndex(file, parts, captures) {
	await sameText(file, partOf(parts, INDEX_PART), indexOf(captures));
	await sameText(file, partOf(parts, PAGES_PART), pageLines(pagesOf(captures)));
}
// evidence/verifier/ledger.ts
/**
* What the ledger said of the captures: every row's hash covers what the row says, every capture and every file made of
* one has its row, and the digests in the rows are those found. The custody log's rows are hashed by themselves too.
*/
var LEDGER = "pincha/ledger.jsonl";
var CAPTURES = "pincha/captures.jsonl";
var CUSTODY = "pincha/custody.jsonl";
var FILES = "pincha/files/";
/** The rows in order. @throws Broken for the first whose hash or columns do not hold */
async function readRows(file, parts) {
	const rows = [];
	for await (const { value, place } of jsonLines(file, partOf(parts, LEDGER))) {
		const [payload, prevHash, hash] = [
			textOf(value["payload"]),
			textOf(value["prevHash"]),
			textOf(value["hash"])
		];
		const at = {
			...place,
			record: `ledger row ${String(value["seq"]).slice(0, 20)}`
		};
		if (hash !== sha256(`${prevHash}\n${payload}`)) throw new Broken(at, "内容与哈希不符", "the hash does not cover this content");
		const told = parseJson(payload, at);
		if (!(told["seq"] === value["seq"] && told["kind"] === value["kind"] && told["ref"] === value["refId"] && told["at"] === value["at"]) || typeof told["seq"] !== "number") throw new Broken(at, "序号、类别、引用或时间与已存证内容不符", "number, kind, reference or time differ from what was hashed");
		const before = rows.at(-1);
		if (before && told["seq"] <= before.seq) throw new Broken(at, "序号未递增", "the numbers do not rise");
		if (before && before.seq + 1 === told["seq"] && prevHash !== before.hash) throw new Broken(at, "与前一条不相连", "it is not linked to the row before");
		rows.push({
			seq: told["seq"],
			kind: textOf(told["kind"]),
			ref: textOf(told["ref"]),
			payload,
			prevHash,
			hash,
			data: asObject(told["data"]),
			place: at
		});
	}
	return rows;
}
/** What list and ledger both say of a capture. */
var TOLD = [
	"url",
	"status",
	"via",
	"kind",
	"fetchedAt",
	"mediaType",
	"size",
	"outcome"
];
/** The files a capture's line names must be those its rows name. */
function checkFiles(capture, rows) {
	const made = rows.filter((r) => r.ref === capture.id && r.kind !== "capture" && typeof r.data["sha256"] === "string");
	const files = Array.isArray(capture["files"]) ? capture["files"].map(asObject) : [];
	if (!made.every((row, i) => {
		const { sha256: sha, sm3 = null, from = null } = row.data;
		const file = files[i];
		return file?.["kind"] === row.kind && file["sha256"] === sha && file["sm3"] === sm3 && file["from"] === from && textOf(file["path"]).startsWith(`${FILES}${String(sha)}`);
	}) || files.length !== made.length) throw new Broken({
		part: CAPTURES,
		record: `capture ${capture.id}`
	}, "所列文件与存证链记录不符", "the files it lists differ from those the ledger speaks of");
}
/** Holds the captures and the files made of them against the ledger. @throws Broken */
function checkAgainstLedger(reads, rows, parts, digests) {
	const captured = new Map(rows.filter((r) => r.kind === "capture").map((r) => [r.ref, r]));
	const known = new Set(reads.map(({ capture }) => capture.id));
	for (const { capture, recordSha256, place } of reads) {
		const row = captured.get(capture.id);
		if (!row) throw new Broken(place, "存证链中没有该存证件的记录", "the ledger has no row of this capture");
		const { sha256: sha, sm3, recordSha256: record, captureKind } = row.data;
		const both = {
			...place,
			record: `${place.record} / ${row.place.record}`
		};
		if (sha !== capture.sha256 || sm3 !== capture.sm3 || record !== void 0 && record !== recordSha256) throw new Broken(both, "存证件与存证链记录不符", "the capture differs from what the ledger says of it");
		const told = {
			...row.data,
			kind: captureKind
		};
		const wrong = TOLD.find((name) => told[name] !== void 0 && told[name] !== capture[name]);
		if (wrong) throw new Broken({
			part: CAPTURES,
			record: `capture ${capture.id}`
		}, `${wrong} 与存证链记录不符`, `its ${wrong} differs from what the ledger says`);
		checkFiles(capture, rows);
	}
	const files = new Map(parts.filter((p) => p.path.startsWith(FILES)).map((p) => [p.path.slice(13, 77), p]));
	const used = /* @__PURE__ */ new Set();
	for (const row of rows) {
		if (!known.has(row.ref)) throw new Broken(row.place, "该行不属于包内任何存证件", "the row belongs to no capture of this package");
		const sha = textOf(row.data["sha256"]);
		if (row.kind === "capture" || sha === "") continue;
		const part = files.get(sha);
		const found = part && digests.get(part.path);
		if (!part || found?.sha256 !== sha) throw new Broken(row.place, "包内没有该行所指的文件", "the file this row speaks of is not in the package");
		if (found.sm3 !== null && row.data["sm3"] !== void 0 && row.data["sm3"] !== found.sm3) throw new Broken({
			part: part.path,
			offset: part.start
		}, "SM3 与存证链记录不符", "its SM3 differs from what the ledger says");
		used.add(part.path);
	}
	const spare = [...files.values()].find((p) => !used.has(p.path));
	if (spare) throw new Broken({
		part: spare.path,
		offset: spare.start
	}, "存证链中没有该文件的记录", "the ledger has no row of this file");
}
/** The custody log: each row's own hash, and the link where two neighbours are there. @returns how many rows */
async function checkCustody(file, parts) {
	let before = null;
	let count = 0;
	for await (const { value, place } of jsonLines(file, partOf(parts, CUSTODY))) {
		const { hash, prevHash, ...rest } = value;
		const seq = Number(value["seq"]);
		const at = {
			...place,
			record: `audit row ${seq}`
		};
		if (hash !== sha256(`${textOf(prevHash)}\n${canonicalJson(rest)}`)) throw new Broken(at, "内容与哈希不符", "the hash does not cover this content");
		if (before && (seq <= before.seq || seq === before.seq + 1 && prevHash !== before.hash)) throw new Broken(at, "与前一条不相连", "it is not linked to the row before");
		before = {
			seq,
			hash: textOf(hash)
		};
		count += 1;
	}
	return count;
}
/** 1980-01-01 00:00, the first date ZIP knows: when a part was written says nothing and would make bytes differ. */
var DATE = 33;
var VERSION = 20;
/** Names are UTF-8. */
var FLAGS = 2048;
var PATH = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*){0,7}$/;
/** Whether a part may have this name: ASCII, relative, no dots at the beginning of a step, at most 200 characters. */
var partNameAllowed = (path) => path.length <= 200 && PATH.test(path);
/** The 30 bytes and the name before a part's content. */
function localHeader({ path, crc, bytes }) {
	const name = Buffer.from(path, "latin1");
	const head = Buffer.alloc(30);
	head.writeUInt32LE(67324752, 0);
	head.writeUInt16LE(VERSION, 4);
	head.writeUInt16LE(FLAGS, 6);
	head.writeUInt16LE(DATE, 12);
	head.writeUInt32LE(crc, 14);
	head.writeUInt32LE(bytes, 18);
	head.writeUInt32LE(bytes, 22);
	head.writeUInt16LE(name.length, 26);
	return Buffer.concat([head, name]);
}
/** The entry of a part in the central directory. @param offset where its local header begins */
function centralHeader({ path, crc, bytes }, offset) {
	const name = Buffer.from(path, "latin1");
	const head = Buffer.alloc(46);
	head.writeUInt32LE(33639248, 0);
	head.writeUInt16LE(VERSION, 4);
	head.writeUInt16LE(VERSION, 6);
	head.writeUInt16LE(FLAGS, 8);
	head.writeUInt16LE(DATE, 14);
	head.writeUInt32LE(crc, 16);
	head.writeUInt32LE(bytes, 20);
	head.writeUInt32LE(bytes, 24);
	head.writeUInt16LE(name.length, 28);
	head.writeUInt32LE(offset, 42);
	return Buffer.concat([head, name]);
}
/** The last 22 bytes of the file. */
function endRecord(entries, directoryBytes, directoryOffset) {
	const end = Buffer.alloc(22);
	end.writeUInt32LE(101010256, 0);
	end.writeUInt16LE(entries, 8);
	end.writeUInt16LE(entries, 10);
	end.writeUInt32LE(directoryBytes, 12);
	end.writeUInt32LE(directoryOffset, 16);
	return end;
}
// evidence/verifier/zip.ts
var MAX_DIRECTORY_BYTES = 25165824;
var CHUNK = 1048576;
var zipFault = (offset, zh, en) => new Broken({
	part: "zip",
	offset
}, zh, en);
/** The package file, read by place and bounded; nothing of it is ever written anywhere. */
var PackageFile = class {
	bytes;
	#handle;
	constructor(handle, bytes) {
		this.#handle = handle;
		this.bytes = bytes;
	}
	async read(offset, length) {
		if (offset < 0 || length < 0 || offset + length > this.bytes) throw zipFault(Math.min(offset, this.bytes), "文件在此之前已结束", "the file ends before this place");
		const bytes = Buffer.alloc(length);
		for (let got = 0; got < length;) {
			const { bytesRead } = await this.#handle.read(bytes, got, length - got, offset + got);
			if (bytesRead === 0) throw zipFault(offset + got, "文件在读取时变短", "the file became shorter while it was read");
			got += bytesRead;
		}
		return bytes;
	}
	/** A stretch of the file in pieces of at most 1 MiB. */
	async *stream(offset, length) {
		for (let done = 0; done < length; done += CHUNK) yield await this.read(offset + done, Math.min(CHUNK, length - done));
	}
	/** A whole part, for those that are small. @throws Broken when it is larger than `max` */
	content(part, max) {
		if (part.bytes > max) throw new Broken({
			part: part.path,
			offset: part.start
		}, `部件超过 ${max} 字节`, `the part is larger than ${max} bytes`);
		return this.read(part.start, part.bytes);
	}
	/** Lines of a part with their number from 1 and where each begins. @throws Broken for a line over `max` bytes or text after the last line break */
	async *lines(part, max) {
		let rest = Buffer.alloc(0);
		let [number, offset] = [0, part.start];
		for await (const chunk of this.stream(part.start, part.bytes)) {
			rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
			for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
				number += 1;
				yield {
					text: rest.toString("utf8", 0, end),
					number,
					offset
				};
				offset += end + 1;
				rest = rest.subarray(end + 1);
			}
			if (rest.length > max) throw new Broken({
				part: part.path,
				offset,
				record: `line ${number + 1}`
			}, `一行超过 ${max} 字节`, `a line is longer than ${max} bytes`);
		}
		if (rest.length > 0) throw new Broken({
			part: part.path,
			offset,
			record: `line ${number + 1}`
		}, "最后一行不完整", "the last line is not complete");
	}
};
/** Where two stretches that should be equal first differ; null when they do not. */
function firstDifference(found, expected) {
	if (found.equals(expected)) return null;
	const at = expected.findIndex((byte, i) => byte !== found[i]);
	return at < 0 ? expected.length : at;
}
async function directoryOf(file) {
	if (file.bytes < 22) throw zipFault(0, "不是证据包：文件过短", "not a package: the file is too short");
	if (file.bytes > 4294967295) throw zipFault(0, "文件超过 4 GiB", "the file is larger than 4 GiB");
	const endAt = file.bytes - 22;
	const end = await file.read(endAt, 22);
	const [entries, length, offset] = [
		end.readUInt16LE(10),
		end.readUInt32LE(12),
		end.readUInt32LE(16)
	];
	const differs = firstDifference(end, endRecord(entries, length, offset));
	if (differs !== null) throw zipFault(endAt + differs, "ZIP 结尾记录与规定形式不符", "the end record of the ZIP is not in the prescribed form");
	if (offset + length !== endAt) throw zipFault(endAt + 12, "ZIP 目录与结尾记录之间不相接", "the directory does not end where the end record begins");
	if (length > MAX_DIRECTORY_BYTES) throw zipFault(endAt + 12, "ZIP 目录过大", "the directory of the ZIP is too large");
	return {
		bytes: await file.read(offset, length),
		offset,
		entries
	};
}
/**
* The parts in the order they stand in.
* @throws Broken naming the first byte that is not as the names and contents demand
*/
async function readParts(file) {
	const directory = await directoryOf(file);
	const parts = [];
	const seen = /* @__PURE__ */ new Set();
	let [at, next] = [0, 0];
	for (let i = 0; i < directory.entries; i += 1) {
		const where = directory.offset + at;
		if (at + 46 > directory.bytes.length) throw zipFault(where, "ZIP 目录在此中断", "the directory of the ZIP ends here too early");
		const head = directory.bytes.subarray(at);
		const nameBytes = head.readUInt16LE(28);
		const path = head.toString("latin1", 46, 46 + nameBytes);
		if (!partNameAllowed(path) || seen.has(path)) throw zipFault(where + 46, "部件名不合规定或重复", "the name of a part is not allowed or stands twice");
		const entry = {
			path,
			crc: head.readUInt32LE(16),
			bytes: head.readUInt32LE(20)
		};
		const expected = centralHeader(entry, next);
		const differs = firstDifference(head.subarray(0, expected.length), expected);
		if (differs !== null) throw zipFault(where + differs, `ZIP 目录中 ${path} 的条目与规定形式不符`, `the directory's entry of ${path} is not in the prescribed form`);
		const local = localHeader(entry);
		const wrong = firstDifference(await file.read(next, local.length), local);
		if (wrong !== null) throw zipFault(next + wrong, `${path} 之前的文件头与目录不符`, `the header before ${path} differs from the directory`);
		const start = next + 30 + nameBytes;
		if (start + entry.bytes > directory.offset) throw zipFault(next + 18, `${path} 的长度超出文件`, `${path} is longer than the file`);
		parts.push({
			...entry,
			start
		});
		seen.add(path);
		next = start + entry.bytes;
		at += expected.length;
	}
	if (at !== directory.bytes.length) throw zipFault(directory.offset + at, "ZIP 目录之后有多余字节", "there are bytes behind the last entry of the directory");
	if (next !== directory.offset) throw zipFault(next, "最后一个部件之后有多余字节", "there are bytes behind the last part");
	return parts;
}
// evidence/verifier/verify-package.ts
/**
* Checks one package from the outside in and stops at the first thing that does not hold: the ZIP's own bytes, every
* part's digests, the records of the web archive, the ledger's rows and proofs, signature and time-stamp. Reads the
* file only; extracts nothing, writes nothing, asks nobody.
*/
/** For a part whose bytes changed: the record of the archive or the row that holds them, when it can be told. */
async function narrow(file, parts, damaged) {
	try {
		if (damaged.path === "archive/data.warc.gz") await walkArchive(file, parts, () => void 0);
		if (damaged.path === "pincha/ledger.jsonl") await readRows(file, parts);
		if (damaged.path === "pincha/custody.jsonl") await checkCustody(file, parts);
	} catch (thrown) {
		if (thrown instanceof Broken && thrown.fault.part === damaged.path) return thrown.fault;
	}
	return null;
}
async function wholeDigest(file) {
	const { createHash } = await import("node:crypto");
	const hash = createHash("sha256");
	for await (const chunk of file.stream(0, file.bytes)) hash.update(chunk);
	return hash.digest("hex");
}
async function damageOf(file, parts, damaged) {
	const found = await narrow(file, parts, damaged);
	const place = found ?? {
		part: damaged.path,
		offset: damaged.start
	};
	const where = found ? {
		zh: `：${found.zh}`,
		en: `: ${found.en}`
	} : {
		zh: "",
		en: ""
	};
	return new Broken(place, `部件内容已改变（CRC-32 不符）${where.zh}`, `the content of the part was changed (CRC-32)${where.en}`);
}
async function check(file, counts, options) {
	const parts = await readParts(file);
	counts.parts = parts.length;
	const { digests, damaged } = await measure(file, parts);
	if (damaged) throw await damageOf(file, parts, damaged);
	await checkLists(file, parts, digests);
	if (options.sha256 !== void 0 && await wholeDigest(file) !== options.sha256.toLowerCase()) throw new Broken({ part: "zip" }, "整包 SHA-256 与给出的不符", "the SHA-256 of the whole file differs from the one given");
	const reads = [];
	counts.captures = await walkArchive(file, parts, (read) => reads.push(read));
	const rows = await readRows(file, parts);
	counts.rows = rows.length;
	checkAgainstLedger(reads, rows, parts, digests);
	await checkIndex(file, parts, reads.map(({ capture }) => capture));
	counts.custody = await checkCustody(file, parts);
	return "unsigned";
}
/**
* Checks a package. Never throws for what is wrong inside it: the report says so.
* @throws the system's error when the file cannot be opened
*/
async function verifyPackage(path, options = {}) {
	const handle = await open(path, "r");
	const counts = {
		parts: 0,
		captures: 0,
		rows: 0,
		custody: 0
	};
	try {
		return {
			ok: true,
			state: await check(new PackageFile(handle, (await handle.stat()).size), counts, options),
			first: null,
			checked: counts,
			sm3: hasSm3
		};
	} catch (thrown) {
		if (!(thrown instanceof Broken)) throw thrown;
		return {
			ok: false,
			state: "unsigned",
			first: thrown.fault,
			checked: counts,
			sm3: hasSm3
		};
	} finally {
		await handle.close();
	}
}
// evidence/verifier/main.ts
/**
* The command line of the verifier, built into the one file that travels with every package:
* `node verify.mjs PACKAGE.wacz [--root-key PEM] [--sha256 HEX] [--json]`.
* Exit codes: 0 everything holds · 1 something does not, the first is named · 2 wrong use, or the file cannot be read.
*/
var USAGE = "用法 usage: node verify.mjs PACKAGE.wacz [--root-key 公钥.pem] [--sha256 整包摘要] [--json]";
async function main() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			"root-key": { type: "string" },
			sha256: { type: "string" },
			json: { type: "boolean" }
		}
	});
	const [file] = positionals;
	if (!file || positionals.length > 1) {
		process.stderr.write(`${USAGE}\n`);
		return 2;
	}
	const key = values["root-key"];
	const report = await verifyPackage(file, {
		...key === void 0 ? {} : { rootKey: readFileSync(key, "utf8") },
		...values.sha256 === void 0 ? {} : { sha256: values.sha256 }
	});
	process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : tellReport(report));
	return report.ok ? 0 : 1;
}
main().then((code) => {
	process.exitCode = code;
}, (error) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
	process.exitCode = 2;
});
export {};
