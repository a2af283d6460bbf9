import type { CrossTransfer } from "../../../protocol/bridge/cross-transfer.ts";
import { decodeEscrow } from "../../../protocol/bridge/escrow.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Exit, Place, TransferStep } from "./cross-book.ts";

/** A token on a subchain that is not its home, as a key. */
export type Holding = `${number} ${number}`;

/** @returns the key of a token's holding on a chain */
export function holdingOf(chainId: number, token: number): Holding {
  return `${chainId} ${token}`;
}

/** What may still be created on, or given back for, the other side. */
export interface Outstanding {
  readonly transfer: CrossTransfer;
  /** What arrives where it goes: the amount, less the fee of a relock. */
  readonly remaining: bigint;
}

/**
 * What the rootchain has to hold for each subchain, added up from the transfers alone (section 4): what came in for it, less
 * what left it.
 */
export class EscrowBook {
  /** What is held for each chain and token. */
  readonly amounts = new Map<Holding, bigint>();
  /** What came in for each chain and token, and what left it. */
  readonly deposited = new Map<Holding, bigint>();
  readonly withdrawn = new Map<Holding, bigint>();
  /** Legs that the rootchain waits for, or has noted as refunded. */
  readonly legs = new Map<Hash, Outstanding>();
  readonly #chains: Chains;
  /** What exits took out, by the transfers that they began; and of that what came back. */
  readonly #exits = new Map<Hash, string>();
  readonly #returned = new Set<string>();

  constructor(chains: Chains, book: CrossBook) {
    this.#chains = chains;
    for (const [, entry] of chains.root.world.genesis.ledger.entries.entries()) {
      const escrow = decodeEscrow(entry);
      if (escrow !== null) this.#deposit(escrow.chainId, escrow.token, escrow.amount);
    }
    book.listen({
      step: (step, place) => this.#apply(step, place),
      exit: (exit) => this.#exit(exit),
      register: ({ chainId, pool }) => this.#deposit(chainId, chains.rootId, pool),
    });
  }

  #apply(step: TransferStep, place: Place): void {
    if (place.chainId !== this.#chains.rootId) return;
    if (step.kind === "lock") this.#leg(step.lockId, { transfer: step.transfer, remaining: step.transfer.amount });
    else if (step.kind === "relock") this.#relock(step.lockId, step.transfer);
    else if (step.kind === "refund") this.#refund(step.lockId);
  }

  #relock(lockId: Hash, transfer: CrossTransfer): void {
    const { sourceChain, destinationChain, token, amount, relockFee } = transfer;
    this.#withdraw(sourceChain, token, amount);
    if (destinationChain === this.#chains.rootId) return;
    this.#leg(lockId, { transfer, remaining: amount - relockFee });
  }

  #leg(lockId: Hash, leg: Outstanding): void {
    this.legs.set(lockId, leg);
    this.#deposit(leg.transfer.destinationChain, leg.transfer.token, leg.remaining);
  }

  /**
   * What was taken out before and came back lies with the rootchain until it is taken out again, and what came back for a lock
   * lies with the chain that had locked it.
   */
  #exit({ chainId, token, entry, amount, onward }: Exit): void {
    const from = this.#returned.has(`${chainId} ${entry}`) ? this.#chains.rootId : chainId;
    this.#withdraw(from, token, amount);
    if (onward === null) return;
    this.#returned.delete(`${chainId} ${entry}`);
    this.#exits.set(onward.lockId, `${chainId} ${entry}`);
    this.#leg(onward.lockId, { transfer: onward.transfer, remaining: onward.transfer.amount });
  }

  #refund(lockId: Hash): void {
    const exited = this.#exits.get(lockId);
    if (exited !== undefined) this.#returned.add(exited);
    const leg = this.legs.get(lockId);
    if (leg === undefined) return;
    const { token, sourceChain, destinationChain } = leg.transfer;
    this.#withdraw(destinationChain, token, leg.remaining);
    // What the rootchain does not hold goes back to where it came from.
    if (token !== this.#chains.rootId) this.#deposit(sourceChain, token, leg.remaining);
  }

  #deposit(chainId: number, token: number, amount: bigint): void {
    this.#add(this.deposited, chainId, token, amount);
    this.#add(this.amounts, chainId, token, amount);
  }

  #withdraw(chainId: number, token: number, amount: bigint): void {
    this.#add(this.withdrawn, chainId, token, amount);
    this.#add(this.amounts, chainId, token, -amount);
  }

  /** At its home a token needs no escrow: there is no bound on what its own chain may issue of it. */
  #add(to: Map<Holding, bigint>, chainId: number, token: number, amount: bigint): void {
    if (chainId === token) return;
    const holding = holdingOf(chainId, token);
    to.set(holding, (to.get(holding) ?? 0n) + amount);
  }
}
