import { defineConfig } from 'vitest/config';

// A configuration of its own: `npm test`, and whoever runs `vitest`, needs no Go.
export default defineConfig({
  test: {
    name: 'backends',
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    globalSetup: ['../build.ts', 'build-backends.ts'],
    // Each file runs backends and the demo's services: one after the other is enough for a machine.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
