import { expect, it } from 'vitest';
import { Random } from '../../test-support/random-class/random.js';
import { redactCutUserInfo, redactUserInfo } from './redact-user-info.js';

it.each([
  ['postgres://me:pw@db/shop', 'postgres://REDACTED@db/shop'],
  ['postgres://me:p@w@db/shop', 'postgres://REDACTED@db/shop'],
  ['postgres://me:p/w@db/shop', 'postgres://REDACTED@db/shop'],
  ['postgres://me:p@s/w@db/shop', 'postgres://REDACTED@db/shop'],
  ['postgres://me:p:w@db/shop', 'postgres://REDACTED@db/shop'],
  ['postgres://me:p?w#x@db/shop', 'postgres://REDACTED@db/shop'],
  ['postgres://me:12/34@db/shop', 'postgres://REDACTED@db/shop'],
  ['postgres://me:p://w@db/shop', 'postgres://REDACTED@db/shop'],
  ['postgres://me:p%40w%2F@db/shop', 'postgres://REDACTED@db/shop'],
  [`amqp://me:p"'w@mq:5672`, 'amqp://REDACTED@mq:5672'],
  ['redis://:pw@cache:6379/0', 'redis://REDACTED@cache:6379/0'],
  ['redis://me:@cache', 'redis://REDACTED@cache'],
  ['https://token@git.test/a.git', 'https://REDACTED@git.test/a.git'],
  ['ssh://git@git.test', 'ssh://REDACTED@git.test'],
  ['http://me:pw@[::1]:80/@me', 'http://REDACTED@[::1]:80/@me'],
  ['https://me:pw@npm.test/@scope/a', 'https://REDACTED@npm.test/@scope/a'],
  ['mongodb+srv://me:pw@a.test:1,b.test:2/x?y=z', 'mongodb+srv://REDACTED@a.test:1,b.test:2/x?y=z'],
  ['jdbc:postgresql://me:pw@db/shop', 'jdbc:postgresql://REDACTED@db/shop'],
  ['a://u:p@h1,b://u:p@h2 c://u:p@h3', 'a://REDACTED@h1,b://REDACTED@h2 c://REDACTED@h3'],
  ['https://a.test/?to=http://me:pw@b', 'https://a.test/?to=http://REDACTED@b'],
  [
    'Error: no http://me:pw@a\n    at file:///app/@nestjs/b.js:1:2',
    'Error: no http://REDACTED@a\n    at file:///app/@nestjs/b.js:1:2',
  ],
  ['{"url":"http://me:p\\"w@a","to":"b@c"}', '{"url":"http://REDACTED@a","to":"b@c"}'],
])('rule 37: %s is written as %s', (text, written) => {
  expect(redactUserInfo(text)).toBe(written);
  expect(redactUserInfo(written)).toBe(written);
});

it.each([
  'no URL, me@shop.test',
  'http://shop.test/@me?to=a@b#c@d',
  'http://shop.test?to=a@b',
  'http://localhost:3000/@fs/app/node_modules/@nestjs/core',
  'http://gateway:3000/users/me@shop.test',
  'https://[::1]:3000/@scope',
  'redis://cache:6379/0 of me@shop.test',
  '{"db":"redis://cache:6379","owner":"me@shop.test"}',
  "{ db: 'redis://cache:6379', owner: 'me@shop.test' }",
  '(see http://shop.test:80), or ask me@shop.test',
  'file:///app/node_modules/@nestjs/core/router.js:1:2',
  'webpack://app/./node_modules/@nestjs/core',
  'https://REDACTED:REDACTED@shop.test/',
  '://',
  'a://',
  '@://@',
])('rule 37: %s stays', (text) => {
  expect(redactUserInfo(text)).toBe(text);
});

it.each([
  ['postgres://me:p@ss/wo', 'postgres://REDACTED'],
  ['postgres://me:pass', 'postgres://REDACTED'],
  ['postgres://me:12', 'postgres://REDACTED'],
  ['a://u:p@h b://me:pa', 'a://REDACTED@h b://REDACTED'],
  ['http://localhost:3000/or', 'http://localhost:3000/or'],
  ['http://localho', 'http://localho'],
  ['a://u:p@h and the re', 'a://REDACTED@h and the re'],
  ['no URL, me@sho', 'no URL, me@sho'],
])('rule 37: %s, where it was cut, is written as %s', (cut, written) => {
  expect(redactCutUserInfo(cut)).toBe(written);
});

it('rule 37: no part of a password is left, whatever it is made of', () => {
  const random = new Random(1);
  const parts = ['@', '/', ':', '%40', '?', '#', 'X', 'XX', '&', '=', ',', '.'];
  for (let at = 0; at < 20_000; at++) {
    const scheme = random.pick(['postgres', 'amqp', 'redis', 'mysql']);
    // It begins as no port does, and its end is not taken for a host.
    const password = `P${random.list(6, () => random.pick(parts)).join('')}P`;
    // Behind an `@`, it would be another URL.
    if (/@.*:\/\//.test(password)) continue;
    const text = `in ${scheme}://me:${password}@db.test:5432/shop, and more`;
    expect(redactUserInfo(text)).toBe(`in ${scheme}://REDACTED@db.test:5432/shop, and more`);
  }
});

it.each(['a://', '@', 'a://@', 'a:b://', 'a://a:', '://', 'x://a@', '"', 'a://a"', 'a://[', '.'])(
  'rule 15: a megabyte of %j takes no longer than its length',
  (part) => {
    for (const end of ['', '@', ' @', ' a://b:c@d']) {
      const begin = performance.now();
      redactUserInfo(`a://${part.repeat(1_000_000 / part.length)}${end}`);
      // In proportion to the square of the length, it would take minutes.
      expect(performance.now() - begin).toBeLessThan(3000);
    }
  },
);
