/** Does something for each of a list, for two at a time. */
export async function twoAtATime<T>(
  list: readonly T[],
  act: (one: T) => Promise<void>,
): Promise<void> {
  const rest = [...list];
  const work = async (): Promise<void> => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await act(one);
  };
  await Promise.all([work(), work()]);
}
