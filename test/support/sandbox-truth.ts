/**
 * Measures screening against the sandbox's truth: every post of a world is screened as a crawler would have read it,
 * and what was found is compared with what is true, kind by kind. A lawful ground counts as right either way;
 * a repost without a source is judged only where the post itself calls itself one, since copies are told by comparing posts.
 */
import { createHash } from 'node:crypto';
import { codeKindOf } from '../../classifiers/image/codes.ts';
import type { Screener } from '../../classifiers/screen.ts';
import type { Finding } from '../../core/model/finding.ts';
import { wordsOfPicture } from '../../core/model/picture.ts';
import type { PostInput } from '../../core/model/post.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import type { SandboxPost, World } from '../../sandbox/world/model.ts';

export interface Tally {
  /** Posts of which the kind is true, and of those how many were found. */
  truth: number;
  found: number;
  /** Posts that show the kind to us and not in truth. */
  wrong: number;
}
export interface Slip {
  readonly textId: string;
  readonly kind: FindingKind;
  readonly slip: 'missed' | 'wrong';
  /** The true quote, or what was found and by whom. */
  readonly shown: string;
}
export interface Measured {
  readonly posts: number;
  readonly byKind: ReadonlyMap<FindingKind, Tally>;
  /** Each once a text. */
  readonly slips: readonly Slip[];
  /** Posts nothing is true of, and how many of them were flagged with a kind that opens or colours a case. */
  readonly honest: { readonly posts: number; readonly flagged: number };
}

/** Texts are halved by a hash of their id: rules are worked on with half a in view, half b shows what they are worth. */
export const halfOf = (textId: string): 'a' | 'b' => ((createHash('sha256').update(textId).digest()[3] as number) % 2 === 0 ? 'a' : 'b');

/** The post as read off its face: articles and feed cards are words only, the board has fields beside them. */
export function asCrawled(post: SandboxPost): PostInput {
  const { id, platform, title, text } = post;
  // What the picture of a poster says is taken as read, its code as the reader writes it.
  const code = post.code === '' ? {} : { imageText: wordsOfPicture({ lines: [], codes: [{ payload: post.code, kind: codeKindOf(post.code), box: [] }] }) };
  if (platform !== 'sandbox-board') return { id, platform, title, text, ...code };
  const { company, salary, location, sex, age, education, headcount } = post;
  return { id, platform, title, text, company, salary, location, sex, age, education, headcount };
}

const ABSENCES: ReadonlySet<FindingKind> = new Set(['missing-element']);
const seen = (f: Finding): string => `${f.by} ${f.field ?? ''} ${f.quote ?? ''}`;

/** @param only which texts count; all without it */
export function measureWorld(world: World, screener: Screener, only: (textId: string) => boolean = () => true): Measured {
  const byKind = new Map<FindingKind, Tally>();
  const slips = new Map<string, Slip>();
  const honest = { posts: 0, flagged: 0 };
  const tally = (kind: FindingKind): Tally => {
    const known = byKind.get(kind) ?? { truth: 0, found: 0, wrong: 0 };
    byKind.set(kind, known);
    return known;
  };
  const posts = world.posts.filter((p) => only(p.textId));
  for (const post of posts) {
    const { findings } = screener.screen(asCrawled(post));
    const counted = findings.filter((f) => !f.exempt);
    const exempt = new Set(post.truth.filter((t) => t.exempt).map((t) => t.kind));
    const planted = (kind: FindingKind): boolean => kind === 'unsourced-repost' && post.repostOf !== null;
    const truth = new Map(post.truth.filter((t) => !t.exempt && !planted(t.kind)).map((t) => [t.kind, t]));
    const got = new Map(counted.map((f) => [f.kind, f]));
    for (const [kind, { quote }] of truth) {
      tally(kind).truth += 1;
      if (got.has(kind)) tally(kind).found += 1;
      else slips.set(`${post.textId} ${kind}`, { textId: post.textId, kind, slip: 'missed', shown: quote ?? '' });
    }
    for (const [kind, finding] of got) {
      if (truth.has(kind) || exempt.has(kind) || planted(kind)) continue;
      tally(kind).wrong += 1;
      slips.set(`${post.textId} ${kind}`, { textId: post.textId, kind, slip: 'wrong', shown: seen(finding) });
    }
    if (post.truth.length === 0) {
      honest.posts += 1;
      honest.flagged += Number([...got.keys()].some((kind) => !ABSENCES.has(kind)));
    }
  }
  return { posts: posts.length, byKind, slips: [...slips.values()], honest };
}

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${Math.round((100 * part) / whole)}%`);

/** One line a kind, for people to read. */
export function describeMeasured({ posts, byKind, honest }: Measured): string {
  const rows = [...byKind]
    .sort((a, b) => b[1].truth - a[1].truth)
    .map(
      ([kind, t]) =>
        `${kind.padEnd(22)} truth ${t.truth}, recall ${percent(t.found, t.truth)}, precision ${percent(t.found, t.found + t.wrong)}, wrong ${t.wrong}`,
    );
  return [...rows, `${posts} posts; honest ${honest.posts}, flagged ${percent(honest.flagged, honest.posts)}`].join('\n');
}
