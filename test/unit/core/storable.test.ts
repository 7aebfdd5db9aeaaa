/** What PostgreSQL cannot keep is taken out of texts and values, and nothing else is touched. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storable, storableText, storableTime } from '../../../core/storable.ts';

describe('text as the store keeps it', () => {
  it('drops NUL, and puts one sign for each half of a pair, so that offsets stay', () => {
    expect(storableText('限\0男性')).toBe('限男性');
    expect(storableText('\ud800限男性\udc00，\ud83d')).toBe('\ufffd限男性\ufffd，\ufffd');
    expect(storableText('👷限👩')).toBe('👷限👩');
  });
  it('leaves words that only look like an escape', () => {
    for (const words of ['\\u0000', 'C:\\u0000\\ud800', '"\\\\u0000"']) expect(storable({ words })).toEqual({ words });
  });
  it('reaches every field and name, however it is nested, and keeps everything else', () => {
    expect(storable({ 'a\0': ['\0b', { c: '\ud800' }], n: 1, none: null, yes: true })).toEqual({ a: ['b', { c: '\ufffd' }], n: 1, none: null, yes: true });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const kept = JSON.stringify(storable(value));
        expect(kept).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/);
        expect(storable(JSON.parse(kept))).toEqual(JSON.parse(kept));
      }),
    );
  });
  it('takes a time of another age for none, however it is written', () => {
    expect(storableTime('2026-11-20T00:00:00Z')).toEqual(new Date('2026-11-20T00:00:00Z'));
    for (const written of ['99999', '+100000-01-01', '-000500-01-01', '0000-01-01', '1900-01-01', '昨天', '', undefined, null])
      expect(storableTime(written)).toBeNull();
  });
});
