import 'reflect-metadata';
import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Traced } from '../nest/decorators/traced.decorator.js';
import { createTestTracing, type TestTracing } from '../testing/create-test-tracing.js';

let tracing: TestTracing;
beforeEach(() => {
  tracing = createTestTracing();
});
afterEach(() => tracing.shutdown());

class Post {
  sent?: Promise<unknown>;

  @Traced()
  accept(): void {
    this.sent = Promise.resolve().then(() => this.deliver());
  }

  @Traced()
  deliver(): void {}
}

it('rule 2: what a method leaves to be done after its span has ended belongs to it', async () => {
  const post = new Post();
  post.accept();
  await post.sent;
  expect(tracing.tree()).toBe('\nPost.accept\n  Post.deliver\n');
});

it.each([
  [TraceFlags.SAMPLED, 1],
  [TraceFlags.NONE, 0],
])('rule 26: a parent elsewhere with the flags %i: %i spans', (traceFlags, count) => {
  const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags, isRemote: true };
  context.with(trace.setSpanContext(ROOT_CONTEXT, parent), () => new Post().deliver());
  expect(tracing.spans()).toHaveLength(count);
});
