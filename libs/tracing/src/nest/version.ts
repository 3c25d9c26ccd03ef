/** The version of this package, on the scope of its spans. A test holds it to package.json. */
export const VERSION = '0.1.0';
