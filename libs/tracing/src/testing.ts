export { createTestTracing, type TestTracing } from './testing/create-test-tracing.js';
