import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { addressOf } from "../ledger/address.ts";
import { verifyStateEntry } from "../light/state-proof.ts";
import type { Payload } from "../rootchain/payload.ts";
import { type Output, type UtxoTransaction, writeOutputs } from "../rootchain/transaction.ts";
import { lastAnchored } from "./anchor-ring.ts";
import { isConsumed, markConsumed } from "./consumed.ts";
import { lockIdOf } from "./cross-transfer.ts";
import { BridgeEntry } from "./entry-kind.ts";
import { addToEscrow, fitsEscrow, takeFromEscrow } from "./escrow.ts";
import { type Holding, holdingOf } from "./holding.ts";
import { decodeLeg, encodeLeg, type Leg, legKey } from "./leg.ts";
import { type Onward, onwardTransfer, writeOnward } from "./onward.ts";
import type { BridgeParameters } from "./parameters.ts";
import { findSubchain } from "./subchains.ts";
import type { BridgeWorkspace, Effect, PayloadHandler } from "./workspace-port.ts";

type Exit = Extract<Payload, { kind: "exit" }>;

interface ExitFields {
  readonly rootChain: number;
  readonly chainId: number;
  /** Of the entry that is taken out. */
  readonly key: Hash;
  readonly outputs: readonly Output[];
  /** Null for the root token, which goes to the outputs. */
  readonly onward: Onward | null;
}

/** What an account signs to leave a dead chain: which of its entries, and where the value goes. */
export class ExitOrder extends SignedObject {
  readonly #fields: ExitFields;

  constructor(fields: ExitFields, signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES)) {
    super(signature);
    this.#fields = fields;
  }

  preimage(): Uint8Array {
    const { rootChain, chainId, key, outputs, onward } = this.#fields;
    const writer = new Writer().ascii("orrery/exit").u32(rootChain).u32(chainId).hash(key);
    writeOutputs(writer, outputs);
    writeOnward(writer, onward);
    return writer.finish();
  }
}

const scratch = new Writer();

/** @returns the key that remembers for ever that an entry of a dead chain was taken out */
export function exitKey(chainId: number, key: Hash): Hash {
  return hashTagged("orrery/exited", scratch.u32(chainId).finish(), hashToBytes(key));
}

/** @param leg the transfer by which the value goes on; null where it ended on the rootchain */
function encodeMark(leg: Hash | null): Uint8Array {
  scratch.u8(BridgeEntry.exit).u8(leg === null ? 0 : 1);
  return (leg === null ? scratch : scratch.hash(leg)).finish();
}

function decodeMark(bytes: Uint8Array): Hash | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== BridgeEntry.exit || reader.u8() !== 1) return null;
  const leg = reader.hash();
  return reader.complete() ? leg : null;
}

/** Where the value of an entry stands, while it may still be taken out. */
interface Source {
  /** Chain whose escrow holds it. */
  readonly escrowOf: number;
  /** The transfer that gave it back, which is over with this exit; null where it never left its chain. */
  readonly refunded: { readonly lockId: Hash; readonly leg: Leg } | null;
}

function refundedLeg(workspace: BridgeWorkspace, lockId: Hash): Source["refunded"] {
  const entry = workspace.get(legKey(lockId));
  const leg = entry === undefined ? null : decodeLeg(entry);
  return leg?.state === "refunded" ? { lockId, leg } : null;
}

/**
 * A lock that was relocked in time has left its chain already, and an entry that was taken out is gone, unless what became of
 * it came back because its destination died or did not take it.
 *
 * @returns null when there is nothing to take out (any more)
 */
function sourceOf(workspace: BridgeWorkspace, chainId: number, { key, lockId }: Holding): Source | null {
  const mark = workspace.get(exitKey(chainId, key));
  if (mark !== undefined) {
    const leg = decodeMark(mark);
    const refunded = leg === null ? null : refundedLeg(workspace, leg);
    return refunded && { escrowOf: workspace.chainId, refunded };
  }
  if (lockId === null || !isConsumed(workspace, lockId)) return { escrowOf: chainId, refunded: null };
  const refunded = refundedLeg(workspace, lockId);
  return refunded && { escrowOf: chainId, refunded };
}

function holdingRefusal(
  workspace: BridgeWorkspace,
  { chainId, onward }: Exit,
  { holding, source }: { holding: Holding; source: Source },
): string | null {
  const isRootToken = holding.token === workspace.chainId;
  if (isRootToken !== (onward === null)) return "exit of a token to where it cannot go";
  // A chain's own token dies with it, but for what was on its way between other chains.
  if (holding.token === chainId && source.refunded === null) return "exit with a token that died with its chain";
  const { refunded } = source;
  // The dead chain's ledger may say of a lock what it likes: what came back is what the rootchain knows.
  const fits = refunded === null || refunded.leg.remaining === holding.amount;
  return fits ? null : "exit with another amount than came back";
}

