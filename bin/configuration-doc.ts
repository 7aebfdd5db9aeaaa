/**
 * Writes `docs/configuration.md` from the one table of settings (`core/config.ts`), so that the page cannot say
 * anything else than the program: `node --import tsx bin/configuration-doc.ts`. A unit test fails when it is stale.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FIELDS } from '../core/config.ts';

export const CONFIGURATION_DOC = fileURLToPath(new URL('../docs/configuration.md', import.meta.url));

const HEAD = `# 配置 · Configuration

<!-- Written by bin/configuration-doc.ts from core/config.ts. Do not edit by hand. -->

全部配置都是环境变量，启动时读取一次；空值等于未设置。任何一项有误，程序不启动，并逐项列出错误。
All settings are environment variables, read once at the start; an empty value counts as not set. When any is wrong nothing starts, and every fault is listed.

演示模式的数据在 \`PINCHA_DATA/demo\`，正式数据在 \`PINCHA_DATA/live\`，互不触碰。
Demo mode keeps its data in \`PINCHA_DATA/demo\`, real use in \`PINCHA_DATA/live\`; neither touches the other.

| 变量 · Variable | 默认值 · Default | 含义 · Meaning |
| --- | --- | --- |
`;
const FOOT = `
🔒 可能含口令。 / may hold a password.
`;

/** What applies when the variable is not set, as one would write it. */
function defaultOf(schema: { safeParse(value: undefined): { success: boolean; data?: unknown } }): string {
  const { success, data } = schema.safeParse(undefined);
  if (!success || data === undefined || (Array.isArray(data) && data.length === 0)) return '';
  return `\`${typeof data === 'boolean' ? Number(data) : String(data)}\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The whole page. */
export function configurationDoc(): string {
  const rows = Object.values(FIELDS).map(
    ({ env, schema, zh, en, secret }) => `| \`${env}\`${secret ? ' 🔒' : ''} | ${cell(defaultOf(schema))} | ${cell(zh)}<br>${cell(en)} |`,
  );
  return `${HEAD}${rows.join('\n')}\n${FOOT}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(CONFIGURATION_DOC, configurationDoc());
