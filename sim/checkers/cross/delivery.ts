import type { CrossTransfer } from "../../../protocol/bridge/cross-transfer.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import type { Chains } from "./chains.ts";
import { shown } from "./consumed-once.ts";
import type { CrossBook, Place, TransferStep } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** What final blocks have shown of one transfer. */
interface Story {
  transfer: CrossTransfer | null;
  locked: boolean;
  relocked: boolean;
  credited: boolean;
  refundedOnRoot: boolean;
  refundedOnSource: boolean;
}

/**
 * A transfer is what its lock says, and is delivered or refunded, never both (B1, B5). Judged where every chain that it
 * touches keeps its promise.
 */
export class DeliveryChecker implements CrossChecker {
  readonly #findings = new Findings("delivery", "");
  readonly #chains: Chains;
  readonly #stories = new Map<Hash, Story>();

  constructor(chains: Chains, book: CrossBook) {
    this.#chains = chains;
    book.listen({ step: (step, place) => this.#judge(step, place) });
  }

  /** A relock or delivery of what never was locked is only known at the end: blocks of several chains come in any order. */
  finish(endUs: number): CheckerReport {
    for (const [lockId, story] of this.#stories) {
      if (story.locked || story.transfer === null || !this.#judgeable(story.transfer)) continue;
      this.#findings.violation(endUs, [], `lock ${shown(lockId)} was consumed, but its source never locked it`);
    }
    if (this.#findings.samples === 0) this.#findings.note = "nothing crossed between chains";
    return this.#findings.report();
  }

  #judgeable({ sourceChain, destinationChain }: CrossTransfer): boolean {
    return this.#chains.promised(sourceChain) && this.#chains.promised(destinationChain);
  }

  #judge(step: TransferStep, place: Place): void {
    const story = this.#storyOf(step.lockId);
    if ("transfer" in step) this.#compare(story, step, place);
    apply(story, step, this.#chains.rootId);
    if (story.transfer === null || !this.#judgeable(story.transfer)) return;
    this.#findings.samples++;
    const fault = faultOf(story);
    if (fault !== null) this.#report(place, step.lockId, fault);
  }

  #storyOf(lockId: Hash): Story {
    const known = this.#stories.get(lockId);
    if (known !== undefined) return known;
    const flags = { locked: false, relocked: false, credited: false, refundedOnRoot: false, refundedOnSource: false };
    const story: Story = { transfer: null, ...flags };
    this.#stories.set(lockId, story);
    return story;
  }

  /** The identity names the lock's transaction, so its fields cannot differ unless somebody made them up. */
  #compare(story: Story, step: TransferStep & { transfer: CrossTransfer }, place: Place): void {
    story.transfer ??= step.transfer;
    const { sourceChain, destinationChain } = step.transfer;
    const place_ = step.kind === "lock" ? sourceChain : step.kind === "relock" ? this.#chains.rootId : destinationChain;
    if (place.chainId !== place_)
      this.#report(place, step.lockId, `has a ${step.kind} on a chain that it does not name`);
    if (!late(step, place)) return;
    this.#report(place, step.lockId, `has a ${step.kind} after its expiry`);
  }

  #report(place: Place, lockId: Hash, fault: string): void {
    const where = `${this.#chains.nameOf(place.chainId)}, height ${place.height}`;
    this.#findings.violation(place.atUs, [place.node], `${where}: lock ${shown(lockId)} ${fault}`);
  }
}

/** Each leg's expiry counts in the consuming chain's own header time: consumed iff time < expiry (B5). */
function late(step: TransferStep & { transfer: CrossTransfer }, { timeUs }: Place): boolean {
  if (step.kind === "relock") return timeUs >= step.transfer.rootExpiryUs;
  return step.kind === "credit" && timeUs >= step.transfer.destinationExpiryUs;
}

function apply(story: Story, step: TransferStep, rootId: number): void {
  switch (step.kind) {
    case "lock":
      story.locked = true;
      return;
    case "relock":
      story.relocked = true;
      story.credited ||= step.transfer.destinationChain === rootId;
      return;
    case "credit":
      story.credited = true;
      return;
    case "refund":
      story.refundedOnRoot = true;
      return;
    case "sub-refund":
      story.refundedOnSource = true;
      return;
  }
}

function faultOf(story: Story): string | null {
  const { transfer, relocked, credited, refundedOnRoot, refundedOnSource } = story;
  if (credited && refundedOnRoot) return "is delivered and refunded by the rootchain";
  if (credited && refundedOnSource) return "is delivered and refunded by its source";
  // Only what the rootchain noted as refunded and keeps no escrow for goes back to its source after a relock.
  const rootToken = transfer !== null && transfer.token !== transfer.sourceChain;
  if (relocked && refundedOnSource && rootToken) return "is relocked and refunded by its source";
  return null;
}
