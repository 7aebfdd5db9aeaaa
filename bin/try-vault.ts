/** Tries out where the evidence stands: writes, writes again, reads, lists and removes a few bytes under a name of their own. */
import { randomUUID } from 'node:crypto';
import { PinchaError } from '../core/errors.ts';
import type { Vault } from '../core/ports.ts';

const must = (holds: boolean, vault: Vault, reason: string): void => {
  if (!holds) throw new PinchaError('STORE_FAILED', { place: vault.title, reason });
};

/** @returns what to tell people. @throws STORE_FAILED naming what the store does not do */
export async function tryVault(vault: Vault): Promise<string> {
  const name = `probe/${randomUUID()}`;
  const bytes = Buffer.from(`聘查 ${name}`);
  const start = Date.now();
  // Read first: an answer to that says in words what is wrong with key or bucket.
  must((await vault.read(name)) === null, vault, '从未写入的名称读出了内容');
  await vault.put(name, bytes);
  try {
    must((await vault.read(name))?.equals(bytes) === true, vault, '读回的内容与写入的不同');
    must((await vault.read(name, { offset: 7, length: 9 }))?.equals(bytes.subarray(7, 16)) === true, vault, '按区间读取的内容不符');
    must(!(await vault.put(name, bytes)), vault, '同一内容被存了两次');
    let listed = false;
    for await (const entry of vault.list('probe/')) listed ||= entry.name === name && entry.size === bytes.length;
    must(listed, vault, '列举时没有刚写入的名称');
  } finally {
    await vault.remove(name);
  }
  must((await vault.size(name)) === null, vault, '删除之后仍在（对象锁定或多版本？）');
  return `${vault.title}，写入、读取、去重、列举、删除正常，${Date.now() - start} 毫秒`;
}
