import fc from "fast-check";
import { expect, test } from "vitest";
import { type BlockPlan, buildBlock, type ChainState, judgeBlock } from "../../consensus/chain-state.ts";
import { encodeEvidence } from "../../consensus/evidence.ts";
import { sortitionAlpha } from "../../consensus/sortition.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { addressOf } from "../../ledger/address.ts";
import { Block, bodyOf } from "../../ledger/block.ts";
import type { Header } from "../../ledger/header.ts";
import { EvidenceReport, Rejoin, SortitionClaim, type Transaction } from "../../ledger/transaction.ts";
import { forgedVote } from "../byzantine.ts";
import {
  accountsOf,
  BOND,
  crypto,
  ENDOWMENT,
  genesisOf,
  holder,
  identityOf,
  registryOf,
  smallChain,
  transfer,
} from "../people.ts";

const X = hashTagged("test/any", Uint8Array.of(1));
const Y = hashTagged("test/any", Uint8Array.of(2));

function genesis(changes: Parameters<typeof smallChain>[1] = {}): ChainState {
  return genesisOf(smallChain(4, changes), registryOf(4));
}

function planFor(state: ChainState, view = 0): BlockPlan {
  const timeUs = state.timeUs + state.rotation.parameters.roundUs;
  return { originalView: view, timeUs, proposer: state.rotation.proposer(view) };
}

function next(state: ChainState, candidates: readonly Transaction[], view = 0): { block: Block; after: ChainState } {
  return buildBlock(crypto, state, { plan: planFor(state, view), candidates });
}

/** @returns a block around transactions that were never judged, its header otherwise the built one's */
function unjudged(state: ChainState, transactions: readonly Transaction[]): Block {
  const { block } = next(state, []);
  return new Block({ ...block.header, transactionRoot: bodyOf(transactions).root }, transactions);
}

function balances(state: ChainState): bigint {
  let sum = 0n;
  for (const [, { balance }] of accountsOf(state).entries()) sum += balance;
  return sum;
}

function evidence(culprit = 2, changes: Partial<Vote> = {}): EvidenceReport {
  const fields = { chainId: 1, height: 5, view: 1, phase: Phase.prepare, blockHash: X, newViewHash: ZERO_HASH };
  const vote = new Vote({ ...fields, signer: culprit as DelegateId, membership: NO_PROOF });
  const first = forgedVote(vote, changes);
  const second = forgedVote(first, { blockHash: Y });
  return new EvidenceReport(culprit as DelegateId, encodeEvidence({ kind: "double-vote", first, second }));
}

function rejoin(delegate: number, nonce: number, chainId = 1): Rejoin {
  const result = new Rejoin({ chainId, delegate: delegate as DelegateId, nonce, salt: 7 });
  crypto.sign(result, identityOf(delegate).signing);
  return result;
}

function claim(state: ChainState, delegate: number, iteration = state.rotation.iteration + 1): SortitionClaim {
  const proof = crypto.vrfProve(identityOf(delegate).vrf, state.rotation.claimAlpha);
  return new SortitionClaim({ chainId: 1, iteration, delegate: delegate as DelegateId, proof });
}

test("what is built is judged sound and gives the same state, over many blocks, views and transactions", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(3), fc.boolean()), { minLength: 8, maxLength: 14 }), (script) => {
      let state = genesis();
      const nonces = [0, 0, 0];
      for (const [from, view, claims] of script) {
        const candidates: Transaction[] = [transfer(from, nonces[from] as number, { fee: 3n })];
        nonces[from] = (nonces[from] as number) + 1;
        if (claims) candidates.push(claim(state, from));
        const { block, after } = next(state, candidates, view);
        const judged = judgeBlock(crypto, state, block);
        expect(judged.refusal).toBeNull();
        expect(judged.after?.stateRoot).toBe(after.stateRoot);
        expect(judged.after?.rotation.root).toBe(after.rotation.root);
        expect(block.header.stateRoot).toBe(after.stateRoot);
        expect(balances(after)).toBe(3n * ENDOWMENT);
        state = after;
      }
    }),
    { numRuns: 15, seed: 1 },
  );
});

