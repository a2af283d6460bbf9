import type { RunOutcome } from "../../runner/index.ts";
import type { Scenario } from "../../scenario/index.ts";
import { loadText } from "../scenario/from-text.ts";

/** @returns a small world with a subchain for devices @param devices the entries of `devices:`, and what follows them */
export function town(devices: string, over = "duration: 4 min"): Scenario {
  return loadText(`
${over}
crypto: modelled
rootchain: {preset: small, delegates: 4, committee: 4, round: 10 s}
subchains:
  - {name: town, operators: 4, iterations: 3, rounds: 10, round: 5 s}
devices:
${devices}
`);
}

export function figure({ summary }: RunOutcome, name: string): number {
  return summary.figures.find((each) => each.name === name)?.value ?? Number.NaN;
}
