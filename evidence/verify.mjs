#!/usr/bin/env node
// 聘查 Pincha 证据包校验器 / evidence package verifier. Needs Node 20 or newer and nothing else; Apache-2.0.
// node verify.mjs PACKAGE.wacz [--root-key PUBLIC.pem] [--tsa-ca CA.pem] [--sha256 HEX] [--json]
// 0 全部完好 everything holds · 1 有问题，指出首个 the first fault is named · 2 用法有误或文件不可读 wrong use or unreadable
// Built from evidence/verifier; change it there.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { open } from "node:fs/promises";
import { X509Certificate, constants, createHash, createPublicKey, getHashes, verify } from "node:crypto";
import * as zlib from "node:zlib";
import { gunzip } from "node:zlib";
// core/model/seal-state.ts
/** How far sealed evidence is vouched for, by the authority's key and by a clock of others: a closed set, shown wherever evidence is. */
/** The best first. */
var SEAL_STATES = [
	"signed+timestamped",
	"signed",
	"unsigned"
];
var SEAL_STATE_ZH = {
	"signed+timestamped": "已签名并加盖时间戳",
	signed: "已签名，未加盖时间戳",
	unsigned: "未签名"
};
/** The weakest speaks for all; none at all is vouched for by nobody. */
var weakestSeal = (states) => [...SEAL_STATES].reverse().find((state) => states.includes(state)) ?? "unsigned";
/** How far a root is vouched for. A time-stamp alone says when, not who: that is still unsigned. */
function sealState(kinds) {
	if (!kinds.includes("signature")) return "unsigned";
	return kinds.includes("timestamp") ? "signed+timestamped" : "signed";
}
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
var ORIGIN_ZH = {
	"digest+key": "与另行取得的整包摘要和机关公钥相符",
	digest: "与另行取得的整包摘要相符",
	key: "与另行取得的机关公钥相符",
	"not proven": "未经证明"
};
/** What is to be compared with the authority's own word, and what this check did not prove. */
function originLines({ origin, notProven, sha256, roots }) {
	const [head, tail] = [roots.slice(0, MAX_ROOTS), roots.length - MAX_ROOTS];
	return [
		`来源 origin：${ORIGIN_ZH[origin]} (${origin})`,
		`  整包 package SHA-256 ${sha256}`,
		...head.map((root) => `  日根 root ${root.no}（${root.date}） SHA-256 ${root.sha256}`),
		...tail > 0 ? [`  另有 ${tail} 个日根 more roots: --json`] : [],
		...roots.length === 0 ? ["  没有日根 no root"] : [],
		...notProven.flatMap(({ zh, en }) => [`未证明 NOT PROVEN：${zh}`, `  ${en}`])
	];
}
var MAX_ROOTS = 20;
var unseen = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
/** A report as JSON that may be shown on a terminal: signs that steer one are written as escapes. */
var jsonReport = (report) => `${JSON.stringify(report, null, 2).replace(/[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, unseen)}\n`;
/** Lines for a terminal; words from the package are cut and freed of control characters. */
function tellReport(report) {
	const { parts, captures, revisits, rows, proven, custody } = report.checked;
	const lines = [
		`已核对 checked：部件 parts ${parts}，存证件 captures ${captures}，未变化应答 revisits ${revisits}，存证链 ledger rows ${rows}（其中 ${proven} 行有日根证明 proven），经手记录 custody ${custody}`,
		`状态 state：${SEAL_STATE_ZH[report.state]} (${report.state})`,
		...report.keys.map((key) => `  签名公钥指纹 key fingerprint SHA-256 ${key}`),
		...report.times.map((time) => `  时间戳 time-stamped ${time}`)
	];
	if (!report.sm3) lines.push("注意 note：本机 Node 不能计算 SM3，只核对了 SHA-256 (this Node has no SM3; SHA-256 only)");
	if (report.first) {
		const { part, offset, record, zh, en } = report.first;
		const where = [
			printable(part),
			...offset === void 0 ? [] : [`@${offset}`],
			...record === void 0 ? [] : [`(${printable(record)})`]
		].join(" ");
		lines.push(`首个问题 first fault：${where}`, `  ${printable(zh)}`, `  ${printable(en)}`);
	} else lines.push(...originLines(report), "全部完好 everything holds");
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
// evidence/package-index.ts
/**
* What makes a package a WACZ 1.1.1 that other people's tools open: the index of its WARC (CDXJ), the list of its
* pages, and `datapackage.json` with its digest. Lines and members stand in a fixed order, so the same facts give
* the same bytes.
*/
var WACZ_VERSION = "1.1.1";
var WARC_PART = "archive/data.warc.gz";
var INDEX_PART = "indexes/index.cdx";
var PAGES_PART = "pages/pages.jsonl";
var DATAPACKAGE_PART = "datapackage.json";
var DIGEST_PART = "datapackage-digest.json";
/** `20261123101500`, as indexes write time. */
var stamp = (at) => at.toISOString().replace(/[-:T]/g, "").slice(0, 14);
/** Null for what is no address: a hostile record may name anything. */
function addressOf(url) {
	try {
		return new URL(url);
	} catch {
		return null;
	}
}
/**
* The key an address is found by: host turned round, then port, path and sorted query, in lower case, as Webrecorder's
* and pywb's tools write it (SURT).
*/
function surtOf(url) {
	const found = /^https?:/.test(url) ? addressOf(url.replace(/^(https?:\/\/)www\d*\./, "$1").toLowerCase()) : null;
	if (!found) return url;
	const { hostname, port, pathname, search } = found;
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
/** `datapackage.json`: every part before it with length and both digests. */
function datapackage(parts, told) {
	const value = {
		profile: "data-package",
		wacz_version: WACZ_VERSION,
		title: told.title,
		description: told.description,
		created: told.created.toISOString(),
		software: told.software,
		...told.mainPage ? {
			mainPageUrl: told.mainPage.url,
			mainPageDate: told.mainPage.at.toISOString()
		} : {},
		resources: parts.map((p) => ({
			name: p.path.slice(p.path.lastIndexOf("/") + 1),
			path: p.path,
			hash: `sha256:${p.sha256}`,
			sm3: `sm3:${p.sm3}`,
			bytes: p.bytes
		}))
	};
	return `${JSON.stringify(value, null, 1)}\n`;
}
/** `datapackage-digest.json`: nothing in it is free, so that changing any byte of it shows. */
var datapackageDigest = (part) => `${canonicalJson({
	path: part.path,
	hash: `sha256:${part.sha256}`,
	sm3: `sm3:${part.sm3}`
})}\n`;
// evidence/package-parts.ts
/**
* Which parts a package has, in which order, and what each of its lines may say. The builder writes so and the verifier
* accepts nothing else, so that nothing can be put beside what was sealed: a second index, another archive, a line with
* one member more.
*/
/** Answers that said that a capture still stood: their records, and the list of them. */
var REVISITS_WARC = "archive/revisits.warc.gz";
var REVISITS_PART = "pincha/revisits.jsonl";
var CAPTURES_PART = "pincha/captures.jsonl";
var LEDGER_PART = "pincha/ledger.jsonl";
var ROOTS_PART = "pincha/roots.jsonl";
var PROOFS_PART = "pincha/proofs.jsonl";
var READINGS_PART = "pincha/readings.jsonl";
var CUSTODY_PART = "pincha/custody.jsonl";
var CASE_PART = "pincha/case.json";
var MANIFEST_PART = "pincha/manifest.json";
var FILES_FOLDER = "pincha/files/";
var PACKAGE_FORMAT = "pincha-package/1";
/** Whoever checks a package keeps these lists in memory. Bytes; a case that needs more is exported in pieces. */
var MOST_LISTED = {
	[CAPTURES_PART]: 67108864,
	[REVISITS_PART]: 67108864,
	[LEDGER_PART]: 201326592,
	[ROOTS_PART]: 33554432,
	[PROOFS_PART]: 268435456,
	[CASE_PART]: 16777216
};
/** Members of the lines, sorted. */
var LINE = {
	capture: [...[
		"fetchedAt",
		"files",
		"finalUrl",
		"id",
		"info",
		"kind",
		"mediaType",
		"outcome",
		"request",
		"response"
	], ...[
		"sha256",
		"size",
		"sm3",
		"status",
		"title",
		"url",
		"via"
	]],
	revisit: [
		"fetchedAt",
		"finalUrl",
		"id",
		"info",
		"of",
		"request",
		"response",
		"status",
		"url"
	],
	row: [
		"at",
		"hash",
		"kind",
		"payload",
		"prevHash",
		"refId",
		"seq"
	],
	root: ["seals", "statement"],
	seal: [
		"algorithm",
		"at",
		"authority",
		"kind",
		"nonce",
		"publicKey",
		"value"
	],
	proof: [
		"path",
		"rootNo",
		"seq"
	]
};
var EXTENSIONS = {
	shot: "png",
	masked: "png",
	dom_text: "txt",
	ocr_text: "txt",
	page_layout: "json"
};
/** The files that ledger rows about a capture speak of, in the rows' order. */
var filesOfRows = (rows) => rows.flatMap(({ kind, data }) => {
	const { sha256, sm3, from } = data;
	if (kind === "capture" || typeof sha256 !== "string") return [];
	const text = (value) => typeof value === "string" ? value : null;
	return [{
		kind,
		path: `${FILES_FOLDER}${sha256}.${EXTENSIONS[kind] ?? "bin"}`,
		sha256,
		sm3: text(sm3),
		from: text(from)
	}];
});
var byBytes = (a, b) => a < b ? -1 : 1;
/** Every part in its place. @param files paths of the files made of captures, in any order, each as often as it is named */
var partNames = (files, revisits) => [
	WARC_PART,
	...revisits ? [REVISITS_WARC, REVISITS_PART] : [],
	INDEX_PART,
	PAGES_PART,
	...[...new Set(files)].sort(byBytes),
	...[
		CAPTURES_PART,
		LEDGER_PART,
		ROOTS_PART,
		PROOFS_PART,
		READINGS_PART,
		CUSTODY_PART,
		CASE_PART
	],
	...[
		"pincha/record.html",
		"README.txt",
		"verify.mjs",
		MANIFEST_PART,
		DATAPACKAGE_PART,
		DIGEST_PART
	]
];
/** `pincha/manifest.json`. */
var manifest = (createdAt, parts) => `${JSON.stringify({
	format: PACKAGE_FORMAT,
	createdAt,
	parts: parts.map(({ path, bytes, sha256, sm3 }) => ({
		path,
		bytes,
		sha256,
		sm3
	}))
}, null, 1)}\n`;
/** 1980-01-01 00:00, the first date ZIP knows: when a part was written says nothing and would make bytes differ. */
var DATE$1 = 33;
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
	head.writeUInt16LE(DATE$1, 12);
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
	head.writeUInt16LE(DATE$1, 14);
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
var UTF8 = new TextDecoder("utf-8", {
	fatal: true,
	ignoreBOM: true
});
/** Text as it stands. @throws Broken for bytes that are no UTF-8: two of them could read alike */
function strictText(bytes, place) {
	try {
		return UTF8.decode(bytes);
	} catch {
		throw new Broken(place, "不是规范的 UTF-8 文本", "this is not UTF-8");
	}
}
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
	/** Lines of a part with their number from 1 and where each begins. @throws Broken for a line over `max` bytes, bytes that are no UTF-8 or text after the last line break */
	async *lines(part, max) {
		let rest = Buffer.alloc(0);
		let [number, offset] = [0, part.start];
		for await (const chunk of this.stream(part.start, part.bytes)) {
			rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
			for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
				number += 1;
				yield {
					text: strictText(rest.subarray(0, end), {
						part: part.path,
						offset,
						record: `line ${number}`
					}),
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
// evidence/verifier/parts.ts
/**
* The digests of a package, from the outside in: CRC, SHA-256 and SM3 of every part in one reading, then
* `datapackage-digest.json` over `datapackage.json` over all other parts, and the manifest beside it. Every part must be
* named, every name must be a part, in the same order.
*/
var MAX_LIST_BYTES = 33554432;
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
/** Whether an object has these members and no other. @param names sorted */
var hasExactly = (value, names) => Object.keys(asObject(value)).sort().join() === names.join();
/**
* A line of JSON that is written in the one way there is: no member twice, no blank, no other form of a number or sign.
* @param names the members it must have, sorted; left out for lines that may have any
* @throws Broken
*/
function exactJson(text, place, names) {
	const value = parseJson(text, place);
	let written = null;
	try {
		written = canonicalJson(value);
	} catch {}
	if (written !== text) throw new Broken(place, "不是规定的写法", "this JSON is not written in the prescribed form");
	if (names && !hasExactly(value, names)) throw new Broken(place, "成员多于或少于规定", "it has other members than prescribed");
	return value;
}
async function textPart(file, part, max = MAX_LIST_BYTES) {
	return strictText(await file.content(part, max), {
		part: part.path,
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
/** A part must be exactly this text. @throws Broken naming the first byte that differs */
function sameAs(part, text, expected) {
	if (text === expected) return;
	const [found, wanted] = [Buffer.from(text), Buffer.from(expected)];
	let at = 0;
	while (at < found.length && found[at] === wanted[at]) at += 1;
	throw new Broken({
		part: part.path,
		offset: part.start + at
	}, "内容不是规定的形式", "it is not in the prescribed form");
}
/** Checks that every part is what the lists of the package say. @throws Broken */
async function checkLists(file, parts, digests) {
	for (const part of parts) {
		const most = MOST_LISTED[part.path];
		if (most !== void 0 && part.bytes > most) throw new Broken({
			part: part.path,
			offset: part.start
		}, `部件超过 ${most} 字节`, `the part is larger than ${most} bytes`);
	}
	const [last, before, third] = [
		parts.at(-1),
		parts.at(-2),
		parts.at(-3)
	];
	if (last?.path !== "datapackage-digest.json" || before?.path !== "datapackage.json" || third?.path !== "pincha/manifest.json") throw new Broken({ part: "zip" }, `最后三个部件应为 ${MANIFEST_PART}、${DATAPACKAGE_PART} 与 ${DIGEST_PART}`, `the last parts must be ${MANIFEST_PART}, ${DATAPACKAGE_PART} and ${DIGEST_PART}`);
	const digest = await textPart(file, last);
	const told = parseJson(digest, {
		part: DIGEST_PART,
		offset: last.start
	});
	const [sha, sm] = [without("sha256:", told["hash"]), without("sm3:", told["sm3"])];
	sameAs(last, digest, datapackageDigest({
		path: DATAPACKAGE_PART,
		sha256: sha,
		sm3: sm
	}));
	const found = digests.get(DATAPACKAGE_PART);
	if (found?.sha256 !== sha || found.sm3 !== null && found.sm3 !== sm) throw new Broken({
		part: DATAPACKAGE_PART,
		offset: before.start
	}, `摘要与 ${DIGEST_PART} 登记的不符`, `its digest differs from what ${DIGEST_PART} says`);
	const text = await textPart(file, before);
	const value = parseJson(text, {
		part: DATAPACKAGE_PART,
		offset: before.start
	});
	const resources = listed(value["resources"]).map((r) => ({
		path: textOf(r["path"]),
		bytes: r["bytes"],
		sha256: without("sha256:", r["hash"]),
		sm3: without("sm3:", r["sm3"])
	}));
	compare(resources, parts.slice(0, -2), digests, DATAPACKAGE_PART);
	const ofParts = await textPart(file, third);
	const inner = parseJson(ofParts, {
		part: MANIFEST_PART,
		offset: third.start
	});
	if (inner["format"] !== "pincha-package/1") throw new Broken({ part: MANIFEST_PART }, "不认识的包格式", "unknown format of package");
	const named = listed(inner["parts"]).map((p) => ({
		path: textOf(p["path"]),
		bytes: Number(p["bytes"]),
		sha256: textOf(p["sha256"]),
		sm3: textOf(p["sm3"])
	}));
	compare(named, parts.slice(0, -3), digests, MANIFEST_PART);
	sameAs(third, ofParts, manifest(textOf(value["created"]), named));
	return { datapackage: {
		part: before,
		text,
		value,
		sm3: new Map(resources.map(({ path, sm3 }) => [path, sm3]))
	} };
}
/** The file that opens the archive elsewhere says only what parts and pages make of it; which of them it begins with is free. @throws Broken */
function checkDatapackage({ datapackage: { part, text, value, sm3 } }, parts, digests, pages) {
	const written = parts.slice(0, -2).map((p) => ({
		...p,
		sha256: digests.get(p.path)?.sha256 ?? "",
		sm3: sm3.get(p.path) ?? ""
	}));
	const created = new Date(textOf(value["created"]));
	if (Number.isNaN(created.getTime())) throw new Broken({
		part: part.path,
		offset: part.start
	}, "内容不是规定的形式", "it is not in the prescribed form");
	const mainPage = pages.find(({ url, at }) => url === value["mainPageUrl"] && at.toISOString() === value["mainPageDate"]) ?? pages[0] ?? null;
	const [title, description, software] = [
		textOf(value["title"]),
		textOf(value["description"]),
		textOf(value["software"])
	];
	sameAs(part, text, datapackage(written, {
		title,
		description,
		created,
		software,
		mainPage
	}));
}
/** Case data may say anything, in one way of writing. @throws Broken */
async function checkCaseData(file, parts) {
	const part = parts.find((p) => p.path === CASE_PART);
	if (!part) throw new Broken({ part: CASE_PART }, "缺少该部件", "this part is missing");
	const text = await textPart(file, part, MOST_LISTED[CASE_PART]);
	const value = parseJson(text, {
		part: part.path,
		offset: part.start
	});
	let written = "";
	try {
		written = `${JSON.stringify(value, null, 1)}\n`;
	} catch {}
	sameAs(part, text, written);
}
/** The parts there must be, each in its place, and none beside them. @param files paths the list of captures names @throws Broken */
function checkNames(parts, files, revisits) {
	const names = partNames(files, revisits);
	const known = new Set(names);
	const stranger = parts.find((p) => !known.has(p.path));
	if (stranger?.path.startsWith("pincha/files/")) throw new Broken({
		part: stranger.path,
		offset: stranger.start
	}, "存证链中没有该文件的记录", "the ledger has no row of this file");
	if (stranger) throw new Broken({
		part: stranger.path,
		offset: stranger.start
	}, "包内不应有该部件", "a package has no such part");
	for (const [i, name] of names.entries()) {
		const part = parts[i];
		if (part?.path === name) continue;
		if (!parts.some((p) => p.path === name)) throw new Broken({ part: name }, "缺少该部件", "this part is missing");
		throw new Broken({
			part: name,
			...part ? { offset: part.start } : {}
		}, "部件次序不符", "the parts do not stand in the prescribed order");
	}
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
/** Nothing larger is ever sealed, and no record is inflated past it. */
var MAX_BODY = 268435456;
var COMPANION = /^(\d{1,12}) sha256:([0-9a-f]{64})$/;
/** A record's place; null for one that is not there. @throws Broken for what is neither */
var rangeOf = (value, at) => {
	if (value === null) return null;
	const { offset, length } = asObject(value);
	const natural = (n) => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
	if (!natural(offset) || !natural(length) || length === 0 || !hasExactly(value, ["length", "offset"])) throw new Broken(at, "记录的位置不合理", "a record's place is not plausible");
	return {
		offset,
		length
	};
};
/** A part that must be there. @throws Broken */
function partOf(parts, path) {
	const part = parts.find((p) => p.path === path);
	if (!part) throw new Broken({ part: path }, "缺少该部件", "this part is missing");
	return part;
}
/** Lines of JSON of a part, with where each stands. @param names members of each, sorted; left out for lines that may have any @throws Broken */
async function* jsonLines(file, part, names) {
	for await (const { text, number, offset } of file.lines(part, MAX_LINE)) {
		const place = {
			part: part.path,
			offset,
			record: `line ${number}`
		};
		yield {
			value: exactJson(text, place, names),
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
/** A record that names what it was sealed with must have it in the package: none may be taken out. */
var Companions = class {
	#infos = /* @__PURE__ */ new Set();
	check(fields, given, at) {
		const [info, request] = [fields.get("pincha-warcinfo-bytes"), fields.get("pincha-request-bytes")];
		if (given.head) {
			companion(given.head.stored, info, given.head.at);
			if (info !== void 0) this.#infos.add(info);
		}
		if (given.asked) companion(given.asked.stored, request, given.asked.at);
		if (request !== void 0 && !given.asked) throw new Broken(at, "缺少与它一同封存的请求记录", "the request record sealed with it is missing");
		if (info !== void 0 && !this.#infos.has(info)) throw new Broken(at, "缺少与它一同封存的 warcinfo 记录", "the warcinfo record sealed with it is missing");
	}
};
/** Takes the records of a file one behind the other, as a list names them. */
var RecordWalk = class {
	#file;
	#warc;
	#companions = new Companions();
	#next = 0;
	constructor(file, warc) {
		this.#file = file;
		this.#warc = warc;
	}
	async #take(told, what, line) {
		const range = rangeOf(told, line);
		if (!range) return null;
		const at = {
			part: this.#warc.path,
			offset: this.#warc.start + range.offset,
			record: what
		};
		if (range.offset !== this.#next) throw new Broken(at, "记录与前一条不相接", "the record does not begin where the one before ends");
		if (range.length > MAX_STORED || range.offset + range.length > this.#warc.bytes) throw new Broken(at, "记录的长度不合理", "the record's length is not plausible");
		this.#next += range.length;
		return {
			stored: await this.#file.read(this.#warc.start + range.offset, range.length),
			at
		};
	}
	/** The records of one line; their companions are checked, what the answer says is the caller's. @param most bytes the answer may inflate to */
	async line(value, what, most, line) {
		const head = await this.#take(value["info"], `warcinfo of ${what}`, line);
		const asked = await this.#take(value["request"], `request of ${what}`, line);
		const answer = await this.#take(value["response"], `response of ${what}`, line);
		if (!answer) throw new Broken(line, "清单的一行缺少字段", "a line of the list lacks members");
		const record = await readRecord(answer.stored, most, answer.at);
		this.#companions.check(record.fields, {
			head,
			asked
		}, answer.at);
		for (const beside of [head, asked]) if (beside) await readRecord(beside.stored, HEADERS, beside.at);
		return {
			record,
			...answer
		};
	}
	/** @throws Broken when something stands behind the last record */
	finish() {
		if (this.#next !== this.#warc.bytes) throw new Broken({
			part: this.#warc.path,
			offset: this.#warc.start + this.#next
		}, "最后一条记录之后有多余字节", "there are bytes behind the last record");
	}
};
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
	const response = rangeOf(value["response"], place);
	const { size, fetchedAt } = value;
	const texts = [
		"id",
		"kind",
		"finalUrl",
		"sha256",
		"sm3"
	].every((name) => typeof value[name] === "string");
	const others = optional(value["title"], "string") && optional(value["mediaType"], "string") && optional(value["status"], "number");
	const dated = typeof fetchedAt === "string" && !Number.isNaN(Date.parse(fetchedAt)) && new Date(fetchedAt).toISOString() === fetchedAt;
	if (!response || !texts || !others || !dated || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw new Broken(place, "存证件清单的一行缺少字段", "a line of the list of captures lacks members");
	if (size > MAX_BODY) throw new Broken(place, `正文超过 ${MAX_BODY} 字节`, `the body is larger than ${MAX_BODY} bytes`);
	return {
		...value,
		response
	};
}
/** Walks the archive. Calls back once a capture, in order. @throws Broken for the first record that does not hold */
async function walkArchive(file, parts, onCapture) {
	const walk = new RecordWalk(file, partOf(parts, WARC_PART));
	let [before, count] = ["", 0];
	for await (const { value, place } of jsonLines(file, partOf(parts, CAPTURES_PART), LINE.capture)) {
		count += 1;
		if (count > MAX_CAPTURES) throw new Broken(place, `存证件超过 ${MAX_CAPTURES} 件`, `more than ${MAX_CAPTURES} captures`);
		const capture = captureLine(value, place);
		if (capture.id <= before) throw new Broken(place, "存证件重复或次序不符", "a capture stands twice, or not in order");
		before = capture.id;
		const { record, stored, at } = await walk.line(value, `capture ${capture.id}`, capture.size + HEADERS, place);
		checkBody(record, capture, at);
		onCapture({
			capture,
			recordSha256: digestsOf(stored).sha256,
			place: at
		});
	}
	walk.finish();
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
/** What this check asks of a row: nothing else of a stranger's is kept in memory. */
var ASKED = [
	"url",
	"status",
	"via",
	"captureKind",
	"fetchedAt",
	"mediaType",
	"size",
	"outcome",
	"sha256",
	"sm3",
	"recordSha256",
	"from"
];
function askedOf(told) {
	const data = asObject(told);
	const { of, sha256: confirmed } = asObject(data["revisit"]);
	const plain = ASKED.filter((name) => data[name] === null || typeof data[name] !== "object").map((name) => [name, data[name]]);
	return {
		...Object.fromEntries(plain),
		revisit: {
			of: textOf(of),
			sha256: textOf(confirmed)
		}
	};
}
/** The rows in order. @throws Broken for the first whose hash or columns do not hold */
async function readRows(file, parts) {
	const rows = [];
	for await (const { value, place } of jsonLines(file, partOf(parts, LEDGER_PART), LINE.row)) {
		const [payload, prevHash, hash] = [
			textOf(value["payload"]),
			textOf(value["prevHash"]),
			textOf(value["hash"])
		];
		const at = typeof value["seq"] === "number" ? {
			...place,
			record: `ledger row ${value["seq"]}`
		} : place;
		if (Buffer.from(payload).toString("utf8") !== payload || hash !== sha256(`${prevHash}\n${payload}`)) throw new Broken(at, "内容与哈希不符", "the hash does not cover this content");
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
			data: askedOf(told["data"]),
			place: at
		});
	}
	return rows;
}
/** What list and ledger both say of a capture. */
var TOLD$1 = [
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
	if (canonicalJson(capture.files) !== canonicalJson(filesOfRows(rows))) throw new Broken({
		part: CAPTURES_PART,
		record: `capture ${capture.id}`
	}, "所列文件与存证链记录不符", "the files it lists differ from those the ledger speaks of");
}
/** Holds the captures and the files made of them against the ledger. @throws Broken */
function checkAgainstLedger(reads, rows, parts, digests, revisits) {
	const captured = /* @__PURE__ */ new Map();
	for (const row of rows.filter((r) => r.kind === "capture")) {
		if (captured.has(row.ref)) throw new Broken(row.place, "存证件重复登记", "the capture is entered twice");
		captured.set(row.ref, row);
	}
	const known = /* @__PURE__ */ new Set([...reads.map(({ capture }) => capture.id), ...revisits]);
	const rowsOf = /* @__PURE__ */ new Map();
	for (const row of rows) {
		const own = rowsOf.get(row.ref);
		if (own) own.push(row);
		else rowsOf.set(row.ref, [row]);
	}
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
		const wrong = TOLD$1.find((name) => told[name] !== void 0 && told[name] !== capture[name]);
		if (wrong) throw new Broken({
			part: CAPTURES_PART,
			record: `capture ${capture.id}`
		}, `${wrong} 与存证链记录不符`, `its ${wrong} differs from what the ledger says`);
		checkFiles(capture, rowsOf.get(capture.id) ?? []);
	}
	const byPath = new Map(parts.map((p) => [p.path, p]));
	for (const row of rows) {
		if (!known.has(row.ref)) throw new Broken(row.place, "该行不属于包内任何存证件", "the row belongs to no capture of this package");
		const [named] = filesOfRows([row]);
		if (!named) continue;
		const part = byPath.get(named.path);
		const found = part && digests.get(part.path);
		if (!part || found?.sha256 !== named.sha256) throw new Broken(row.place, "包内没有该行所指的文件", "the file this row speaks of is not in the package");
		if (found.sm3 !== null && named.sm3 !== null && named.sm3 !== found.sm3) throw new Broken({
			part: part.path,
			offset: part.start
		}, "SM3 与存证链记录不符", "its SM3 differs from what the ledger says");
	}
}
/** What was read in the pictures: once of each, and of pictures that are there. What the words are, no ledger row says. @throws Broken */
async function checkReadings(file, parts, reads) {
	const captures = new Map(reads.map(({ capture }) => [capture.id, capture]));
	let before = "";
	for await (const { value, place } of jsonLines(file, partOf(parts, READINGS_PART))) {
		const id = textOf(value["captureId"]);
		const capture = captures.get(id);
		if (!capture || id <= before || value["sha256"] !== void 0 && value["sha256"] !== capture.sha256) throw new Broken(place, "没有所指的图片，或重复、次序不符", "there is no such picture, or it stands twice or not in order");
		before = id;
	}
}
/** The custody log: each row's own hash, and the link where two neighbours are there. @returns how many rows */
async function checkCustody(file, parts) {
	let before = null;
	let count = 0;
	for await (const { value, place } of jsonLines(file, partOf(parts, CUSTODY_PART))) {
		const { hash, prevHash, ...rest } = value;
		const seq = typeof value["seq"] === "number" ? value["seq"] : NaN;
		const at = {
			...place,
			record: `audit row ${seq}`
		};
		if (Number.isNaN(seq) || hash !== sha256(`${textOf(prevHash)}\n${canonicalJson(rest)}`)) throw new Broken(at, "内容与哈希不符", "the hash does not cover this content");
		if (before && (seq <= before.seq || seq === before.seq + 1 && prevHash !== before.hash)) throw new Broken(at, "与前一条不相连", "it is not linked to the row before");
		before = {
			seq,
			hash: textOf(hash)
		};
		count += 1;
	}
	return count;
}
// evidence/root.ts
/**
* Daily roots of the ledger as pure functions: a root is the head of a Merkle tree (RFC 9162) over the hashes of the
* rows it covers, stated together with its place, the chain's head and the root before it, in one canonical JSON text.
* That text is what is signed and time-stamped. A proof that one row stands under a root is that row and a few hashes:
* it shows nothing of the other rows. Storage belongs to `db/`, keys to `root-key.ts`, time-stamps to `timestamp.ts`.
*/
var HEX64 = /^[0-9a-f]{64}$/;
var DATE = /^\d{4}-\d{2}-\d{2}$/;
var digest = (prefix, ...parts) => {
	const hash = createHash("sha256").update(Buffer.from([prefix]));
	for (const part of parts) hash.update(part);
	return hash.digest();
};
var leafOf = (rowHash) => digest(0, Buffer.from(rowHash, "hex"));
var nodeOf = (left, right) => digest(1, left, right);
/** The head a leaf and its path lead to (RFC 9162 section 2.1.3.2), or null when the path does not fit the place. */
function headFrom(rowHash, index, size, path) {
	let [fn, sn, hash] = [
		index,
		size - 1,
		leafOf(rowHash)
	];
	for (const step of path) {
		if (sn === 0 || !HEX64.test(step)) return null;
		const sibling = Buffer.from(step, "hex");
		if (fn % 2 === 1 || fn === sn) {
			hash = nodeOf(sibling, hash);
			while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
		} else hash = nodeOf(hash, sibling);
		[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
	}
	return sn === 0 ? hash.toString("hex") : null;
}
/**
* What is wrong with a proof, or null: the row's hash covers its payload, and its path leads to the root's head.
* @param statement the root as read by {@link readStatement}; check its signature apart
*/
function verifyProof(proof, statement) {
	const { row, path } = proof;
	if (proof.rootNo !== statement.no) return `证明所指的日根为第 ${proof.rootNo} 号，所给的是第 ${statement.no} 号`;
	if (!Number.isSafeInteger(row.seq) || row.seq < statement.fromSeq || row.seq > statement.toSeq) return "该行不在此日根范围内";
	if (row.hash !== sha256(`${row.prevHash}\n${row.payload}`)) return "内容与哈希不符";
	const told = readRow(row.payload);
	if (!told || told.seq !== row.seq || told.kind !== row.kind || told.ref !== row.ref) return "序号、类别或引用与已存证内容不符";
	return headFrom(row.hash, row.seq - statement.fromSeq, statement.toSeq - statement.fromSeq + 1, path) === statement.merkle ? null : "路径不通向日根";
}
var readRow = (payload) => {
	try {
		const value = JSON.parse(payload);
		return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
	} catch {
		return null;
	}
};
/** The statement as the text that is hashed, signed and time-stamped. */
var statementText = (statement) => canonicalJson(statement);
/** SHA-256 of a statement's text: what the next root and the time-stamp refer to. */
var rootHash = (text) => sha256(text);
var positive = (value) => typeof value === "number" && Number.isSafeInteger(value) && value > 0;
var hex64 = (value) => typeof value === "string" && HEX64.test(value);
/** Reads a statement's text; null when it is not exactly the canonical text of a statement. */
function readStatement(text) {
	const s = text.length > 4e3 ? null : readRow(text);
	if (s?.["v"] !== 1 || !positive(s["no"]) || !positive(s["fromSeq"]) || !positive(s["toSeq"]) || s["toSeq"] < s["fromSeq"]) return null;
	const { no, date, fromSeq, toSeq, head, merkle, prevRoot, at } = s;
	if (typeof date !== "string" || !DATE.test(date) || typeof at !== "string" || !hex64(head) || !hex64(merkle)) return null;
	if (prevRoot !== null && !hex64(prevRoot)) return null;
	const statement = {
		v: 1,
		no,
		date,
		fromSeq,
		toSeq,
		head,
		merkle,
		prevRoot,
		at
	};
	return statementText(statement) === text ? statement : null;
}
// evidence/verifier/origin.ts
/**
* What a check did not prove. Digests inside a package show that nothing was changed since it was put together, not who
* put it together: whoever rewrites all of them has a package that holds. Against that stand only a digest or a key that
* the reader got by another way, so it is said each time which of them was there and what is left open.
*/
var rootDigest = (statement, text) => ({
	no: statement.no,
	date: statement.date,
	sha256: rootHash(text)
});
var UNSIGNED = {
	zh: "来源未经证明：本包没有机关签名，任何人都能整体重做一个内部一致的包；请将整包摘要与出证机关另行告知的核对（--sha256）",
	en: "origin not proven: no signature; anybody can put together a package that agrees with itself. Compare this digest with the one the authority states (--sha256)"
};
var WHOSE_KEY = {
	zh: "来源未经证明：签名成立，但公钥是谁的未经核对；请将指纹或整包摘要与出证机关另行告知的核对（--root-key、--sha256）",
	en: "origin not proven: the signature holds, but whose key it is was not checked. Compare fingerprint or digest with what the authority states (--root-key, --sha256)"
};
var ONLY_DIGEST = {
	zh: "没有机关签名：来源只以您另行取得的整包摘要为凭",
	en: "no signature: the origin rests on the digest you were given alone"
};
var BESIDE_SIGNATURE = {
	zh: "经手记录、笔录、案件数据、标题、读图文字，以及存证件是否齐全，均不在签名之内；请核对整包摘要（--sha256）",
	en: "custody log, record, case data, titles, words read in pictures, and whether captures were left out are not under the signature; compare the digest (--sha256)"
};
var NO_TIME = {
	zh: "时间未经证明：没有可信时间戳，以出证机关本机时钟为准",
	en: "time not proven: no time-stamp, it is the authority's own clock"
};
var WHOSE_STAMP = {
	zh: "时间戳是谁所盖未经核对（--tsa-ca）",
	en: "whose time-stamps they are was not checked (--tsa-ca)"
};
/** @param roots what the package holds, all of it sound */
function originOf({ state, times }, brought) {
	const signed = state !== "unsigned";
	const byKey = signed && brought.key;
	const notProven = [];
	if (!brought.digest && !byKey) notProven.push(signed ? WHOSE_KEY : UNSIGNED);
	if (brought.digest && !signed) notProven.push(ONLY_DIGEST);
	if (byKey && !brought.digest) notProven.push(BESIDE_SIGNATURE);
	if (state !== "signed+timestamped") notProven.push(NO_TIME);
	if (times.length > 0 && !brought.anchors) notProven.push(WHOSE_STAMP);
	return {
		origin: brought.digest ? byKey ? "digest+key" : "digest" : byKey ? "key" : "not proven",
		notProven
	};
}
// evidence/verifier/revisits.ts
/**
* The answers of a package that said that one of its captures still stood (304): each record as it was sealed, what it
* says of the capture it confirms, and its ledger row. They stand in a file of their own, record by record as listed.
*/
/** What list and ledger both say of such an answer. */
var TOLD = [
	"url",
	"status",
	"fetchedAt"
];
/** The records in the order of the list. @throws Broken for the first that does not hold in itself */
async function* walkRevisits(file, parts) {
	const walk = new RecordWalk(file, partOf(parts, REVISITS_WARC));
	let before = "";
	for await (const { value, place } of jsonLines(file, partOf(parts, REVISITS_PART), LINE.revisit)) {
		const id = textOf(value["id"]);
		if (id <= before) throw new Broken(place, "未变化应答重复或次序不符", "an answer stands twice, or not in order");
		before = id;
		const { record, stored, at } = await walk.line(value, `revisit ${id.slice(0, 60)}`, HEADERS, place);
		yield {
			value,
			fields: record.fields,
			recordSha256: digestsOf(stored).sha256,
			at
		};
	}
	walk.finish();
}
/** @returns the ids of the answers. @throws Broken for the first that does not hold */
async function checkRevisits(file, parts, reads, rows) {
	const ids = /* @__PURE__ */ new Set();
	if (!parts.some((p) => p.path === "archive/revisits.warc.gz" || p.path === "pincha/revisits.jsonl")) return ids;
	const captures = new Map(reads.map(({ capture }) => [capture.id, capture]));
	const entered = new Map(rows.filter((row) => row.kind === "capture").map((row) => [row.ref, row]));
	for await (const { value, fields, recordSha256, at } of walkRevisits(file, parts)) {
		const id = textOf(value["id"]);
		const of = captures.get(textOf(value["of"]));
		const row = entered.get(id);
		if (!of || !row || captures.has(id)) throw new Broken(at, "没有它所确认的存证件或存证链记录", "there is no capture or ledger row for it");
		const says = {
			"warc-type": "revisit",
			"warc-payload-digest": `sha256:${of.sha256}`,
			"warc-refers-to-target-uri": of.finalUrl,
			"warc-refers-to-date": of.fetchedAt,
			"warc-date": textOf(value["fetchedAt"]),
			"warc-target-uri": textOf(value["finalUrl"])
		};
		const differs = Object.entries(says).find(([name, told]) => fields.get(name) !== told);
		if (differs) throw new Broken(at, `${differs[0]} 与登记不符`, `its ${differs[0]} differs from what is registered`);
		const revisit = asObject(row.data["revisit"]);
		if (!(revisit["of"] === of.id && revisit["sha256"] === of.sha256 && row.data["recordSha256"] === recordSha256 && row.data["outcome"] === "unchanged") || TOLD.some((name) => row.data[name] !== value[name])) throw new Broken({
			...at,
			record: `${at.record} / ${row.place.record}`
		}, "与存证链记录不符", "it differs from what the ledger says of it");
		ids.add(id);
	}
	return ids;
}
// core/errors.ts
var row = (status, retry, zh, en) => ({
	status,
	retry,
	zh,
	en
});
var ERRORS = {
	CONFIG_INVALID: row(500, false, "配置有误：{faults}", "Configuration is wrong: {faults}"),
	PORT_TAKEN: row(500, false, "端口 {port} 已被占用；请停止占用者，或用 PORT=其他端口 启动", "Port {port} is taken; stop its owner or start with PORT=another"),
	DATA_LOCKED: row(500, false, "数据目录 {dir} 正由进程 {pid} 使用；请先停止它，或用 PINCHA_DATA 指定另一目录", "Data folder {dir} is in use by process {pid}; stop it or set PINCHA_DATA to another folder"),
	DISK_FULL: row(507, true, "磁盘空间不足：{path} 仅余 {freeMb} MB，至少需要 {needMb} MB；已停止写入，已存数据未受影响", "Disk full: {path} has {freeMb} MB free, {needMb} MB are needed; writing stopped, stored data is intact"),
	DATABASE_START: row(500, true, "内置数据库无法启动：{reason}", "The embedded database cannot start: {reason}"),
	DATABASE_UNREACHABLE: row(503, true, "数据库无法连接：{reason}", "The database cannot be reached: {reason}"),
	BROWSER_MISSING: row(500, false, "未找到可用的浏览器：{reason}", "No usable browser: {reason}"),
	FILE_UNREADABLE: row(400, false, "无法读取文件 {file}：{reason}", "Cannot read {file}: {reason}"),
	FILE_TOO_LARGE: row(413, false, "{file} 超过上限 {limit}", "{file} is over the limit of {limit}"),
	COLUMNS_UNKNOWN: row(400, false, "{file} 中未能识别“{field}”列；表头为：{header}", "No column of {file} could be read as \"{field}\"; the header is: {header}"),
	RULES_INVALID: row(400, false, "规则包有误 {place}：{reason}", "Rule pack is wrong at {place}: {reason}"),
	MODEL_INVALID: row(400, false, "模型文件不可用 {place}：{reason}", "Model file is unusable at {place}: {reason}"),
	PLATFORM_UNKNOWN: row(400, false, "未知平台 {platform}；可用：{known}", "Unknown platform {platform}; known: {known}"),
	INPUT_INVALID: row(400, false, "输入有误 {field}：{reason}", "Input is wrong at {field}: {reason}"),
	ADDRESS_REFUSED: row(400, false, "拒绝访问该地址 {url}：{reason}", "Address {url} is refused: {reason}"),
	FETCH_FAILED: row(502, true, "抓取失败 {url}：{reason}", "Fetch failed {url}: {reason}"),
	STORE_FAILED: row(503, true, "存证存储 {place} 失败：{reason}", "The evidence store failed at {place}: {reason}"),
	EVIDENCE_BROKEN: row(500, false, "证据校验失败 {place}：{reason}", "Evidence check failed at {place}: {reason}"),
	LOGIN_FAILED: row(401, false, "账号或口令不正确", "Wrong login or password"),
	LOGIN_LOCKED: row(429, false, "尝试次数过多，请 {minutes} 分钟后再试", "Too many attempts; try again in {minutes} minutes"),
	SESSION_EXPIRED: row(401, false, "登录已过期，请重新登录；未提交的内容仍在本页", "The session has expired; log in again, what you typed is still on the page"),
	CSRF_INVALID: row(403, false, "页面已过期，请刷新后重试", "The page is stale (x-csrf header missing or wrong); reload it"),
	FORBIDDEN: row(403, false, "没有权限：需要“{capability}”，请联系系统管理员授予", "Not permitted: needs \"{capability}\"; ask an administrator"),
	FOUR_EYES: row(403, false, "须由另一人办理：{reason}", "Another person must do this: {reason}"),
	NOT_FOUND: row(404, false, "未找到{what}", "{what} was not found"),
	TRANSITION_INVALID: row(409, false, "当前状态“{from}”不能执行“{action}”", "State \"{from}\" does not allow \"{action}\""),
	GUARD_FAILED: row(409, false, "条件不满足：{reason}", "A condition is not met: {reason}"),
	STALE: row(409, false, "已被他人更新，请查看差异后重试", "Someone else changed this; look at the difference and try again"),
	ALREADY_ANSWERED: row(409, false, "该通知已有不同的回执：{reason}", "The notice already has a different receipt: {reason}"),
	KEY_REUSED: row(409, false, "幂等键 {key} 已用于内容不同的另一批", "The idempotency key {key} was used for a batch with another content"),
	TOO_MANY_WAITING: row(429, true, "待处理的批次过多，请 {seconds} 秒后重试", "Too many batches wait; try again in {seconds} seconds"),
	SIGNATURE_INVALID: row(401, false, "签名不正确或已过期", "The signature is wrong or expired"),
	JOB_UNKNOWN: row(500, false, "任务表有误：{reason}", "The job table is wrong: {reason}"),
	INTERRUPTED: row(499, true, "已中断：{reason}", "Interrupted: {reason}"),
	INTERNAL: row(500, false, "内部错误（{reason}）", "Internal error ({reason})")
};
var fill = (template, details) => template.replace(/\{(\w+)\}/g, (_, name) => String(details[name] ?? "?"));
/** The only error class of Pincha. `retry` tells a queue whether trying again can help. */
var PinchaError = class extends Error {
	code;
	status;
	retry;
	details;
	constructor(code, details = {}, cause) {
		super(fill(ERRORS[code].zh, details), cause === void 0 ? void 0 : { cause });
		this.name = "PinchaError";
		this.code = code;
		this.status = ERRORS[code].status;
		this.retry = ERRORS[code].retry;
		this.details = details;
	}
	/** The message in English, for logs and `--lang en`. */
	get english() {
		return fill(ERRORS[this.code].en, this.details);
	}
};
// evidence/der.ts
/**
* As much DER (X.690) as time-stamps and keys need: definite lengths only, every length checked against the bytes
* there are, nothing recursive that hostile input could drive deep. Anything else is not DER and is refused.
*/
var TAG = {
	boolean: 1,
	integer: 2,
	bits: 3,
	octets: 4,
	null: 5,
	oid: 6,
	utf8: 12,
	time: 24,
	sequence: 48,
	set: 49
};
/** The tag of a constructed context element `[n]`. */
var context = (n) => 160 + n;
var MAX_CHILDREN = 1e3;
var broken = (reason) => new PinchaError("INPUT_INVALID", {
	field: "DER",
	reason
});
function lengthAt(bytes, at) {
	const first = bytes[at];
	if (first === void 0) throw broken("数据提前结束");
	if (first < 128) return {
		length: first,
		start: at + 1
	};
	const count = first & 127;
	if (count === 0 || count > 4 || at + 1 + count > bytes.length) throw broken("长度不是 DER 写法");
	return {
		length: bytes.readUIntBE(at + 1, count),
		start: at + 1 + count
	};
}
function elementAt(bytes, at) {
	const tag = bytes[at];
	if (tag === void 0 || (tag & 31) === 31) throw broken("标签不在支持范围内");
	const { length, start } = lengthAt(bytes, at + 1);
	if (start + length > bytes.length) throw broken("长度超出数据");
	return {
		tag,
		content: bytes.subarray(start, start + length),
		whole: bytes.subarray(at, start + length)
	};
}
/** The one element these bytes are. @throws INPUT_INVALID when they are not exactly one */
function readDer(bytes, tag) {
	const found = elementAt(bytes, 0);
	if (found.whole.length !== bytes.length) throw broken("数据之后还有多余字节");
	if (tag !== void 0 && found.tag !== tag) throw broken(`应为标签 ${tag}，实为 ${found.tag}`);
	return found;
}
/** The elements inside one. @throws INPUT_INVALID */
function childrenOf(of) {
	const found = [];
	for (let at = 0; at < of.content.length;) {
		const child = elementAt(of.content, at);
		found.push(child);
		at += child.whole.length;
		if (found.length > MAX_CHILDREN) throw broken("元素过多");
	}
	return found;
}
/** The child at `index`, which must be there and, if given, have the tag. @throws INPUT_INVALID */
function childAt(of, index, tag) {
	const child = ("content" in of ? childrenOf(of) : of)[index];
	if (!child || tag !== void 0 && child.tag !== tag) throw broken(`第 ${index + 1} 个元素缺失或类型不符`);
	return child;
}
/** An object identifier in dotted form. @throws INPUT_INVALID */
function oidOf(of) {
	if (of.tag !== TAG.oid || of.content.length === 0 || of.content.length > 40) throw broken("不是对象标识符");
	const parts = [];
	let value = 0;
	for (const byte of of.content) {
		value = value * 128 + (byte & 127);
		if (value > Number.MAX_SAFE_INTEGER / 256) throw broken("对象标识符过大");
		if (byte & 128) continue;
		parts.push(value);
		value = 0;
	}
	const [first = 0, ...rest] = parts;
	const top = Math.min(2, Math.floor(first / 40));
	return [
		top,
		first - top * 40,
		...rest
	].join(".");
}
/** A non-negative integer as hex without leading zeros. @throws INPUT_INVALID */
function hexOf(of) {
	if (of.tag !== TAG.integer || of.content.length === 0 || ((of.content[0] ?? 0) & 128) !== 0) throw broken("不是非负整数");
	return of.content.toString("hex").replace(/^0+(?=.)/, "");
}
/** GeneralizedTime in UTC. @throws INPUT_INVALID */
function timeOf(of) {
	const match = of.tag === TAG.time ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(of.content.toString("latin1")) : null;
	const [, y, mo, d, h, mi, s, fraction = ""] = match ?? [];
	const at = /* @__PURE__ */ new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}${fraction.slice(0, 4)}Z`);
	if (!match || Number.isNaN(at.getTime())) throw broken("时间写法有误");
	return at;
}
/** One element as bytes. */
function der(tag, ...contents) {
	const content = Buffer.concat(contents);
	if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content]);
	const length = Buffer.from(content.length.toString(16).padStart(content.length > 65535 ? 6 : content.length > 255 ? 4 : 2, "0"), "hex");
	return Buffer.concat([
		Buffer.from([tag, 128 + length.length]),
		length,
		content
	]);
}
/** A non-negative integer, minimal. @param hex as {@link hexOf} gives it */
function derInteger(hex) {
	const even = hex.length % 2 === 0 ? hex : `0${hex}`;
	const bytes = Buffer.from(even.replace(/^(00)+(?=..)/, ""), "hex");
	return der(TAG.integer, ((bytes[0] ?? 0) & 128) === 0 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
}
// evidence/sm2.ts
/**
* SM2 signatures with SM3 (GB/T 32918.2-2016, default identity of GB/T 35276). Node knows the curve and the digest,
* yet its signer leaves the signer's identity empty and offers no way to set it, so what it signs no other SM2
* implementation accepts as usual. Only that part is done here; the secret scalar meets the curve inside OpenSSL.
*/
var P = 115792089210356248756420345214020892766250353991924191454421193933289684991999n;
var A = 115792089210356248756420345214020892766250353991924191454421193933289684991996n;
var B = 18505919022281880113072981827955639221458448578012075254857346196103069175443n;
var N = 115792089210356248756420345214020892766061623724957744567843809356293439045923n;
var GX = 22963146547237050559479531362550074578802567295341616970375194840604139615431n;
var GY = 85132369209828568825618990617112496413088388631904505083283536607588877201568n;
var IDENTITY = Buffer.from("1234567812345678", "ascii");
var INFINITY = [
	1n,
	1n,
	0n
];
var mod = (value, m) => {
	const rest = value % m;
	return rest < 0n ? rest + m : rest;
};
var bytes32 = (value) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
var numberOf = (bytes) => BigInt(`0x${bytes.toString("hex") || "0"}`);
function inverse(value, m) {
	let [r0, r1, t0, t1] = [
		m,
		mod(value, m),
		0n,
		1n
	];
	while (r1 !== 0n) {
		const q = r0 / r1;
		[r0, r1, t0, t1] = [
			r1,
			r0 - q * r1,
			t1,
			t0 - q * t1
		];
	}
	return mod(t0, m);
}
function double([x, y, z]) {
	if (z === 0n || y === 0n) return INFINITY;
	const yy = mod(y * y, P);
	const s = mod(4n * x * yy, P);
	const zz = mod(z * z, P);
	const m = mod(3n * x * x + A * zz * zz, P);
	const x3 = mod(m * m - 2n * s, P);
	return [
		x3,
		mod(m * (s - x3) - 8n * yy * yy, P),
		mod(2n * y * z, P)
	];
}
function add(p, q) {
	if (p[2] === 0n) return q;
	if (q[2] === 0n) return p;
	const [z1z1, z2z2] = [mod(p[2] * p[2], P), mod(q[2] * q[2], P)];
	const [u1, u2] = [mod(p[0] * z2z2, P), mod(q[0] * z1z1, P)];
	const [s1, s2] = [mod(p[1] * q[2] * z2z2, P), mod(q[1] * p[2] * z1z1, P)];
	if (u1 === u2) return s1 === s2 ? double(p) : INFINITY;
	const h = mod(u2 - u1, P);
	const r = mod(s2 - s1, P);
	const hh = mod(h * h, P);
	const hhh = mod(h * hh, P);
	const v = mod(u1 * hh, P);
	const x3 = mod(r * r - hhh - 2n * v, P);
	return [
		x3,
		mod(r * (v - x3) - s1 * hhh, P),
		mod(h * p[2] * q[2], P)
	];
}
/** s·G + t·Q in one go. For public numbers only: its time tells of them. */
function sum(s, t, q) {
	const g = [
		GX,
		GY,
		1n
	];
	const both = add(g, q);
	const [a, b] = [s.toString(2).padStart(256, "0"), t.toString(2).padStart(256, "0")];
	let result = INFINITY;
	for (let i = 0; i < 256; i += 1) {
		result = double(result);
		if (a[i] === "1") result = add(result, b[i] === "1" ? both : g);
		else if (b[i] === "1") result = add(result, q);
	}
	return result;
}
var onCurve = (x, y) => x < P && y < P && mod(y * y - (x * x * x + A * x + B), P) === 0n;
/** e = SM3(Z ‖ M), where Z binds identity, curve and public key. @param point 65 bytes, uncompressed */
function digestOf$1(message, point) {
	const bits = Buffer.from([IDENTITY.length * 8 >> 8, IDENTITY.length * 8 & 255]);
	const z = createHash("sm3").update(Buffer.concat([
		bits,
		IDENTITY,
		...[
			A,
			B,
			GX,
			GY
		].map(bytes32),
		point.subarray(1)
	])).digest();
	return numberOf(createHash("sm3").update(z).update(message).digest());
}
/** The public point in a SubjectPublicKeyInfo. @returns 65 bytes, uncompressed @throws INPUT_INVALID */
function sm2Point(spki) {
	const point = childAt(readDer(spki, TAG.sequence), 1, TAG.bits).content.subarray(1);
	if (point.length !== 65 || point[0] !== 4) throw new PinchaError("INPUT_INVALID", {
		field: "key",
		reason: "SM2 公钥应为未压缩的点"
	});
	return point;
}
/** Whether a signature holds. @param signature DER, exactly as {@link sm2Sign} writes it @param point 65 bytes, uncompressed */
function sm2Verify(message, signature, point) {
	const [x, y] = [numberOf(point.subarray(1, 33)), numberOf(point.subarray(33))];
	if (!onCurve(x, y)) return false;
	let parts;
	try {
		parts = childrenOf(readDer(signature, TAG.sequence)).map(hexOf);
	} catch {
		return false;
	}
	const [r, s] = parts.map((hex) => BigInt(`0x${hex}`));
	if (parts.length !== 2 || r === void 0 || s === void 0 || r === 0n || s === 0n || r >= N || s >= N) return false;
	if (!der(TAG.sequence, derInteger(r.toString(16)), derInteger(s.toString(16))).equals(signature)) return false;
	const t = mod(r + s, N);
	if (t === 0n) return false;
	const point1 = sum(s, t, [
		x,
		y,
		1n
	]);
	if (point1[2] === 0n) return false;
	const x1 = mod(point1[0] * inverse(mod(point1[2] * point1[2], P), P), P);
	return mod(digestOf$1(message, point) + x1, N) === r;
}
// evidence/root-key.ts
/**
* The authority's key that vouches for daily roots: Ed25519 (RFC 8032) or SM2 with SM3 (GB/T 32918). One PEM file,
* readable by its owner only; the public key and its fingerprint are for everybody and stand beside each signature.
*/
var SM2_OID = Buffer.from("06082a811ccf5501822d", "hex");
/** SHA-256 of the SubjectPublicKeyInfo, hex: what two offices read to each other. @param publicKey base64 */
var fingerprintOf = (publicKey) => sha256(Buffer.from(publicKey, "base64"));
/** Node names no type for SM2 keys; their algorithm stands in the first bytes. */
var kindOf = (spki, type) => type === "ed25519" ? "ed25519" : spki.subarray(0, 40).includes(SM2_OID) ? "sm2" : null;
var exactly = (text) => {
	const bytes = Buffer.from(text, "base64");
	return bytes.toString("base64") === text ? bytes : null;
};
/** What is wrong with a signature over `text`, or null. Whose key it is, the reader compares by its fingerprint. */
function signatureFault(told, text) {
	const [spki, signature] = [exactly(told.publicKey), exactly(told.signature)];
	if (!spki || !signature) return "公钥或签名不是规范的 base64";
	let key;
	try {
		key = createPublicKey({
			key: spki,
			format: "der",
			type: "spki"
		});
		if (!key.export({
			type: "spki",
			format: "der"
		}).equals(spki) || kindOf(spki, key.asymmetricKeyType) !== told.algorithm) return "公钥与签名算法不符";
		const bytes = Buffer.from(text, "utf8");
		return (told.algorithm === "sm2" ? sm2Verify(bytes, signature, sm2Point(spki)) : verify(null, bytes, key, signature)) ? null : "签名与日根不符";
	} catch {
		return "公钥不可用";
	}
}
"0".repeat(64);
// evidence/timestamp-signer.ts
/**
* Who signed a time-stamp token and whether the signature holds: signed attributes, the certificate they name
* (RFC 5035), its purpose and validity, and its way up to an authority we trust (RFC 3161 section 2.2 and 2.3).
*/
var OID = {
	sha256: "2.16.840.1.101.3.4.2.1",
	signedData: "1.2.840.113549.1.7.2",
	tstInfo: "1.2.840.113549.1.9.16.1.4"
};
var HASHES = {
	[OID.sha256]: "sha256",
	"2.16.840.1.101.3.4.2.2": "sha384",
	"2.16.840.1.101.3.4.2.3": "sha512",
	"1.2.156.10197.1.401": "sm3"
};
var CONTENT_TYPE = "1.2.840.113549.1.9.3";
var MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
var SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
var SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
var TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
var RSA_PSS = "1.2.840.113549.1.1.10";
/** Longest way up to an authority. */
var MAX_CHAIN = 8;
var digestOf = (name, bytes) => createHash(name).update(bytes).digest();
/** The hash by which the attributes name the signer's certificate: the first one stands for the signer. */
function namedCertificate(attributes) {
	const v2 = attributes.get(SIGNING_CERTIFICATE_V2);
	const told = v2 ?? attributes.get(SIGNING_CERTIFICATE);
	if (!told) return null;
	const parts = childrenOf(childAt(childAt(childAt(told, 0, TAG.sequence), 0, TAG.sequence), 0, TAG.sequence));
	const algorithm = v2 && parts[0]?.tag === TAG.sequence ? parts.shift() : void 0;
	const hash = v2 ? algorithm ? HASHES[oidOf(childAt(algorithm, 0))] : "sha256" : "sha1";
	return hash ? {
		hash,
		digest: childAt(parts, 0, TAG.octets).content
	} : null;
}
function signatureHolds(certificate, hash, algorithm, signed, signature) {
	const key = certificate.publicKey;
	if (key.asymmetricKeyType === void 0) return sm2Verify(signed, signature, sm2Point(key.export({
		type: "spki",
		format: "der"
	})));
	const edwards = key.asymmetricKeyType === "ed25519" || key.asymmetricKeyType === "ed448";
	const pss = algorithm === RSA_PSS ? {
		padding: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: constants.RSA_PSS_SALTLEN_AUTO
	} : {};
	return verify(edwards ? null : hash, signed, {
		key,
		...pss
	}, signature);
}
var validAt = (certificate, at) => Date.parse(certificate.validFrom) <= at.getTime() && at.getTime() <= Date.parse(certificate.validTo);
var issued = (by, certificate) => certificate.checkIssued(by) && certificate.verify(by.publicKey);
/** Whether there is a way from a certificate up to one of the anchors. */
function trusted(of, held, anchors, at) {
	let current = of;
	for (let step = 0; step < MAX_CHAIN; step += 1) {
		if (anchors.some((a) => a.fingerprint256 === current.fingerprint256 || validAt(a, at) && issued(a, current))) return true;
		const below = current;
		const above = held.find((c) => c.ca && c.fingerprint256 !== below.fingerprint256 && validAt(c, at) && issued(c, below));
		if (!above) return false;
		current = above;
	}
	return false;
}
/** Checks attributes and signature of the one signer. @returns its certificate */
function signerOf(opened, refuse) {
	const parts = childrenOf(opened.signer);
	const hash = HASHES[oidOf(childAt(childAt(parts, 2, TAG.sequence), 0))];
	if (!hash) throw refuse("摘要算法不受支持");
	const told = childAt(parts, 3, context(0));
	const attributes = new Map(childrenOf(told).map((a) => [oidOf(childAt(a, 0)), childAt(a, 1, TAG.set)]));
	const type = attributes.get(CONTENT_TYPE);
	const digest = attributes.get(MESSAGE_DIGEST);
	if (!type || oidOf(childAt(type, 0)) !== OID.tstInfo || !digest) throw refuse("签名属性不全");
	if (!childAt(digest, 0, TAG.octets).content.equals(digestOf(hash, opened.info))) throw refuse("内容与签名属性中的摘要不符");
	const named = namedCertificate(attributes);
	const certificate = named && opened.certificates.find((c) => digestOf(named.hash, c.raw).equals(named.digest));
	if (!certificate) throw refuse("令牌中没有签名属性所指的证书");
	const id = childrenOf(childAt(parts, 1));
	if (id[1]?.tag === TAG.integer && hexOf(id[1]) !== certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, "")) throw refuse("签名者与证书不符");
	if (!signatureHolds(certificate, hash, oidOf(childAt(childAt(parts, 4, TAG.sequence), 0)), Buffer.concat([Buffer.from([TAG.set]), told.whole.subarray(1)]), childAt(parts, 5, TAG.octets).content)) throw refuse("签名不成立");
	return certificate;
}
/**
* Checks who signed a token.
* @param anchors certificates of authorities we trust, PEM; null leaves open whose certificate it is
* @returns the signer's certificate @throws what `refuse` makes
*/
function checkSigner(opened, at, anchors, refuse) {
	let certificate;
	let known;
	try {
		certificate = signerOf(opened, refuse);
		known = anchors?.map((pem) => new X509Certificate(pem)) ?? null;
	} catch (thrown) {
		if (thrown instanceof PinchaError && thrown.code === "EVIDENCE_BROKEN") throw thrown;
		throw refuse("签名或证书不能识读");
	}
	if (!certificate.keyUsage?.includes(TIME_STAMPING)) throw refuse("证书不是时间戳用途");
	if (!validAt(certificate, at)) throw refuse("证书当时不在有效期内");
	if (known && !trusted(certificate, opened.certificates, known, at)) throw refuse("证书不是由所信任的机构签发");
	return certificate;
}
// evidence/timestamp.ts
/**
* Trusted time-stamps (RFC 3161) as pure functions: the request's bytes, the reply read and held against the request,
* and a stored token checked again years later. Sending is somebody else's; what comes back is hostile until checked.
*/
/** Takes a ContentInfo of SignedData (RFC 5652) apart. @throws INPUT_INVALID */
function openToken(token) {
	const outer = readDer(token, TAG.sequence);
	if (oidOf(childAt(outer, 0)) !== OID.signedData) throw new PinchaError("INPUT_INVALID", {
		field: "时间戳令牌",
		reason: "不是签名数据"
	});
	const parts = childrenOf(readDer(childAt(outer, 1, context(0)).content, TAG.sequence));
	const content = childAt(parts, 2, TAG.sequence);
	if (oidOf(childAt(content, 0)) !== OID.tstInfo) throw new PinchaError("INPUT_INVALID", {
		field: "时间戳令牌",
		reason: "内容不是时间戳"
	});
	const info = readDer(childAt(content, 1, context(0)).content, TAG.octets).content;
	const held = parts.find((p) => p.tag === context(0));
	const signers = childrenOf(childAt(parts, parts.length - 1, TAG.set));
	if (signers.length !== 1) throw new PinchaError("INPUT_INVALID", {
		field: "时间戳令牌",
		reason: "应恰有一个签名者"
	});
	return {
		info,
		certificates: (held ? childrenOf(held) : []).filter((c) => c.tag === TAG.sequence).map((c) => new X509Certificate(c.whole)),
		signer: childAt(signers, 0, TAG.sequence)
	};
}
function readInfo(info) {
	const parts = childrenOf(readDer(info, TAG.sequence));
	const imprint = childAt(parts, 2, TAG.sequence);
	const nonce = parts.slice(5).find((p) => p.tag === TAG.integer);
	return {
		policy: oidOf(childAt(parts, 1)),
		hash: oidOf(childAt(childAt(imprint, 0, TAG.sequence), 0)),
		imprint: childAt(imprint, 1, TAG.octets).content.toString("hex"),
		serial: hexOf(childAt(parts, 3)),
		genTime: timeOf(childAt(parts, 4)),
		nonce: nonce ? hexOf(nonce) : null
	};
}
/**
* Reads a token and checks all of it: imprint, nonce, the signer's signature over the content, that its certificate
* is the one the token names and is for time-stamping and was valid then, and its issuer when anchors are given.
* @throws EVIDENCE_BROKEN saying what does not hold
*/
function checkToken(token, asked) {
	const refuse = (reason) => new PinchaError("EVIDENCE_BROKEN", {
		place: "时间戳令牌",
		reason
	});
	let [opened, facts] = [null, null];
	try {
		opened = openToken(token);
		facts = readInfo(opened.info);
	} catch (thrown) {
		throw refuse(`不能识读（${thrown instanceof PinchaError ? String(thrown.details["reason"]) : "证书有误"}）`);
	}
	if (facts.hash !== OID.sha256 || facts.imprint !== asked.imprint) throw refuse("所盖的不是这份内容的摘要");
	if (facts.nonce !== asked.nonce.replace(/^0+(?=.)/, "")) throw refuse("随机数与请求不符");
	const { hash: _hash, ...told } = facts;
	return {
		...told,
		signer: checkSigner(opened, facts.genTime, asked.anchors ?? null, refuse).subject.replaceAll("\n", ", ")
	};
}
// evidence/seal.ts
var signatureOf = ({ algorithm, publicKey, value }) => algorithm === "rfc3161" || publicKey === null ? null : {
	algorithm,
	publicKey,
	signature: value
};
/** What is wrong with a seal over a root's statement, or null. */
function sealFault(root, seal, trust) {
	if (seal.kind === "signature") {
		const signature = signatureOf(seal);
		if (!signature || seal.nonce !== null || seal.authority !== null) return "签名记录不完整";
		const fault = signatureFault(signature, root.statement);
		if (fault) return fault;
		const fingerprint = fingerprintOf(signature.publicKey);
		return trust.keys && !trust.keys.includes(fingerprint) ? `签名公钥（指纹 ${fingerprint}）不在所信任之列` : null;
	}
	const token = Buffer.from(seal.value, "base64");
	if (seal.algorithm !== "rfc3161" || seal.nonce === null || seal.publicKey !== null || token.toString("base64") !== seal.value) return "时间戳记录不完整";
	try {
		return checkToken(token, {
			imprint: rootHash(root.statement),
			nonce: seal.nonce,
			...trust.anchors ? { anchors: trust.anchors } : {}
		}).genTime.getTime() === seal.at.getTime() ? null : "登记的时间与令牌不符";
	} catch (thrown) {
		return thrown instanceof PinchaError ? String(thrown.details["reason"] ?? thrown.message) : "时间戳令牌不能识读";
	}
}
// evidence/verifier/roots.ts
/**
* The roots a package's ledger rows stand under: the proof of every row, the signature over each root and the
* time-stamp over its digest. A key or certificate the reader brings decides whose they are; without one they are told.
*/
/** The fingerprint of a public key as PEM; null when it is none. */
function fingerprintOfPem(pem) {
	try {
		return fingerprintOf(createPublicKey(pem).export({
			type: "spki",
			format: "der"
		}).toString("base64"));
	} catch {
		return null;
	}
}
var NONCE = /^(0|[1-9a-f][0-9a-f]*)$/;
var nullable = (value) => typeof value === "string" ? value : null;
function sealOf(value) {
	const { kind, algorithm, nonce } = value;
	const at = new Date(textOf(value["at"]));
	if (![
		"publicKey",
		"nonce",
		"authority"
	].every((name) => value[name] === null || typeof value[name] === "string") || !hasExactly(value, LINE.seal) || typeof nonce === "string" && !NONCE.test(nonce) || kind !== "signature" && kind !== "timestamp" || algorithm !== "ed25519" && algorithm !== "sm2" && algorithm !== "rfc3161" || Number.isNaN(at.getTime()) || at.toISOString() !== value["at"]) return null;
	return {
		kind,
		algorithm,
		value: textOf(value["value"]),
		publicKey: nullable(value["publicKey"]),
		nonce: nullable(value["nonce"]),
		authority: nullable(value["authority"]),
		at
	};
}
/** One signature and one time-stamp. */
var MOST_SEALS = 2;
/** Reads the roots and checks what vouches for each. @throws Broken */
async function readRoots(file, parts, trust) {
	const roots = /* @__PURE__ */ new Map();
	let last = 0;
	for await (const { value, place } of jsonLines(file, partOf(parts, ROOTS_PART), LINE.root)) {
		const text = textOf(value["statement"]);
		const statement = readStatement(text);
		if (!statement || statement.no <= last) throw new Broken(place, "日根陈述不是规范文本、重复或次序不符", "the statement of this root is not canonical, stands twice, or not in order");
		last = statement.no;
		const at = {
			...place,
			record: `root ${statement.no}`
		};
		const seals = (Array.isArray(value["seals"]) ? value["seals"] : [null]).slice(0, 3).map((seal) => sealOf(asObject(seal)));
		if (seals.length > MOST_SEALS || new Set(seals.map((seal) => seal?.kind)).size < seals.length) throw new Broken(at, "签名或时间戳多于一个", "there is more than one signature or time-stamp");
		for (const seal of seals) {
			if (!seal) throw new Broken(at, "签名或时间戳记录不完整", "a signature or time-stamp is not complete");
			const fault = sealFault({ statement: text }, seal, trust);
			const [zh, en] = seal.kind === "signature" ? ["签名", "the signature of this root does not hold"] : ["时间戳", "the time-stamp of this root does not hold"];
			if (fault) throw new Broken(at, `${zh}：${fault}`, en);
		}
		roots.set(statement.no, {
			statement,
			text,
			seals: seals.filter((seal) => seal !== null)
		});
	}
	return roots;
}
/** Checks the proof of every row that has one. @throws Broken */
async function checkRoots(file, parts, rows, trust) {
	const roots = await readRoots(file, parts, trust);
	const bySeq = new Map(rows.map((row) => [row.seq, row]));
	let [proven, last] = [0, 0];
	const used = /* @__PURE__ */ new Set();
	for await (const { value, place } of jsonLines(file, partOf(parts, PROOFS_PART), LINE.proof)) {
		const { seq, rootNo } = value;
		const [row, root] = [typeof seq === "number" ? bySeq.get(seq) : void 0, typeof rootNo === "number" ? roots.get(rootNo) : void 0];
		const path = Array.isArray(value["path"]) ? value["path"] : [null];
		const at = row ? {
			...place,
			record: `proof of ledger row ${row.seq}`
		} : place;
		if (!row || !root || row.seq <= last || !path.every((step) => typeof step === "string")) throw new Broken(at, "证明没有对应的行或日根", "there is no such row or root for this proof");
		const fault = verifyProof({
			rootNo: root.statement.no,
			row,
			path
		}, root.statement);
		if (fault) throw new Broken(at, `证明不成立：${fault}`, "the proof does not lead from the row to the root");
		last = row.seq;
		proven += 1;
		used.add(root.statement.no);
	}
	const spare = [...roots.keys()].find((no) => !used.has(no));
	if (spare !== void 0) throw new Broken({
		part: ROOTS_PART,
		record: `root ${spare}`
	}, "没有任何行证明到该日根", "no row is proven to stand under this root");
	const seals = [...roots.values()].flatMap((root) => root.seals);
	const states = [...roots.values()].map((root) => sealState(root.seals.map((s) => s.kind)));
	return {
		state: proven < rows.length ? "unsigned" : weakestSeal(states),
		proven,
		keys: [...new Set(seals.flatMap((s) => s.publicKey === null ? [] : [fingerprintOf(s.publicKey)]))],
		times: seals.filter((s) => s.kind === "timestamp").map((s) => s.at.toISOString()),
		roots: [...roots.values()].map((root) => rootDigest(root.statement, root.text))
	};
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
		if (damaged.path === "archive/revisits.warc.gz") for await (const _ of walkRevisits(file, parts));
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
/** Paths of files; that they are those of the ledger was checked before. */
var filesOf = (files) => Array.isArray(files) ? files.map((file) => textOf(asObject(file)["path"])) : [];
async function check(file, counts, options) {
	const parts = await readParts(file);
	counts.parts = parts.length;
	const { digests, damaged } = await measure(file, parts);
	if (damaged) throw await damageOf(file, parts, damaged);
	const lists = await checkLists(file, parts, digests);
	const sha256 = await wholeDigest(file);
	if (options.sha256 !== void 0 && sha256 !== options.sha256.toLowerCase()) throw new Broken({ part: "zip" }, "整包 SHA-256 与给出的不符", "the SHA-256 of the whole file differs from the one given");
	const reads = [];
	counts.captures = await walkArchive(file, parts, (read) => reads.push(read));
	const rows = await readRows(file, parts);
	counts.rows = rows.length;
	const revisits = await checkRevisits(file, parts, reads, rows);
	counts.revisits = revisits.size;
	checkAgainstLedger(reads, rows, parts, digests, revisits);
	const captures = reads.map(({ capture }) => capture);
	checkNames(parts, captures.flatMap((capture) => filesOf(capture.files)), parts.some((p) => p.path === REVISITS_WARC));
	await checkIndex(file, parts, captures);
	checkDatapackage(lists, parts, digests, pagesOf(captures));
	await checkReadings(file, parts, reads);
	await checkCaseData(file, parts);
	counts.custody = await checkCustody(file, parts);
	const key = options.rootKey === void 0 ? void 0 : fingerprintOfPem(options.rootKey);
	if (key === null) throw new Broken({ part: "--root-key" }, "给出的文件不是 PEM 公钥", "the file given is no public key in PEM");
	const roots = await checkRoots(file, parts, rows, {
		...key ? { keys: [key] } : {},
		...options.tsaCa ? { anchors: options.tsaCa } : {}
	});
	counts.proven = roots.proven;
	if (key && roots.state === "unsigned") throw new Broken({ part: "pincha/roots.jsonl" }, "给出了公钥，但并非每一行都有签名的日根", "a key was given, but not every row stands under a signed root");
	return {
		...roots,
		sha256
	};
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
		revisits: 0,
		rows: 0,
		proven: 0,
		custody: 0
	};
	try {
		const { state, keys, times, roots, sha256 } = await check(new PackageFile(handle, (await handle.stat()).size), counts, options);
		const brought = {
			digest: options.sha256 !== void 0,
			key: options.rootKey !== void 0,
			anchors: options.tsaCa !== void 0
		};
		return {
			ok: true,
			state,
			...originOf({
				state,
				times
			}, brought),
			sha256,
			roots,
			keys,
			times,
			first: null,
			checked: counts,
			sm3: hasSm3
		};
	} catch (thrown) {
		if (!(thrown instanceof Broken)) throw thrown;
		return {
			ok: false,
			state: "unsigned",
			origin: "not proven",
			notProven: [],
			sha256: null,
			roots: [],
			keys: [],
			times: [],
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
* `node verify.mjs PACKAGE.wacz [--root-key PEM] [--tsa-ca PEM] [--sha256 HEX] [--json]`.
* Exit codes: 0 everything holds · 1 something does not, the first is named · 2 wrong use, or the file cannot be read.
*/
var USAGE = "用法 usage: node verify.mjs PACKAGE.wacz [--root-key 公钥.pem] [--tsa-ca 时间戳机构证书.pem] [--sha256 整包摘要] [--json]";
var CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
async function main() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			"root-key": { type: "string" },
			"tsa-ca": { type: "string" },
			sha256: { type: "string" },
			json: { type: "boolean" }
		}
	});
	const [file] = positionals;
	if (!file || positionals.length > 1) {
		process.stderr.write(`${USAGE}\n`);
		return 2;
	}
	const [key, ca] = [values["root-key"], values["tsa-ca"]];
	const report = await verifyPackage(file, {
		...key === void 0 ? {} : { rootKey: readFileSync(key, "utf8") },
		...ca === void 0 ? {} : { tsaCa: readFileSync(ca, "utf8").match(CERTIFICATE) ?? [] },
		...values.sha256 === void 0 ? {} : { sha256: values.sha256 }
	});
	process.stdout.write(values.json ? jsonReport(report) : tellReport(report));
	return report.ok ? 0 : 1;
}
main().then((code) => {
	process.exitCode = code;
}, (error) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
	process.exitCode = 2;
});
export {};
