/** What stored posts tell of a post, on a real store: leads to fake postings (register, many employers under one text, usual pay) and reposts without a source. */
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRules } from '../../../bin/law.ts';
import { nameKey } from '../../../classifiers/licence/names.ts';
import { createScreener } from '../../../classifiers/screen.ts';
import { systemClock } from '../../../core/clock.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import type { PostInput } from '../../../core/model/post.ts';
import { importRegister, type RegisterRow } from '../../../db/repositories/company.ts';
import { saveAccount, savePost } from '../../../db/repositories/content.ts';
import { payRangesComputedAt, readPayRanges } from '../../../db/repositories/pay-range.ts';
import type { JobContext } from '../../../queue/context.ts';
import { renewPayRanges } from '../../../queue/false-posting.ts';
import { screenAccountsNow } from '../../../queue/jobs/screen-account.ts';
import { createReferences } from '../../../queue/references.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const TEXT =
  '负责前台接待和资料归档，协助部门安排会议与来访登记，按时整理每周报表，交接清楚。工作时间为早九点至晚六点，午休一小时，法定节假日按规定休息。入职签订劳动合同并缴纳社会保险，有意者请携带身份证复印件到公司人事部面谈，联系人李老师。';
const OTHER =
  '社区面包房寻找一位早班烘焙师傅，负责和面、整形与出炉，凌晨四点半开工，中午便可回家。我们用天然酵种，不加改良剂，客人多是附近的老街坊。若您喜欢安静地做事，欢迎在下午打烊以后过来试做一炉，再慢慢谈待遇和休息日的安排。';
const EMPLOYERS = ['云汀市澄禾电子有限公司', '霁州市栎川食品有限公司', '临澜市越枫服装有限公司', '云汀市鹿溪商贸有限公司', '霁州市石泉物业有限公司'];
const GONE = EMPLOYERS[0] as string;

let base: TestDatabase;
let ctx: JobContext;
const ids = new Map<string, string>();

async function employer(name: string, input: PostInput): Promise<string> {
  const now = new Date('2026-11-10T00:00:00Z');
  const id = await saveAccount(base.db, { platform: 'p', input: { id: name, name }, url: null, now });
  const content = { contentSha256: sha256(canonicalJson(input)), captureId: null, publishedAt: now, now };
  await savePost(base.db, { accountId: id, platform: 'p', externalId: name, input: { company: name, ...input }, ...content });
  ids.set(name, id);
  return id;
}
async function* rows(names: readonly [string, string][]): AsyncGenerator<RegisterRow> {
  for (const [name, status] of names) yield { name, nameKey: nameKey(name), uscc: null, status };
}

beforeAll(async () => {
  base = await freshDatabase();
  const listed = EMPLOYERS.map((name): [string, string] => [name, name === GONE ? '注销' : '存续']);
  const head = { fileName: 'r.csv', sha256: 'x', label: '演示登记', publishedOn: '2026-11-01', complete: true, by: 'x', now: new Date() };
  await base.db.transaction((tx) => importRegister(tx, head, rows(listed), () => 0));
  for (const name of EMPLOYERS) await employer(name, { title: '行政文员', salary: '4500-5500元/月', location: '云汀市', text: TEXT });
  await employer('云汀市远帆文化有限公司', { title: '行政文员', salary: '40000元/月', location: '云汀市', text: OTHER });
  for (let n = 0; n < 40; n += 1)
    await employer(`文员${n}号`, { title: '文员', salary: `${4_000 + (n % 5) * 300}元/月`, location: '云汀市', text: `${OTHER.slice(n)}${n}号店` });
  const screener = createScreener({ rules: loadRules() });
  const law = { refresh: async () => false, shadows: () => [] };
  ctx = {
    law,
    db: base.db,
    clock: systemClock,
    screener,
    cite: () => [],
    references: createReferences(base.db, systemClock),
    log: pino({ level: 'silent' }),
  } as unknown as JobContext;
});
afterAll(() => base.close());

const leads = async (name: string): Promise<{ why: string; score: number; level: string }[]> =>
  (await base.pool.query(`select why, score, level from finding where account_id = $1 and kind = 'false-posting' and state = 'open'`, [ids.get(name)])).rows;
const screen = (name: string) => screenAccountsNow(ctx, [ids.get(name) as string]);

