import { expect, it } from 'vitest';
import { redactQuery, redactUrl } from './redact-url.js';

it.each(
  (
    'AWSAccessKeyId Signature sig X-Goog-Signature X-Amz-Signature X-Amz-Credential ' +
    'X-Amz-Security-Token password token secret key code session authorization access_token ' +
    'apiKey client-secret SESSIONID user[password] pass%77ord'
  ).split(' '),
)('the value of %s is redacted', (key) => {
  expect(redactQuery(`a=1&${key}=x=y&b`)).toBe(`a=1&${key}=REDACTED&b`);
});

it.each(['', 'a', 'a=', 'page=2&&sort=', 'design=x', '%zz=%', '=', 'q=token', 'token'])(
  '%j stays as it is',
  (query) => {
    expect(redactQuery(query)).toBe(query);
  },
);

it.each([
  ['http://me:pw@shop.test/a', 'http://REDACTED:REDACTED@shop.test/a'],
  ['https://me@shop.test', 'https://REDACTED:REDACTED@shop.test'],
  ['http://m@e:p@w@shop.test/', 'http://REDACTED:REDACTED@shop.test/'],
  ['http://shop.test/@me?to=a@b', 'http://shop.test/@me?to=a@b'],
  ['http://shop.test/a%?token=%zz&b=%', 'http://shop.test/a%?token=REDACTED&b=%'],
  ['http://shop.test?key=a#key=b?key=c', 'http://shop.test?key=REDACTED#key=b?key=c'],
  ['http://shop.test/#a?key=b', 'http://shop.test/#a?key=REDACTED'],
  ['not a url', 'not a url'],
])('%s is told as %s', (url, told) => {
  expect(redactUrl(url)).toBe(told);
});
