import { describe, expect, it } from 'vitest';
import { portOf } from '../../libs/contracts/src/listen-address.ts';
import { readSettings } from '../../libs/tracing/src/options/read-settings.ts';
import { collectorConfig } from './collector-config.ts';
import { deployments, environments, services } from './deployments.ts';
import { isFargateSize } from './fargate-sizes.ts';
import { terraform } from './terraform-state.ts';

describe.each(deployments)('$name', (deployment) => {
  const { service, environment, variables, taskDefinition, serviceDefinition } = deployment;
  const [app, collector] = taskDefinition.containerDefinitions!;
  const env = Object.fromEntries(app!.environment!.map(({ name, value }) => [name!, value!]));
  const main = `/shop/dist/apps/${service}/main.js`;
  const { settings, warnings } = readSettings({}, { env, mainScript: main, cwd: '/shop' });

  it('tells nestjs-tracing what it understands', () => {
    expect(warnings).toEqual([]);
    expect(settings).toMatchObject({
      service,
      backend: 'xray',
      sampling: environment === 'development' ? 1 : 'dormant',
      publicEndpoint: service === 'gateway' ? 'keep-id' : false,
    });
  });

  it('names the log group of the app on its segments', () => {
    expect(settings.logGroups).toEqual([app!.logConfiguration!.options!['awslogs-group']]);
  });

  it('loses lines rather than requests, and needs no right to make log groups', () => {
    for (const { logConfiguration } of [app!, collector!]) {
      expect(logConfiguration).toMatchObject({
        logDriver: 'awslogs',
        options: { mode: 'non-blocking', 'max-buffer-size': expect.stringMatching(/^\d+m$/) },
      });
      expect(logConfiguration!.options).not.toHaveProperty('awslogs-create-group');
    }
  });

  it('sends to the collector of the same task', () => {
    const { hostname, port } = new URL(settings.endpoint);
    expect(hostname).toBe('localhost');
    expect(`127.0.0.1:${port}`).toBe(collectorConfig.receivers.otlp.protocols.grpc.endpoint);
  });

  it('is not taken down by its collector', () => {
    expect(app).toMatchObject({ name: 'app', essential: true });
    expect(collector).toMatchObject({
      name: 'collector',
      essential: false,
      restartPolicy: { enabled: true, restartAttemptPeriod: 60 },
    });
  });

  it('waits for a healthy collector in development only', () => {
    const condition = environment === 'development' ? 'HEALTHY' : 'START';
    expect(app!.dependsOn).toEqual([{ containerName: 'collector', condition }]);
    expect(collector!.dependsOn).toBeUndefined();
    expect(collector!.healthCheck!.command).toEqual(['CMD', '/healthcheck']); // no shell in there
  });

  it('has time to send what is left: the app first, then the collector', () => {
    const batch = Number.parseInt(collectorConfig.processors['batch/traces']!.timeout!);
    expect(app!.stopTimeout).toBeGreaterThan(settings.shutdownTimeout / 1000);
    expect(collector!.stopTimeout).toBeGreaterThan(batch);
    expect(Math.max(app!.stopTimeout!, collector!.stopTimeout!)).toBeLessThanOrEqual(120);
  });

  it('has a size that Fargate has, with room for the proxy of Service Connect', () => {
    const [cpu, memory] = [Number(taskDefinition.cpu), Number(taskDefinition.memory)];
    expect(isFargateSize(cpu, memory)).toBe(true);
    // AWS recommends 256 CPU units and 64 MiB for it.
    expect(app!.cpu! + collector!.cpu!).toBeLessThanOrEqual(cpu - 256);
    expect(app!.memory! + collector!.memory!).toBeLessThanOrEqual(memory - 64);
  });

  it('lets the collector collect its garbage before the limiter refuses', () => {
    const limit = collector!.environment!.find(({ name }) => name === 'GOMEMLIMIT')!.value;
    expect(limit).toBe(`${Math.floor(collector!.memory! * 0.8)}MiB`);
  });

  it('listens where the others and the health check look', () => {
    const containerPort = portOf(service);
    const appProtocol = service === 'gateway' ? 'http' : 'grpc';
    expect(env['LISTEN_HOST']).toBe('0.0.0.0');
    expect(app!.portMappings).toEqual([
      { name: service, containerPort, protocol: 'tcp', appProtocol },
    ]);
    expect(app!.healthCheck!.command!.join(' ')).toContain(`.connect(${containerPort})`);
  });

  it('is called by its name, or by the load balancer', () => {
    const { serviceConnectConfiguration, loadBalancers } = serviceDefinition;
    const port = portOf(service);
    if (service === 'gateway') {
      expect(serviceConnectConfiguration!.services).toBeUndefined();
      expect(loadBalancers).toMatchObject([{ containerName: 'app', containerPort: port }]);
    } else {
      expect(loadBalancers).toBeUndefined();
      expect(serviceConnectConfiguration!.services).toEqual([
        {
          portName: service,
          clientAliases: [{ dnsName: service, port }],
          timeout: { perRequestTimeoutSeconds: 0 }, // streams last longer than 15 s
        },
      ]);
      expect(env[`${service.toUpperCase()}_URL`]).toBe(`${service}:${port}`);
    }
  });

  it('pulls the images that were made for it', () => {
    expect(app!.image).toMatch(new RegExp(`/image/${service}:1$`));
    expect(collector!.image).toMatch(/\/image\/collector:2$/);
  });

  it('asks for every variable of its files', () => {
    expect(Object.keys(variables).filter((name) => !deployment.asked.has(name))).toEqual([]);
  });
});

it('every service and environment is a cluster and a service of ecspresso', () => {
  expect(deployments.map(({ config }) => `${config['cluster']}/${config['service']}`)).toEqual(
    environments.flatMap((environment) => services.map((name) => `shop-${environment}/${name}`)),
  );
});

it('Terraform opens the ports on which the services listen', () => {
  const opened = [...terraform.matchAll(/(?:from_port|to_port|port)\s*= (\d+)$/gm)];
  const ports = services.map((service) => String(portOf(service))).sort();
  expect(new Set(opened.map(([, port]) => port))).toEqual(
    new Set([ports[0], ports[1], ports.at(-1)]), // 3000, and the range from 50051
  );
});

describe('the collector', () => {
  const { extensions, receivers, service } = collectorConfig;
  const pipeline = service.pipelines['traces']!;

  it('listens to its own task only', () => {
    const { grpc, http } = receivers.otlp.protocols;
    const { awsxray } = receivers;
    const listening = [extensions.health_check, grpc, http, awsxray, awsxray.proxy_server];
    expect(listening.map(({ endpoint }) => endpoint)).toEqual([
      '127.0.0.1:13133', // where /healthcheck looks
      '127.0.0.1:4317',
      '127.0.0.1:4318',
      '127.0.0.1:2000',
      '127.0.0.1:2000',
    ]);
    expect(service.extensions).toContain('health_check');
  });

  it('limits its memory first and batches last', () => {
    expect(pipeline.processors[0]).toBe('memory_limiter');
    expect(pipeline.processors.at(-1)).toBe('batch/traces');
    expect(pipeline.exporters).toEqual(['awsxray']);
  });
});
