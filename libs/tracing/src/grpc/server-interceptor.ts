import type { ServerInterceptor } from '@grpc/grpc-js';
import { matches } from '../span/matches.js';
import { remember } from '../span/remember.js';
import type { TracingApp } from '../span/tracing-app.js';
import { fullMethod } from './grpc-attributes.js';
import { TracedServerCall } from './traced-server-call.js';

/** Makes the server span of each call of an app (rule 11). */
export function serverInterceptor(app: TracingApp): ServerInterceptor {
  const isIgnored = remember((path) => matches(fullMethod(path), app.settings.ignore.grpc));
  return (method, call) => new TracedServerCall(app, isIgnored, method, call);
}
