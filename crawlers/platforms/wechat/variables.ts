/** Variables of the older WeChat templates, read out of their scripts as literals. */
import { readLiteral } from '../../extract/js-literal.ts';
import { str } from '../../extract/tree.ts';

/** A variable of the 2018 template: `var ct = "1522968980";`, `var biz = "" || "…";`. */
export function variable(html: string, name: string): string | undefined {
  const found = new RegExp(`\\bvar\\s+${name}\\s*=\\s*`).exec(html);
  if (!found) return undefined;
  try {
    return str(readLiteral(html, found.index + found[0].length, { maxLength: 100_000 }).value);
  } catch {
    return undefined;
  }
}
