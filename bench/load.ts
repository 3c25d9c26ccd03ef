import { Agent, get } from 'node:http';

export interface Load {
  readonly requests: number;
  readonly millis: number;
  /** Of each request, in milliseconds, sorted. */
  readonly latencies: readonly number[];
}

const CONCURRENCY = 8;

/** Sends requests for a while, a fixed number of them at a time. @throws at a wrong answer. */
export async function load(url: string, millis: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const latencies: number[] = [];
  const start = performance.now();
  const worker = async (): Promise<void> => {
    while (performance.now() - start < millis) {
      const sent = performance.now();
      await request(`${url}/say/hello`, agent);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const took = performance.now() - start;
  agent.destroy();
  return {
    requests: latencies.length,
    millis: took,
    latencies: latencies.toSorted((a, b) => a - b),
  };
}

function request(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        if (response.statusCode === 200 && body === '{"text":"hello"}') resolve();
        else reject(new Error(`a wrong answer: ${response.statusCode} ${body}`));
      });
    }).on('error', reject);
  });
}
