import type { StateTable } from "../../sim/trace/reader.ts";

const CAUSES = ["listen", "receive", "transmit", "compute", "sleep"] as const;
const CAUSE_WORDS = {
  listen: "listening",
  receive: "receiving",
  transmit: "transmitting",
  compute: "computing",
  sleep: "sleeping",
} as const;

/** @returns an energy with a fitting unit */
export function energyText(microjoules: number): string {
  if (microjoules >= 1e6) return `${(microjoules / 1e6).toPrecision(3)} J`;
  return microjoules >= 1e3 ? `${(microjoules / 1e3).toPrecision(3)} mJ` : `${microjoules} µJ`;
}

/** @returns what a table says of a device's battery and radio, as terms and values; nothing before it first woke */
export function batteryWords(state: StateTable, node: number): readonly (readonly [string, string])[] {
  const spent = CAUSES.map((cause) => [cause, state.get(node, cause)] as const);
  const all = spent.reduce((sum, [, each]) => sum + each, 0);
  const losses = state.get(node, "radioLosses");
  const radio = losses === 0 ? [] : [["Lost on its radio", `${losses} message${losses === 1 ? "" : "s"}`] as const];
  if (all === 0) return radio;
  const parts = spent
    .filter(([, each]) => each >= all / 1000)
    .sort(([, a], [, b]) => b - a)
    .map(([cause, each]) => `${CAUSE_WORDS[cause]} ${((100 * each) / all).toFixed(1)} %`);
  const left = state.get(node, "up") === 3 ? 0 : state.get(node, "charge") / 100;
  return [
    ["Battery", `${left.toFixed(2)} % left`],
    ["Energy so far", energyText(all)],
    ["Of it", parts.join(", ")],
    ...radio,
  ];
}
