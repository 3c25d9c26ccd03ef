import { versions } from './versions.ts';

const named = (packages: object): string =>
  Object.entries(packages)
    .map(([name, version]) => `\`${name}\` ${version}`)
    .join(', ');

/** What the page says before its tables. */
export const head = `# Compared with the stock instrumentations

One app, the same requests, traced twice: by OpenTelemetry's own instrumentations, preloaded as their READMEs say, and by \`TracingModule.forRoot()\`. Both with their defaults, both sending to the same kind of OTLP/gRPC receiver. What differs is listed attribute by attribute, with the reason; all traces follow below.

This page is made by \`npm run compare\` (\`test/compare\`), which fails where something differs without a reason, or where a reason is of nothing that differs. "The conventions" are OpenTelemetry's for [HTTP](https://opentelemetry.io/docs/specs/semconv/http/http-spans/) and [gRPC](https://opentelemetry.io/docs/specs/semconv/rpc/grpc/). Ports, and times in messages, are written as \`<port>\` and \`<time>\`; "everywhere" is wherever both stacks have the span.

|  |  |
| --- | --- |
| stock | ${named(versions.stock)} |
| app | a CommonJS app of Nest 11, on which all of stock works: ${named(versions.app)}. On Nest 12 \`instrumentation-nestjs-core\` makes no spans, so the handler spans and those around them are missing there |
`;
