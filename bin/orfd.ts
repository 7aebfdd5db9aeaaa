/** Reads the ORFD table (advertisements of 58同城 that students judged real or fake) for training and measuring; columns and rows that do not fit are named. */
import { readFileSync, statSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { JudgedAd } from '../classifiers/false-posting/likeness-evaluate.ts';
import { sha256 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';

const MOST_BYTES = 50 * 1_048_576;
const words = z.string().max(100_000);
const rowSchema = z.object({
  jobTitle: words,
  jobSubTitle: words,
  jobSalary: words,
  jobWelfare: words,
  jobRequirement: words,
  jobDescription: words,
  needNumber: words,
  companyCharacter: words,
  companySize: words,
  creditCode: words,
  regAddress: words,
  regCapital: words,
  companyIntro: words,
  // 1 is real, 0 is fake.
  'Real/Fake': z.enum(['0', '1']),
});
type Row = z.infer<typeof rowSchema>;

const COMPANY_KEY = 80;

/** The company by its credit code; without one by how it introduces itself, else by its address. */
const companyOf = ({ creditCode, companyIntro, regAddress }: Row): string => creditCode || companyIntro.slice(0, COMPANY_KEY) || regAddress;

const adOf = (row: Row): JudgedAd => ({
  advert: { title: `${row.jobTitle.trim()} ${row.jobSubTitle.trim()}`, salary: row.jobSalary, headcount: row.needNumber, text: row.jobDescription },
  everything: [
    row.jobTitle,
    row.jobSubTitle,
    row.jobSalary,
    row.jobWelfare,
    row.jobRequirement,
    row.jobDescription,
    row.companyIntro,
    row.regAddress,
    row.companyCharacter,
    row.companySize,
    row.regCapital,
  ].join(' '),
  company: companyOf(row),
  fake: row['Real/Fake'] === '0',
});

/** @throws PinchaError FILE_UNREADABLE naming the row, FILE_TOO_LARGE */
export function readOrfd(file: string): { readonly ads: JudgedAd[]; readonly digest: string } {
  let text: string;
  let records: Record<string, string>[];
  try {
    if (statSync(file).size > MOST_BYTES) throw new PinchaError('FILE_TOO_LARGE', { file, limit: '50 MB' });
    text = readFileSync(file, 'utf8');
    records = parse(text, { columns: true, bom: true, max_record_size: 1_048_576 });
  } catch (error) {
    if (error instanceof PinchaError) throw error;
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
  const ads = records.map((record, i) => {
    const row = rowSchema.safeParse(record);
    if (row.success) return adOf(row.data);
    const issue = row.error.issues[0];
    throw new PinchaError('FILE_UNREADABLE', { file: `${file}, row ${i + 1}`, reason: `${issue?.path.join('.')}: ${issue?.message}` });
  });
  if (new Set(ads.map((ad) => ad.fake)).size < 2 || new Set(ads.map((ad) => ad.company)).size < 8)
    throw new PinchaError('FILE_UNREADABLE', { file, reason: '须有真、假两类和至少八家单位 / both classes and at least eight companies are needed' });
  return { ads, digest: sha256(text) };
}
