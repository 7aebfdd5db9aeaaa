/**
 * Matches accounts against one licence list. Code first, then name, then the number shown; near names by an index
 * of their rare character pairs, so that a list of 100,000 rows answers in well under a millisecond. The verdict
 * is a sentence about the list: what it shows on its date, never that anybody is unlicensed (不在名单 is not 无证),
 * and never drawn from how a number is written.
 */
import type { LicenceListInfo, LicenceMatch, LicenceRow, LicenceVerdict } from '../../core/model/licence.ts';
import type { SubjectType } from '../../core/model/post.ts';
import { createNameIndex, type NameHit, type NameIndex } from './name-index.ts';
import { compareNames } from './name-likeness.ts';
import { readName } from './names.ts';
import { checkUscc, foldUscc } from './uscc.ts';

export type ListedLicence = LicenceRow & { readonly id: string };

/** What of an account is held against the list. */
export interface LicenceQuery {
  readonly name?: string | null;
  readonly subjectName?: string | null;
  readonly uscc?: string | null;
  readonly licenceNo?: string | null;
  readonly subjectType?: SubjectType | null;
}

export interface LicenceMatcher {
  readonly list: LicenceListInfo;
  match(account: LicenceQuery): LicenceMatch;
}

interface Hit {
  readonly rows: readonly ListedLicence[];
  readonly by: 'uscc' | 'number' | 'name' | 'near-name';
  readonly similarity: number;
  readonly reasons: readonly string[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** From here a list is called old in the reasons. Days. */
const OLD_LIST_DAYS = 365;

/** A licence number without what writing changes: width, brackets, spaces, 第 and 号. */
export const numberKey = (written: string): string =>
  written
    .slice(0, 200)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s()[\]{}【】〔〕〖〗「」·.,，:：\-—–第号]/g, '');

const quoted = (list: LicenceListInfo): string => `《${list.label}》（${list.publishedOn}）`;

const excludesOnline = (scope: string): boolean => {
  const plain = scope.normalize('NFKC').replace(/\s/g, '');
  if (/(?:不含|不包括|除外|不得|未|不)[^;；。,，]{0,10}网络招聘|网络招聘[^;；。,，]{0,6}除外/.test(plain)) return true;
  return !/网络招聘|互联网招聘|网上招聘|线上招聘/.test(plain);
};

interface Standing {
  readonly verdict: LicenceVerdict;
  readonly sentence: string;
  readonly reasons: readonly string[];
}

/** What one row says on a day. */
function standingOf(row: ListedLicence, list: LicenceListInfo, asOf: string): Standing {
  const where = `在${quoted(list)}中`;
  if (row.form === 'filing')
    return {
      verdict: 'filed_only',
      sentence: `${where}查到“${row.name}”的备案，未查到许可`,
      reasons: row.scope ? [`备案范围：${row.scope.slice(0, 100)}`] : [],
    };
  if (row.validUntil && DAY.test(row.validUntil) && row.validUntil < asOf) {
    return {
      verdict: 'expired',
      sentence: `${where}查到“${row.name}”的许可，名录所载有效期至 ${row.validUntil}，早于 ${asOf}`,
      reasons: ['是否已延续须向发证机关核对'],
    };
  }
  if (row.validFrom && DAY.test(row.validFrom) && row.validFrom > asOf) {
    return { verdict: 'cannot_tell', sentence: `${where}查到“${row.name}”的许可，名录所载有效期自 ${row.validFrom} 起，晚于 ${asOf}`, reasons: [] };
  }
  if (row.scope && excludesOnline(row.scope)) {
    return {
      verdict: 'scope_excludes_online',
      sentence: `${where}查到“${row.name}”的许可，所载服务范围未见“开展网络招聘服务”`,
      reasons: [`服务范围：${row.scope.slice(0, 100)}`],
    };
  }
  return {
    verdict: 'licensed',
    sentence: `${where}查到“${row.name}”的许可${row.validUntil ? `，有效期至 ${row.validUntil}` : ''}`,
    reasons: row.scope ? [] : ['名录未载服务范围'],
  };
}

/** Where a party has several rows (renewals, a filing beside a licence), the best one speaks for it. */
const BEST_FIRST: readonly LicenceVerdict[] = ['licensed', 'scope_excludes_online', 'cannot_tell', 'expired', 'filed_only'];

function best(rows: readonly ListedLicence[], list: LicenceListInfo, asOf: string): Standing & { readonly row: ListedLicence } {
  const told = rows.map((row) => ({ ...standingOf(row, list, asOf), row }));
  return told.sort((a, b) => BEST_FIRST.indexOf(a.verdict) - BEST_FIRST.indexOf(b.verdict))[0] as Standing & { row: ListedLicence };
}

class ListMatcher implements LicenceMatcher {
  readonly list: LicenceListInfo;
  readonly #asOf: string;
  readonly #byUscc = new Map<string, ListedLicence[]>();
  readonly #byNumber = new Map<string, ListedLicence[]>();
  readonly #names: NameIndex<ListedLicence>;

