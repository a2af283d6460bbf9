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

/** What each contender spent in one round. */
export type Round<Name extends string> = Readonly<Record<Name, Spent>>;

/**
 * Runs contenders in turn, round after round, so that whatever else the machine does befalls them alike: compare them within
 * a round, and take the median over the rounds, to which a first one that warms up is no more than an outlier.
 */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { rounds, stopwatch = processStopwatch }: { rounds: number; stopwatch?: Stopwatch },
): Promise<Round<Name>[]> {
  const results: Round<Name>[] = [];
  while (results.length < rounds) {
    const round = {} as Record<Name, Spent>;
    for (const name of Object.keys(contenders) as Name[]) {
      const read = stopwatch();
      await contenders[name]();
      round[name] = read();
    }
    results.push(round);
  }
  return results;
}

/** @returns the median over the rounds of a figure of one */
export function medianOf<Name extends string>(
  rounds: readonly Round<Name>[],
  figure: (round: Round<Name>) => number,
): number {
  return median(rounds.map(figure));
}

/** @returns the middle value, the upper one of two */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] as number;
}
