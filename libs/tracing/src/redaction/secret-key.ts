/** Words that mark a secret. They include all keys that the semantic conventions list. */
const secretWord = new RegExp(
  `^(${[
    'pass|pw|pin|otp|totp|jwt|sid|sig|key|code|auth|hmac|csrf|xsrf|cvc|cvv|cookie|bearer|assertion',
    'verifier|saml',
    // Words that are often joined to those before them.
    '.*(password|passwd|pwd|passphrase|passcode|secret|token|signature|credentials?|authorization)',
    '(j|php|user|web|auth|login)?sess(ion)?(id)?',
    '(api|app|access|account|auth|client|consumer|license|master|private|secret|shared|signing)key(id)?',
    '(access|activation|auth|confirmation|login|otp|pin|reset|security|verification)code',
  ].join('|')})$`,
);

/** Keys and codes that are not secret, by the word before. */
const openKey =
  /^(cache|foreign|group|order|partition|primary|public|row|sort) key$|^(area|country|currency|error|lang|language|locale|postal|product|region|status|zip) code$/;

/** Headers with secrets whose names have no such word: data of users, and signed tokens. */
const secretHeaders: ReadonlySet<string> = new Set([
  'baggage',
  'x-amzn-oidc-data',
  'x-trace-debug',
]);

/**
 * Whether the value of a URL parameter is a secret, judged by the words of its name: `access_token`,
 * `apiKey`, `x-api-key` and `user[password]` are, `keyword` and `zipcode` are not.
 */
export function isSecretKey(key: string): boolean {
  if (key.length > LONGEST_KEPT) return judge(key);
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = judge(key);
    if (answers.size >= MOST_KEPT) answers.clear();
    answers.set(key, answer);
  }
  return answer;
}

/** Whether the value of an HTTP header is a secret, judged by the same words, in any case. */
export function isSecretHeader(name: string): boolean {
  return isSecretKey(name) || secretHeaders.has(name.toLowerCase());
}

/** Callers can send arbitrary keys, so the cache of the answers is bounded. */
const LONGEST_KEPT = 100;
const MOST_KEPT = 1000;
const answers = new Map<string, boolean>();

function judge(key: string): boolean {
  const words = wordsOf(key);
  return words.some(
    (word, at) => secretWord.test(word) && !openKey.test(`${words[at - 1] ?? ''} ${word}`),
  );
}

function wordsOf(key: string): string[] {
  return decoded(key)
    .replaceAll(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
