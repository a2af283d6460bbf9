import { Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { addressOf } from "../ledger/address.ts";
import { verifyStateEntry } from "../light/state-proof.ts";
import { type Output, writeOutputs } from "../rootchain/transaction.ts";
import { lastAnchored } from "./anchor-ring.ts";
import { isConsumed, markConsumed } from "./consumed.ts";
import { BridgeEntry } from "./entry-kind.ts";
import { takeFromEscrow } from "./escrow.ts";
import { type Holding, holdingOf } from "./holding.ts";
import type { BridgeParameters } from "./parameters.ts";
import { findSubchain } from "./subchains.ts";
import type { BridgeWorkspace, PayloadHandler } from "./workspace-port.ts";

const EXITED = Uint8Array.of(BridgeEntry.exit);

interface ExitFields {
  readonly rootChain: number;
  readonly chainId: number;
  /** Of the entry that is taken out. */
  readonly key: Hash;
  readonly outputs: readonly Output[];
}

/** What an account signs to leave a dead chain: which of its entries, and where the value goes. */
export class ExitOrder extends SignedObject {
  readonly #fields: ExitFields;

  constructor(fields: ExitFields, signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES)) {
    super(signature);
    this.#fields = fields;
  }

  preimage(): Uint8Array {
    const { rootChain, chainId, key, outputs } = this.#fields;
    const writer = new Writer().ascii("orrery/exit").u32(rootChain).u32(chainId).hash(key);
    writeOutputs(writer, outputs);
    return writer.finish();
  }
}

const scratch = new Writer();

/** @returns the key that remembers for ever that an entry of a dead chain was taken out */
export function exitKey(chainId: number, key: Hash): Hash {
  return hashTagged("orrery/exited", scratch.u32(chainId).finish(), hashToBytes(key));
}

/** A lock that was relocked in time has left its chain already; both ways out share one mark. */
function isTaken(workspace: BridgeWorkspace, chainId: number, { key, lockId }: Holding): boolean {
  if (lockId !== null) return isConsumed(workspace, lockId);
  return workspace.get(exitKey(chainId, key)) !== undefined;
}

function markTaken(workspace: BridgeWorkspace, chainId: number, { key, lockId }: Holding): void {
  if (lockId !== null) markConsumed(workspace, lockId);
  else workspace.set(exitKey(chainId, key), EXITED);
}

/** Balances leave a dead chain by proof at its terminal anchor (B5), as far as its escrow reaches (S9). */
export function exitHandler(parameters: BridgeParameters): PayloadHandler<"exit"> {
  return (workspace, { outputs }, { chainId, publicKey, proof, account, signature }) => {
    const subchain = findSubchain(workspace, parameters, chainId);
    if (subchain === null) return "exit from a chain that is no subchain";
    if (subchain.status !== "dead") return "exit from a chain that is not dead";
    const rootChain = workspace.chainId;
    const { specification } = subchain.record;
    const holding = holdingOf(specification, rootChain, { address: addressOf(publicKey), entry: account });
    if (holding === null) return "exit with an entry that is worth nothing to the account";
    if (isTaken(workspace, chainId, holding)) return "exit with what was taken out already";
    const { stateRoot } = lastAnchored(subchain.ring).anchor;
    if (!verifyStateEntry(stateRoot, holding.key, account, proof)) return "exit with an entry that is not proven";
    const order = new ExitOrder({ rootChain, chainId, key: holding.key, outputs }, signature);
    if (!workspace.crypto.verify(order, publicKey)) return "exit with a bad signature";
    if (!takeFromEscrow(workspace, chainId, rootChain, holding.amount)) return "more than came to the chain";
    markTaken(workspace, chainId, holding);
    return { released: holding.amount, absorbed: 0n };
  };
}
