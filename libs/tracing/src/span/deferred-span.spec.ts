import { SamplingDecision, trace } from '@opentelemetry/api';
import { of } from 'rxjs';
import { afterEach, expect, it } from 'vitest';
import { SpanRecorder } from '../../test-support/span-recorder.js';

let recorder: SpanRecorder;
afterEach(() => recorder.dispose());

it('a sampler may ask for the active span while that is started: it gets the parent', () => {
  const asked: unknown[] = [];
  recorder = new SpanRecorder({
    shouldSample() {
      asked.push(trace.getActiveSpan()?.spanContext().spanId);
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    },
  });
  recorder.run('outer', () => {
    const outer = trace.getActiveSpan()?.spanContext().spanId;
    recorder.run('inner', () => trace.getActiveSpan()?.addEvent('here'));
    expect(asked).toEqual([undefined, outer]);
  });
});

it('rule 33: spans start with their outermost ancestor, and none within the start of another', () => {
  const started: string[] = [];
  let depth = 0;
  recorder = new SpanRecorder({
    shouldSample(_context, _traceId, name) {
      started.push(name);
      depth = Math.max(depth, new Error('stack').stack?.split('startSpan').length ?? 0);
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    },
  });
  recorder.run('a', () => recorder.run('b', () => recorder.run('c', () => undefined)));
  expect(started).toEqual(['a', 'b', 'c']);
  expect(depth).toBe(2); // the stack contains the function once
  expect(recorder.tree()).toBe('\na\n  b\n    c\n');
});

it('rule 33: of very many nested spans that nobody has touched, the outer ones are started', () => {
  const started = new Set<string>();
  recorder = new SpanRecorder({
    shouldSample(_context, _traceId, name) {
      started.add(name);
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    },
  });
  const nest = (level: number): unknown =>
    recorder.run(`level ${level}`, () => {
      if (level < 100) nest(level + 1);
      else expect([started.has('level 1'), started.has('level 60')]).toEqual([true, false]);
      return of(1); // nobody subscribes, so that no span is ended
    });
  nest(1);
});
