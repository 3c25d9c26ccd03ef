import { demo } from './demo.ts';
import { thisWorkspace } from './workspace.ts';

await demo(process.argv.slice(2), thisWorkspace());
