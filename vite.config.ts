/** Builds the reviewers' web app: root `review-ui`, output `review-ui/dist`, served by the API under `/`. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'review-ui',
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      treeshake: {
        // core/model holds the closed sets beside their zod schemas: the sets are wanted here, the schemas are not.
        manualPureFunctions: ['z'],
      },
    },
  },
  server: { port: 8711, proxy: { '/api': 'http://127.0.0.1:8710' } },
});
