import type { ConsensusParameters } from "../../../protocol/consensus/parameters.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import { decodeOutputEntry } from "../../../protocol/rootchain/entries.ts";
import { outpointKey } from "../../../protocol/rootchain/outpoint.ts";
import type { RootParameters } from "../../../protocol/rootchain/parameters.ts";
import type { UtxoTransaction } from "../../../protocol/rootchain/transaction.ts";
import { iterationAt } from "../statements.ts";

/** What stands for a seat, and from which height on it may be spent; never where nothing has begun that. */
interface Staked {
  /** The seat of a subchain whose bond it is; "" for what stands for a delegate. */
  readonly seat: string;
  fromHeight: number;
}

/** Bonds and votes on the rootchain, and when they come free, followed through its transactions alone (R4, S3). */
export class StakesBook {
  readonly #economics: RootParameters;
  readonly #parameters: ConsensusParameters;
  /** By the key of the output. */
  readonly #staked = new Map<Hash, Staked>();
  readonly #bySeat = new Map<string, Staked>();

  constructor(genesis: AuthenticatedMap, economics: RootParameters, parameters: ConsensusParameters) {
    this.#economics = economics;
    this.#parameters = parameters;
    for (const [key, entry] of genesis.entries()) {
      const role = decodeOutputEntry(entry)?.role;
      if (role === undefined || role.kind === "plain" || role.kind === "maturing") continue;
      this.#bind(key, role.kind === "operator-bond" ? seatKey(role.chainId, role.seat) : "");
    }
  }

  #bind(key: Hash, seat: string, fromHeight = Number.POSITIVE_INFINITY): void {
    const staked = { seat, fromHeight };
    this.#staked.set(key, staked);
    if (seat !== "") this.#bySeat.set(seat, staked);
  }

  /** Takes in a transaction of a final block. @returns how many stakes it spends, and what it spends too early */
  apply(transaction: UtxoTransaction, height: number): { readonly spent: number; readonly faults: readonly string[] } {
    const { spentKeys, payload } = transaction;
    const spent = spentKeys.filter((key) => this.#staked.has(key));
    const unbonds = payload?.kind === "unbond";
    const faults = spent.flatMap((key) => {
      const { seat, fromHeight } = this.#staked.get(key) as Staked;
      this.#staked.delete(key);
      const mayGo = height >= fromHeight || (unbonds && seat === "" && fromHeight === Number.POSITIVE_INFINITY);
      return mayGo ? [] : [`${seat === "" ? "a delegate's stake" : `the bond of seat ${seat}`} is spent too early`];
    });
    this.#begin(transaction, height);
    return { spent: spent.length, faults };
  }

  #begin({ payload, outpointId }: UtxoTransaction, height: number): void {
    const output = (index: number) => outpointKey({ transactionId: outpointId, index });
    switch (payload?.kind) {
      case "register-subchain":
        payload.operators.forEach((_, seat) => {
          this.#bind(output(seat), seatKey(payload.specification.parameters.chainId, seat));
        });
        return;
      case "register-delegate":
      case "vote":
        return this.#bind(output(0), "");
      case "unbond":
        return this.#bind(output(0), "", this.#maturity(height));
      case "resign": {
        const bond = this.#bySeat.get(seatKey(payload.chainId, payload.seat));
        const fromHeight = height + this.#economics.bridge.operatorUnbondingBlocks;
        if (bond !== undefined) bond.fromHeight = Math.min(bond.fromHeight, fromHeight);
      }
    }
  }

  /** The delay counts from the first block of the first epoch for which the stake does not stand any more. */
  #maturity(height: number): number {
    const { iterationsPerEpoch, roundsPerIteration } = this.#parameters;
    const iteration = iterationAt(this.#parameters, height);
    const isInTime = iteration % iterationsPerEpoch <= iterationsPerEpoch - 3;
    const epoch = Math.floor(iteration / iterationsPerEpoch) + (isInTime ? 1 : 2);
    return epoch * iterationsPerEpoch * roundsPerIteration + this.#economics.unbondingBlocks;
  }
}

function seatKey(chainId: number, seat: number): string {
  return `${seat} of chain ${chainId}`;
}
