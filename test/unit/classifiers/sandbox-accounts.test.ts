/** Account findings on whole worlds as a crawler sees them: every wrong account with the right kind, no licensed one with any. */
import { describe, expect, it } from 'vitest';
import { buildScreening } from '../../../bin/screener.ts';
import { generateWorld } from '../../../sandbox/generate.ts';
import { loadTexts } from '../../../sandbox/texts/load.ts';
import { describeAccounts, measureAccounts, screenAccounts } from '../../support/sandbox-accounts.ts';

const { screener } = buildScreening();

// 7: a party comes back that repeats no number in its posts; 11: posts that name others' employers; 14: adverts for others among its own.
describe.each([2026, 7, 11, 14])('accounts of the sandbox of seed %i, as they are shown', (seed) => {
  const measured = measureAccounts(screenAccounts(generateWorld({ seed, texts: loadTexts() }), screener));

  it('are all found with every kind that is true of them', () => {
    expect(measured.missed, describeAccounts(measured)).toEqual([]);
  });

  it('have nothing said of them that is not true', () => {
    expect(measured.wrong, describeAccounts(measured)).toEqual([]);
  });
});
