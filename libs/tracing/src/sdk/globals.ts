import { propagation, trace, context, diag } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ApiGlobal, apiGlobals, removeEmptyApiGlobals } from './api-globals.js';
import { globalPropagator, globalTracerProvider } from './routing.js';
import { isOurs, forgetSharedState, sharedState, type ServingSdk } from './sdk.js';

/**
 * The claim of an app on the globals of OpenTelemetry. The first app that needs a global registers it, and
 * the last app that releases its claim disables it. A global that a third party has registered is left
 * alone.
 */
export interface GlobalsClaim {
  /** Whether no other app has a claim, and nobody has registered any global. */
  readonly isFirst: boolean;
  /** Runs a function that registers globals, which are then disabled with the others. */
  register(set: () => void): void;
  /**
   * Lets an SDK serve third parties through the global propagator and, if it records, through the global
   * tracer provider.
   */
  serve(sdk: ServingSdk): void;
  /** From now on, the SDK no longer serves third parties. */
  withdraw(): void;
  release(): void;
}

/** Claims the globals, and registers the context manager. */
export function claimGlobals(): GlobalsClaim {
  const state = sharedState();
  const isFirst = state.claims === 0 && !names.some(isRegistered);
  state.claims++;
  let served: ServingSdk | undefined;
  let isReleased = false;
  const withdraw = (): void => {
    const at = served === undefined ? -1 : state.sdks.indexOf(served);
    if (at !== -1) state.sdks.splice(at, 1);
  };
  registerMissing('context');
  return {
    isFirst,
    register,
    serve(sdk) {
      served = sdk;
      state.sdks.push(sdk);
      if (sdk.mayRecord) registerMissing('trace');
      registerMissing('propagation');
    },
    withdraw,
    release() {
      if (isReleased) return;
      isReleased = true;
      withdraw();
      state.claims--;
      giveBack();
    },
  };
}

const names = ['trace', 'context', 'propagation'] as const;

const set = {
  trace: () => trace.setGlobalTracerProvider(globalTracerProvider),
  context: () => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()),
  propagation: () => propagation.setGlobalPropagator(globalPropagator),
};

const disable: Record<ApiGlobal, () => void> = {
  trace: () => trace.disable(),
  context: () => context.disable(),
  propagation: () => propagation.disable(),
  diag: () => diag.disable(),
};

function registerMissing(name: keyof typeof set): void {
  if (!isRegistered(name)) register(set[name]);
}

function register(registerSome: () => void): void {
  const before = { ...apiGlobals() };
  try {
    registerSome();
  } finally {
    const { ours } = sharedState();
    const now = apiGlobals() ?? {};
    for (const name of [...names, 'diag'] as const) {
      if (before[name] === undefined && now[name] !== undefined) ours[name] = now[name];
    }
  }
}

function giveBack(): void {
  const { claims, sdks } = sharedState();
  if (!sdks.some(({ mayRecord }) => mayRecord)) takeBack('trace');
  if (claims > 0) return;
  for (const name of ['propagation', 'context', 'diag'] as const) takeBack(name);
  removeEmptyApiGlobals();
  forgetSharedState();
}

function takeBack(name: ApiGlobal): void {
  // A third party may have registered another one since.
  if (isOurs(name)) disable[name]();
  delete sharedState().ours[name];
}

function isRegistered(name: ApiGlobal): boolean {
  return apiGlobals()?.[name] !== undefined;
}
