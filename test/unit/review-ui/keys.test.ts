/** Keys of the desk: which key does what where, and that none acts while somebody types. */
import { describe, expect, it } from 'vitest';
import { decideKey, type KeyLike, type KeyPlace } from '../../../review-ui/keys/dispatch.ts';
import { KEYMAP } from '../../../review-ui/keys/keymap.ts';

const NOWHERE: KeyPlace = { inField: false, onControl: false, inDialog: false };
const press = (key: string, over: Partial<KeyLike> = {}): KeyLike => ({
  key,
  keyCode: 65,
  isComposing: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  ...over,
});
const act = (key: string, over: Partial<KeyLike> = {}, place: Partial<KeyPlace> = {}) => decideKey(press(key, over), { ...NOWHERE, ...place }, null).act;

describe('keys', () => {
  it('gives every key to one act only, and prefixes to none', () => {
    const all = KEYMAP.flatMap((row) => row.keys);
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain('g');
  });

  it('acts on a bare letter when nothing has focus', () => {
    expect(act('a')).toBe('confirm');
    expect(act('r')).toBe('reject');
    expect(act('7')).toBe('finding');
  });

  it('leaves every letter to an input method', () => {
    for (const row of KEYMAP)
      for (const key of row.keys) {
        const bare = key.replace('Ctrl+', '');
        expect(act(bare, { isComposing: true })).toBeNull();
        expect(act(bare, { keyCode: 229 })).toBeNull();
        expect(act(bare, { keyCode: 229, ctrlKey: true })).toBeNull();
      }
    expect(act('Process')).toBeNull();
  });

  it('leaves letters to fields, dialogs and modifiers', () => {
    expect(act('a', {}, { inField: true })).toBeNull();
    expect(act('a', {}, { inDialog: true })).toBeNull();
    expect(act('a', { ctrlKey: true })).toBeNull();
    expect(act('a', { altKey: true })).toBeNull();
    expect(act('A')).toBeNull();
  });

  it('lets Escape leave a field, but not while an input method has it', () => {
    expect(act('Escape', {}, { inField: true })).toBe('escape');
    expect(act('Escape', { isComposing: true }, { inField: true })).toBeNull();
  });

  it('lets held keys act inside a field but not inside a dialog', () => {
    expect(act('Enter', { ctrlKey: true }, { inField: true })).toBe('submit');
    expect(act('Enter', { metaKey: true }, { inField: true })).toBe('submit');
    expect(act('K', { ctrlKey: true })).toBe('palette');
    expect(act('Enter', { ctrlKey: true }, { inDialog: true })).toBeNull();
  });

  it('leaves Enter and Space to a focused button', () => {
    expect(act('Enter', {}, { onControl: true })).toBeNull();
    expect(act(' ', {}, { onControl: true })).toBeNull();
    expect(act('Enter')).toBe('open');
    expect(act('a', {}, { onControl: true })).toBe('confirm');
  });

  it('waits for the second key of a sequence and swallows a wrong one', () => {
    const first = decideKey(press('g'), NOWHERE, null);
    expect(first).toEqual({ act: null, pending: 'g' });
    expect(decideKey(press('n'), NOWHERE, 'g')).toEqual({ act: 'goNotices', pending: null });
    expect(decideKey(press('x'), NOWHERE, 'g')).toEqual({ act: null, pending: null });
  });

  it('repeats only moving, so a held key confirms one finding', () => {
    expect(act('a', { repeat: true })).toBeNull();
    expect(act('j', { repeat: true })).toBe('down');
    expect(act('Enter', { repeat: true, ctrlKey: true })).toBeNull();
  });

  it('never puts an act that leaves the desk on one free key', () => {
    const free = KEYMAP.filter((row) => row.keys.some((key) => key.length === 1)).map((row) => row.act);
    expect(free).not.toContain('submit');
  });
});
