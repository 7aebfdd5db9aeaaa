/** Accounts, posts, findings and events as the API shows them: instants as ISO strings, phones masked by default. */
import { maskDeep, maskText } from '../../cases/review/mask.ts';
import type { AccountView, CaptureView, FindingView, PictureView, PostView } from '../../core/model/api.ts';
import { sealState } from '../../core/model/seal-state.ts';
import { alikeKey } from '../../db/repositories/alike.ts';
import type { PictureRecord } from '../../db/repositories/picture.ts';
import type { AccountRecord, CaptureColumns, FindingRecord, PostRecord } from '../../db/repositories/read-account.ts';

/** How much of the personal data is shown, and whether pictures are read here at all. */
export interface Showing {
  readonly unmasked: boolean;
  readonly reads?: boolean;
}
export const MASKED: Showing = { unmasked: false };

export const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
export const person = (id: string | null, name: string | null): { id: string; name: string } | null => (id ? { id, name: name ?? '' } : null);

export function accountView(a: AccountRecord, showing: Showing = MASKED): AccountView {
  const mask = (text: string | null): string | null => (text === null || showing.unmasked ? text : maskText(text));
  return {
    id: a.id,
    platform: a.platform,
    externalId: a.externalId,
    name: mask(a.name) ?? '',
    alias: a.alias,
    description: mask(a.description),
    url: a.url,
    subjectName: a.subjectName,
    subjectType: a.subjectType,
    uscc: a.uscc,
    category: a.category,
    verified: a.verified,
    licenceNo: a.licenceNo,
    status: a.status,
    statusReason: a.statusReason,
    banned: a.banned,
    licenceVerdict: a.licenceVerdict,
    licenceSentence: a.licenceMatch?.sentence ?? null,
    licenceReasons: [...(a.licenceMatch?.reasons ?? [])],
    score: a.score,
    level: a.level,
    postCount: a.postCount,
    firstSeenAt: a.firstSeenAt.toISOString(),
    lastSeenAt: a.lastSeenAt.toISOString(),
  };
}

export function findingView({ f, deciderName, textGroup, postTitle }: FindingRecord, showing: Showing = MASKED): FindingView {
  return {
    id: f.id,
    postId: f.postId,
    kind: f.kind,
    level: f.level,
    score: f.score,
    source: f.source,
    by: f.by,
    field: f.field,
    quote: f.quote === null || showing.unmasked ? f.quote : maskText(f.quote),
    start: f.start,
    end: f.end,
    articles: f.articles,
    exempt: f.exempt,
    ...(f.ground === null ? {} : { ground: f.ground }),
    why: showing.unmasked ? f.why : maskText(f.why),
    state: f.state,
    decidedBy: person(f.decidedBy, deciderName),
    decidedAt: iso(f.decidedAt),
    rejectReason: f.rejectReason,
    captureId: f.captureId,
    postTitle: postTitle === null || showing.unmasked ? postTitle : maskText(postTitle),
    alike: alikeKey(f, textGroup),
  };
}

export const captureView = (c: CaptureColumns): CaptureView => ({
  id: c.id,
  fetchedAt: c.fetchedAt.toISOString(),
  sha256: c.sha256,
  hasShot: c.shotSha256 !== null,
  shotFrom: c.shotFrom,
  ledgerSeq: c.ledgerSeq,
  seal: { state: sealState(c.root?.kinds ?? []), root: c.root?.no ?? null },
  ...(c.origin ? { origin: c.origin } : {}),
});

const pictureView = ({ outcome, reason, width, height }: PictureRecord, reads: boolean): PictureView => ({
  state: outcome ?? (reads ? 'waiting' : 'off'),
  reason,
  width,
  height,
});

export function postView({ p, capture, pictures }: PostRecord, showing: Showing): PostView {
  const mask = <T>(value: T): T => (showing.unmasked ? value : maskDeep(value));
  return {
    id: p.id,
    externalId: p.externalId,
    url: p.url,
    title: mask(p.title),
    company: mask(p.company),
    salary: mask(p.salary),
    location: mask(p.location),
    text: mask(p.text),
    input: mask(p.input),
    publishedAt: iso(p.publishedAt),
    status: p.status,
    firstSeenAt: p.firstSeenAt.toISOString(),
    lastSeenAt: p.lastSeenAt.toISOString(),
    gone: p.goneAt ? { at: p.goneAt.toISOString(), by: p.goneBy ?? 'unknown', reason: p.statusReason, captureId: p.goneCaptureId } : null,
    version: p.version,
    level: p.level,
    score: p.score,
    capture: capture && captureView(capture),
    pictures: pictures.map((picture) => pictureView(picture, showing.reads ?? true)),
  };
}

interface EventRecord {
  readonly id: string;
  readonly at: Date;
  readonly actorName: string;
  readonly action: string;
  readonly fromState: string | null;
  readonly toState: string | null;
  readonly data: Record<string, unknown>;
}
export const eventView = (e: EventRecord) => ({
  id: e.id,
  at: e.at.toISOString(),
  actor: e.actorName,
  action: e.action,
  from: e.fromState,
  to: e.toState,
  data: maskDeep(e.data),
});
