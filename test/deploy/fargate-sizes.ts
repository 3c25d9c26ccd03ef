/** MiB of memory that Fargate has for so many CPU units: [least, most, step]. From the ECS API's `memory`. */
const sizes: Record<string, readonly [number, number, number]> = {
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};

export function isFargateSize(cpu: number, memory: number): boolean {
  if (cpu === 256) return [512, 1024, 2048].includes(memory);
  if (cpu === 512) return [1024, 2048, 3072, 4096].includes(memory);
  const [least, most, step] = sizes[cpu] ?? [1, 0, 1];
  return memory >= least && memory <= most && memory % step === 0;
}
