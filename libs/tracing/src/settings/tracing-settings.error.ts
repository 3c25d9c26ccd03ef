export interface SettingsIssue {
  readonly option: string;
  readonly message: string;
}

/** The options of `TracingModule.forRoot` are wrong: `issues` has all faults at once. */
export class TracingSettingsError extends Error {
  override readonly name = 'TracingSettingsError';
  readonly code = 'TRACING_INVALID_SETTINGS';

  constructor(readonly issues: { option: string; message: string }[]) {
    const list = issues.map(({ option, message }) => `  - ${option}: ${message}`).join('\n');
    super(`The options of TracingModule.forRoot() are wrong:\n${list}`);
  }
}
