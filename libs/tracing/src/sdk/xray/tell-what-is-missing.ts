import type { Resource } from '@opentelemetry/resources';

/** Says what was looked for and not found, once everybody who was asked has answered or is given up. */
export async function tellWhatIsMissing(
  resource: Resource,
  tell: (message: string) => void,
): Promise<void> {
  await resource.waitForAsyncAttributes?.();
  const { attributes } = resource;
  const missing = [
    ...(attributes['cloud.platform'] === undefined
      ? ['no AWS around the process (ECS, EKS, EC2, Lambda), so segments have no origin']
      : []),
    ...((attributes['aws.log.group.names'] ?? attributes['aws.log.group.arns'])
      ? []
      : ['no log group, so the console shows no lines under a trace: name it in logGroups']),
  ];
  if (missing.length > 0) tell(`Backend xray has found ${missing.join('; and ')}.`);
}
