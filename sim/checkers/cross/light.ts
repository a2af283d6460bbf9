import type { Observation } from "../../../protocol/core/observation.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import { isHeld } from "../final-chain.ts";
import type { Chains } from "./chains.ts";
import type { CrossChecker } from "./cross-checker.ts";

type Followed = Extract<Observation, { kind: "followed" }>;

/** Light clients never accept what full nodes reject: each header they come to trust is the one that honest full nodes hold (L2). */
export class LightChecker implements CrossChecker {
  readonly #findings = new Findings("light", "");
  readonly #chains: Chains;
  readonly #awaited: { readonly node: number; readonly atUs: number; readonly followed: Followed }[] = [];

  constructor(chains: Chains) {
    this.#chains = chains;
  }

  onObserve(node: number, atUs: number, observation: Observation): void {
    if (observation.kind !== "followed" || !this.#chains.promised(observation.chainId)) return;
    this.#findings.samples++;
    // A client may hear of a block before the honest node that is looked at first: compared once all is known.
    this.#awaited.push({ node, atUs, followed: observation });
  }

  finish(): CheckerReport {
    for (const { node, atUs, followed } of this.#awaited) {
      const { chainId, height, blockHash } = followed;
      const chain = this.#chains.get(chainId)?.chain;
      if (chain === undefined || chain.forked || isHeld(chain, height, blockHash)) continue;
      const what = `header ${height} of ${this.#chains.nameOf(chainId)}`;
      this.#findings.violation(atUs, [node], `a light client accepts ${what} that full nodes do not hold final`);
    }
    if (this.#findings.samples === 0) this.#findings.note = "no light client followed a chain";
    return this.#findings.report();
  }
}
