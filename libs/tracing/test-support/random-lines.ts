import type { LoggerOptions } from 'pino';
import type { Random } from './random-class/random.js';

/** How every password in a URL begins. */
export const PASSWORD = 'pass-word';

const keys = [
  'a',
  'b',
  'c',
  'password',
  'user',
  'req',
  'headers',
  'context',
  'err',
  'error',
  'x-y',
];

/** Fields, bindings and messages, in which every value is another one, and so can be looked for. */
export class RandomLines {
  private count = 0;

  constructor(private readonly random: Random) {}

  /** A text that stands nowhere else. */
  token(): string {
    const url = `postgres://me:${PASSWORD}${this.count}@db`;
    const odd = this.random.pick(['', '', '"', '\\', '\n', 'é', '"trace_id":', '{', '}', url]);
    return `<${odd}${this.count++}>`;
  }

  fields(depth = 0): Record<string, unknown> {
    const entries = this.random.list(4, () => [this.random.pick(keys), this.value(depth + 1)]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }

  private value(depth: number): unknown {
    const { random } = this;
    const kinds = ['text', 'text', 'number', 'error', 'date', 'buffer', 'bigint', 'circle', 'long'];
    if (depth < 8) kinds.push('fields', 'fields', 'fields', 'list', 'list', 'mixed');
    switch (random.pick(kinds)) {
      case 'number':
        return random.pick([1_000_000 + this.count++, this.count++ + 0.5, 2 ** 60 + this.count++]);
      case 'error':
        return this.error(depth);
      case 'date':
        return new Date(1_000_000_000 * this.count++);
      case 'buffer':
        return Buffer.from(this.token());
      case 'bigint':
        return 10n ** 20n + BigInt(this.count++);
      case 'circle': {
        const fields = this.fields(depth);
        return Object.assign(fields, { self: fields });
      }
      case 'long':
        return this.token().repeat(random.below(3000));
      case 'fields':
        return this.fields(depth);
      case 'list':
        return random.list(200, () => this.token());
      case 'mixed':
        return random.list(4, () => this.value(depth + 1));
      default:
        return this.token();
    }
  }

  private error(depth: number): Error {
    const { random } = this;
    const cause = depth < 4 && random.chance(0.3) ? this.error(depth + 1) : undefined;
    const made = random.chance(0.2)
      ? new AggregateError([this.token(), new Error(this.token())], this.token(), { cause })
      : new TypeError(this.token(), { cause });
    return Object.assign(made, random.chance(0.4) ? this.fields(depth) : {});
  }

  /** Settings of a logger that hide some of what is logged. */
  options(): LoggerOptions {
    const { random } = this;
    const drop = (fields: Record<string, unknown>): Record<string, unknown> => {
      const { password, ...rest } = fields;
      return random.chance(0.5) ? rest : { ...rest, b: password };
    };
    const mixed = this.fields();
    return {
      ...(random.chance(0.7) && { redact: this.redact() }),
      ...(random.chance(0.3) && { serializers: this.serializers() }),
      ...(random.chance(0.2) && { formatters: { log: drop } }),
      ...(random.chance(0.2) && { mixin: () => ({ ...mixed }) }),
      ...(random.chance(0.2) && { nestedKey: random.pick(['payload', 'a']) }),
      ...(random.chance(0.2) && { messageKey: random.pick(['message', 'b']) }),
      ...(random.chance(0.2) && { errorKey: random.pick(['error', 'failure']) }),
      ...(random.chance(0.2) && { hooks: { streamWrite: (line) => line.replace(/<\d+>/, '***') } }),
      ...(random.chance(0.1) && { base: { service: this.token() } }),
      ...(random.chance(0.1) && { msgPrefix: this.token() }),
    };
  }

  private redact(): LoggerOptions['redact'] {
    const { random } = this;
    const paths = [this.path(), ...random.list(5, () => this.path())];
    return random.pick([
      paths,
      { paths, remove: true },
      { paths, censor: '(hidden)' },
      { paths, censor: (value: unknown) => (typeof value === 'string' ? `${value.length}` : '?') },
    ]);
  }

  private path(): string {
    const part = (): string => {
      const key = this.random.pick([...keys, '*', '*', 'message', 'stack', 'authorization']);
      return /^[\w*]+$/.test(key) ? `.${key}` : `["${key}"]`;
    };
    return [part(), ...this.random.list(3, part)].join('').replace(/^\./, '');
  }

  private serializers(): LoggerOptions['serializers'] {
    const hide = (): string => this.token();
    const part = (value: unknown): unknown => Object(value)['a'] as unknown;
    const picked = this.random.list(3, () => [
      this.random.pick(keys),
      this.random.pick([hide, part, () => undefined]),
    ]);
    return Object.fromEntries(picked) as LoggerOptions['serializers'];
  }
}