  constructor(list: LicenceListInfo, rows: Iterable<ListedLicence>, asOf: string) {
    this.list = list;
    this.#asOf = asOf;
    const all = [...rows];
    const put = (map: Map<string, ListedLicence[]>, key: string, row: ListedLicence): void => {
      const there = map.get(key);
      if (there) there.push(row);
      else map.set(key, [row]);
    };
    for (const row of all) {
      if (row.uscc) put(this.#byUscc, foldUscc(row.uscc), row);
      if (row.number) put(this.#byNumber, numberKey(row.number), row);
    }
    this.#names = createNameIndex(all, (row) => row.name);
  }

  match(account: LicenceQuery): LicenceMatch {
    const notes: string[] = [];
    const subject = account.subjectName?.trim() || null;
    const code = this.#codeOf(account, notes);
    const byCode = code ? this.#byUscc.get(code) : undefined;
    if (byCode) return this.#byCode(byCode, subject, account.licenceNo ?? null, notes);
    const named = subject ?? (account.subjectType === 'individual' ? null : account.name?.trim() || null);
    const hit = named ? this.#named(named, code, subject !== null, notes) : null;
    const byNumber = account.licenceNo ? this.#byNumber.get(numberKey(account.licenceNo)) : undefined;
    if (byNumber) return this.#shown(byNumber, hit, subject, code, account.licenceNo ?? '', notes);
    if (account.licenceNo?.trim()) notes.push(`所示证号“${account.licenceNo.trim().slice(0, 60)}”在该名录中未查到`);
    if (hit) return this.#verdict(hit, notes);
    if (!subject && !code && account.subjectType !== 'individual') return this.#cannotTell('账号未公示主体名称和统一社会信用代码，无法与名录比对', notes);
    if (account.subjectType === 'individual' && !subject) notes.push('账号主体为个人，名录所列为机构');
    return {
      verdict: 'not_found',
      sentence: `在${quoted(this.list)}中未查到${subject ? `“${subject.slice(0, 100)}”` : ''}`,
      list: this.list,
      licence: null,
      by: null,
      similarity: null,
      reasons: [...notes, ...this.#age()],
    };
  }

  #codeOf(account: LicenceQuery, notes: string[]): string | null {
    if (!account.uscc?.trim()) return null;
    const checked = checkUscc(account.uscc);
    // The list itself may hold a misprinted code: the same misprint still points at the same row.
    if (checked.valid || this.#byUscc.has(checked.code)) return checked.code;
    notes.push(`账号所填${checked.reason}，未用于比对`);
    return null;
  }

  #byCode(rows: readonly ListedLicence[], subject: string | null, licenceNo: string | null, notes: string[]): LicenceMatch {
    const row = rows[0] as ListedLicence;
    if (subject) {
      const like = compareNames(readName(subject), readName(row.name));
      if (!like.same && like.similarity < 0.4)
        return this.#other(rows, 'uscc', like.similarity, `账号主体“${subject}”与名录中同一统一社会信用代码的“${row.name}”名称不同，须核对是否更名`, notes);
      if (like.similarity < 1) notes.push(...like.reasons.map((r) => `名称：${r}`));
    }
    const shown = licenceNo ? this.#byNumber.get(numberKey(licenceNo)) : undefined;
    if (shown && !shown.some((s) => rows.includes(s) || (s.uscc && row.uscc && foldUscc(s.uscc) === foldUscc(row.uscc))))
      return this.#other(shown, 'number', 0, `账号所示证号在名录中属“${shown[0]?.name}”，与账号主体不是同一统一社会信用代码`, notes);
    return this.#verdict({ rows, by: 'uscc', similarity: 1, reasons: ['统一社会信用代码一致'] }, notes);
  }

  /** By name: exact but for writing, or near; null when the list has nobody of that name. Notes what came close. */
  #named(name: string, code: string | null, isSubject: boolean, notes: string[]): Hit | LicenceMatch | null {
    const hits = this.#names.find(name);
    const same = hits.filter((h) => h.likeness.same && !conflicting(code, h.row));
    const conflict = hits.find((h) => h.likeness.same && conflicting(code, h.row));
    if (conflict) notes.push(`名录中“${conflict.row.name}”名称相符但统一社会信用代码不同`);
    const top = same[0];
    if (top) {
      const parties = new Set(same.filter((h) => h.likeness.similarity >= top.likeness.similarity - 0.005).map((h) => h.name.plain));
      if (top.likeness.similarity < 0.99 && parties.size > 1)
        return this.#cannotTell(`名录中有 ${parties.size} 个名称相近的主体（${[...parties].slice(0, 3).join('、')}），无法确定是哪一个`, notes, top);
      const exact = top.likeness.similarity >= 0.99;
      // An account's nickname is no registered name: only an exact one may stand for its subject.
      if (!exact && !isSubject) return this.#cannotTell(`账号昵称与名录中“${top.row.name}”相近，但账号未公示主体名称`, notes, top);
      const rows = same.filter((h) => h.name.plain === top.name.plain).map((h) => h.row);
      const branch = readName(name).branch ? ['分支机构以总机构许可比对；其设立须另核书面报告（人力资源市场暂行条例第二十条）'] : [];
      return {
        rows,
        by: exact ? 'name' : 'near-name',
        similarity: top.likeness.similarity,
        reasons: [exact ? '名称一致' : '名称相近', ...top.likeness.reasons, ...branch],
      };
    }
    const doubtful = hits.filter((h) => h.likeness.doubtful && !h.likeness.rival && !conflicting(code, h.row));
    const [first] = doubtful;
    if (first && !conflict) {
      const parties = new Set(doubtful.map((h) => h.name.plain));
      const others = parties.size > 1 ? `等 ${parties.size} 个相近的主体` : '';
      return this.#cannotTell(`名录中有“${first.row.name}”${others}，${first.likeness.reasons.join('、')}，须人工核对是否同一主体`, notes, first);
    }
    const near = hits.find((h) => !h.likeness.same && h.likeness.similarity >= 0.7);
    if (near) notes.push(`名录中有相近名称“${near.row.name}”：${near.likeness.reasons.join('、')}`);
    return null;
  }

  /** The number shown leads to rows: of the account's own party, or of another. */
  #shown(
    rows: readonly ListedLicence[],
    hit: Hit | LicenceMatch | null,
    subject: string | null,
    code: string | null,
    shown: string,
    notes: string[],
  ): LicenceMatch {
    const row = rows[0] as ListedLicence;
    if (hit && 'rows' in hit && hit.rows.some((r) => rows.includes(r))) return this.#verdict({ ...hit, reasons: [...hit.reasons, '所示证号一致'] }, notes);
    if (subject === null && code === null)
      return this.#cannotTell(`账号所示证号“${shown.slice(0, 60)}”在名录中属“${row.name}”，但账号未公示主体，无法核对是否本人`, notes, {
        row,
        similarity: null,
      });
    return this.#other(rows, 'number', 0, `账号所示证号在名录中属“${row.name}”，账号主体为“${subject ?? code}”`, notes);
  }

  #other(rows: readonly ListedLicence[], by: 'uscc' | 'number', similarity: number, reason: string, notes: readonly string[]): LicenceMatch {
    const { row } = best(rows, this.list, this.#asOf);
    return {
      verdict: 'other_entity',
      sentence: `在${quoted(this.list)}中，账号所用${by === 'uscc' ? '代码' : '证号'}对应的主体为“${row.name}”，与账号主体不一致`,
      list: this.list,
      licence: row,
      by,
      similarity,
      reasons: [reason, ...notes, ...this.#age()],
    };
  }

  #verdict(hit: Hit | LicenceMatch, notes: readonly string[]): LicenceMatch {
    if (!('rows' in hit)) return hit;
    const { row, verdict, sentence, reasons } = best(hit.rows, this.list, this.#asOf);
    return {
      verdict,
      sentence,
      list: this.list,
      licence: row,
      by: hit.by,
      similarity: hit.similarity,
      reasons: [...hit.reasons, ...reasons, ...notes, ...this.#age()],
    };
  }

  #cannotTell(reason: string, notes: readonly string[], near?: NameHit<ListedLicence> | { row: ListedLicence; similarity: null }): LicenceMatch {
    const similarity = near === undefined ? null : 'likeness' in near ? near.likeness.similarity : near.similarity;
    return {
      verdict: 'cannot_tell',
      sentence: `对照${quoted(this.list)}无法判断：${reason}`,
      list: this.list,
      licence: near?.row ?? null,
      by: similarity === null ? null : 'near-name',
      similarity,
      reasons: [reason, ...notes, ...this.#age()],
    };
  }

  #age(): string[] {
    const days = (Date.parse(this.#asOf) - Date.parse(this.list.publishedOn)) / 86_400_000;
    return days > OLD_LIST_DAYS ? [`名录日期为 ${this.list.publishedOn}，距比对日已逾一年`] : [];
  }
}

const conflicting = (code: string | null, row: ListedLicence): boolean => {
  if (!code || !row.uscc) return false;
  const listed = checkUscc(row.uscc);
  return listed.valid && checkUscc(code).valid && listed.code !== code;
};

/**
 * A matcher over one list.
 * @param rows all rows of the list @param asOf the day whose standing is asked for, YYYY-MM-DD in Asia/Shanghai
 */
export const createLicenceMatcher = (list: LicenceListInfo, rows: Iterable<ListedLicence>, { asOf }: { readonly asOf: string }): LicenceMatcher =>
  new ListMatcher(list, rows, asOf);

/** The verdict where no list has been imported. */
export const noList = (): LicenceMatch => ({
  verdict: 'cannot_tell',
  sentence: '尚未导入许可名录，无法比对',
  list: null,
  licence: null,
  by: null,
  similarity: null,
  reasons: ['尚未导入许可名录'],
});
