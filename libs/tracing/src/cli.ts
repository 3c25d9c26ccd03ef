#!/usr/bin/env node
import { debugTokenHeader } from './cli/debug-token.js';

const USAGE = `Usage: nestjs-tracing debug-token [--for 10m]

  debug-token  prints a header that forces requests to be recorded for a time (90s, 10m, 1h),
               signed with TRACING_DEBUG_SECRET`;

function run([command, ...args]: readonly string[]): string {
  if (command === 'debug-token') return debugTokenHeader(args, process.env);
  if (command === '--help' || command === '-h') return USAGE;
  throw new Error(USAGE);
}

try {
  console.log(run(process.argv.slice(2)));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
