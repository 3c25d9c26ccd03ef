import { expect, it } from 'vitest';
import { ExportFailure } from './export-failure.js';
import { ExportHealth } from './export-health.js';

const refusal = Object.assign(new Error('3 INVALID_ARGUMENT: no'), { code: 3, details: 'no' });

it('rule 35: a collector that fails now and then does not fill the log, and every span is counted', async () => {
  const lines: string[] = [];
  const health = new ExportHealth('http://localhost:4317', '32 MiB');
  health.report = (_, message) => lines.push(message);
  for (let batch = 0; batch < 100; batch++) {
    for (let span = 0; span < 2; span++) health.hasEnded();
    health.hasFailed(new ExportFailure(refusal));
    health.hasDropped('exportFailed', 1);
    health.hasExported(1);
  }
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('1 span was lost');
  await expect.poll(() => lines, { timeout: 5000 }).toHaveLength(3);
  expect(lines[2]).toBe('99 spans were dropped. In all, 100 because their export failed.');
  expect(health.read()).toMatchObject({ state: 'ok', exported: 100, queued: 0 });
  expect(health.describeLoss()).toContain('100 of 200 were lost');
  health.end();
});
