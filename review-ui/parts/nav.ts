/** The pages of the desk in the order of the bar, and the right each asks for. */
import type { Capability } from '../../core/model/role.ts';
import type { Words } from '../text/zh-cn.ts';

interface NavRow {
  readonly path: string;
  readonly name: keyof Words['nav'];
  readonly needs: Capability | null;
  readonly key: string;
}
export const NAV: readonly NavRow[] = [
  { path: '/', name: 'home', needs: null, key: 'g h' },
  { path: '/queue', name: 'queue', needs: 'case.read', key: 'g q' },
  { path: '/approvals', name: 'approvals', needs: 'case.read', key: 'g p' },
  { path: '/notices', name: 'notices', needs: 'notice.read', key: 'g n' },
  { path: '/runs', name: 'runs', needs: 'run.read', key: 'g r' },
  { path: '/sources', name: 'sources', needs: 'run.read', key: 'g s' },
  { path: '/accounts', name: 'accounts', needs: 'account.read', key: 'g a' },
  { path: '/clusters', name: 'clusters', needs: 'account.read', key: 'g t' },
  { path: '/rules', name: 'rules', needs: 'rule.read', key: 'g u' },
  { path: '/licences', name: 'licences', needs: null, key: 'g l' },
  { path: '/imports', name: 'imports', needs: 'post.import', key: 'g i' },
];
