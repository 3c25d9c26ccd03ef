import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, it } from 'vitest';
import { SpanRecorder } from '../../test-support/span-recorder.js';
import { traceLogger } from './trace-logger.js';

it.each(['pino/file', 'pino-pretty'])(
  'rules 17, 19: the transport %s in a worker thread gets the ids, and the event shows no more than the line',
  async (target) => {
    const folder = await mkdtemp(join(tmpdir(), 'worker-transports-'));
    const recorder = new SpanRecorder();
    try {
      const destination = join(folder, 'lines.log');
      const transport = pino.transport({ targets: [{ target, options: { destination } }] });
      const log = pino({ redact: ['card.number'] }, transport);
      traceLogger(log, {});
      recorder.tracer.startActiveSpan('span', (span) => {
        log.child({ shop: 'tea' }).info({ card: { number: 'hush', kind: 'blue' } }, 'paying');
        span.end();
      });
      transport.end();
      await once(transport, 'close');

      const span = recorder.span('span');
      const { traceId, spanId } = span.spanContext();
      const written = await readFile(destination, 'utf8');
      for (const part of [traceId, spanId, 'paying', '[Redacted]', 'blue', 'tea']) {
        expect(written).toContain(part);
      }
      expect(written).not.toContain('hush');
      expect(span.events).toMatchObject([
        {
          name: 'paying',
          attributes: { 'card.number': '[Redacted]', 'card.kind': 'blue', shop: 'tea' },
        },
      ]);
    } finally {
      recorder.dispose();
      await rm(folder, { recursive: true });
    }
  },
);
