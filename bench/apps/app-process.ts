import { writeFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';

/** What the bench asks of a process of an app. */
export interface Command {
  readonly do: 'usage' | 'collect garbage' | 'start profile' | 'stop profile';
  /** The file that `stop profile` writes. */
  readonly file?: string;
}

/** What a process has used until now: CPU in microseconds, memory in bytes. */
export interface Usage {
  readonly cpu: number;
  readonly rss: number;
  readonly heap: number;
}

/** The answer to a process that has started. */
export interface Ready {
  /** The URL of the HTTP server, if the process has one. */
  readonly url: string;
}

const profiler = new Session();

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpu: user + system, rss, heap: heapUsed };
}

function startProfile(): void {
  profiler.connect();
  profiler.post('Profiler.enable');
  profiler.post('Profiler.setSamplingInterval', { interval: 200 });
  profiler.post('Profiler.start');
}

function stopProfile(file: string): void {
  profiler.post('Profiler.stop', (error, result?: Profiler.StopReturnType) => {
    writeFileSync(file, JSON.stringify(result?.profile ?? { error }));
    profiler.disconnect();
  });
}

/** Answers the commands of the bench, and ends with it. Every command is answered with the usage. */
export function answerBench(ready: Ready): void {
  process.on('message', (command: Command) => {
    if (command.do === 'collect garbage') globalThis.gc?.();
    if (command.do === 'start profile') startProfile();
    if (command.do === 'stop profile') stopProfile(command.file ?? '');
    process.send?.(usage());
  });
  process.on('disconnect', () => process.exit());
  process.send?.(ready);
}
