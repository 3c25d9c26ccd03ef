import { type App, portOf, portVariable } from './listen-address.js';

/** For `app.listen().catch()`: ends the process, and says which variable moves the app. */
export function endOnBusyPort(app: App): (error: unknown) => never {
  return (error) => {
    if (!String(error).includes('EADDRINUSE')) throw error;
    console.error(
      `${app}: port ${portOf(app)} is busy. Free it, or choose another one with ${portVariable(app)}.`,
    );
    process.exit(1);
  };
}
