import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, TestingModule } from '@nestjs/testing';
import { AppModule } from './../src/app.module.js';

describe('AppController (e2e)', () => {
  let app: NestFastifyApplication;

  beforeEach(async () => {
    const moduleFixture: TestingModule = await Test.createTestingModule({
      imports: [AppModule],
    }).compile();

    app = moduleFixture.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });

  it('/ (GET)', async () => {
    const response = await app.inject({ method: 'GET', url: '/' });
    expect(response.payload).toBe('Hello World!');
  });

  it('/orders/7 (GET)', async () => {
    const response = await app.inject({ method: 'GET', url: '/orders/7' });
    expect(response.json()).toEqual({ id: '7' });
  });

  afterEach(async () => {
    await app.close();
  });
});
