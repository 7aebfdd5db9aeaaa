/** Commands about likeness to known fake advertisements (ORFD): measured in random folds and with companies kept whole; trained into the file that ships. */
import { writeFileSync } from 'node:fs';
import { trainLikeness } from '../../classifiers/false-posting/likeness.ts';
import { evaluateLikeness, type Figure, type Scored } from '../../classifiers/false-posting/likeness-evaluate.ts';
import { readOrfd } from '../orfd.ts';
import { tell } from './run.ts';

const FOLDS = { random: '随机分折 / random folds', companies: '按单位分折 / companies kept whole' } as const;
const SCORERS = {
  traits: '特征 / traits',
  'traits without pay': '不含薪酬的特征（随软件发布）/ traits without pay (ships)',
  'traits and nearness': '特征与相近 / traits and nearness to known advertisements',
} as const;
const figure = ({ mean, low, high }: Figure): string => `${mean.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
const line = (how: string, { accuracy, macroF1, fakeF1, falseAlarms, found }: Scored): string =>
  `  ${how}: accuracy ${figure(accuracy)}, macro-F1 ${figure(macroF1)}, fake F1 ${figure(fakeF1)}; real flagged ${falseAlarms.toFixed(3)}, fake found ${found.toFixed(3)}`;

/** `model evaluate --orfd`. */
export async function measureFakes(given: { readonly orfd: string; readonly seed: number; readonly json?: boolean }): Promise<number> {
  const { ads } = readOrfd(given.orfd);
  const result = evaluateLikeness(ads, { seed: given.seed });
  if (given.json) {
    tell(JSON.stringify(result));
    return 0;
  }
  tell(`${result.ads} 条，${result.companies} 家单位，${result.fake} 条被判为虚假；全部判为虚假时 F1 = ${result.allFake.toFixed(3)}`);
  for (const { folds, scorer, alone, pooled } of result.rows) {
    tell(`${FOLDS[folds]} · ${SCORERS[scorer]}`);
    tell(line('逐条 / each by itself', alone));
    tell(line('同一单位合看 / a company together', pooled));
  }
  return 0;
}

/** `model train --orfd`. */
export async function trainFakes(given: { readonly orfd: string; readonly seed: number; readonly out: string }): Promise<number> {
  const { ads, digest } = readOrfd(given.orfd);
  const companies = new Set(ads.map((ad) => ad.company)).size;
  const trainedOn = `ORFD: ${ads.length} advertisements of ${companies} companies, 58同城, 2019, held to be real or fake by students`;
  const file = trainLikeness(ads, { seed: given.seed, sha256: digest, trainedOn });
  writeFileSync(given.out, `${JSON.stringify(file, null, 2)}\n`);
  tell(
    `${given.out}: ${trainedOn}；自 ${file.raise} 起提示，未见过的单位上真实单位 ${(100 * file.realAbove).toFixed(1)} %、虚假广告 ${(100 * file.fakeAbove).toFixed(1)} % 达到`,
  );
  return 0;
}