test("every field of the header is judged", () => {
  const state = genesis();
  const { block } = next(state, [transfer(0, 0)]);
  const changes: Partial<Record<keyof Header, unknown>>[] = [
    { version: 2 },
    { chainId: 2 },
    { height: 2 },
    { originalView: 1 },
    { timeUs: block.header.timeUs - 1 },
    { previousHash: X },
    { transactionRoot: X },
    { stateRoot: X },
    { executionRoot: X },
    { proposer: state.rotation.proposer(1) },
    { proposer: 4_000_000_000 },
    { vrfPriority: X },
    { vrfProof: new Uint8Array(80).fill(1) },
    { nextCommitteeHash: X },
  ];
  expect(new Set(changes.flatMap(Object.keys))).toEqual(new Set(Object.keys(block.header)));
  for (const change of changes) {
    const altered = new Block({ ...block.header, ...change } as Header, block.transactions);
    expect(altered.hash).not.toBe(block.hash);
    expect(judgeBlock(crypto, state, altered).after, Object.keys(change)[0]).toBeNull();
  }
});

test("a body is refused under the header of another: added, dropped, reordered or re-signed transactions", () => {
  const state = genesis();
  const body = [transfer(0, 0), transfer(1, 0), transfer(2, 0)];
  const { block } = next(state, body);
  const [a, b, c] = body as [Transaction, Transaction, Transaction];
  for (const other of [[a, b], [...body, transfer(0, 1)], [b, a, c], [a, b, c, c], []]) {
    const swapped = new Block(block.header, other);
    expect(swapped.hash).toBe(block.hash);
    expect(judgeBlock(crypto, state, swapped).after).toBeNull();
  }
  expect(judgeBlock(crypto, state, new Block(block.header, [...body])).after).not.toBeNull();
});

test("a block is refused for each transaction that cannot take effect", () => {
  const state = genesis();
  const twice = claim(state, 1);
  const cases: [string, Transaction[]][] = [
    ["transfer of another chain", [transfer(0, 0, { chainId: 2 })]],
    ["stale nonce", [transfer(0, 0), transfer(0, 0)]],
    ["nonce gap", [transfer(0, 1)]],
    ["insufficient balance", [transfer(0, 0, { amount: ENDOWMENT })]],
    ["insufficient balance", [transfer(0, 0, { amount: ENDOWMENT - 1n }), transfer(0, 1)]],
    ["claim for another iteration", [claim(state, 1, 2)]],
    ["claim by no candidate, or a second one", [twice, twice]],
    ["claim by no candidate, or a second one", [claim(state, 77)]],
    ["evidence against nobody, or for a paid offence", [evidence(), evidence()]],
    ["evidence against nobody, or for a paid offence", [evidence(99)]],
    ["malformed evidence", [new EvidenceReport(2 as DelegateId, Uint8Array.of(1, 2))]],
    ["evidence proves nothing", [new EvidenceReport(1 as DelegateId, evidence(2).evidence)]],
    ["evidence proves nothing", [evidence(2, { chainId: 2 })]],
    ["rejoin with a used nonce", [rejoin(1, 1), rejoin(1, 1)]],
    ["rejoin with a used nonce", [rejoin(1, 2)]],
    ["rejoin of no delegate here", [rejoin(9, 1)]],
    ["rejoin of no delegate here", [rejoin(1, 1, 2)]],
  ];
  for (const [refusal, transactions] of cases) {
    expect(judgeBlock(crypto, state, unjudged(state, transactions)).refusal).toBe(refusal);
  }
});

test("signatures and proofs are judged, whoever made the block", () => {
  const state = genesis();
  const forgedTransfer = transfer(0, 0);
  forgedTransfer.signature = transfer(0, 1).signature;
  const forgedRejoin = rejoin(1, 1);
  forgedRejoin.signature = rejoin(2, 1).signature;
  const { proof } = claim(state, 2);
  const forgedClaim = new SortitionClaim({ chainId: 1, iteration: 1, delegate: 1 as DelegateId, proof });
  const refusals = [forgedTransfer, forgedRejoin, forgedClaim].map(
    (each) => judgeBlock(crypto, state, unjudged(state, [each])).refusal,
  );
  expect(refusals).toEqual(["transfer with a bad signature", "rejoin with a bad signature", "claim with a bad proof"]);
  expect(next(state, [forgedTransfer, forgedRejoin, forgedClaim]).block.transactions).toEqual([]);
});

