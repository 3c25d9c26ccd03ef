import http from 'node:http';
import { text } from 'node:stream/consumers';
import { Controller, Get, Param } from '@nestjs/common';

const paths: Record<string, string> = {
  ok: '/ok',
  missing: '/missing',
  failing: '/failing',
  secret: '/ok?page=2&access_token=s3cret',
};

const clients: Record<string, (url: string) => Promise<string>> = {
  fetch: async (url) => (await fetch(url)).text(),
  http: (url) =>
    new Promise((resolve, reject) => {
      http.get(url, (response) => resolve(text(response))).once('error', reject);
    }),
};

@Controller('outgoing')
export class OutgoingController {
  @Get(':client/:what')
  async call(@Param('client') client: string, @Param('what') what: string): Promise<object> {
    const { UPSTREAM, CLOSED_PORT } = process.env;
    const url =
      what === 'refused' ? `http://127.0.0.1:${CLOSED_PORT}/` : `${UPSTREAM}${paths[what]}`;
    try {
      return { answer: await clients[client](url) };
    } catch (error) {
      return { error: String(error) };
    }
  }
}
