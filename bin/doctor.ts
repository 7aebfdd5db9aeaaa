/** `pincha doctor`: what this machine and data folder can do, one line a check, each with what to do about it. */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runRuleExamples } from '../classifiers/rules/examples.ts';
import type { Config } from '../core/config.ts';
import { reasonOf } from '../core/errors.ts';
import { createBrowserHost } from './browser.ts';
import { loadRules } from './law.ts';
import { checkDisk, holderOf } from './lock.ts';
import { makeDataDir, openStore, openVault } from './store.ts';
import { tryVault } from './try-vault.ts';

interface Check {
  readonly name: string;
  readonly look: (config: Config) => Promise<string>;
}

const CHECKS: readonly Check[] = [
  { name: 'Node', look: async () => process.version },
  {
    name: '数据目录',
    look: async (config) => {
      makeDataDir(config.dataDir);
      checkDisk(config.dataDir);
      const holder = holderOf(config.dataDir);
      return `${config.dataDir}${holder === null ? '' : `，由进程 ${holder} 使用`}`;
    },
  },
  {
    name: '数据库',
    look: async (config) => {
      const store = await openStore(config);
      try {
        const { rows } = await store.pool.query<{ version: string }>('show server_version');
        return `${store.embedded ? '内置 ' : ''}PostgreSQL ${Object.values(rows[0] ?? {}).join('')}`;
      } finally {
        await store.close();
      }
    },
  },
  {
    name: '存证存储',
    look: async (config) => {
      const vault = await openVault(config);
      try {
        return await tryVault(vault);
      } finally {
        await vault.close();
      }
    },
  },
  { name: '任务队列', look: async (config) => (config.redisUrl ? 'Redis' : 'PostgreSQL') },
  {
    name: '浏览器',
    look: async (config) => {
      const host = createBrowserHost({ browserPath: config.browserPath, dataDir: config.dataDir, log: () => undefined });
      try {
        await host.get();
        return host.describe();
      } finally {
        await host.close();
      }
    },
  },
  {
    name: '规则',
    look: async () => {
      const results = runRuleExamples(loadRules());
      const wrong = results.filter((r) => r.expected !== r.got).length;
      return `${results.length} 条示例，${wrong === 0 ? '全部符合' : `${wrong} 条不符`}`;
    },
  },
  {
    name: '工作台',
    look: async () => (fs.existsSync(fileURLToPath(new URL('../review-ui/dist/index.html', import.meta.url))) ? '已生成' : '未生成，运行 npm start 会生成'),
  },
];

/** Runs every check. @returns 0 when all went through */
export async function doctor(config: Config, asJson: boolean): Promise<number> {
  const results: { name: string; ok: boolean; words: string }[] = [];
  for (const { name, look } of CHECKS) {
    const result = await look(config).then(
      (words) => ({ name, ok: true, words }),
      (error: unknown) => ({ name, ok: false, words: reasonOf(error) }),
    );
    results.push(result);
    if (!asJson) process.stdout.write(`${result.ok ? '✓' : '✗'} ${name}  ${result.words}\n`);
  }
  if (asJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  return results.every((r) => r.ok) ? 0 : 1;
}
