/** Drivers and SDKs that make no spans of their own, and the packages that instrument them. */
const drivers: readonly (readonly [driver: RegExp, instrumentation: string])[] = [
  [/^pg$/, '@opentelemetry/instrumentation-pg'],
  [/^mysql2$/, '@opentelemetry/instrumentation-mysql2'],
  [/^mysql$/, '@opentelemetry/instrumentation-mysql'],
  [/^ioredis$/, '@opentelemetry/instrumentation-ioredis'],
  [/^(redis|@redis\/client)$/, '@opentelemetry/instrumentation-redis'],
  [/^mongodb$/, '@opentelemetry/instrumentation-mongodb'],
  [/^mongoose$/, '@opentelemetry/instrumentation-mongoose'],
  [/^tedious$/, '@opentelemetry/instrumentation-tedious'],
  [/^oracledb$/, '@opentelemetry/instrumentation-oracledb'],
  [/^cassandra-driver$/, '@opentelemetry/instrumentation-cassandra-driver'],
  [/^memcached$/, '@opentelemetry/instrumentation-memcached'],
  [/^@aws-sdk\/(client|lib)-.+/, '@opentelemetry/instrumentation-aws-sdk'],
  [/^kafkajs$/, '@opentelemetry/instrumentation-kafkajs'],
  [/^amqplib$/, '@opentelemetry/instrumentation-amqplib'],
  [/^@prisma\/client$/, '@prisma/instrumentation'],
];

export function instrumentationOf(driver: string): string | undefined {
  return drivers.find(([name]) => name.test(driver))?.[1];
}
