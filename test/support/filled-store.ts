/** A store as it is after years: fifty thousand of most things, eight thousand of the rest, made by the database itself. */
import { sql } from 'drizzle-orm';
import type { TestDatabase } from './database.ts';

const ROWS = 50_000;
const FEWER = 8_000;
const id = (series: number, n: number | string) => `('${series.toString(16).padStart(8, '0')}-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
/** The id of a row by the number of its series (accounts 1, cases 2, posts 4, runs 5, sources 6, clusters 13, candidates 23) and its own. */
export const fixed = (series: number, n: number) => `${series.toString(16).padStart(8, '0')}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const USER = fixed(9, 1);
export const RUN = fixed(5, 7);

/** One account, case, post, finding, capture and licence a number; a third of the cases is closed. */
const FILL = [
  `insert into account (id, platform, external_id, name, subject_name, subject_type, status, licence_verdict, score, level, first_seen_at, last_seen_at)
   select ${id(1, 'i')}, 'p' || i % 12, 'a' || i, '第' || i || '招工站', '云汀' || i || '有限公司', 'agency', 'active',
     (array['licensed','not_found','expired'])[i % 3 + 1], i % 101, (array['statutory','lead','none'])[i % 3 + 1], now(), now() - i * interval '1 minute'
   from generate_series(1, ${ROWS}) i`,
  `insert into case_file (id, number, account_id, platform, state, level, priority, contributions, hook, finding_count, kinds, claimed_by, version, opened_at, due_at, updated_at)
   select ${id(2, 'i')}, 'HR-2026-' || lpad(i::text, 5, '0'), ${id(1, 'i')}, 'p' || i % 12,
     (array['open','in_review','closed'])[i % 3 + 1], 'lead', i % 101, '[]', '原文', 1,
     case when i % 500 = 0 then array['training-loan'] else array['gender-restriction'] end,
     case when i % 1000 = 1 then '${USER}'::uuid end, 1, now() - i * interval '1 minute', now() + (i - 200) * interval '1 minute', now()
   from generate_series(1, ${ROWS}) i`,
  `insert into case_event (id, case_id, at, actor_id, actor_name, action, data)
   select ${id(3, 'i')}, ${id(2, 'i')}, now(), 'x', 'x', case when i % 2000 = 1 then 'return' else 'propose' end, '{}' from generate_series(1, ${ROWS}) i`,
  `insert into post (id, account_id, platform, external_id, title, text, input, status, content_sha256, version, score, first_seen_at, last_seen_at)
   select ${id(4, 'i')}, ${id(1, 'i')}, 'p' || i % 12, 'x' || i, '招工', '正文', '{}', 'live', '', 1, i % 101, now(), now() from generate_series(1, ${ROWS}) i`,
  `insert into run (id, kind, run_date, state, counts, started_by, started_at, ended_at)
   select ${id(5, 'i')}, 'demand', '2026-01-01', 'done', '{}', 'x', now() - i * interval '1 hour', now() from generate_series(1, 5000) i`,
  `insert into source (id, platform, name, url, next_due_at, created_at)
   select ${id(6, 'i')}, 'p' || i % 12, '来源', 'http://x/' || i, now(), now() from generate_series(1, 5000) i`,
  `insert into capture (id, run_id, source_id, account_id, kind, url, final_url, outcome, size, via, fetched_at)
   select ${id(7, 'i')}, ${id(5, '1 + i % 500')}, ${id(6, '1 + i % 5000')}, ${id(1, 'i')}, 'post', 'http://x', 'http://x', 'ok', 1, 'http', now() from generate_series(1, ${ROWS}) i`,
  `insert into post_version (id, post_id, version, content_sha256, input, capture_id, seen_at)
   select ${id(8, 'i')}, ${id(4, 'i')}, 1, '', '{}', ${id(7, 'i')}, now() from generate_series(1, ${ROWS}) i`,
  `insert into run_account (run_id, account_id, state, counts)
   select ${id(5, '1 + i % 500')}, ${id(1, 'i')}, 'done', '{"findings":1,"newFindings":1,"casesOpened":1}' from generate_series(1, ${ROWS}) i`,
  `insert into notice (id, number, case_id, platform, account_id, measure, state, body, body_sha256, ack_due, act_due, version, created_at, updated_at)
   select ${id(10, 'i')}, 'N' || i, ${id(2, 'i')}, 'p' || i % 12, ${id(1, 'i')}, 'warn', (array['delivered','verified','closed'])[i % 3 + 1], '{}', '',
     now() + i * interval '1 minute', now() + i * interval '1 minute', 1, now(), now() from generate_series(1, ${ROWS}) i`,
  `insert into licence_list (id, label, authority, published_on, sha256, rows, rejected, mapping, current, imported_by, imported_at)
   values ('${fixed(11, 1)}', '名录', '机关', '2026-01-01', 'x', ${ROWS}, 0, '{}', true, 'x', now())`,
  `insert into licence (id, list_id, name, name_key, uscc, number, form, cells)
   select ${id(12, 'i')}, '${fixed(11, 1)}', '云汀' || i, '云汀' || i, 'U' || i, 'L' || i, 'licence', '{}' from generate_series(1, ${ROWS}) i`,
  `insert into cluster (id, state, size, top_score, first_seen_at, formed_at, changed_at)
   select ${id(13, 'i')}, (array['live','live','merged'])[i % 3 + 1], 5, i % 101, now(), now(), now() from generate_series(1, ${ROWS / 5}) i`,
  `insert into cluster_member (account_id, cluster_id, joined_at) select ${id(1, 'i')}, ${id(13, '1 + i / 5')}, now() from generate_series(1, ${ROWS - 5}) i`,
  `insert into network_thing (id, kind, label, accounts, entities, first_seen_at, first_account_id)
   select ${id(14, 'i')}, (array['phone','text'])[i % 2 + 1], '138****0000', 5, 5, now(), ${id(1, 'i')} from generate_series(1, ${ROWS}) i`,
  `insert into network_holding (thing_id, account_id, entity, own, posts, first_seen_at, last_seen_at)
   select ${id(14, '1 + (i / 5 * 2 + n) % 50000')}, ${id(1, 'i')}, 'account:' || i, 1, 1, now(), now() from generate_series(1, ${ROWS}) i, generate_series(0, 1) n`,
  `insert into text_group (id, signature, posts, employers) select ${id(14, 'i')}, '\\x00', 3, 1 from generate_series(1, ${ROWS}, 2) i`,
  `insert into text_band (key, group_id) select i * 1000 + n, ${id(14, 'i')} from generate_series(1, ${ROWS}, 2) i, generate_series(0, 1) n`,
  `insert into post_text (post_id, group_id, account_id, version, similarity, at)
   select ${id(4, 'i')}, ${id(14, 'i / 2 * 2 + 1')}, ${id(1, 'i')}, 1, 1, now() from generate_series(1, ${ROWS}) i`,
  `insert into network_account (account_id, digest, texts, linked_at, dirty)
   select ${id(1, 'i')}, 'x', 3, now(), case when i % 1000 = 0 then 1 else 0 end from generate_series(1, ${ROWS}) i`,
  `insert into cluster_event (id, cluster_id, at, action, size, accounts) select ${id(15, 'i')}, ${id(13, '1 + i / 2')}, now(), 'joined', 5, '[]' from generate_series(1, ${FEWER}) i`,
  `insert into licence_list (id, label, authority, published_on, sha256, rows, rejected, mapping, current, imported_by, imported_at)
   select ${id(11, '1 + i')}, '名录', '机关' || i, '2026-01-01', 'x' || i, 0, 0, '{}', false, 'x', now() - i * interval '1 hour' from generate_series(1, 3000) i`,
  `insert into finding (id, account_id, post_id, post_version, dedupe_key, kind, level, score, source, by, articles, exempt, why, state, created_at)
   select ${id(16, 'i')}, ${id(1, 'i')}, ${id(4, 'i')}, 1, 'd' || i, 'gender-restriction', 'statutory', 0.9, 'rule',
     case when i % 40 < 4 then 'gender.only-male@' || 1 + i % 3 else 'some.rule-' || i % 200 || '@1' end,
     '[]', false, '', (array['open','confirmed','rejected','superseded'])[i % 4 + 1], now() from generate_series(1, ${FEWER}) i`,
  `insert into rule_revision (id, pack, number, text, sha256, state, note, author_id, author_name, version, created_at, updated_at)
   select ${id(17, 'i')}, 'p' || i % 300, 1 + i / 300, 'pack: p', '', case when i < 300 then 'published' else 'retired' end, '', 'x', 'x', 1, now(), now() from generate_series(1, 3000) i`,
  `insert into rule_job (id, kind, state, revision_id, total, done, counts, law_version, started_by_id, started_by_name, started_at, updated_at)
   select ${id(18, 'i')}, case when i % 100 = 0 then 'rescreen' else 'replay' end, 'done', ${id(17, '1 + i % 3000')}, 1, 1, '{}', 'x', 'x', 'x', now() - i * interval '1 minute', now() from generate_series(1, ${FEWER}) i`,
  `insert into rule_difference (id, owner_id, change, account_id, post_id, post_version, platform, kind, by, why, rank, created_at)
   select ${id(19, 'i')}, ${id(18, '1 + i % 200')}, (array['added','removed'])[i % 2 + 1], ${id(1, 'i')}, ${id(4, 'i')}, 1, 'p', 'gender-restriction', 'x@1', '', i, now() from generate_series(1, ${FEWER}) i`,
  `insert into rule_night (day, platform, rule, version, posts)
   select (date '2024-01-01' + i / 120)::text, 'p' || i % 3, case when i / 3 % 40 = 0 then '' when i / 3 % 40 = 1 then 'gender.only-male' else 'some.rule-' || i / 3 % 40 end, 1, 5 from generate_series(1, ${FEWER * 3}) i`,
  `insert into drift_night (day, platform, measure, bucket, posts)
   select (date '2024-01-01' + i / 24)::text, 'p' || i % 3, 'kind', 'k' || i / 3 % 8, 5 from generate_series(1, ${FEWER * 3}) i`,
  `insert into shadow_night (revision_id, day, posts, added, removed, same) select ${id(17, '1 + i % 3000')}, 'd' || i, 1, 1, 1, 1 from generate_series(1, ${FEWER}) i`,
  `insert into rule_alarm (id, day, platform, rule, up, hits, posts, expected, probability, run_id, at)
   select ${id(20, 'i')}, 'd' || i, 'p', 'some.rule-' || i % 300, true, 1, 1, 1, 0, ${id(5, '1 + i % 500')}, now() from generate_series(1, ${FEWER}) i`,
  `insert into source_account (source_id, account_id, seen_at) select ${id(6, '1 + i % 5000')}, ${id(1, 'i')}, now() from generate_series(1, ${ROWS}) i`,
  `insert into post_watch (post_id, platform, reason, version, since, next_at)
   select ${id(4, 'i')}, 'p' || i % 12, 'flagged', 1, now(), now() + (i - 200) * interval '1 minute' from generate_series(1, ${ROWS}) i`,
  `insert into post_fate (id, post_id, at, status) select ${id(22, 'i')}, ${id(4, 'i')}, now(), 'deleted' from generate_series(1, ${FEWER}) i`,
  `insert into candidate (id, platform, key, state, seen, first_seen_at, last_seen_at)
   select ${id(23, 'i')}, 'p' || i % 12, 'k' || i, case when i % 3 = 0 then 'refused' else 'proposed' end, i % 40, now(), now() from generate_series(1, ${FEWER}) i`,
  `insert into candidate_ground (candidate_id, kind, speaker, speaker_name, quote, first_at, last_at)
   select ${id(23, 'i')}, 'name', 's' || n, 's', '', now(), now() from generate_series(1, ${FEWER}) i, generate_series(1, 5) n`,
  `insert into rule_event (id, at, actor_id, actor_name, action, pack, rule, data)
   select ${id(21, 'i')}, now(), 'x', 'x', 'publish', 'p' || i % 300, 'some.rule-' || i % 300, '{}' from generate_series(1, ${FEWER}) i`,
];

/** Fills an empty store and has its figures worked out. */
export async function fill(store: TestDatabase): Promise<void> {
  // Made rows need no check of their references, which takes longer than writing them.
  const client = await store.pool.connect();

  await client.query('set session_replication_role = replica');
  for (const statement of FILL) await client.query(statement);
  await client.query('set session_replication_role = origin');
  client.release();
  await store.db.execute(sql`vacuum analyze`);
}
