import 'reflect-metadata';
import { Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, it } from 'vitest';
import { createTestTracing } from '../testing/create-test-tracing.js';
import { CurrentSpan } from './decorators/current-span.decorator.js';
import { InjectTracer } from './feature/inject-tracer.decorator.js';
import { SpanAttribute } from './decorators/span-attribute.decorator.js';
import { Traced } from './decorators/traced.decorator.js';
import type { TracedOptions } from './decorators/traced-options.js';
import { TracingModule } from './tracing.module.js';
import { TracingError } from './tracing.error.js';

class Owl {
  hoot(): void {}
}
const ofHoot = Object.getOwnPropertyDescriptor(Owl.prototype, 'hoot');
const onMethod = (options?: string | TracedOptions) => () => {
  Traced(options)(Owl.prototype, 'hoot', { ...ofHoot });
};

it.each<[code: string, what: string, use: () => void, says: string]>([
  [
    'TRACING_NOT_A_METHOD',
    'a property',
    () => (Traced() as PropertyDecorator)(Owl.prototype, 'field'),
    '@Traced() was used on Owl.field, which is not a method.',
  ],
  [
    'TRACING_NOT_A_METHOD',
    'an accessor',
    () => Traced()(Owl.prototype, 'age', { get: () => 1 }),
    '@Traced() was used on Owl.age, which is not a method.',
  ],
  [
    'TRACING_NOT_A_METHOD',
    '@SpanAttribute on a constructor',
    () => SpanAttribute('key')(Owl, undefined, 0),
    "@SpanAttribute('key') was used on parameter 0 of the constructor of Owl",
  ],
  [
    'TRACING_NOT_A_METHOD',
    '@CurrentSpan on a constructor',
    () => CurrentSpan()(Owl, undefined, 1),
    '@CurrentSpan() was used on parameter 1 of the constructor of Owl',
  ],
  [
    'TRACING_TRACED_TWICE',
    'a method decorated twice',
    () => {
      const descriptor = { ...ofHoot };
      Traced()(Owl.prototype, 'hoot', descriptor);
      Traced('again')(Owl.prototype, 'hoot', descriptor);
    },
    '@Traced() was used twice on Owl.hoot',
  ],
  [
    'TRACING_TRACED_TWICE',
    'a class decorated twice',
    () => {
      class Barn extends Owl {}
      Traced()(Barn);
      Traced()(Barn);
    },
    '@Traced() was used twice on Barn',
  ],
  ['TRACING_NAME_ON_CLASS', 'a name on a class', () => Traced('x')(Owl), "@Traced('x')"],
  ['TRACING_EMPTY_NAME', 'an empty span name', onMethod(''), '@Traced() on Owl.hoot was given an'],
  [
    'TRACING_EMPTY_NAME',
    'a blank name',
    onMethod({ name: ' ' }),
    '@Traced() on Owl.hoot was given',
  ],
  ['TRACING_EMPTY_NAME', "@InjectTracer('')", () => InjectTracer(''), '@InjectTracer() was given'],
  ['TRACING_EMPTY_NAME', "@SpanAttribute('')", () => SpanAttribute(''), '@SpanAttribute() was'],
  [
    'TRACING_EMPTY_NAME',
    "forFeature('')",
    () => TracingModule.forFeature('orders', ''),
    'TracingModule.forFeature() was given an empty name',
  ],
  [
    'TRACING_INVALID_OPTION',
    'an unknown option',
    onMethod({ tags: {} } as TracedOptions),
    "@Traced() on Owl.hoot was given an invalid option 'tags'. Expected one of name, kind,",
  ],
  [
    'TRACING_INVALID_OPTION',
    'an option of the wrong type',
    onMethod({ isError: true } as unknown as TracedOptions),
    "@Traced() on Owl.hoot was given an invalid option 'isError'. Expected a function of",
  ],
])('%s: %s is refused when the class is made', (code, _what, use, says) => {
  expect(use).toThrow(expect.objectContaining({ name: 'TracingError', code }));
  expect(use).toThrow(says);
});

@Injectable()
class Asker {
  constructor(@InjectTracer('payements') readonly tracer: unknown) {}
}
@Injectable()
class Own {
  constructor(@InjectTracer() readonly tracer: unknown) {}
}
@Module({ imports: [TracingModule.forFeature('payments', 'cards')] })
class PaymentsModule {}

const root = (): ModuleMetadata['imports'] => [
  TracingModule.forRoot({ service: 'test', backend: 'none' }),
];

it.each<[code: string, what: string, module: () => ModuleMetadata, says: string]>([
  [
    'TRACING_SECOND_ROOT',
    'forRoot twice',
    () => ({ imports: [...(root() ?? []), ...(root() ?? [])] }),
    'more than once',
  ],
  [
    'TRACING_SECOND_ROOT',
    'forRoot beside the module of a test',
    () => ({ imports: [...(root() ?? []), createTestTracing({ backend: 'none' }).module] }),
    'more than once',
  ],
  [
    'TRACING_NO_ROOT',
    'forFeature without forRoot',
    () => ({ imports: [PaymentsModule] }),
    "A module imports TracingModule.forFeature('payments'), but the app does not import TracingModule.forRoot()",
  ],
  [
    'TRACING_NO_ROOT',
    'TracingModule itself',
    () => ({ imports: [TracingModule] }),
    'TracingModule has no options',
  ],
  [
    'TRACING_UNKNOWN_TRACER',
    'a name that nobody registered',
    () => ({ imports: [...(root() ?? []), PaymentsModule], providers: [Asker] }),
    "@InjectTracer('payements') was used in Asker, but no module imports TracingModule.forFeature('payements'). " +
      "Registered features: 'payments', 'cards'. Correct the name, or import it in a module.",
  ],
  [
    'TRACING_UNKNOWN_TRACER',
    'a name where nobody registered any',
    () => ({ imports: root() ?? [], providers: [Asker] }),
    'No feature is registered. Import it in a module.',
  ],
  [
    'TRACING_NO_FEATURE',
    '@InjectTracer() in a module without forFeature',
    () => ({ imports: [...(root() ?? []), PaymentsModule], providers: [Own] }),
    '@InjectTracer() was used in Own, whose module has no tracer.',
  ],
])('%s: %s is told at start', async (code, _what, metadata, says) => {
  @Module(metadata())
  class AppModule {}
  const start = NestFactory.createApplicationContext(AppModule, {
    logger: false,
    abortOnError: false,
  });
  const error: unknown = await start.then(
    () => 'it has started',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TracingError);
  expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
});
