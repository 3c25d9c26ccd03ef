import { defineConfig } from 'vitest/config';

/** They take long, and the version of Node makes no difference to them: CI runs them on one of two. */
const onAnyNode = ['chaos', 'export', 'http-beside-others', 'public-endpoint', 'secrets'];

export default defineConfig({
  test: {
    // Of two cores vitest would use one; most specs wait for processes of their own.
    maxWorkers: '100%',
    projects: [
      {
        // The specs are outside of the tsconfig of the build, from which these would be read.
        oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
        test: {
          name: 'unit',
          include: ['{libs,tools,bench}/**/*.spec.ts', 'test/{deploy,docs}/*.spec.ts'],
          exclude: [
            '**/node_modules/**',
            '**/dist/**',
            ...(process.env['ONLY_WHAT_DEPENDS_ON_NODE'] === 'true'
              ? ['libs/tracing/src/record/**']
              : []),
          ],
        },
      },
      {
        test: {
          name: 'types',
          globalSetup: 'test/build.ts',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/**/*.test-d.ts'],
            tsconfig: 'test/tsconfig.json',
          },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.spec.ts'],
          // The specs of those apps run in the apps; test/backends has a configuration of its own, and
          // test/deploy and test/docs start nothing: they are among the unit tests.
          exclude: [
            'test/packages/apps/**',
            'test/backends/**',
            'test/{deploy,docs}/**',
            ...(process.env['ONLY_WHAT_DEPENDS_ON_NODE'] === 'true'
              ? onAnyNode.map((name) => `test/${name}.spec.ts`)
              : []),
          ],
          globalSetup: 'test/build.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
