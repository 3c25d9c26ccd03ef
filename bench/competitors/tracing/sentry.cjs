const Sentry = require('@sentry/nestjs');

// `BENCH_SINK` is an HTTP server that accepts everything, in the place of Sentry.
const sink = new URL(process.env.BENCH_SINK);
Sentry.init({ dsn: `http://key@${sink.host}/1`, tracesSampleRate: 1 });

exports.imports = () => {
  const { SentryModule } = require('@sentry/nestjs/setup');
  return [SentryModule.forRoot()];
};
