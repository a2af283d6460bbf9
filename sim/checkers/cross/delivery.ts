import { type CrossTransfer, writeCrossTransfer } from "../../../protocol/bridge/cross-transfer.ts";
import { Writer } from "../../../protocol/core/codec.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import type { UtxoTransaction } from "../../../protocol/rootchain/transaction.ts";
import { type CheckerReport, Findings } from "../checker.ts";
import { areSame } from "./bytes.ts";
import type { Chains } from "./chains.ts";
import type { CrossBook, Exit, Place, TransferStep } from "./cross-book.ts";
import type { CrossChecker } from "./cross-checker.ts";

/** What final blocks have shown of one transfer. */
interface Story {
  /** As its lock or relock says it. */
  transfer: CrossTransfer | null;
  /** As its destination was shown it, and how much came into being there. */
  credit: Pick<Step<"credit">, "transfer" | "arriving"> | null;
  locked: boolean;
  relocked: boolean;
  credited: boolean;
  refundedOnRoot: boolean;
  refundedOnSource: boolean;
  /** Left its dead source as an open lock. */
  exited: boolean;
  /** The destination's height that created it. */
  creditHeight: number;
  /** The destination's height that showed the rootchain that it was not created, if that is its last one: all above it is void. */
  terminalHeight: number;
}

const NOTHING: Story = {
  transfer: null,
  credit: null,
  locked: false,
  relocked: false,
  credited: false,
  refundedOnRoot: false,
  refundedOnSource: false,
  exited: false,
  creditHeight: 0,
  terminalHeight: Number.MAX_SAFE_INTEGER,
};

/**
 * A transfer is what its lock says, and is delivered or refunded, never both (B1, B5). Each fault is judged where every chain
 * that has to keep its promise for it does.
 */
export class DeliveryChecker implements CrossChecker {
  readonly #findings = new Findings("delivery", "");
  readonly #chains: Chains;
  readonly #stories = new Map<Hash, Story>();
  /** By chain: header time of the rootchain at which it took the last header of it, µs. */
  readonly #anchoredUs = new Map<number, number>();

  constructor(chains: Chains, book: CrossBook) {
    this.#chains = chains;
    book.listen({
      step: (step, place) => this.#judge(step, place),
      exit: (exit, place) => this.#exit(exit, place),
      header: ({ header }, { chainId, timeUs }) => {
        if (chainId === chains.rootId) this.#anchoredUs.set(header.chainId, timeUs);
      },
    });
  }

  /** That something never happened is only known at the end: blocks of several chains come in any order. */
  finish(endUs: number): CheckerReport {
    let open = 0;
    for (const [lockId, story] of this.#stories) {
      for (const fault of this.#missing(story))
        this.#findings.violation(endUs, [], `lock ${lockId.slice(0, SHOWN)} ${fault}`);
      if (isOpen(story)) open++;
    }
    this.#findings.note = this.#findings.samples === 0 ? "nothing crossed between chains" : noteOf(open);
    return this.#findings.report();
  }

  /** @returns what had to come before something that did */
  #missing(story: Story): string[] {
    const { locked, relocked, credited, refundedOnRoot, refundedOnSource } = story;
    const transfer = story.transfer ?? story.credit?.transfer ?? null;
    const { rootId } = this.#chains;
    const promised = (...chains: number[]) => chains.every((each) => this.#chains.promised(each));
    if (transfer === null) {
      // Only a lock or a relock says what the transfer is; a chain that refunds has seen one.
      return refundedOnRoot && promised(rootId) ? ["was refunded, but nothing of it ever came to the rootchain"] : [];
    }
    const { token, sourceChain, destinationChain } = transfer;
    const faults: string[] = [];
    if (!locked && promised(sourceChain, destinationChain)) {
      faults.push("was consumed, but its source never locked it");
    }
    if (locked && credited && !relocked && sourceChain !== rootId && promised(rootId, destinationChain)) {
      faults.push("was delivered, but the rootchain never relocked it");
    }
    if (isAnother(story) && promised(rootId, destinationChain)) faults.push("was delivered as another transfer");
    const granted = token !== rootId && refundedOnRoot;
    if (relocked && refundedOnSource && !granted && promised(rootId, sourceChain)) {
      faults.push("is relocked and refunded by its source");
    }
    return faults;
  }

  #exit({ lockId, onward }: Exit, place: Place): void {
    if (onward !== null) {
      // An exit to another chain is the lock of a transfer from the rootchain.
      const begun = this.#storyOf(onward.lockId);
      begun.transfer ??= onward.transfer;
      begun.locked = true;
    }
    if (lockId === null || !this.#chains.promised(place.chainId)) return;
    const story = this.#storyOf(lockId);
    this.#findings.samples++;
    story.exited = true;
    // What the rootchain gave back to a source that died leaves that by an exit.
    const isBack = story.refundedOnRoot && onward !== null;
    if (story.relocked && !isBack) this.#report(place, lockId, "is relocked, and left its chain by an exit as well");
  }

  #judge(step: TransferStep, place: Place): void {
    const story = this.#storyOf(step.lockId);
    if (step.kind === "credit") story.credit ??= step;
    else if ("transfer" in step) story.transfer ??= step.transfer;
    note(story, step, this.#chains.rootId);
    if (step.kind === "credit") story.creditHeight = place.height;
    if (step.kind === "refund" && this.#isDead(story, place)) story.terminalHeight = provenHeight(step.transaction);
    if (!this.#chains.promised(place.chainId)) return;
    this.#findings.samples++;
    if ("transfer" in step) this.#place(step, place);
    if (step.kind === "relock") this.#judgeRelock(story, step, place);
    const fault = this.#conflict(story);
    if (fault !== null) this.#report(place, step.lockId, fault);
  }

  #judgeRelock(story: Story, { lockId, transfer, transaction }: Step<"relock">, place: Place): void {
    if (story.exited) this.#report(place, lockId, "is relocked, and left its chain by an exit as well");
    const { destinationChain, amount, relockFee, receiver } = transfer;
    const due = { script: receiver, amount: amount - relockFee };
    if (destinationChain === this.#chains.rootId && !pays(transaction, due)) {
      this.#report(place, lockId, "is relocked to the rootchain without paying its receiver");
    }
  }

  /** Whether the destination was silent for so long that nothing after its last anchored header counts (B5). */
  #isDead({ transfer }: Story, { timeUs }: Place): boolean {
    const bridge = this.#chains.root.world.economics?.bridge;
    const anchoredUs = this.#anchoredUs.get(transfer?.destinationChain ?? 0) ?? this.#chains.root.world.genesis.timeUs;
    return bridge !== undefined && timeUs - anchoredUs >= bridge.deadAfterUs + bridge.challengeUs;
  }

  #storyOf(lockId: Hash): Story {
    const known = this.#stories.get(lockId);
    if (known !== undefined) return known;
    const story: Story = { ...NOTHING };
    this.#stories.set(lockId, story);
    return story;
  }

