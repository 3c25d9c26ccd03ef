import type {
  CanActivate,
  ConfigurableModuleAsyncOptions,
  DynamicModule,
  Type,
} from '@nestjs/common';
import type { Attributes, Link, Span, SpanKind } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { ReadableSpan, Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Params, PinoLogger } from 'nestjs-pino';
import {
  CurrentSpan,
  InjectTracedLogger,
  InjectTracer,
  SpanAttribute,
  Traced,
  TracedLogger,
  TracingControl,
  TracingControlModule,
  TracingModule,
  TracingService,
  TracingSettingsError,
  Untraced,
  type EnableOptions,
  type TracedOptions,
  type TracingLoggerOptions,
  type TracingOptions,
  type TracingState,
} from 'nestjs-tracing';
import { createTestTracing } from 'nestjs-tracing/testing';
import { expectTypeOf, test } from 'vitest';

type Exactly<T> = { [K in keyof T]: T[K] };

test('TracingModule takes the options, and options that come later', () => {
  expectTypeOf(TracingModule.forRoot).parameters.toEqualTypeOf<[options?: TracingOptions]>();
  expectTypeOf(TracingModule.forRootAsync).parameters.toEqualTypeOf<
    [ConfigurableModuleAsyncOptions<TracingOptions, 'createTracingOptions'>]
  >();
  expectTypeOf(TracingModule.forFeature).parameters.toEqualTypeOf<
    [name: string, ...more: string[]]
  >();
  expectTypeOf(TracingModule.forRoot).returns.toEqualTypeOf<DynamicModule>();
  // @ts-expect-error a module has at least one name
  TracingModule.forFeature();
  // @ts-expect-error a slip of the keyboard
  TracingModule.forRoot({ sevrice: 'orders' });
});

test('the options are those of the contract', () => {
  expectTypeOf<Exactly<TracingOptions>>().toEqualTypeOf<{
    service?: string;
    backend?: 'jaeger' | 'xray' | 'none';
    endpoint?: string;
    logGroups?: string[];
    sampling?: number | 'dormant' | 'xray' | Sampler;
    logger?: false | TracingLoggerOptions;
    publicEndpoint?: boolean | 'keep-id' | ((request: unknown) => boolean | 'keep-id');
    propagateTo?: (string | RegExp)[];
    annotate?: string[];
    ignore?: { http?: (string | RegExp)[]; grpc?: (string | RegExp)[]; defaults?: boolean };
    handlerSpans?: boolean;
    instrumentations?: Instrumentation[];
    spanProcessors?: SpanProcessor[];
    resource?: Attributes;
    shutdownTimeout?: number;
    control?: { read: () => Promise<TracingState>; every?: number };
  }>();
  expectTypeOf<TracingLoggerOptions>().toExtend<Params>();
  expectTypeOf<TracingLoggerOptions['spanEvents']>().toEqualTypeOf<string | false | undefined>();
});

test('the options of @Traced() are those of the contract', () => {
  expectTypeOf<Exactly<TracedOptions>>().toEqualTypeOf<{
    name?: string;
    kind?: SpanKind;
    attributes?: Attributes;
    tracer?: string;
    root?: boolean;
    links?: Link[];
    // oxlint-disable-next-line typescript/no-explicit-any -- the contract's type
    arguments?: (...args: any[]) => Attributes;
    // oxlint-disable-next-line typescript/no-explicit-any -- the contract's type
    result?: (value: any) => Attributes;
    isError?: (error: unknown) => boolean;
  }>();
});

test('TracingControl has the methods of the contract', () => {
  expectTypeOf<TracingControl['enable']>().parameters.toEqualTypeOf<[options?: EnableOptions]>();
  expectTypeOf<{ for: string; ratio: number }>().toExtend<EnableOptions>();
  expectTypeOf<ReturnType<TracingControl['status']>>().toExtend<{
    mode: 'on' | 'dormant' | 'off';
    ratio: number;
    until?: Date;
  }>();
  expectTypeOf(TracingControlModule.register).returns.toEqualTypeOf<DynamicModule>();
  expectTypeOf<{ path: string; token: string; guard: Type<CanActivate> }>().toExtend<
    Parameters<typeof TracingControlModule.register>[0]
  >();
  expectTypeOf<TracingControl['disable']>().toEqualTypeOf<() => void>();
});

test('decorators stand where they belong', () => {
  expectTypeOf(Traced).parameters.toEqualTypeOf<[options?: string | TracedOptions]>();
  expectTypeOf(Traced()).toEqualTypeOf<ClassDecorator & MethodDecorator>();
  expectTypeOf(Untraced()).toEqualTypeOf<MethodDecorator>();
  expectTypeOf(CurrentSpan()).toEqualTypeOf<ParameterDecorator>();
  expectTypeOf(SpanAttribute).toBeCallableWith('key');
  expectTypeOf(SpanAttribute).toBeCallableWith('key', (order: { total: number }) => order.total);
  expectTypeOf(SpanAttribute('key')).toEqualTypeOf<ParameterDecorator>();
  expectTypeOf(InjectTracer('x')).toEqualTypeOf<ParameterDecorator & PropertyDecorator>();
  expectTypeOf(InjectTracedLogger('x')).toEqualTypeOf<ParameterDecorator & PropertyDecorator>();
});

test('the services are those of the contract', () => {
  expectTypeOf<TracedLogger>().toExtend<PinoLogger>();
  expectTypeOf<TracingService['activeSpan']>().toEqualTypeOf<() => Span | undefined>();
  expectTypeOf<TracingService['traceId']>().toEqualTypeOf<() => string | undefined>();
  expectTypeOf<TracingService['xrayTraceId']>().toEqualTypeOf<() => string | undefined>();
  expectTypeOf<TracingService['inject']>().parameters.toEqualTypeOf<[Record<string, string>]>();
  const service = {} as TracingService;
  expectTypeOf(service.withSpan('x', async () => 1, { root: true })).toEqualTypeOf<
    Promise<number>
  >();
  expectTypeOf(service.withSpan('x', (span: Span) => span)).toEqualTypeOf<Span>();
  expectTypeOf(service.extract({}, () => 'x')).toEqualTypeOf<string>();
});

test('an error of the settings holds them all', () => {
  const error = {} as TracingSettingsError;
  expectTypeOf(error).toExtend<Error>();
  expectTypeOf<(typeof error)['code']>().toEqualTypeOf<'TRACING_INVALID_SETTINGS'>();
  expectTypeOf<(typeof error)['issues'][number]>().toExtend<{ option: string; message: string }>();
  expectTypeOf(error.issues).toExtend<{ option: string; message: string }[]>();
});

test('nestjs-tracing/testing is that of the contract', () => {
  expectTypeOf(createTestTracing).parameters.toEqualTypeOf<[options?: Partial<TracingOptions>]>();
  expectTypeOf(createTestTracing).returns.toEqualTypeOf<{
    readonly module: DynamicModule;
    spans(): ReadableSpan[];
    tree(): string;
    waitFor(
      predicate: (spans: ReadableSpan[]) => boolean,
      timeoutMs?: number,
    ): Promise<ReadableSpan[]>;
    reset(): void;
    shutdown(): Promise<void>;
  }>();
});
