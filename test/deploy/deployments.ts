import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type {
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { parse } from 'yaml';
import { renderTemplate } from './render-template.ts';
import { tfstate } from './terraform-state.ts';

const folder = new URL('../../deploy/aws/ecspresso/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

export const services = ['gateway', 'orders', 'inventory', 'payments'] as const;
export const environments = ['development', 'production'] as const;

/** What ecspresso would send to AWS; it adds the names of cluster, service and task definition. */
type ServiceDefinition = Omit<CreateServiceCommandInput, 'serviceName'>;

export interface Deployment {
  readonly name: string;
  readonly service: (typeof services)[number];
  readonly environment: (typeof environments)[number];
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Those that the templates asked for. */
  readonly asked: ReadonlySet<string>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly taskDefinition: RegisterTaskDefinitionCommandInput;
  readonly serviceDefinition: ServiceDefinition;
}

/** What `IMAGE_TAG=1 COLLECTOR_TAG=2 ecspresso --envfile ENVIRONMENT.env,SERVICE.env render` shows. */
function render(
  service: Deployment['service'],
  environment: Deployment['environment'],
): Deployment {
  const variables: Record<string, string | undefined> = {
    IMAGE_TAG: '1',
    COLLECTOR_TAG: '2',
    ...parseEnv(read(`${environment}.env`)),
    ...parseEnv(read(`${service}.env`)),
  };
  const asked = new Set<string>();
  const functions = {
    must_env(name: string) {
      asked.add(name);
      if (variables[name]) return variables[name];
      throw new Error(`${name} is not defined`);
    },
    tfstate,
    tfstatef: (format: string, value: string) => tfstate(format.replace('%s', value)),
  };
  const { must_env } = functions;
  const config = parse(renderTemplate(read('ecspresso.yml'), { must_env })) as Record<
    string,
    string
  >;
  const definition = (name: string | undefined): unknown =>
    JSON.parse(renderTemplate(read(name!), functions));
  return {
    name: `${service} in ${environment}`,
    service,
    environment,
    variables,
    asked,
    config,
    taskDefinition: definition(config['task_definition']) as RegisterTaskDefinitionCommandInput,
    serviceDefinition: definition(config['service_definition']) as ServiceDefinition,
  };
}

/** All services in all environments. */
export const deployments: readonly Deployment[] = environments.flatMap((environment) =>
  services.map((service) => render(service, environment)),
);
