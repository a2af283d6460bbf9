import { Proposal } from "../consensus/messages.ts";
import { NewView, NOT_PREPARED, newViewHash, ViewChange } from "../consensus/view-change.ts";
import { Phase, Vote } from "../consensus/vote.ts";
import { type Hash, ZERO_HASH } from "../core/ids.ts";
import type { Message } from "../core/machine.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { Block } from "../ledger/block.ts";
import type { Draws, Tamper } from "./driver.ts";
import { crypto, identityOf } from "./people.ts";

/** @returns a signed copy of a vote with other fields */
export function forgedVote(vote: Vote, changes: Partial<Vote>): Vote {
  const forged = new Vote({ ...vote, ...changes });
  crypto.sign(forged, identityOf(forged.signer).signing);
  return forged;
}

/** @returns a signed copy of a view change with other fields */
export function forgedViewChange(change: ViewChange, changes: Partial<ViewChange>): ViewChange {
  const fields = { ...change, ...changes };
  const forged = new ViewChange(fields, fields.certificate);
  crypto.sign(forged, identityOf(forged.signer).signing);
  return forged;
}

/** @returns another valid block in a block's place */
export function forkOf(block: Block): Block {
  return new Block({ ...block.header, timeUs: block.header.timeUs + 1 }, block.transactions);
}

export const silent: Tamper = (_to, message) => (message.kind <= 4 ? [] : [message]);

/** Votes for a second block wherever it votes. */
export const doubleVoter: Tamper = (_to, message) => {
  if (!(message instanceof Vote) || message.phase === Phase.propose) return [message];
  const blockHash = hashTagged("test/second", hashToBytes(message.blockHash));
  return [message, forgedVote(message, { blockHash })];
};

/** Proposes two blocks, each to half of the nodes, and votes for either with either half; denies what it prepared. */
export function equivocator(self: number): Tamper {
  const forks = new Map<Hash, Block>();
  return (to, message) => {
    const other = to % 2 === 1;
    if (message instanceof Proposal && message.vote.signer === self) {
      const fork = forks.get(message.block.hash) ?? forkOf(message.block);
      forks.set(message.block.hash, fork);
      return other ? [new Proposal(forgedVote(message.vote, { blockHash: fork.hash }), fork)] : [message];
    }
    if (message instanceof NewView && message.vote.signer === self) return [splitNewView(message, other)];
    if (message instanceof ViewChange && message.signer === self && other) return [denial(message)];
    if (!(message instanceof Vote) || message.signer !== self) return [message];
    const fork = forks.get(message.blockHash);
    return fork !== undefined && other ? [forgedVote(message, { blockHash: fork.hash })] : [message];
  };
}

function denial(change: ViewChange): ViewChange {
  return forgedViewChange(change, { preparedView: NOT_PREPARED, preparedHash: ZERO_HASH, certificate: null });
}

/** Shows half of the nodes a new view in which this leader itself denies what it prepared. */
function splitNewView(newView: NewView, other: boolean): NewView {
  const { vote, block } = newView;
  if (!other) return newView;
  const viewChanges = newView.viewChanges.map((each) => (each.signer === vote.signer ? denial(each) : each));
  const forged = forgedVote(vote, { newViewHash: newViewHash(viewChanges, block.hash) });
  return new NewView(viewChanges, forged, block);
}

/** Says anything that its key can sign: drops, repeats, alters and misdates its statements. */
export function chaotic(self: number): Tamper {
  const said: Message[] = [];
  return (_to, message, draws) => {
    if (message.kind > 4) return [message];
    said.push(message);
    if (said.length > 50) said.shift();
    const copies = [alter(self, message, draws)];
    if (draws.chance(0.2)) copies.push(said[draws.below(said.length)] as Message);
    return draws.chance(0.2) ? [] : copies;
  };
}

function alter(self: number, message: Message, draws: Draws): Message {
  if (draws.chance(0.5)) return message;
  if (message instanceof Proposal && message.vote.signer === self) {
    const block = draws.chance(0.5) ? forkOf(message.block) : new Block(message.block.header, []);
    return new Proposal(forgedVote(message.vote, { blockHash: block.hash }), block);
  }
  if (message instanceof ViewChange && message.signer === self) {
    return draws.chance(0.5) ? denial(message) : forgedViewChange(message, { view: message.view + draws.below(20) });
  }
  if (message instanceof NewView && message.vote.signer === self) return splitNewView(message, true);
  if (!(message instanceof Vote) || message.signer !== self) return message;
  const changes: Partial<Vote>[] = [
    { view: message.view + draws.below(3) },
    { height: message.height + draws.below(4) },
    { phase: draws.below(3) as Phase },
    { blockHash: hashTagged("test/any", Uint8Array.of(draws.below(3))) },
    { newViewHash: hashTagged("test/any", Uint8Array.of(draws.below(3))) },
  ];
  return forgedVote(message, changes[draws.below(changes.length)] as Partial<Vote>);
}
