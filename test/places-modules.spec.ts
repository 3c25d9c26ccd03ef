import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TracedApp } from './support/traced-app.ts';

describe.each(['on', 'off'])('handler spans %s', (HANDLER_SPANS) => {
  let app: TracedApp;
  beforeAll(async () => {
    app = await TracedApp.start('places-modules-app', { env: { HANDLER_SPANS } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** The spans of a request below that of its handler, with their tracers. */
  const told = async (path: string): Promise<string[]> =>
    (await app.trace(path))
      .filter(
        ({ kind, name }) =>
          kind === 'INTERNAL' && !/^(Pages|Team|TeamOfRequest|Green)\./.test(name),
      )
      .map(({ name, scope }) => `${name}: ${scope}`);

  it.each(['red', 'blue'])(
    'a class that several modules provide: each instance its own, %s',
    async (team) => {
      expect(await told(`/${team}`)).toEqual([
        `SharedGuard.canActivate: app/${team}`,
        `Shared.work: app/${team}`,
        `SharedOfInjection.work: app/${team}`,
        `Made.work: app/${team}`,
      ]);
    },
  );

  it('an instance that another module has under a name of its own', async () => {
    expect(await told('/green')).toEqual(['Shared.work: app/red']);
  });

  it('an instance of one request, which Nest does not tell apart, has the tracer of the first module', async () => {
    for (const team of ['red', 'blue']) {
      expect(await told(`/${team}/request`)).toEqual(['SharedOfRequest.work: app/red']);
    }
  });

  it('rule 1: a base class of another module gives the name, the module of the instance the tracer', async () => {
    expect(await told('/inherited')).toEqual([
      'Plain.own: app/base',
      'Base.inherited: app/base',
      'Plain.own: app/derived',
      'Derived.own: app/derived',
      'Base.inherited: app/derived',
    ]);
  });

  it('a global module', async () => {
    expect(await told('/everywhere')).toEqual(['Everywhere.work: app/global']);
  });

  it('a module that is loaded late', async () => {
    expect(await told('/late')).toEqual(['Late.work: app', 'Late.work: app/late']);
  });

  it('a module that is loaded late, with a class that others provide too', async () => {
    expect(await told('/late-shared')).toEqual(['Shared.work: app/late-shared']);
    expect((await told('/red'))[1]).toBe('Shared.work: app/red');
  });

  it('a module that is loaded late, while others are at work', async () => {
    expect((await told('/meanwhile')).at(-1)).toBe('Meanwhile.work: app/meanwhile');
  });

  it('what a factory of a module that is loaded late makes, while others are at work', async () => {
    expect((await told('/meanwhile-made')).at(-1)).toBe('Made.work: app/meanwhile-made');
  });

  it('a module that is loaded late, after the load of another has failed', async () => {
    expect((await told('/after-failure')).at(-1)).toBe('AfterFailure.work: app/after-failure');
  });

  it('an instance that Nest made and does not keep has a tracer of its class', async () => {
    expect((await told('/created'))[0]).toMatch(/^Shared\.work: app\/(red|blue)$/);
  });
});