test("a transfer takes effect once, and on its own chain only", () => {
  let state = genesis();
  const payment = transfer(0, 0, { to: 1, amount: 5n * IOTX });
  state = next(state, [payment, payment]).after;
  state = next(state, [payment]).after;
  expect(accountsOf(state).get(addressOf(holder(1).publicKey)).balance).toBe(ENDOWMENT + 5n * IOTX);
  const other = genesisOf(smallChain(4, { chainId: 2 }), registryOf(4));
  expect(next(other, [payment]).block.transactions).toEqual([]);
});

test("chains that differ in nothing but their number share no block, no claim and no genesis", () => {
  const chains = [1, 2, 257].map((chainId) => genesisOf(smallChain(4, { chainId }), registryOf(4)));
  expect(new Set(chains.map(({ blockHash }) => blockHash)).size).toBe(3);
  const alphas = chains.map(({ rotation }) => String(rotation.claimAlpha));
  expect(new Set(alphas).size).toBe(3);
  expect(String(sortitionAlpha(1, 1, chains[0]?.blockHash as Hash))).toBe(alphas[0]);
});

test("fees go to the proposer and nothing is made or lost, self-payment and payment of the proposer included", () => {
  const state = genesis();
  const { after, block } = next(state, [
    transfer(0, 0, { to: 0, amount: 7n, fee: 11n }),
    transfer(1, 0, { to: state.rotation.registry.addressOf(state.rotation.proposer(0)), amount: 13n, fee: 17n }),
    transfer(2, 0, { amount: 0n, fee: 0n }),
  ]);
  expect(block.transactions.length).toBe(3);
  const proposer = state.rotation.registry.addressOf(block.header.proposer);
  expect(accountsOf(after).get(proposer).balance).toBe(11n + 17n + 13n);
  expect(accountsOf(after).get(addressOf(holder(0).publicKey)).balance).toBe(ENDOWMENT - 11n);
  expect(balances(after)).toBe(3n * ENDOWMENT);
});

test("an offence is paid for once: the bond burns, and a second proof against the same delegate is left out", () => {
  const first = next(genesis(), [evidence(2)]).after;
  expect([accountsOf(first).burned, first.rotation.standings[2]]).toMatchObject([BOND, { bond: 0n, slashed: true }]);
  const { block, after } = next(first, [evidence(2, { height: 6 }), evidence(1)]);
  expect(block.transactions.length).toBe(1);
  expect(accountsOf(after).burned).toBe(2n * BOND);
});

test("a rejoin makes its delegate eligible again from the second epoch after it, and its nonce is spent", () => {
  const { after } = next(genesis(), [rejoin(1, 1)]);
  expect(after.rotation.standings[1]).toMatchObject({ rejoins: 1, eligibleEpoch: 2 });
  expect(next(after, [rejoin(1, 1)]).block.transactions).toEqual([]);
  expect(next(after, [rejoin(1, 2)]).block.transactions.length).toBe(1);
});

test("a block holds as much as fits and what cannot take effect takes no room", () => {
  const data = new Uint8Array(1000);
  const state = genesis({ maxBlockBytes: 2600 });
  const broke = Array.from({ length: 20 }, (_, at) => transfer(50 + at, 0, { data, fee: 10n * IOTX }));
  const { block } = next(state, [
    ...broke,
    transfer(0, 0, { data }),
    transfer(1, 0, { data }),
    transfer(2, 0, { data }),
  ]);
  expect(block.transactions.length).toBe(2);
  expect(block.bodyBytes).toBeLessThanOrEqual(2600);
  const large = unjudged(
    state,
    [0, 1, 2].map((from) => transfer(from, 0, { data })),
  );
  expect(judgeBlock(crypto, state, large).refusal).toBe("block too large");
});

test("transactions in another order give another root, claims in another order the same committee", () => {
  const state = genesis({ committee: 2 });
  const claims = [1, 2, 3].map((id) => claim(state, id));
  const forward = next(state, claims);
  const backward = next(state, [...claims].reverse());
  expect(forward.block.header.transactionRoot).not.toBe(backward.block.header.transactionRoot);
  expect(forward.after.rotation.root).toBe(backward.after.rotation.root);
  const members = [forward, backward].map(({ after }) => next(after, []).after.rotation.committee.members);
  expect(members[0]).toEqual(members[1]);
});
