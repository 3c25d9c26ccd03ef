/** How a caller uses a result, by `CallStep.manner`; from `patient` on it waits until all is done, `away` outside of its own context. */
export const ways = { ignore: 0, first: 1, leave: 2, patient: 3, away: 10 } as const;
