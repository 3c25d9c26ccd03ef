import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { costPicture } from './cost-picture.ts';
import type { Results } from './results.ts';

/** `npm run bench:draw` draws the picture of the README from the newest file in `results/`, or from a given file. */
const [given] = process.argv.slice(2);
const folder = fileURLToPath(new URL('results/', import.meta.url));
const newest = globSync('*.json', { cwd: folder }).toSorted().at(-1);
const file = given ?? (newest && `${folder}${newest}`);
if (file === undefined) throw new Error('There is no file in bench/results to draw from.');
const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
const picture = fileURLToPath(new URL('../docs/images/cost.svg', import.meta.url));
writeFileSync(picture, costPicture(results));
console.log(`${picture} was drawn from ${file}.`);
