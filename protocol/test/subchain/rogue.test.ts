import { expect, test } from "vitest";
import type { OperatorRecord } from "../../bridge/subchain-record.ts";
import type { Draft, LedgerDraft, LedgerState, Refusal } from "../../consensus/ledger-rules.ts";
import { ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import type { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { Accounts } from "../../ledger/accounts.ts";
import type { Header } from "../../ledger/header.ts";
import { type LedgerTransaction, SortitionClaim } from "../../ledger/transaction.ts";
import { judgeFraud } from "../../subchain/judge-fraud.ts";
import { makeFraudProof, type SuspectBlock } from "../../subchain/make-fraud-proof.ts";
import { SubchainRules } from "../../subchain/rules.ts";
import { suspectBlockOf } from "../../subchain/suspect-block.ts";
import { crypto, identityOf, keyPair, transfer } from "../people.ts";
import { account, certify, HERE, seat, specificationOf, World } from "./world.ts";

type Lie = "none" | "start" | "transaction" | "end";

/** The rules with money from nothing at one place of every block from a height on. */
class RogueRules extends SubchainRules {
  readonly #lie: Lie;

  constructor(lie: Lie) {
    super(specificationOf());
    this.#lie = lie;
  }

  override begin(ledger: LedgerState, draft: Draft): LedgerDraft {
    const inner = super.begin(ledger, draft);
    const lie = draft.height < 4 ? "none" : this.#lie;
    let lied = lie === "start";
    const entries = (): AuthenticatedMap =>
      lied ? new Accounts(inner.entries).credit(account(9), 5n * IOTX).map : inner.entries;
    return {
      get entries() {
        return entries();
      },
      execute(transaction: LedgerTransaction): Refusal | null {
        const refusal = inner.execute(transaction);
        if (refusal === null && lie === "transaction") lied = true;
        return refusal;
      },
      confiscate: () => inner.confiscate(0n, undefined as never),
      close() {
        inner.close();
        if (lie === "end") lied = true;
      },
    };
  }
}

/** @returns the blocks of a chain that runs such rules, as one of its operators has them */
function blocksOf(lie: Lie): { world: World; blocks: SuspectBlock[] } {
  const world = new World();
  world.state = { ...world.state, rules: new RogueRules(lie) };
  let previous: Header | null = null;
  const blocks: SuspectBlock[] = [];
  for (let height = 1; height <= 8; height++) {
    const before = world.state;
    const claim = new SortitionClaim({
      chainId: HERE,
      iteration: before.rotation.iteration + 1,
      delegate: identityOf(0).id,
      proof: crypto.vrfProve(identityOf(0).vrf, before.rotation.claimAlpha),
    });
    const pay = () => transfer(height % 3, world.nonceOf(height % 3), { chainId: HERE });
    const block = world.next([claim, pay()]);
    const { certificate } = certify(
      block.header,
      [0, 1, 2, 3].map((id) => keyPair(1, id)),
    );
    blocks.push(suspectBlockOf(crypto, { block, certificate, previous, before, after: world.state }));
    previous = block.header;
  }
  return { world, blocks };
}

const OPERATORS: readonly OperatorRecord[] = [0, 1, 2, 3].map((index) => {
  const bond = { transactionId: ZERO_HASH, index };
  return { registered: seat(index), nominees: [], slashed: false, resigned: false, bond };
});

for (const lie of ["none", "start", "transaction", "end"] as const) {
  test(`an operator's own records convict the signers of every block that lies, and of no other (lie: ${lie})`, () => {
    const { world, blocks } = blocksOf(lie);
    const { specification } = world;
    const chain = { crypto, specification, extensions: new Map() };
    const convicted = blocks.map((block) => {
      const fraud = makeFraudProof(chain, block);
      return fraud === null ? 0 : judgeFraud(crypto, { specification, operators: OPERATORS }, fraud).culprits?.length;
    });
    expect(convicted).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((height) => (lie === "none" || height < 4 ? 0 : 4)));
  });
}
