/** Time that passed: of all threads of this process, and on the wall. */
export interface Spent {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** Starts measuring. @returns what reads how much was spent since */
export type Stopwatch = () => () => Spent;

/** Measures this process. */
export const processStopwatch: Stopwatch = () => {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(startCpu);
    return { cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - startMs) / 1000 };
  };
};

/** Something that is measured beside others: does a fixed amount of work. */
export type Contender = () => void | Promise<void>;

/**
 * Runs contenders in turn, round after round, so that whatever else the machine does befalls them alike, and a first round
 * that warms up is no more than an outlier.
 *
 * @returns for each contender the medians over the rounds
 */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { rounds, stopwatch = processStopwatch }: { rounds: number; stopwatch?: Stopwatch },
): Promise<Record<Name, Spent>> {
  const names = Object.keys(contenders) as Name[];
  const spent = new Map<Name, Spent[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const read = stopwatch();
      await contenders[name]();
      spent.get(name)?.push(read());
    }
  }
  const medians = names.map((name) => [name, medianSpent(spent.get(name) ?? [])]);
  return Object.fromEntries(medians) as Record<Name, Spent>;
}

function medianSpent(rounds: readonly Spent[]): Spent {
  return {
    cpuSeconds: median(rounds.map(({ cpuSeconds }) => cpuSeconds)),
    wallSeconds: median(rounds.map(({ wallSeconds }) => wallSeconds)),
  };
}

/** @returns the middle value, the upper one of two */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] as number;
}
