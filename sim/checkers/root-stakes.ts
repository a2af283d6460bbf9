import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { decodeOutputEntry } from "../../protocol/rootchain/entries.ts";

/** Holds what elections count against the outputs that it stands for. @returns what does not fit */
export function stakeFaults({ ledger, rotation }: ChainState): string[] {
  const stakes = new Map<number, bigint>();
  const bonds = new Map<number, bigint>();
  for (const [, entry] of ledger.entries.entries()) {
    const output = decodeOutputEntry(entry);
    if (output === null) continue;
    const { amount, role } = output;
    if (role.kind === "vote") stakes.set(role.delegate, (stakes.get(role.delegate) ?? 0n) + amount);
    if ((role.kind === "bond" || role.kind === "maturing") && role.delegate !== null)
      bonds.set(role.delegate, (bonds.get(role.delegate) ?? 0n) + amount);
  }
  return rotation.standings.flatMap(({ stake, bond }, delegate) => {
    const [voted, bonded] = [stakes.get(delegate) ?? 0n, bonds.get(delegate) ?? 0n];
    const faults: string[] = [];
    if (stake !== voted) faults.push(`delegate ${delegate} counts with a stake of ${stake} where ${voted} stands`);
    if (bond !== bonded) faults.push(`delegate ${delegate} answers with a bond of ${bond} where ${bonded} stands`);
    return faults;
  });
}
