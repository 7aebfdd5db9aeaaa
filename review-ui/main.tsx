/** Entry of the reviewers' web app. */
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './theme/tokens.css';
import './theme/desk.css';
import './theme/review.css';
import './theme/network.css';
import './theme/pages.css';
import './theme/sources.css';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
