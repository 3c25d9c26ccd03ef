import { pinoHttp, type Options } from 'pino-http';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import type { TracingLoggerOptions } from '../../options/tracing-options.js';
import { loggerParams } from './logger-params.js';

type Given = TracingLoggerOptions['pinoHttp'];

/** What the logger that we bring writes of a request and its response that are full of secrets. */
function completed(options: Options, wrap = (given: Options): Given => given): string {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const { pinoHttp: made } = loggerParams({ pinoHttp: wrap(options) });
  const [params] = [made].flat() as [Options];
  const middleware = pinoHttp({ ...params }, stream);
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  for (const name of ['authorization', 'proxy-authorization', 'cookie', 'set-cookie']) {
    request.headers[name] = `hush ${name}` as never;
    response.setHeader(name.toUpperCase(), `hush ${name}`);
  }
  middleware(request, response);
  request.log.info({ password: 'hush', card: 'hush', error: new Error('torn') }, 'x');
  response.emit('finish');
  return lines.join('');
}

it.each<[kind: string, options: Options]>([
  ['nothing given', {}],
  ['paths', { redact: ['password', 'card'] }],
  ['settings', { redact: { paths: ['password', 'card'], censor: '***' } }],
  ['removed', { redact: { paths: ['password', 'card'], remove: true } }],
  ['on every line', { quietReqLogger: false }],
  ['other keys', { customAttributeKeys: { req: 'the-request', res: 'response' } }],
  [
    'a serializer that writes headers as they came',
    {
      serializers: {
        req: () => ({ headers: { Authorization: 'hush', Cookie: 'hush', 'Set-Cookie': 'hush' } }),
      },
    },
  ],
])(
  'rule 19: headers that hold secrets are redacted beside what the app redacts: %s',
  (_, given) => {
    const written = completed(given);
    expect(written).toContain('request');
    expect(written.match(/hush/g) ?? []).toHaveLength(given.redact === undefined ? 2 : 0);
  },
);

it('an error under `error` is written like one under `err`, unless the app has a serializer', () => {
  expect(completed({})).toContain('"error":{"type":"Error","message":"torn","stack":');
  expect(completed({ serializers: { error: () => 'theirs' } })).toContain('"error":"theirs"');
});

it('options may come with a stream, or as a stream', () => {
  const stream = { write: () => {} };
  expect(completed({}, (options) => [options, stream])).not.toContain('hush cookie');
  expect(loggerParams({ pinoHttp: stream }).pinoHttp).toMatchObject([
    { quietReqLogger: true },
    stream,
  ]);
});
