/**
 * Trains the first model stage from the sandbox's invented texts and writes the artifact:
 * `npx tsx bin/train-model.ts [--out FILE] [--seed N] [--silent KIND]… [--labels real.jsonl]…`. With `--labels` it also measures on
 * labelled posts that stay outside the project; nothing of them enters the file.
 */
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadModel, MODEL_KINDS, type ModelFile, type ModelKind } from '../classifiers/model/model-file.ts';
import { createModelStage } from '../classifiers/model/stage.ts';
import { type Sample, trainModel } from '../classifiers/model/train.ts';
import { readPost } from '../classifiers/rules/read.ts';
import { createNormaliser } from '../classifiers/text/normalise.ts';
import type { PostInput } from '../core/model/post.ts';
import { loadTexts } from '../sandbox/texts/load.ts';

const ARTIFACT = fileURLToPath(new URL('../classifiers/model/artifact/bayes.json', import.meta.url));
const CODE_KINDS: Readonly<Record<string, ModelKind>> = {
  TRN: 'training-loan',
  PAY: 'exaggerated-pay',
  FRD: 'fraud-lead',
  AGT: 'acts-as-intermediary',
  DIV: 'traffic-diversion',
  TRM: 'unlawful-terms',
};

/** The sandbox's texts as samples: slots emptied, since what fills them says nothing about the kind. */
function sandboxSamples(): Sample[] {
  return loadTexts().map((t) => {
    const truth = t.truth.filter((x) => !x.exempt);
    const quotes = truth.flatMap((x) => (x.quote ? [{ kind: x.kind, quote: x.quote }] : []));
    return { text: `${t.title}\n${t.text}`.replace(/\{\w+\}/g, ''), kinds: [...new Set(truth.map((x) => x.kind))], quotes, group: t.id };
  });
}

interface Labelled extends PostInput {
  readonly labels: readonly { readonly code: string; readonly sure: boolean }[];
}

/** Precision and recall per kind on labelled posts; doubtful labels count neither way. */
async function measure(file: ModelFile, labels: string): Promise<void> {
  const stage = createModelStage(file);
  const normalise = createNormaliser();
  const tally = new Map(MODEL_KINDS.map((kind) => [kind, { right: 0, wrong: 0, missed: 0 }]));
  let posts = 0;
  const started = Date.now();
  for await (const line of createInterface({ input: createReadStream(labels) })) {
    if (!line.trim()) continue;
    posts += 1;
    const post = JSON.parse(line) as Labelled;
    const found = new Set(stage.predict(readPost(post, normalise)).map((f) => f.kind));
    for (const [code, kind] of Object.entries(CODE_KINDS)) {
      const marks = post.labels.filter((l) => l.code === code);
      if (marks.length > 0 && !marks.some((l) => l.sure)) continue;
      const row = tally.get(kind);
      if (!row) continue;
      if (found.has(kind)) row[marks.length > 0 ? 'right' : 'wrong'] += 1;
      else if (marks.length > 0) row.missed += 1;
    }
  }
  console.log(`${labels}: ${posts} posts, ${Math.round((posts * 1000) / (Date.now() - started))} posts/s`);
  for (const [kind, { right, wrong, missed }] of tally) console.log(`  ${kind}: right ${right}, wrong ${wrong}, missed ${missed}`);
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: ARTIFACT },
    seed: { type: 'string', default: '1' },
    labels: { type: 'string', multiple: true },
    smoothing: { type: 'string' },
    silent: { type: 'string', multiple: true },
  },
});
const samples = sandboxSamples();
const { file, results } = trainModel(samples, {
  seed: Number(values.seed),
  trainedOn: `sandbox/texts (${samples.length} invented texts)`,
  smoothing: values.smoothing ? Number(values.smoothing) : undefined,
  silent: MODEL_KINDS.filter((kind) => values.silent?.includes(kind)),
});
for (const r of results) console.log(`${r.kind}: ${r.positives} texts; held out at threshold ${r.threshold ?? '-'}: found ${r.found}, wrong ${r.wrong}`);
writeFileSync(values.out, `${JSON.stringify(file, null, 2)}\n`);
console.log(`${values.out}: ${Math.round(readFileSync(values.out).length / 1024)} KB`);
for (const labels of values.labels ?? []) await measure(loadModel(readFileSync(values.out, 'utf8'), values.out), labels);
