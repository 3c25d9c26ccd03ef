/** How a caller uses a result, by `CallStep.manner`; from `patient` on it waits until all is done. */
export const ways = { ignore: 0, first: 1, leave: 2, patient: 3 } as const;
