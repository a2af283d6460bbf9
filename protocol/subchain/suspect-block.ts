import type { Certificate } from "../consensus/certificate.ts";
import type { ChainState } from "../consensus/chain-state.ts";
import type { Hash } from "../core/ids.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { Block } from "../ledger/block.ts";
import type { Header } from "../ledger/header.ts";
import { isSystem } from "../ledger/transaction.ts";
import type { SuspectBlock } from "./make-fraud-proof.ts";

/** A final block as one of its own signers has it. */
export interface SignedBlock {
  readonly block: Block;
  readonly certificate: Certificate;
  /** The header before; null for block 1, of which only the transactions can be judged. */
  readonly previous: Header | null;
  /** The chain around the block, by the rules that its signers follow, whatever those are. */
  readonly before: ChainState;
  readonly after: ChainState;
}

function rootsOf(crypto: NodeCrypto, { block, before }: SignedBlock): Hash[] {
  const { height, timeUs, proposer } = block.header;
  const { rules, ledger, rotation } = before;
  const draft = rules.begin(ledger, { crypto, height, timeUs, proposer, rotation });
  const roots = [draft.entries.root];
  for (const transaction of block.transactions) {
    if (!isSystem(transaction)) draft.execute(transaction);
    roots.push(draft.entries.root);
  }
  return roots;
}

/**
 * What somebody hands over who runs a subchain's own rules, honest or not: all that a fraud proof can be made from. An operator
 * of a gang that wants the informer's reward has it.
 */
export function suspectBlockOf(crypto: NodeCrypto, signed: SignedBlock): SuspectBlock {
  const { block, certificate, previous, before, after } = signed;
  const { committee, registry } = before.rotation;
  const members = committee.members.map((id) => ({ id, publicKey: registry.of(id).publicKey }));
  const [previousRotationRoot, rotationRoot] = [before.rotation.root, after.rotation.root];
  const ends = { previousRotationRoot, rotationRoot, ledgerRoot: after.ledger.entries.root };
  return {
    certified: { header: block.header, certificate, members },
    transactions: block.transactions,
    roots: rootsOf(crypto, signed),
    entries: before.ledger.entries,
    ends: previous === null ? null : { previous, ...ends },
  };
}
