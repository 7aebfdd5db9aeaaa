/**
 * The business register as far as it was imported: whether a company is there and what its status is. An extract
 * that is not complete can say that a company is struck off, never that it does not exist.
 */
import { createNameIndex } from './name-index.ts';
import { nameKey } from './names.ts';
import { checkUscc, foldUscc } from './uscc.ts';

export interface RegistryInfo {
  /** As quoted to people. */
  readonly label: string;
  /** YYYY-MM-DD. */
  readonly publishedOn: string;
  /** True when the extract covers everybody who could be asked for. */
  readonly complete: boolean;
}

export interface CompanyRow {
  readonly name: string;
  readonly uscc: string | null;
  /** As the register writes it: 存续（在营、开业、在册）, 注销, 吊销，未注销 … */
  readonly status: string | null;
}

export interface RegistryAnswer {
  readonly standing: 'registered' | 'struck_off' | 'revoked' | 'not_found' | 'cannot_tell';
  /** Names register and date. */
  readonly sentence: string;
  readonly company: CompanyRow | null;
}

export interface CompanyRegistry {
  /** @param company its name or code; or only a trade name (字号), which any registered name may carry */
  lookUp(company: { readonly name?: string | null; readonly uscc?: string | null; readonly brand?: string | null }): RegistryAnswer;
}

/** @param rows the imported companies */
export function createCompanyRegistry(info: RegistryInfo, rows: readonly CompanyRow[]): CompanyRegistry {
  const byCode = new Map(rows.flatMap((row) => (row.uscc ? [[foldUscc(row.uscc), row] as const] : [])));
  const names = createNameIndex(rows, (row) => row.name);
  const where = `《${info.label}》（${info.publishedOn}）`;
  const answer = (row: CompanyRow): RegistryAnswer => {
    const status = row.status?.trim() ?? '';
    const standing = status.includes('吊销') ? 'revoked' : status.includes('注销') || status.includes('撤销') ? 'struck_off' : 'registered';
    return { standing, sentence: `${where}载“${row.name}”登记状态为“${status || '未载明'}”`, company: row };
  };
  const carrying = (brand: string): RegistryAnswer => {
    const key = nameKey(brand);
    const row = rows.find((r) => nameKey(r.name).includes(key));
    if (row) return answer(row);
    if (!info.complete) return { standing: 'cannot_tell', sentence: `${where}不足以判断有无字号含“${brand}”的单位`, company: null };
    return { standing: 'not_found', sentence: `在${where}中未查到名称含“${brand}”的单位`, company: null };
  };
  return {
    lookUp({ name, uscc, brand }) {
      if (brand) return carrying(brand);
      const checked = uscc ? checkUscc(uscc) : null;
      const coded = checked ? byCode.get(checked.code) : undefined;
      if (coded) return answer(coded);
      const hits = name ? names.find(name) : [];
      const same = hits.find((hit) => hit.likeness.same);
      if (same) return answer(same.row);
      if (hits.some((hit) => hit.likeness.doubtful && !hit.likeness.rival))
        return { standing: 'cannot_tell', sentence: `${where}中有与“${name}”相近的名称，须人工核对`, company: null };
      if (!info.complete || (!name && !checked?.valid))
        return { standing: 'cannot_tell', sentence: `${where}不足以判断“${name ?? ''}”是否登记`, company: null };
      return { standing: 'not_found', sentence: `在${where}中未查到“${name ?? checked?.code}”`, company: null };
    },
  };
}
