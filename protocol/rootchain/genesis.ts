import type { LedgerState } from "../consensus/ledger-rules.ts";
import { assert } from "../core/assert.ts";
import { Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import { hashTagged } from "../crypto/hash.ts";
import { encodeOutputEntry, type OutputRole, PLAIN } from "./entries.ts";
import type { Output } from "./input-signature.ts";
import { MAX_AMOUNT } from "./limits.ts";
import { type Outpoint, outpointKey } from "./outpoint.ts";
import {
  delegateKey,
  encodeDelegate,
  encodeSnapshot,
  encodeVote,
  NO_END,
  snapshotKey,
  voteKey,
} from "./staking-entries.ts";

/** A delegate of the registry at genesis, in order of id. */
export interface GenesisDelegate {
  /** Base units, as in its registration. */
  readonly bond: bigint;
  /** Base units, as in its registration: its own vote for itself; none when zero. */
  readonly stake: bigint;
  /** Part of its rewards that it keeps, in 1/10000. */
  readonly commission: number;
  /** Where bond, stake and rewards belong. */
  readonly rewardScript: Uint8Array;
}

/** What the rootchain's ledger holds before block 1. */
export interface RootGenesis {
  readonly chainId: number;
  readonly outputs: readonly Output[];
  readonly delegates: readonly GenesisDelegate[];
}

const scratch = new Writer();

/** Names outputs that no transaction made, by all that is to be known of them. */
function genesisId(purpose: string, chainId: number, place: number, { amount, lockingScript }: Output): Hash {
  scratch.ascii(purpose).u32(chainId).u32(place).u128(amount).bytes(lockingScript);
  return hashTagged("orrery/genesis-output", scratch.finish());
}

function genesisOutpoint(purpose: string, chainId: number, place: number, output: Output): Outpoint {
  return { transactionId: genesisId(purpose, chainId, place, output), index: 0 };
}

/** @returns where the outputs of a genesis are, in their order */
export function genesisOutpoints({ chainId, outputs }: Pick<RootGenesis, "chainId" | "outputs">): Outpoint[] {
  return outputs.map((output, place) => genesisOutpoint("output", chainId, place, output));
}

/** @returns where the bond of a delegate of the genesis is, and its own vote */
export function genesisStake(
  chainId: number,
  id: DelegateId,
  { bond, stake, rewardScript }: GenesisDelegate,
): { bond: Outpoint; vote: Outpoint } {
  return {
    bond: genesisOutpoint("bond", chainId, id, { amount: bond, lockingScript: rewardScript }),
    vote: genesisOutpoint("vote", chainId, id, { amount: stake, lockingScript: rewardScript }),
  };
}

function withOutput(map: AuthenticatedMap, outpoint: Outpoint, output: Output, role: OutputRole): AuthenticatedMap {
  const { amount, lockingScript } = output;
  const entry = encodeOutputEntry({ amount, lockingScript, createdHeight: 0, createdUs: 0, role });
  return map.set(outpointKey(outpoint), entry);
}

function withDelegate(
  map: AuthenticatedMap,
  chainId: number,
  delegate: DelegateId,
  genesis: GenesisDelegate,
): AuthenticatedMap {
  const { bond: bonded, stake, commission, rewardScript } = genesis;
  const { bond, vote } = genesisStake(chainId, delegate, genesis);
  const record = encodeDelegate({ commission, rewardScript, bond, nextEpoch: 0 });
  const output = { amount: bonded, lockingScript: rewardScript };
  const registered = withOutput(map, bond, output, { kind: "bond", delegate }).set(delegateKey(delegate), record);
  if (stake === 0n) return registered;
  const voted = encodeVote({ delegate, amount: stake, rewardScript, nextEpoch: 0, endEpoch: NO_END });
  const staked = { amount: stake, lockingScript: rewardScript };
  return withOutput(registered, vote, staked, { kind: "vote", delegate }).set(voteKey(vote.transactionId), voted);
}

/**
 * Makes the rootchain's ledger before block 1: the given outputs, and for each delegate of the registry its bond and its own vote.
 *
 * @returns what `genesisState` takes; bonds and stakes have to be those of the registry
 */
export function rootGenesisLedger(genesis: RootGenesis): LedgerState {
  const { chainId, outputs, delegates } = genesis;
  const staked = delegates.reduce((sum, { bond, stake }) => sum + bond + stake, 0n);
  const supply = outputs.reduce((sum, { amount }) => sum + amount, staked);
  assert(supply <= MAX_AMOUNT / 2n, "no reward makes the supply overflow");
  const outpoints = genesisOutpoints(genesis);
  let map = AuthenticatedMap.empty();
  outputs.forEach((output, place) => {
    map = withOutput(map, outpoints[place] as Outpoint, output, PLAIN);
  });
  delegates.forEach((delegate, id) => {
    map = withDelegate(map, chainId, id as DelegateId, delegate);
  });
  const shares = delegates.map(({ stake, commission }) => ({ stake, commission }));
  return { entries: map.set(snapshotKey(0), encodeSnapshot({ delegates: shares })) };
}
