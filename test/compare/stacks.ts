/** The app under each stack: what is started, and with what. */
export const stacks = {
  stock: {
    script: 'dist/stock.js',
    env: { NODE_OPTIONS: '--require ./dist/stock-tracing.js' },
  },
  ours: { script: 'dist/ours.js', env: {} },
} as const;

export type Stack = keyof typeof stacks;
