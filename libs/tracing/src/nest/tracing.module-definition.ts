import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { TracingOptions } from '../options/tracing-options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: TRACING_OPTIONS } =
  new ConfigurableModuleBuilder<TracingOptions>({ moduleName: 'Tracing' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createTracingOptions')
    .build();
