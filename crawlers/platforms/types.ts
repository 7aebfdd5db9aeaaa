/**
 * What a platform adapter is: a declaration (who, where, how politely, what it must yield) and one pure function
 * from a page to what stands on it. Access and parsing are apart: the same parser reads a public fetch, a page
 * fetched with the authority's own session, a push and an imported file.
 */
import type { CaptureKind, ParsedPage, ParseStatus } from '../../core/model/capture.ts';
import type { KeptFields } from '../../core/model/kept.ts';
import type { AccountInput, PostInput } from '../../core/model/post.ts';

export interface PageInput {
  /** Where the page came from; null for a saved file whose address is not known. */
  readonly url: string | null;
  /** The page decoded to text (HTML, JSON, XML or a script dump). */
  readonly html: string;
  readonly mediaType?: string | null;
  /** When it was fetched; null when unknown, then "昨天" and the like stay unread. */
  readonly fetchedAt?: Date | null;
}

/** Fields of 4.2 a page can be required to yield; `body` is a text or at least one image. */
export type RequiredField = 'title' | 'company' | 'salary' | 'publishedAt' | 'body';

export interface PageLink {
  readonly url: string;
  readonly kind: CaptureKind;
}

/** What a parser found, before the requirements are applied. */
export interface Reading {
  /** Set for state pages and for closed posts; left out, it follows from what was found. */
  readonly status?: ParseStatus;
  readonly reason?: string | null;
  readonly account?: AccountInput | null;
  readonly posts?: readonly PostInput[];
  readonly links?: readonly PageLink[];
  /** A list page's entries need a title only; a detail page must yield all required fields. */
  readonly level?: 'detail' | 'list' | 'account';
  /** The page says itself that there is nothing (never guessed from an empty result). */
  readonly empty?: boolean;
}

/** A page that kept us out, or says what became of the post; judged before any field is read. */
export interface Wall {
  readonly status: ParseStatus;
  /** The page's own words where it has some. */
  readonly reason: string;
}

/** What an adapter can read: a post's own page, lists, an account's page, pages that say what became of a post, walls. */
export const CAPABILITIES = ['post', 'list', 'account', 'states', 'walls'] as const;
export type Capability = (typeof CAPABILITIES)[number];
/** Each thing it can read with the golden pages that prove it: folders below `test/fixtures/platforms/<id>`. */
export type Capabilities = Readonly<Partial<Record<Capability, readonly string[]>>>;

/** public: an anonymous client gets the pages; session: the authority's own; push: by the platform, or by imported files. */
export const ACCESSES = ['public', 'session', 'push'] as const;
export type Access = (typeof ACCESSES)[number];

export interface PlatformSpec {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  /** Host patterns: `example.cn`, `*.example.cn`, `127.0.0.1:*`; empty for formats that any site may use. */
  readonly hosts: readonly string[];
  /** A format that any site may use: the source names the host, and which further hosts its links may lead to. */
  readonly anyHost?: boolean;
  /** Its list pages carry whole posts (a feed), not pointers to them. */
  readonly wholeLists?: boolean;
  /** Hosts its pictures come from, when they are others. */
  readonly imageHosts?: readonly string[];
  /** Least gap between two requests it asks for, in ms; the configured floor may be higher. */
  readonly politeness: { readonly floorDelayMs: number };
  /** How its pages are come by. */
  readonly access: Access;
  readonly render: 'never' | 'when-missing';
  /** The plain page is the same whatever stands on it (a script draws it), so its ETag proves nothing. */
  readonly shell?: boolean;
  readonly required: readonly RequiredField[];
  readonly can: Capabilities;
  /** What is kept beyond the fields of every post and account; the rest of a page is dropped when it is read. */
  readonly keeps: KeptFields;
  /** True when the saved page, whose address is unknown, is one of this platform. */
  sniff(html: string): boolean;
  kindOf(url: URL): CaptureKind;
  firstPages?(sourceUrl: string): readonly string[];
  /** Judged first; the platform's own wall and state pages. */
  wall?(page: PageInput): Wall | null;
  read(page: PageInput): Reading;
}

export interface PlatformAdapter {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly hosts: readonly string[];
  readonly anyHost: boolean;
  readonly wholeLists: boolean;
  readonly imageHosts: readonly string[];
  readonly politeness: { readonly floorDelayMs: number };
  readonly access: Access;
  readonly render: PlatformSpec['render'];
  readonly shell: boolean;
  readonly required: readonly RequiredField[];
  readonly can: Capabilities;
  readonly keeps: KeptFields;
  /** Whether an address belongs to this platform by its own hosts. */
  matches(url: string): boolean;
  /** Whether an address may be a source of it: one of its own hosts, or any http(s) host where the source decides. */
  accepts(url: string): boolean;
  /** Whether a saved page looks like one of this platform. */
  sniff(html: string): boolean;
  kindOf(url: string): CaptureKind;
  /** Where a crawl of a source begins. */
  firstPages(sourceUrl: string): readonly string[];
  /** Pure and total: walls first, then state pages, then fields; a page that cannot be read is `parse_drift`, never an error. */
  parse(page: PageInput): ParsedPage;
}
