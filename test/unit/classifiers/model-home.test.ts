import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRules } from '../../../bin/law.ts';
import { activate, activeMark, activeModel, keepModel, modelPath, readActive, SHIPPED_MODEL } from '../../../bin/model-home.ts';
import { buildScreening } from '../../../bin/screener.ts';
import { sha256 } from '../../../core/digest.ts';

const shipped = readFileSync(SHIPPED_MODEL, 'utf8');
const renamed = shipped.replace(/"id": ?"[^"]+"/, '"id":"office-2"');
const home = (): string => mkdtempSync(path.join(tmpdir(), 'pincha-models-'));
const rules = loadRules();
let told: string[] = [];
const screeningIn = (dataDir: string) => buildScreening({ rules, dataDir, warn: (words) => told.push(words) }).screener;
const chosen = (digest: string | null) => ({ digest, before: [null], at: '2026-11-23T00:00:00Z', by: '审批人' });

describe('models of a data folder', () => {
  beforeAll(() => {
    told = [];
  });
  it('leave the shipped one to speak until another is promoted, which then does, and back again', () => {
    const dir = home();
    const before = activeMark(dir);
    expect(readActive(dir)).toBeNull();
    expect(activeModel(dir).sha256).toBe(sha256(shipped));
    activate(dir, chosen(keepModel(dir, renamed)));
    expect(activeMark(dir)).not.toBe(before);
    expect(screeningIn(dir).version).toContain('linear@office-2');
    activate(dir, chosen(null));
    expect(activeModel(dir).sha256).toBe(sha256(shipped));
    expect(told).toEqual([]);
  });

  it.each<[string, (dir: string) => string]>([
    ['touched', (dir) => keepAnd(dir, (file) => writeFileSync(file, `${renamed} `))],
    ['cut short', (dir) => keepAnd(dir, (file) => writeFileSync(file, renamed.slice(0, 1_000)))],
    ['of another version, kept under its own digest', (dir) => chosenText(dir, renamed.replace('pincha-linear/1', 'pincha-linear/9'))],
  ])('that was %s is refused with its place, and the shipped one speaks', (_, make) => {
    const dir = home();
    told = [];
    const file = make(dir);
    const { version } = screeningIn(dir);
    expect(version).toContain('linear@');
    expect(version).not.toContain('office-2');
    expect(told.join()).toContain(file);
    expect(told.join()).toContain('改用内置模型');
  });

  it('whose list of what speaks is no JSON is refused with its place', () => {
    const dir = home();
    activate(dir, chosen(null));
    writeFileSync(path.join(dir, 'models', 'active.json'), '{"format":');
    expect(() => readActive(dir)).toThrowError(expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringContaining('active.json') }));
    told = [];
    expect(screeningIn(dir).version).toContain('linear@');
    expect(told.join()).toContain('active.json');
  });
});

function chosenText(dir: string, text: string): string {
  const sha = keepModel(dir, text);
  activate(dir, chosen(sha));
  return modelPath(dir, sha);
}
function keepAnd(dir: string, harm: (file: string) => void): string {
  const file = chosenText(dir, renamed);
  harm(file);
  return file;
}
