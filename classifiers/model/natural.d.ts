/** The one file of `natural` we load, and only to train: its package root reads `.env` and pulls in databases. */
declare module 'natural/lib/natural/classifiers/bayes_classifier.js' {
  export default class BayesClassifier {
    /** @param smoothing what an unseen word counts for, in documents */
    constructor(stemmer?: unknown, smoothing?: number);
    /** Vocabulary: its key order is the feature index. */
    readonly features: Readonly<Record<string, number>>;
    readonly classifier: {
      /** Label → feature index → documents with the word (plus smoothing). */
      readonly classFeatures: Readonly<Record<string, Readonly<Record<number, number>>>>;
      /** Label → documents plus one. */
      readonly classTotals: Readonly<Record<string, number>>;
      readonly smoothing: number;
    };
    addDocument(tokens: string[], label: string): void;
    train(): void;
    classify(tokens: string[]): string;
  }
}
