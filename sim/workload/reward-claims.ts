import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import { epochAt } from "../../protocol/rootchain/epochs.ts";
import { votePart, votersPart } from "../../protocol/rootchain/rewards.ts";
import {
  decodeDelegate,
  decodePot,
  decodeVote,
  delegateKey,
  type Pot,
  potKey,
  voteKey,
} from "../../protocol/rootchain/staking-entries.ts";
import { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Host } from "../host/index.ts";
import { type RandomStream, stream } from "../kernel/index.ts";
import { FEE } from "./leg-maker.ts";

/** Claims that are not final after so many blocks are handed in again. */
const RESUBMIT_BLOCKS = 8;
const CLAIM_VERSION = 2;

/** Who has rewards to claim. */
interface Claimant {
  readonly delegate: DelegateId;
  /** The vote; zero for the delegate itself. */
  readonly vote: Hash;
}

/** What claimants are given. */
export interface RewardClaimsOptions {
  readonly seed: string;
  /** Nodes of the rootchain. */
  readonly members: readonly number[];
  /** The votes of the genesis, by delegate. */
  readonly votes: readonly Hash[];
}

/** Claims after each epoch what delegates and the voters of the genesis have earned: no signature is needed for that (R6). */
export class RewardClaims {
  readonly #host: Host;
  readonly #members: readonly number[];
  readonly #claimants: readonly Claimant[];
  readonly #random: RandomStream;
  /** Height from which on claims are handed in again. */
  #nextHeight = 0;
  #epoch = 0;

  constructor(host: Host, { seed, members, votes }: RewardClaimsOptions) {
    this.#host = host;
    this.#members = members;
    this.#random = stream(seed, "workload/claims");
    this.#claimants = votes.flatMap((vote, id) => {
      const delegate = id as DelegateId;
      return [
        { delegate, vote: ZERO_HASH },
        { delegate, vote },
      ];
    });
  }

  /** Takes in the state after the rootchain's next final block. */
  onState({ height, rotation, ledger }: ChainState): void {
    const epoch = epochAt(rotation.parameters, height);
    if (epoch === this.#epoch && height < this.#nextHeight) return;
    this.#epoch = epoch;
    this.#nextHeight = height + RESUBMIT_BLOCKS;
    const claims = this.#claimants.map((each) => claimOf(ledger.entries, each, epoch)).filter((each) => each !== null);
    if (claims.length === 0) return;
    const node = this.#members[this.#random.below(this.#members.length)] as number;
    for (const claim of claims) this.#host.submit(node, new Transactions([claim]), this.#host.kernel.nowUs);
  }
}

/** What a claimant has to be told of by the ledger. */
interface Account {
  readonly nextEpoch: number;
  readonly rewardScript: Uint8Array;
  partOf(pot: Pot): bigint;
}

function accountOf(entries: AuthenticatedMap, { delegate, vote }: Claimant): Account | null {
  if (vote === ZERO_HASH) {
    const bytes = entries.get(delegateKey(delegate));
    const record = bytes === undefined ? null : decodeDelegate(bytes);
    return record && { ...record, partOf: (pot) => pot.earned - votersPart(pot) };
  }
  const bytes = entries.get(voteKey(vote));
  const record = bytes === undefined ? null : decodeVote(bytes);
  return record && { ...record, partOf: (pot) => votePart(pot, record.amount) };
}

/** @param untilEpoch the first that is not over @returns null where there is nothing to claim */
function claimOf(entries: AuthenticatedMap, claimant: Claimant, untilEpoch: number): UtxoTransaction | null {
  const account = accountOf(entries, claimant);
  if (account === null) return null;
  let released = 0n;
  for (let epoch = account.nextEpoch; epoch < untilEpoch; epoch++) {
    const bytes = entries.get(potKey(claimant.delegate, epoch));
    const pot = bytes === undefined ? null : decodePot(bytes);
    if (pot !== null) released += account.partOf(pot);
  }
  if (released === 0n) return null;
  const fee = released / 10n < FEE ? released / 10n : FEE;
  const { delegate, vote } = claimant;
  const of = vote === ZERO_HASH ? "delegate" : "vote";
  return new UtxoTransaction({
    chainId: ROOT_CHAIN,
    version: CLAIM_VERSION,
    inputs: [],
    outputs: [{ amount: released - fee, lockingScript: account.rewardScript }],
    lockTime: 0,
    payload: { kind: "claim-reward", of, delegate, vote, throughEpoch: untilEpoch - 1 },
  });
}
