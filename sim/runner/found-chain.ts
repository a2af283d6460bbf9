import type { CrossTransfer } from "../../protocol/bridge/cross-transfer.ts";
import { subchainKey } from "../../protocol/bridge/subchain-record.ts";
import { ZERO_HASH } from "../../protocol/core/ids.ts";
import { hashToBytes } from "../../protocol/crypto/hash.ts";
import { payToKey } from "../../protocol/rootchain/script/standard.ts";
import { type Coin, signerOf } from "../../protocol/rootchain/wallet.ts";
import type { RegisterOperation, SubchainScenario } from "../scenario/scenario.ts";
import type { Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { Foundation } from "../workload/operations.ts";
import { type ChainPlan, ROOT_CHAIN_ID } from "./chain-plan.ts";
import type { Founded } from "./genesis.ts";
import { coinOf, type Means, once, spend, type UndertakingOptions } from "./undertaking-means.ts";

/** @returns what a registration keeps besides the bonds, base units */
function prefunded({ ownToken, rewardPool }: SubchainScenario): bigint {
  return ownToken ? 0n : BigInt(rewardPool);
}

/** @returns coins that a founder needs, base units each: for the registration, then for each gift */
export function founderCoins(subchain: SubchainScenario, gifts: Founded["gifts"]): bigint[] {
  const bonds = BigInt(subchain.operators) * BigInt(subchain.bond);
  return [bonds + prefunded(subchain) + FEE, ...gifts.map(({ amount }) => amount + FEE)];
}

/** @returns what carries the registration of a chain out @param purse holds {@link founderCoins} */
export function foundChain(
  options: UndertakingOptions,
  operation: RegisterOperation,
  { founded, purse }: { founded: Founded; purse: Holder },
): Foundation {
  const { backend, plans, scenario } = options;
  const plan = plans.find(({ name }) => name === operation.chain) as ChainPlan;
  const subchain = plan.subchain as SubchainScenario;
  const means: Means = { ...options, sign: signerOf(backend), purse, plan };
  const { registration, gifts } = founded;
  const outputs = registration.operators.map(({ bond, publicKey }) => {
    return { amount: bond, lockingScript: payToKey(publicKey) };
  });
  // The largest coin comes first, and each is as large as what it is for.
  const [first, ...others] = founderCoins(subchain, gifts).map((amount) => coinOf(means, amount) as Coin);
  const spent = { payload: registration, coins: [first as Coin], outputs, fee: prefunded(subchain) + FEE };
  const longestUs = Math.floor(scenario.rootchain.trustPeriodUs / 2);
  return {
    operation,
    chainId: plan.id,
    due: once(() => spend(means, spent)),
    isDone: ({ ledger }) => ledger.entries.get(subchainKey(plan.id)) !== undefined,
    shows: ({ height }) => height >= 1,
    gifts: gifts.map(({ holder, amount }, place) => {
      const coin = others[place] as Coin;
      const lock = (nowUs: number) =>
        spend(means, {
          coins: [coin],
          outputs: [],
          payload: { kind: "lock", transfer: giftOf({ plan, holder, amount, untilUs: nowUs + longestUs, purse }) },
          fee: amount + FEE,
        });
      return { holder, amount, lock };
    }),
  };
}

function giftOf(of: {
  plan: ChainPlan;
  holder: Holder;
  amount: bigint;
  untilUs: number;
  purse: Holder;
}): CrossTransfer {
  const { plan, holder, amount, untilUs, purse } = of;
  return {
    token: ROOT_CHAIN_ID,
    sourceChain: ROOT_CHAIN_ID,
    destinationChain: plan.id,
    amount,
    receiver: hashToBytes(holder.address),
    dataHash: ZERO_HASH,
    rootExpiryUs: untilUs,
    destinationExpiryUs: untilUs,
    relockFee: 0n,
    deliveryFee: 0n,
    fallback: purse.script,
  };
}
