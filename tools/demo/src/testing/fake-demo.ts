// The demo command in a workspace of fakes: `fake-demo.ts FOLDER ...arguments`.
import { fileURLToPath } from 'node:url';
import { demo } from '../demo.ts';

const [root = '', ...args] = process.argv.slice(2);
const fake = fileURLToPath(new URL('fake-process.ts', import.meta.url));

await demo(args, { root, build: [fake, 'build'], viewer: [fake, 'viewer'] });
