import type { Reason } from './reason.ts';

const everyKind = ['HTTP server', 'HTTP client', 'gRPC server', 'gRPC client', 'handler'] as const;
const servers = ['HTTP server', 'gRPC server'] as const;
const grpc = ['gRPC server', 'gRPC client'] as const;

/** The first that fits is taken. */
export const reasons: readonly Reason[] = [
  {
    kinds: everyKind,
    traits: ['scope'],
    verdict: 'differs',
    why: 'Spans of requests and calls are of the scope `nestjs-tracing`, spans of handlers of the tracer of their module (`forFeature`), else of the service.',
  },
  {
    kinds: servers,
    traits: ['nestjs.controller', 'nestjs.callback'],
    verdict: 'only ours',
    why: 'The handler is known also where its span is switched off (`handlerSpans: false`).',
  },

  // HTTP server
  {
    kinds: ['HTTP server'],
    traits: ['name'],
    verdict: 'differs',
    why: 'The conventions want `HTTP` in the name where `http.request.method` is `_OTHER`, so that no caller can make up names.',
  },
  {
    kinds: ['HTTP server'],
    traits: ['events'],
    verdict: 'only ours',
    why: "Log lines are events of the span that wrote them; these are pino-http's. `logger: { spanEvents: false }` leaves them out.",
  },
  {
    kinds: ['HTTP server'],
    traits: ['url.query'],
    verdict: 'differs',
    why: 'Values are redacted whose keys hold a word as `token` or `password`. Stock redacts the keys that the conventions list, which are the signatures of clouds.',
  },
  {
    kinds: ['HTTP server'],
    traits: ['url.scheme'],
    verdict: 'differs',
    why: 'The conventions want the scheme of the original request, where a proxy tells it.',
  },
  {
    kinds: ['HTTP server'],
    traits: ['server.port'],
    verdict: 'only stock',
    why: 'No header names a port. Stock guesses it from `X-Forwarded-Proto`.',
  },
  {
    kinds: ['HTTP server'],
    traits: ['http.response.status_code'],
    verdict: 'only stock',
    why: 'Nothing was answered: the 200 is what Node had ready. The conventions want it only if it was sent.',
  },
  {
    kinds: ['HTTP server'],
    traits: ['status'],
    verdict: 'differs',
    why: 'By the conventions a response that could not be sent in full is an error. Stock does not tell it from one that was.',
  },
  {
    kinds: ['HTTP server'],
    traits: ['error.type'],
    verdict: 'only ours',
    why: 'The client went before it had the answer: it goes with the status ERROR.',
  },
  {
    kinds: ['HTTP server'],
    traits: ['error.type'],
    verdict: 'differs',
    why: 'The type of what was thrown tells more than the status, which has an attribute of its own. The conventions allow both.',
  },

  // HTTP client
  {
    kinds: ['HTTP client'],
    traits: ['url.full'],
    verdict: 'differs',
    why: 'As with `url.query` of the server. Stock `-undici` redacts nothing.',
  },
  {
    kinds: ['HTTP client'],
    traits: ['http.request.method_original'],
    verdict: 'only stock',
    why: 'Of stock `-undici` only. The conventions want it only where it differs from `http.request.method`.',
  },
  {
    kinds: ['HTTP client'],
    traits: ['url.path', 'url.query', 'url.scheme'],
    verdict: 'only stock',
    why: 'Of stock `-undici` only. Client spans have `url.full`; the scheme is opt-in, the others are not of the conventions.',
  },
  {
    kinds: ['HTTP client'],
    traits: ['user_agent.original'],
    verdict: 'only stock',
    why: 'Of stock `-undici` only. Opt-in by the conventions: it is the same for all calls of a service.',
  },
  {
    kinds: ['HTTP client'],
    traits: ['error.type'],
    verdict: 'differs',
    why: 'Of stock `-http` only, which takes the name of the class. With `fetch` both tell the code.',
  },
  {
    kinds: ['HTTP client'],
    traits: ['events'],
    verdict: 'differs',
    why: '`exception.type` is the class of the exception by the conventions; the code is in `error.type`.',
  },

  // gRPC
  {
    kinds: grpc,
    traits: ['name'],
    verdict: 'differs',
    why: 'The conventions want the full name of the method, and nothing before it.',
  },
  {
    kinds: grpc,
    traits: ['network.peer.address', 'network.peer.port', 'network.transport', 'network.type'],
    verdict: 'only ours',
    why: 'Recommended by the conventions.',
  },
  {
    kinds: grpc,
    traits: ['rpc.messages_sent', 'rpc.messages_received'],
    verdict: 'only ours',
    why: 'How many messages of a stream went which way. The conventions have no attribute for it.',
  },
  {
    kinds: grpc,
    traits: ['error.type'],
    verdict: 'only ours',
    why: 'Asked for by the conventions of every span whose operation failed.',
  },
  {
    kinds: grpc,
    traits: ['grpc.error_message'],
    verdict: 'only stock',
    why: 'Not of the conventions: it is the message of the status.',
  },
  {
    kinds: ['gRPC client'],
    traits: ['grpc.error_name'],
    verdict: 'only stock',
    why: 'Not of the conventions, and always `Error`.',
  },
  {
    kinds: ['gRPC client'],
    traits: ['status message'],
    verdict: 'only ours',
    why: 'What the server said. Stock has it in `grpc.error_message`.',
  },
  {
    kinds: ['gRPC client'],
    traits: ['status message'],
    verdict: 'differs',
    why: 'What the server said. Stock takes the message of the error of a stream, in which grpc-js has put the code before it.',
  },
  {
    kinds: ['gRPC client'],
    traits: ['parent'],
    verdict: 'differs',
    stock: 'subscriber',
    ours: 'maker',
    why: 'The call belongs to the place where it was made, not to the one that subscribed to it.',
  },
  {
    kinds: ['gRPC client'],
    traits: ['parent'],
    verdict: 'differs',
    stock: 'gRPC client',
    ours: 'handler',
    why: 'The first call was over: what comes after it belongs to the handler. Stock runs it in the context of the finished call.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['server.address', 'server.port'],
    verdict: 'only ours',
    why: 'Recommended by the conventions: what the caller asked for.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['client.address', 'client.port'],
    verdict: 'only ours',
    why: 'Recommended by the conventions: who called, also behind a proxy that tells it.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['the span'],
    verdict: 'only ours',
    why: 'Stock never ends the span of a call that nobody answered any more, so it is never sent.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['status'],
    verdict: 'differs',
    stock: 'unset',
    ours: 'ERROR',
    why: 'A plain `Error` is UNKNOWN for the caller, and a fault of the server. Stock sees no code in it and takes the call for a success.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['status'],
    verdict: 'differs',
    stock: 'ERROR',
    ours: 'unset',
    why: 'By the conventions NOT_FOUND is no fault of the server, as a 404 is none. For stock every code but OK is one.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['status message'],
    verdict: 'only ours',
    why: 'It goes with the status ERROR.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['status message'],
    verdict: 'only stock',
    why: 'It goes with the status ERROR.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['rpc.grpc.status_code'],
    verdict: 'only ours',
    why: 'Required by the conventions. Stock sees no code in a plain `Error`.',
  },
  {
    kinds: ['gRPC server'],
    traits: ['rpc.grpc.status_code'],
    verdict: 'differs',
    why: 'The caller has cancelled (1). For stock the stream is over, and so a success.',
  },

  // Handlers
  {
    kinds: ['handler'],
    traits: ['the span'],
    verdict: 'only ours',
    why: 'Handlers of gRPC have spans too. Stock makes them for HTTP only.',
  },
  {
    kinds: ['handler'],
    traits: ['name'],
    verdict: 'differs',
    why: 'One span a handler, and its name tells the class. Stock makes two: this one, and one around it with the guards, interceptors and pipes.',
  },
  {
    kinds: ['handler'],
    traits: ['code.function.name', 'nestjs.controller'],
    verdict: 'only ours',
    why: 'Which code it is. Stock has the controller on the span around it.',
  },
  {
    kinds: ['handler'],
    traits: ['nestjs.version'],
    verdict: 'only stock',
    why: 'The same on every span of a service: it would cost on each, and tell nothing of it.',
  },
  {
    kinds: ['handler'],
    traits: ['status'],
    verdict: 'differs',
    stock: 'ERROR',
    ours: 'unset',
    why: 'An `HttpException` below 500 is an answer, not a fault.',
  },
  {
    kinds: ['handler'],
    traits: ['status message', 'events'],
    verdict: 'only stock',
    why: 'They go with the status ERROR.',
  },
  {
    kinds: ['handler'],
    traits: ['http.response.status_code'],
    verdict: 'only ours',
    why: 'The status of an expected error, in place of the ERROR.',
  },
  {
    kinds: ['handler'],
    traits: ['status'],
    verdict: 'differs',
    stock: 'unset',
    ours: 'ERROR',
    why: 'The span lasts until the Observable ends. Stock ends it when the handler has returned it.',
  },
  {
    kinds: ['handler'],
    traits: ['status message', 'events'],
    verdict: 'only ours',
    why: 'The span lasts until the Observable ends. Stock ends it when the handler has returned it.',
  },
  {
    kinds: ['handler'],
    traits: ['error.type'],
    verdict: 'only ours',
    why: 'Asked for by the conventions of every span whose operation failed.',
  },
];
