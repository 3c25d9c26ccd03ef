import type { ServerResponse } from 'node:http';
import type { Settings } from '../settings/settings.js';
import { isIgnored } from './is-ignored.js';

/** Whether a response, as pino-http puts it on its line, tells that an ignored request went well. */
export function isIgnoredSuccess(response: unknown, settings: Pick<Settings, 'ignore'>): boolean {
  if (typeof response !== 'object' || response === null) return false;
  const { req, statusCode, errored, err } = response as Partial<ServerResponse> & { err?: unknown };
  const isFailure = statusCode === undefined || statusCode >= 500 || Boolean(errored ?? err);
  return !isFailure && req?.headers !== undefined && isIgnored(req, settings);
}