function destinationRefusal(
  workspace: BridgeWorkspace,
  parameters: BridgeParameters,
  { destinationChain, token, amount }: { destinationChain: number; token: number; amount: bigint },
): string | null {
  const destination = findSubchain(workspace, parameters, destinationChain);
  if (destination === null) return "destination that is no subchain";
  if (destination.status !== "alive") return `destination that is ${destination.status}`;
  return fitsEscrow(workspace, destinationChain, token, amount) ? null : "amount that no escrow can hold";
}

/** Takes the value out of escrow, for good. */
function takeOut(workspace: BridgeWorkspace, { token, amount }: Holding, source: Source): boolean {
  if (!takeFromEscrow(workspace, source.escrowOf, token, amount)) return false;
  const { refunded } = source;
  if (refunded !== null) workspace.set(legKey(refunded.lockId), encodeLeg({ ...refunded.leg, state: "paid" }));
  return true;
}

/** The root token leaves by the transaction's outputs. */
function payOut(workspace: BridgeWorkspace, exit: Exit, holding: Holding, source: Source): Effect | string {
  if (!takeOut(workspace, holding, source)) return "more than came to the chain";
  // A lock's two ways out, relock and exit, share one mark.
  if (holding.lockId !== null) markConsumed(workspace, holding.lockId);
  else workspace.set(exitKey(exit.chainId, holding.key), encodeMark(null));
  return { released: holding.amount, absorbed: 0n };
}

/** Another token goes on to the same account on a chain that lives. */
function sendOn(
  workspace: BridgeWorkspace,
  parameters: BridgeParameters,
  of: { transaction: UtxoTransaction; exit: Exit; onward: Onward; holding: Holding; source: Source },
): Effect | string {
  const { transaction, exit, onward, holding, source } = of;
  const { chainId: rootChain } = workspace;
  const owner = addressOf(exit.publicKey);
  const transfer = onwardTransfer(rootChain, { owner, entry: exit.account, onward });
  if (transfer === null) return "exit that its fee uses up";
  const refusal = destinationRefusal(workspace, parameters, transfer);
  if (refusal !== null) return refusal;
  if (!takeOut(workspace, holding, source)) return "more than came to the chain";
  if (holding.lockId !== null) markConsumed(workspace, holding.lockId);
  const lockId = lockIdOf(rootChain, transaction.outpointId);
  workspace.set(exitKey(exit.chainId, holding.key), encodeMark(lockId));
  addToEscrow(workspace, transfer.destinationChain, transfer.token, transfer.amount);
  workspace.set(legKey(lockId), encodeLeg({ transfer, remaining: transfer.amount, state: "waiting" }));
  return { released: 0n, absorbed: 0n };
}

/**
 * Balances leave a dead chain by proof at its terminal anchor (B5), as far as its escrow reaches (S9): the root token to the
 * rootchain, tokens of other chains to any chain that lives.
 */
export function exitHandler(parameters: BridgeParameters): PayloadHandler<"exit"> {
  return (workspace, transaction, exit) => {
    const { chainId, publicKey, proof, account, signature, onward } = exit;
    const subchain = findSubchain(workspace, parameters, chainId);
    if (subchain === null) return "exit from a chain that is no subchain";
    if (subchain.status !== "dead") return "exit from a chain that is not dead";
    const { specification } = subchain.record;
    const holding = holdingOf(specification, { address: addressOf(publicKey), entry: account });
    if (holding === null) return "exit with an entry that is worth nothing to the account";
    const source = sourceOf(workspace, chainId, holding);
    if (source === null) return "exit with what was taken out already";
    const refusal = holdingRefusal(workspace, exit, { holding, source });
    if (refusal !== null) return refusal;
    const { stateRoot } = lastAnchored(subchain.ring).anchor;
    if (!verifyStateEntry(stateRoot, holding.key, account, proof)) return "exit with an entry that is not proven";
    const { outputs } = transaction;
    const order = new ExitOrder(
      { rootChain: workspace.chainId, chainId, key: holding.key, outputs, onward },
      signature,
    );
    if (!workspace.crypto.verify(order, publicKey)) return "exit with a bad signature";
    if (onward === null) return payOut(workspace, exit, holding, source);
    return sendOn(workspace, parameters, { transaction, exit, onward, holding, source });
  };
}
