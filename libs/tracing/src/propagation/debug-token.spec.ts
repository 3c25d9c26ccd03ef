import { expect, it } from 'vitest';
import { checkDebugToken, createDebugToken } from './debug-token.js';

const secret = 'a secret of the services';
const token = createDebugToken(secret, Date.now() + 60_000);
const [, end = '', signature = ''] = token.split('.');

it('rule 28: a token is valid until its end', () => {
  expect(token).toMatch(/^v1\.\d{13}\.[\w-]{43}$/);
  expect(checkDebugToken(secret, token)).toBe('valid');
  expect(checkDebugToken(secret, createDebugToken(secret, Date.now() - 1))).toBe('expired');
});

it.each([
  ['another secret', createDebugToken('another secret', Date.now() + 60_000)],
  ['a later end', `v1.${Number(end) + 1}.${signature}`],
  ['a later end and an expired signature', `v1.${Number(end) + 1}.${'A'.repeat(43)}`],
  ['no end', `v1.${signature}`],
  ['another version', `v2.${end}.${signature}`],
  ['a part of the signature', token.slice(0, -1)],
  ['a longer signature', `${token}=`],
  ['letters that are not ASCII', `v1.${end}.${'ü'.repeat(43)}`],
  ['nothing', ''],
  ['dots', '...'],
  ['two tokens', `${token}, ${token}`],
  ['an overlong text', 'x'.repeat(1_000_000)],
])('rule 28: %s is invalid', (_, text) => {
  expect(checkDebugToken(secret, text)).toBe('invalid');
});
