import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../deploy/aws/terraform/', import.meta.url);

/** All that the Terraform files say. */
export const terraform = readdirSync(folder)
  .filter((name) => name.endsWith('.tf'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');

const values: Record<string, (address: string) => string> = {
  arn: (address) => `arn:aws:service:us-east-1:123456789012:${address}`,
  repository_url: (address) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/${address}`,
};

const outputs: Record<string, string> = {
  task_subnet_ids: '["subnet-1","subnet-2"]',
  assign_public_ip: 'ENABLED',
};

/**
 * Stands in for a state that `terraform apply` made: what the Terraform files do not declare is an
 * error, and so is a key that a resource with `for_each` does not have.
 */
export function tfstate(address: string): string {
  const output = /^output\.(\w+)$/.exec(address)?.[1];
  if (output && terraform.includes(`output "${output}" {`) && outputs[output]) {
    return outputs[output];
  }
  const [, type, name, key, attribute] =
    /^(\w+)\.(\w+)(?:\['(\w+)'\])?\.(\w+)$/.exec(address) ?? [];
  const [, head, body] =
    new RegExp(`(resource "${type}" "${name}" {)\n(.*?)\n}`, 's').exec(terraform) ?? [];
  if (!head || !body) throw new Error(`${address} is not found in tfstate`);
  const keys = keysOf(/for_each\s*= (.*)/.exec(body)?.[1]);
  if (key === undefined ? keys.length > 0 : !keys.includes(key)) {
    throw new Error(
      `${address} is not found in tfstate: its keys are ${keys.join(', ') || 'none'}`,
    );
  }
  return values[attribute!]?.(`${name}/${key ?? ''}`) ?? `${attribute}-of-${name}/${key ?? ''}`;
}

/** Of `local.services`, with or without more: every name in the two lists. */
function keysOf(forEach: string | undefined): string[] {
  if (!forEach) return [];
  const services = /services = toset\((.*)\)/.exec(terraform)?.[1] ?? '';
  const lists = forEach.replace('local.services', services);
  return [...lists.matchAll(/"(\w+)"/g)].map(([, name]) => name!);
}
