import { describeError } from '../../span/errors/describe-error.js';
import type { NestTracingApp } from '../nest-tracing-app.js';
import { onSignal } from './signal-toggles.js';
import { StateReader } from './state-reader.js';

/** Lets the configured signal and the configured `control` turn tracing on and off until the app stops. */
export function startControl(app: NestTracingApp): void {
  const { control, settings } = app;
  const { controlSignal: signal } = settings;
  if (signal !== undefined) {
    const toggle = (): void => {
      try {
        control.toggle(signal);
      } catch (error) {
        app.warn(`${signal} had no effect. ${describeError(error).message}`);
      }
    };
    app.onStop(onSignal(signal, toggle));
  }
  if (settings.control !== undefined && control.isPossible) {
    const reader = new StateReader(settings.control, app);
    app.onStop(() => reader.stop());
  }
}