  #place(step: TransferStep & { transfer: CrossTransfer }, place: Place): void {
    const { sourceChain, destinationChain } = step.transfer;
    const due = step.kind === "lock" ? sourceChain : step.kind === "relock" ? this.#chains.rootId : destinationChain;
    if (place.chainId !== due) this.#report(place, step.lockId, `has a ${step.kind} on a chain that it does not name`);
    if (late(step, place)) this.#report(place, step.lockId, `has a ${step.kind} after its expiry`);
  }

  #conflict(story: Story): string | null {
    const { credited, refundedOnRoot, refundedOnSource } = story;
    const transfer = story.transfer ?? story.credit?.transfer ?? null;
    if (transfer === null || !credited || !this.#chains.promised(transfer.destinationChain)) return null;
    const isVoid = story.creditHeight > story.terminalHeight;
    if (isVoid) return null;
    if (refundedOnRoot) return "is delivered and refunded by the rootchain";
    if (!refundedOnSource || !this.#chains.promised(transfer.sourceChain)) return null;
    return "is delivered and refunded by its source";
  }

  #report(place: Place, lockId: Hash, fault: string): void {
    const where = `${this.#chains.nameOf(place.chainId)}, height ${place.height}`;
    this.#findings.violation(place.atUs, [place.node], `${where}: lock ${lockId.slice(0, SHOWN)} ${fault}`);
  }
}

/** Characters of a lock's identity, for reports. */
const SHOWN = 8;

type Step<Kind extends TransferStep["kind"]> = Extract<TransferStep, { kind: Kind }>;

/** Each leg's expiry counts in the consuming chain's own header time: consumed iff time < expiry (B5). */
function late(step: TransferStep & { transfer: CrossTransfer }, { timeUs }: Place): boolean {
  if (step.kind === "relock") return timeUs >= step.transfer.rootExpiryUs;
  return step.kind === "credit" && timeUs >= step.transfer.destinationExpiryUs;
}

function pays({ outputs }: UtxoTransaction, due: { script: Uint8Array; amount: bigint }): boolean {
  return outputs.some(({ amount, lockingScript }) => amount >= due.amount && areSame(lockingScript, due.script));
}

const writer = new Writer();

function bytesOf(transfer: CrossTransfer): Uint8Array {
  writeCrossTransfer(writer, transfer);
  return writer.finish();
}

/** Whether the destination was shown other terms, or another amount, than the lock or the relock has. */
function isAnother({ transfer, credit }: Story): boolean {
  if (transfer === null || credit === null) return false;
  // Only a relock earns its fee: from the rootchain itself all of it arrives.
  const { amount, relockFee } = transfer;
  return credit.arriving !== amount - relockFee || !areSame(bytesOf(credit.transfer), bytesOf(transfer));
}

function note(story: Story, step: TransferStep, rootId: number): void {
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

function provenHeight({ payload }: UtxoTransaction): number {
  return payload?.kind === "refund" ? payload.path.height : Number.MAX_SAFE_INTEGER;
}

function isOpen({ credited, refundedOnRoot, refundedOnSource, exited }: Story): boolean {
  return !credited && !refundedOnRoot && !refundedOnSource && !exited;
}

function noteOf(open: number): string {
  return open === 0 ? "" : `${open} transfers are on their way when the run ends`;
}
