import { describe, expect, it } from "vitest";
import { encodeEvidence } from "../../consensus/evidence.ts";
import { Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { EvidenceReport, Rejoin } from "../../ledger/transaction.ts";
import { decodeTotals, TOTALS_KEY } from "../../rootchain/entries.ts";
import type { Payload } from "../../rootchain/payload.ts";
import { payToKey } from "../../rootchain/script/index.ts";
import { NEVER_AGAIN } from "../../rootchain/staking.ts";
import { supplyOf } from "../../rootchain/supply.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { delegateRegistration } from "../../rootchain/wallet.ts";
import { crypto, holder, identityOf } from "../people.ts";
import { BOND, CHAIN, COIN, coinOf, ownerOf, paying, sign, spending, World } from "./world.ts";

// Epochs have six blocks; the third-last iteration of each is its first: its snapshot is taken after blocks 2, 8, 14 …
const EDGE = 2;
const EPOCH = 6;

const votePayload = (delegate: number): Payload => ({ kind: "vote", delegate: delegate as DelegateId });
const UNBOND: Payload = { kind: "unbond" };

/** @returns a vote of a holder's genesis coin */
function voteOf(world: World, index: number, delegate: number, amount = COIN): UtxoTransaction {
  return spending([world.coin(index)], [paying(index, amount)], { payload: votePayload(delegate) });
}

/** @returns the registration of a delegate that is no part of the genesis, with its bond from a holder's coin */
function registrationOf(world: World, id: number, changes: { signer?: number; vrf?: number; bond?: bigint } = {}) {
  const { signer = id, vrf = id, bond = BOND } = changes;
  const rewardScript = payToKey(ownerOf(id).publicKey);
  const payload = delegateRegistration(sign, CHAIN, identityOf(signer).signing, {
    vrfPublicKey: identityOf(vrf).vrf.publicKey,
    endpoint: id as PeerId,
    commission: 0,
    rewardScript,
  });
  return spending([world.coin(0)], [paying(0, bond)], { payload });
}

/** @returns proof that a delegate voted for two blocks */
function evidenceAgainst(id: number): EvidenceReport {
  const { signing } = identityOf(id);
  const [first, second] = ["a", "b"].map((name) => {
    const blockHash = hashTagged(`test/${name}`);
    const shared = { chainId: CHAIN, height: 9, view: 0, phase: Phase.commit, newViewHash: ZERO_HASH };
    const membership = new Uint8Array(0);
    const vote = new Vote({ ...shared, blockHash, signer: id as DelegateId, membership }, new Uint8Array(64));
    crypto.sign(vote, signing);
    return vote;
  }) as [Vote, Vote];
  return new EvidenceReport(id as DelegateId, encodeEvidence({ kind: "double-vote", first, second }));
}

describe("a delegate", () => {
  it("registers with a bond and sits from the next snapshot on", () => {
    const world = new World({ delegates: 3, consensus: { delegates: 4, committee: 4 } });
    expect(world.mine(registrationOf(world, 3))).toEqual([]);
    const { registry, standings } = world.state.rotation;
    expect(registry.size).toBe(4);
    expect(standings[3]).toMatchObject({ stake: 0n, bond: BOND, eligibleEpoch: 1 });
    world.mineTo(EPOCH);
    expect(world.state.rotation.delegates).toContain(3);
    world.mineTo(EPOCH + EPOCH);
    expect(world.state.rotation.committee.members).toContain(3);
  });

  it("registers nobody else, and nothing twice", () => {
    const world = new World({ delegates: 3 });
    expect(world.refusal(registrationOf(world, 3))).toBeNull();
    expect(world.refusal(registrationOf(world, 3, { bond: 1n }))).toBe("delegate with too small a bond");
    expect(world.refusal(registrationOf(world, 3, { signer: 1 }))).toBe("delegate with a key that is registered");
    expect(world.refusal(registrationOf(world, 3, { vrf: 1 }))).toBe("delegate with another's VRF key");
    const own = registrationOf(world, 3);
    const payload = own.payload as Extract<Payload, { kind: "register-delegate" }>;
    const altered = { ...payload, endpoint: 9 as PeerId };
    const forged = spending([world.coin(0)], own.outputs, { payload: altered });
    expect(world.refusal(forged)).toBe("delegate with a bad signature");
  });

  it("gets its bond back after the delay, and answers with it until then", () => {
    const world = new World({ delegates: 3, root: { unbondingBlocks: 4 } });
    const { bond } = world.stakeOf(2);
    const withdrawal = spending([bond], [bond.output], { payload: UNBOND });
    expect(world.refusal(spending([bond], [bond.output]))).toBe("stake that is not unbonded");
    expect(world.mine(withdrawal)).toEqual([]);
    expect(world.state.rotation.standings[2]).toMatchObject({ bond: BOND, eligibleEpoch: NEVER_AGAIN });
    const coin = { ...coinOf(withdrawal, 0, 0), keyPair: ownerOf(2) };
    const spend = spending([coin], [paying(0, BOND)]);
    // Block 1 is before the snapshot of epoch 1: epoch 0 is the last one served.
    world.mineTo(EPOCH + 2);
    expect(world.refusal(spend)).toBe("stake that is not mature");
    const guilty = evidenceAgainst(2);
    world.mineTo(EPOCH + 3);
    const unpunished = world.state;
    expect(world.mine(guilty, spend)).toEqual([spend]);
    expect(decodeTotals(world.state.ledger.entries.get(TOTALS_KEY) as Uint8Array)?.burned).toBe(BOND);
    world.state = unpunished;
    expect(world.mine(spend, guilty)).toEqual([]);
    expect(decodeTotals(world.state.ledger.entries.get(TOTALS_KEY) as Uint8Array)?.burned).toBe(0n);
    expect(world.state.rotation.standings[2]?.bond).toBe(0n);
  });

  it("that withdrew its bond is not brought back by a rejoin", () => {
    const world = new World({ delegates: 3 });
    const { bond } = world.stakeOf(2);
    const rejoin = new Rejoin({ chainId: CHAIN, delegate: 2 as DelegateId, nonce: 1, salt: 1 });
    crypto.sign(rejoin, identityOf(2).signing);
    expect(world.mine(spending([bond], [bond.output], { payload: UNBOND }), rejoin)).toEqual([]);
    world.mineTo(4 * EPOCH);
    expect(world.state.rotation.delegates).not.toContain(2);
  });

  it("loses its bond to evidence, once", () => {
    const world = new World({ delegates: 3 });
    const before = supplyOf(world.state.ledger, CHAIN);
    const issued = () => decodeTotals(world.state.ledger.entries.get(TOTALS_KEY) as Uint8Array)?.issued ?? 0n;
    expect(world.mine(evidenceAgainst(1))).toEqual([]);
    expect(supplyOf(world.state.ledger, CHAIN)).toBe(before + issued() - BOND);
    const { bond } = world.stakeOf(1);
    expect(world.refusal(spending([bond], [bond.output], { payload: UNBOND }))).toBe(
      "input that is spent, or never was",
    );
    expect(world.mine(evidenceAgainst(1))).toHaveLength(1);
    expect(supplyOf(world.state.ledger, CHAIN)).toBe(before + issued() - BOND);
  });
});

describe("a vote", () => {
  const stakeOf = (id: number) => BigInt(3 - id) * IOTX;
  const elects = () => new World({ delegates: 3, stakeOf, consensus: { delegates: 2, committee: 2 } });

  it("mirrors in its delegate's stake while it stands", () => {
    const world = elects();
    const vote = voteOf(world, 0, 2);
    expect(world.mine(vote)).toEqual([]);
    expect(world.state.rotation.standings[2]?.stake).toBe(IOTX + COIN);
    const coin = coinOf(vote, 0, 0);
    expect(world.refusal(spending([coin], [paying(0, 1n)]))).toBe("stake that is not unbonded");
    expect(world.mine(spending([coin], [paying(0, COIN)], { payload: UNBOND }))).toEqual([]);
    expect(world.state.rotation.standings[2]?.stake).toBe(IOTX);
  });

  it("right before the snapshot counts in the next epoch", () => {
    const world = elects();
    expect(world.state.rotation.delegates).toEqual([0, 1]);
    world.mineTo(EDGE - 1);
    world.mine(voteOf(world, 0, 2));
    expect(world.state.rotation.nextDelegates).toEqual([2, 0]);
    world.mineTo(EPOCH);
    expect(world.state.rotation.delegates).toEqual([2, 0]);
  });

  it("right after the snapshot changes nothing before the epoch after the next", () => {
    const world = elects();
    world.mineTo(EDGE);
    world.mine(voteOf(world, 0, 2));
    expect(world.state.rotation.nextDelegates).toEqual([0, 1]);
    world.mineTo(EPOCH);
    expect(world.state.rotation.delegates).toEqual([0, 1]);
    world.mineTo(EPOCH + EDGE - 1);
    expect(world.state.rotation.nextDelegates).toBeNull();
    world.mineTo(2 * EPOCH);
    expect(world.state.rotation.delegates).toEqual([2, 0]);
  });

  it("goes to no one that is not there, slashed or gone", () => {
    const world = elects();
    expect(world.refusal(voteOf(world, 0, 3))).toBe("vote for nobody");
    const { bond } = world.stakeOf(1);
    world.mine(evidenceAgainst(0), spending([bond], [bond.output], { payload: UNBOND }));
    expect(world.refusal(voteOf(world, 0, 0))).toBe("vote for nobody");
    expect(world.refusal(voteOf(world, 0, 1))).toBe("vote for nobody");
    expect(world.refusal(voteOf(world, 0, 2))).toBeNull();
    expect(world.refusal(voteOf(world, 0, 2, 1n))).toBe("vote with too small a stake");
  });
});

describe("unbonding", () => {
  it("keeps all that was staked until the delay is over", () => {
    const world = new World({ delegates: 3, root: { unbondingBlocks: 3 } });
    const [one, two] = [voteOf(world, 0, 1), voteOf(world, 1, 2)];
    world.mine(one, two);
    const coins = [coinOf(one, 0, 0), coinOf(two, 0, 1)];
    const unbond = (amount: bigint) =>
      spending([...coins, world.coin(2)], [paying(0, amount), paying(2, 3n * COIN - amount)], { payload: UNBOND });
    world.mineTo(EDGE);
    expect(world.refusal(unbond(2n * COIN - 1n))).toBe("unbonding that frees stake at once");
    const both = unbond(2n * COIN);
    expect(world.mine(both)).toEqual([]);
    // After the snapshot: the votes count in epoch 1, which ends with block 12.
    const spend = spending([coinOf(both, 0, 0)], [paying(0, 1n)]);
    world.mineTo(2 * EPOCH + 1);
    expect(world.refusal(spend)).toBe("stake that is not mature");
    world.mineTo(2 * EPOCH + 2);
    expect(world.refusal(spend)).toBeNull();
    expect(world.refusal(spending([coinOf(both, 1, 2)], [paying(0, 1n)]))).toBeNull();
  });

  it("does not mix a bond with anything", () => {
    const world = new World({ delegates: 3 });
    const [first, second] = [world.stakeOf(0), world.stakeOf(1)];
    const mixed = (coins: (typeof first.bond)[], amount: bigint) =>
      world.refusal(spending(coins, [{ ...first.bond.output, amount }], { payload: UNBOND }));
    expect(mixed([first.bond, second.bond], 2n * BOND)).toBe("unbonding of more than one bond");
    expect(mixed([first.bond, first.vote], BOND + IOTX)).toBe("unbonding of more than one bond");
    expect(mixed([first.bond], BOND - 1n)).toBe("unbonding of more than one bond");
    expect(mixed([world.coin(0)], COIN)).toBe("unbonding of nothing");
    expect(mixed([first.bond], BOND)).toBeNull();
  });

  it("takes its signature from whoever voted", () => {
    const world = new World({ delegates: 3 });
    const vote = voteOf(world, 0, 1);
    world.mine(vote);
    const thief = { ...coinOf(vote, 0, 0), keyPair: holder(3) };
    expect(world.refusal(spending([thief], [paying(3, COIN)], { payload: UNBOND }))).toMatch(/equal-verify/);
    const id: Hash = vote.id;
    expect(id).not.toBe(vote.outpointId);
  });
});
