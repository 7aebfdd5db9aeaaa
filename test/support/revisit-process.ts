/** A process of its own that looks at what is due on the database it is given, for a test that kills it. */
import { connect } from '../../db/connect.ts';
import { revisitPosts } from '../../queue/jobs/revisit-posts.ts';
import { lookingContext } from './revisit-world.ts';

const [url = '', dir = '', host = '', now = ''] = process.argv.slice(2);
await revisitPosts.run(
  { platform: 'jsonld' },
  lookingContext(connect(url).db, dir, host, () => new Date(now)),
);
