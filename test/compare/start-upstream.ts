import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

const statuses: Record<string, number> = { '/missing': 404, '/failing': 503 };

/** The service that the app calls over HTTP. It is not traced. */
export async function startUpstream(): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(statuses[request.url ?? ''] ?? 200).end('answer');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
