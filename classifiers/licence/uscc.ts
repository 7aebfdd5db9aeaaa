/**
 * Unified social credit codes (统一社会信用代码, GB 32100-2015): form and check character. A code that fails is
 * a slip of the pen or an invention and says so; a code that passes proves nothing about a licence.
 */
/** The 31 characters of the standard, value 0-30: no I, O, S, V, Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
/** 3^(i-1) mod 31 for places 1-17. */
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const;
const FORM = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

export type UsccCheck = { readonly valid: true; readonly code: string } | { readonly valid: false; readonly code: string; readonly reason: string };

/** A code as people write it (full width, spaces, lower case, hyphens), folded to 18 plain characters where it has them. */
export const foldUscc = (written: string): string =>
  written
    .slice(0, 100)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐-―_.·]/g, '');

/** The check character for the first 17 characters, or null when one of them is not in the alphabet. */
export function usccCheckCharacter(body: string): string | null {
  let sum = 0;
  for (let i = 0; i < 17; i++) {
    const value = ALPHABET.indexOf(body.charAt(i) || '?');
    if (value < 0) return null;
    sum += value * (WEIGHTS[i] as number);
  }
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/** Checks form and check character (GB 32100-2015, 4.6). @param written as it stands on a page or in a list */
export function checkUscc(written: string): UsccCheck {
  const code = foldUscc(written);
  if (code.length !== 18) return { valid: false, code, reason: `统一社会信用代码应为 18 位，所填为 ${code.length} 位` };
  if (!FORM.test(code)) return { valid: false, code, reason: '统一社会信用代码含有标准（GB 32100-2015）未采用的字符或行政区划位不是数字' };
  const expected = usccCheckCharacter(code);
  if (expected !== code.charAt(17)) return { valid: false, code, reason: `统一社会信用代码校验位应为 ${expected}，所填为 ${code.charAt(17)}` };
  return { valid: true, code };
}
