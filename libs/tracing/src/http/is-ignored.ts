import type { IncomingMessage } from 'node:http';
import type { Settings } from '../settings/settings.js';
import { matches } from '../span/matches.js';
import { pathOf } from './http-request.js';

/** Whether a request makes no span (rule 29). */
export function isIgnored(request: IncomingMessage, { ignore }: Pick<Settings, 'ignore'>): boolean {
  if (matches(pathOf(request), ignore.http)) return true;
  const agent = request.headers['user-agent'];
  return agent !== undefined && ignore.userAgents.some((one) => agent.startsWith(one));
}