describe('leads to fake postings', () => {
  it('compute usual pay from stored posts, again only when a run has ended since', async () => {
    expect(await payRangesComputedAt(base.db)).toBeNull();
    expect(await renewPayRanges(ctx)).toBe(true);
    expect(await renewPayRanges(ctx)).toBe(false);
    const run = (state: string, ended: string) =>
      base.pool.query(
        `insert into run (id, kind, run_date, state, counts, started_by, started_at, ended_at) values (gen_random_uuid(), 'demand', '2026-11-23', $1, '{}', 'x', now(), ${ended})`,
        [state],
      );
    await run('done', "now() + interval '1 hour'");
    await run('running', 'null');
    expect(await renewPayRanges(ctx)).toBe(false);
    await base.pool.query(`update run set state = 'done' where state = 'running'`);
    expect(await renewPayRanges(ctx)).toBe(true);
    const ranges = await readPayRanges(base.db);
    expect(ranges.map((r) => [r.family, r.place, r.n >= 40, r.median])).toEqual(expect.arrayContaining([['文员行政', '云汀', true, expect.any(Number)]]));
  });

  it('take facts of two sources, each shown, and are found again as one', async () => {
    for (const name of EMPLOYERS) await screen(name);
    await screen(GONE);
    const [lead, ...more] = await leads(GONE);
    expect(more).toEqual([]);
    expect(lead).toMatchObject({ level: 'lead' });
    expect(lead?.why).toMatch(/①《演示登记》（2026-11-01）.*注销.*；②相同或相近的正文署有 \d 家不同单位/);
    const before = await leads(GONE);
    await screen(GONE);
    expect(await leads(GONE)).toEqual(before);
  });

  it('are not raised by one text under many employers alone, nor by pay alone', async () => {
    await screen(EMPLOYERS[4] as string);
    expect(await leads(EMPLOYERS[4] as string)).toEqual([]);
    await base.pool.query(`update company set status = '存续' where name = $1`, [GONE]);
    await base.db.transaction((tx) =>
      importRegister(
        tx,
        { fileName: 's.csv', sha256: 'y', label: '演示登记', publishedOn: '2026-11-02', complete: false, by: 'x', now: new Date() },
        rows([]),
        () => 0,
      ),
    );
    await screen('云汀市远帆文化有限公司');
    expect(await leads('云汀市远帆文化有限公司')).toEqual([]);
    // The register no longer says that it was struck off: the lead stands down.
    await screen(GONE);
    expect(await leads(GONE)).toEqual([]);
  });
});

describe('reposts that name no source', () => {
  const ADVERT = OTHER.replaceAll('烘焙师傅', '陶艺师傅').replaceAll('面包房', '陶艺坊').replaceAll('酵种', '釉料');
  const JOB = '霁州市陶然工艺有限公司';
  /** An account with one post, `day` days into the month. */
  async function published(name: string, day: number, subjectName: string | null, company: string, text: string): Promise<void> {
    const now = new Date(Date.UTC(2026, 9, day));
    const input: PostInput = { title: '陶艺师傅', company, text };
    const id = await saveAccount(base.db, { platform: 'q', input: { id: name, name, ...(subjectName ? { subjectName } : {}) }, url: null, now });
    const content = { contentSha256: sha256(canonicalJson(input)), captureId: null, publishedAt: now, now };
    await savePost(base.db, { accountId: id, platform: 'q', externalId: name, input, ...content });
    ids.set(name, id);
    await screen(name);
  }
  const told = async (name: string): Promise<string[]> => {
    await screen(name);
    const { rows: found } = await base.pool.query(
      `select why from finding where account_id = $1 and kind = 'unsourced-repost' and state = 'open' and level = 'format'`,
      [ids.get(name)],
    );
    return found.map((r) => String(r.why));
  };

  it('are told from who was first, once, and withdrawn when the post names its source', async () => {
    await published('霁州招聘', 1, '霁州市首发人力资源有限公司', JOB, ADVERT);
    await published('转来转去', 2, null, JOB, ADVERT);
    await published('老实转发', 3, null, JOB, `${ADVERT}\n来源：霁州招聘`);
    await published('陶然工艺', 4, JOB, JOB, ADVERT);
    await published('首发分号', 5, '霁州市首发人力资源有限公司', JOB, ADVERT);
    await published('同样写法', 6, null, '临澜市青禾陶艺有限公司', ADVERT);
    expect(await told('转来转去')).toEqual(['与账号“霁州招聘”2026-10-01发布的信息近同，单位相同，未见信息来源']);
    for (const honest of ['霁州招聘', '老实转发', '陶然工艺', '首发分号', '同样写法']) expect(await told(honest), honest).toEqual([]);
    for (const name of EMPLOYERS) expect(await told(name)).toEqual([]);
    await published('转来转去', 7, null, JOB, `${ADVERT}\n转自：霁州招聘`);
    expect(await told('转来转去')).toEqual([]);
  });
});
