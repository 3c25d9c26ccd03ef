import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { exportableSpan } from './exportable-span.js';
import { fitSpan, withoutDetails } from './fit-span.js';
import type { SpanLimits } from '../../options/settings.js';

/** Bytes of spans in a request: receivers take 4 MiB, of which the resource and the scopes are a part. */
const LARGEST_REQUEST = 3 * 1024 * 1024;

/**
 * Hands spans on so that no span is lost for the values of another one: without what receivers refuse, and
 * in requests that are not too large for them.
 */
export class SafeExporter implements SpanExporter {
  /** @param limits of the spans: what they cut may be a part of a secret */
  constructor(
    private readonly exporter: SpanExporter,
    private readonly limits: Pick<SpanLimits, 'attributeValueLengthLimit'>,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const [first = [], ...rest] = requestsOf(spans, this.limits.attributeValueLengthLimit);
    if (rest.length === 0) this.exporter.export(first, done);
    else void this.exportAll([first, ...rest]).then(done);
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  /** One after the other: the exporter refuses what is too much at once. */
  private async exportAll(requests: readonly ReadableSpan[][]): Promise<ExportResult> {
    let result: ExportResult = { code: ExportResultCode.SUCCESS };
    for (const request of requests) {
      const answer = await new Promise<ExportResult>((resolve) => {
        this.exporter.export(request, resolve);
      }).catch((error: Error) => ({ code: ExportResultCode.FAILED, error }));
      if (answer.code !== ExportResultCode.SUCCESS) result = answer;
    }
    return result;
  }
}

function requestsOf(spans: readonly ReadableSpan[], limit: number): ReadableSpan[][] {
  let request: ReadableSpan[] = [];
  let left = LARGEST_REQUEST;
  const requests = [request];
  for (const one of spans) {
    const { span, size } = fitSpan(readable(one, limit));
    if (size > left && request.length > 0) {
      requests.push((request = []));
      left = LARGEST_REQUEST;
    }
    request.push(span);
    left -= size;
  }
  return requests;
}

function readable(span: ReadableSpan, limit: number): ReadableSpan {
  try {
    return exportableSpan(span, limit);
  } catch {
    // A span processor of the app has put something on it that cannot be read.
    return withoutDetails(span);
  }
}
