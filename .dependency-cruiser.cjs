/**
 * Import directions of the house, one rule a row, each with its reason in words.
 * The picture they keep true is docs/architecture.md.
 */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: '^(core|law|crawlers|evidence|classifiers|cases|queue|db|api|review-ui|sandbox|bin|test)/', pathNot: `^(${[from, ...allowed].join('|')})/` },
});

module.exports = {
  forbidden: [
    only('core-stands-alone', 'core', [], 'core holds the words everyone shares; if it imported anyone, everyone would depend on that one too'),
    only('law-is-data', 'law', [], 'law is read by lawyers in a diff; it holds no code that could decide anything'),
    only('crawlers-only-core', 'crawlers', ['core'], 'a stage takes a value and returns a value: it never sees the store, the queue or another stage'),
    only('evidence-only-core', 'evidence', ['core'], 'the verifier must be usable by another office without the rest of us'),
    only('classifiers-only-core', 'classifiers', ['core'], 'screening is pure and stateless; law is passed in, so that a replay can pass in the law of another day'),
    only('cases-decide-only', 'cases', ['core'], 'the workflow decides by a table and returns effects; whoever calls it stores them in one transaction'),
    only('db-only-core', 'db', ['core'], 'repositories return model types and know nothing of who asks'),
    only('queue-joins', 'queue', ['core', 'crawlers', 'evidence', 'classifiers', 'cases', 'db'], 'jobs are the only place where a stage meets the store; they do not know HTTP or the screen'),
    only('api-serves', 'api', ['core', 'db', 'cases', 'evidence'], 'the API reads and decides; screening and queueing are handed in by the composition root'),
    only('review-ui-types-only', 'review-ui', ['core'], 'the browser gets model types and words, never server code'),
    only('sandbox-outside-world', 'sandbox', ['core'], 'the sandbox plays the outside world: were it to import our parsers or rules, it would agree with their faults'),
    { name: 'review-ui-core-model-only', comment: 'core/errors, config, digest use Node; the browser gets the model only', severity: 'error', from: { path: '^review-ui/' }, to: { path: '^core/', pathNot: '^core/model/' } },
    { name: 'bin-is-the-root', comment: 'the composition root wires everything and is imported by nobody', severity: 'error', from: { pathNot: '^(bin|test)/' }, to: { path: '^bin/' } },
    { name: 'tests-are-leaves', comment: 'product code must not depend on tests', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    { name: 'only-repositories-speak-sql', comment: 'SQL outside db/ cannot be found, explained or indexed', severity: 'error', from: { pathNot: '^(db|test|drizzle\\.config)' }, to: { path: '^node_modules/(drizzle-orm|pg)/' } },
    { name: 'natural-behind-model', comment: "natural's package root reads .env and pulls databases; only classifiers/model may touch its classifiers", severity: 'error', from: { pathNot: '^classifiers/model/' }, to: { path: '^node_modules/natural/' } },
    { name: 'no-cycles', comment: 'a cycle has no first file to read', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-drawers', comment: 'a folder called utils or helpers says nothing about when to change it', severity: 'error', from: {}, to: { path: '/(utils|common|helpers|lib|services|manager)/', pathNot: '^node_modules/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(review-ui/dist|data|node_modules/.*/node_modules)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js'] },
  },
};
