import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import { hashTagged, hashToBytes } from "../../protocol/crypto/hash.ts";
import { Block, bodyOf } from "../../protocol/ledger/block.ts";
import type { Header } from "../../protocol/ledger/header.ts";

/** A minute ahead of any clock: further than honest ones drift. */
const AHEAD_US = 60 * SECOND_US;

type Flaw = (parent: ChainState, header: Header) => Partial<Header>;

/** One wrong field each; all the rest is as it should be. */
const FLAWS: readonly Flaw[] = [
  (_, { stateRoot }) => ({ stateRoot: other(stateRoot) }),
  ({ rotation }, { proposer }) => ({ proposer: rotation.committee.members.find((id) => id !== proposer) ?? proposer }),
  ({ timeUs, rotation }) => ({ timeUs: timeUs + rotation.parameters.roundUs - 1 }),
  (_, { transactionRoot }) => ({ transactionRoot: other(transactionRoot) }),
  (_, { nextCommitteeHash }) => ({ nextCommitteeHash: other(nextCommitteeHash) }),
  (_, { previousHash }) => ({ previousHash: other(previousHash) }),
  (_, { timeUs }) => ({ timeUs: timeUs + AHEAD_US }),
  (_, { vrfPriority }) => ({ vrfPriority: other(vrfPriority) }),
  (_, { executionRoot }) => ({ executionRoot: other(executionRoot) }),
  (_, { height }) => ({ height: height + 1 }),
];

function other(hash: Hash): Hash {
  return hashTagged("orrery/invalid-block", hashToBytes(hash));
}

/** Blocks that look valid: of the right form, by the leader, well signed, and wrong in one thing after another. */
export class InvalidBlocks {
  #turn = 0;

  remake(parent: ChainState, { header, transactions }: Block): Block {
    const turn = this.#turn++;
    const [first] = transactions;
    if (turn % 3 === 0 && first !== undefined) {
      const twice = [...transactions, first];
      return new Block({ ...header, transactionRoot: bodyOf(twice).root }, twice);
    }
    const flaw = FLAWS[turn % FLAWS.length] as Flaw;
    return new Block({ ...header, ...flaw(parent, header) }, transactions);
  }
}
