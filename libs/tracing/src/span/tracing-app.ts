import type { TextMapPropagator, Tracer } from '@opentelemetry/api';
import type { Settings } from '../settings/settings.js';

/** A running app, as every floor sees it that makes spans for it. */
export interface TracingApp {
  readonly settings: Settings;
  readonly propagator: TextMapPropagator;
  /** Whether a trace that begins here may be recorded: not with `none`, nor while dormant. */
  readonly recordsRoots: boolean;
  /** The tracer of server and client spans: scope `nestjs-tracing`. */
  readonly tracer: Tracer;
  /** The tracer of a package of the app: scope `<service>/<name>`, without a name `<service>`. */
  packageTracer(name: string | undefined): Tracer;
  /** The package of the Nest module that provides a class; undefined where no module does. */
  packageOf(type: Function): { readonly name: string | undefined } | undefined;
}
