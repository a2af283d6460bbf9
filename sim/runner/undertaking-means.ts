import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { Payload } from "../../protocol/rootchain/payload.ts";
import type { Output, UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { type Coin, type Sign, spendCoins } from "../../protocol/rootchain/wallet.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import { type ChainPlan, ROOT_CHAIN_ID } from "./chain-plan.ts";
import type { Resident } from "./population.ts";

/** What undertakings are made from. */
export interface UndertakingOptions {
  readonly scenario: Scenario;
  readonly backend: CryptoBackend;
  readonly plans: readonly ChainPlan[];
  readonly residents: readonly Resident[];
}

/** What all that is undertaken has in common. */
export interface Means extends UndertakingOptions {
  readonly sign: Sign;
  /** Pays for the operation. */
  readonly purse: Holder;
  readonly plan: ChainPlan;
}

/** Makes a transaction once, so that it is handed in again as it is. */
export function once<Of>(make: (of: Of) => UtxoTransaction | null): (of: Of) => UtxoTransaction | null {
  let made: UtxoTransaction | null = null;
  return (of) => {
    made ??= make(of);
    return made;
  };
}

/** @returns a coin of the purse as an input, with its amount */
export function coinOf({ purse }: Pick<Means, "purse">, amount: bigint): Coin | null {
  const coin = purse.takeCoin(amount, Number.MAX_SAFE_INTEGER);
  if (coin === null) return null;
  return {
    outpoint: coin.outpoint,
    output: { amount: coin.amount, lockingScript: purse.script },
    keyPair: purse.keyPair,
  };
}

/** Spends coins for a payload, with the change to the purse. */
export function spend(
  { sign, purse }: Pick<Means, "sign" | "purse">,
  of: { coins: readonly Coin[]; outputs: readonly Output[]; payload: Payload; fee?: bigint },
): UtxoTransaction {
  const { coins, outputs, payload, fee = FEE } = of;
  const sum = (all: readonly { amount: bigint }[]) => all.reduce((total, { amount }) => total + amount, 0n);
  const change = sum(coins.map(({ output }) => output)) - sum(outputs) - fee;
  const rest = change > 0n ? [{ amount: change, lockingScript: purse.script }] : [];
  return spendCoins(sign, { chainId: ROOT_CHAIN_ID, coins, outputs: [...outputs, ...rest], payload });
}
