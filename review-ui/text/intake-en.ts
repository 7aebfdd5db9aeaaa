/** Words of what is handed in rather than crawled, in English. */
import type { HowObtained } from '../../core/model/intake.ts';
import type { origin as chinese } from './intake-zh.ts';

const how: Record<HowObtained, string> = {
  platform_push: 'pushed by the platform',
  data_share: 'shared in bulk',
  own_session: 'fetched in a session of the authority',
  complaint: 'from a complainant',
  inspection: 'from an inspection',
  public_page: 'saved from a public page',
  other: 'other',
};

export const origin: typeof chinese = {
  title: (t) => `Handed in, stored ${t}`,
  by: (name) => `by ${name}`,
  at: (t) => `obtained ${t}`,
  how,
};
