import { consumedKey, lockIdOf } from "../../protocol/bridge/cross-transfer.ts";
import { legKey } from "../../protocol/bridge/leg.ts";
import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Host } from "../host/index.ts";
import type { OperationStep, TraceSink } from "../host/trace-sink.ts";
import { type RandomStream, stream } from "../kernel/index.ts";
import type { Operation } from "../scenario/scenario.ts";
import type { Holder } from "./holder.ts";
import type { KnownLedgers } from "./known-ledgers.ts";

/** One operation as whoever carries it out knows it: how far it is, the ledgers tell. */
export interface Undertaking {
  readonly operation: Operation;
  /** Chain id of where it acts. */
  readonly chainId: number;
  /** @returns the transaction of the rootchain that is due in this state of it, null while none is */
  due(root: ChainState): UtxoTransaction | null;
  /** @returns whether all that it takes is final */
  isDone(root: ChainState): boolean;
  /** @returns whether it shows where it acts, once it is done */
  shows(chain: ChainState): boolean;
}

/** Root token that a founder sends to an account of its chain. */
export interface Gift {
  readonly holder: Holder;
  /** Base units. */
  readonly amount: bigint;
  /** @returns the lock that sends it */
  lock(nowUs: number): UtxoTransaction;
}

/** The registration of a chain, with what its founder sends there. */
export interface Foundation extends Undertaking {
  readonly gifts: readonly Gift[];
}

/** What became of an operation. */
export interface OperationOutcome {
  readonly operation: Operation;
  /** When it was final on the rootchain, −1 where it was not. */
  readonly doneUs: number;
  /** When it first showed where it acts, −1 where it did not. */
  readonly effectUs: number;
}

/** What is not final after so many blocks is handed to another node. */
const RESUBMIT_BLOCKS = 8;
/** Nodes may learn of a block later than the first of them: a chain is open to clients only so long after its registration. */
const SETTLE_US = 2_000_000;

/** One transaction, until a block holds it. */
interface Submission {
  readonly transaction: UtxoTransaction;
  handedInHeight: number;
}

/** Height of what was never handed in, and rests on a block that has just become final. */
const NEVER = -1;

interface Errand {
  readonly undertaking: Undertaking;
  /** Its place among them all. */
  readonly number: number;
  submission: Submission | null;
  doneUs: number;
  effectUs: number;
}

/** When and where a step was taken. */
interface Moment {
  readonly atUs: number;
  readonly node: number;
  readonly height: number;
}

interface Sending {
  readonly gift: Gift;
  readonly chainId: number;
  readonly submission: Submission;
  readonly lockId: ReturnType<typeof lockIdOf>;
}

/** What operations are given. */
export interface OperationsOptions {
  readonly seed: string;
  /** Nodes of the rootchain. */
  readonly members: readonly number[];
  readonly undertakings: readonly Undertaking[];
  readonly ledgers: KnownLedgers;
  /** Told each step of each operation. */
  readonly trace: TraceSink | null;
  /** Told when clients may begin with a chain. */
  readonly onOpen: (chainId: number, fromUs: number) => void;
}

/** Carries out the operations of a scenario, each from its time on, and sees from final blocks what became of them. */
export class Operations {
  readonly #host: Host;
  readonly #options: OperationsOptions;
  readonly #random: RandomStream;
  readonly #errands: readonly Errand[];
  #sendings: readonly Sending[] = [];

  constructor(host: Host, options: OperationsOptions) {
    this.#host = host;
    this.#options = options;
    this.#random = stream(options.seed, "workload/operations");
    this.#errands = options.undertakings.map((undertaking, number) => {
      return { undertaking, number, submission: null, doneUs: -1, effectUs: -1 };
    });
  }

  /** Takes in the state after a block that has just become final. @param node the first to hold it */
  onState(state: ChainState, node: number): void {
    const { chainId } = state.rotation.parameters;
    if (chainId === ROOT_CHAIN) this.#onRoot(state, node);
    for (const errand of this.#errands) if (errand.undertaking.chainId === chainId) this.#look(errand, state, node);
    this.#receive(chainId, state);
  }

  #onRoot(root: ChainState, node: number): void {
    const { nowUs } = this.#host.kernel;
    for (const errand of this.#errands) {
      if (errand.doneUs >= 0 || errand.undertaking.operation.atUs > nowUs) continue;
      if (errand.undertaking.isDone(root)) this.#finish(errand, root.height, node);
      else this.#pursue(errand, root);
    }
    for (const { submission, lockId } of this.#sendings) {
      if (root.ledger.entries.get(legKey(lockId)) === undefined) this.#repeat(submission, root.height);
    }
  }

  #pursue(errand: Errand, root: ChainState): void {
    const due = errand.undertaking.due(root);
    const known = errand.submission;
    if (due === null) return;
    if (known?.transaction === due) return this.#repeat(known, root.height);
    const isFirst = known === null && errand.undertaking.operation.kind !== "withdraw";
    errand.submission = { transaction: due, handedInHeight: isFirst ? root.height : NEVER };
    const handed = this.#handIn(errand.submission, root.height);
    this.#tell(errand, "submitted", { ...handed, height: -1 });
  }

  #tell({ undertaking, number, submission }: Errand, step: OperationStep, at: Moment): void {
    const { kind } = undertaking.operation;
    const chain = "chain" in undertaking.operation ? undertaking.operation.chain : "root";
    const transactionId = submission?.transaction.id ?? "";
    this.#options.trace?.operation({ ...at, step, number, kind, chain, transactionId });
  }

  #finish(errand: Errand, height: number, node: number): void {
    const { nowUs } = this.#host.kernel;
    errand.doneUs = nowUs;
    this.#tell(errand, "done", { atUs: nowUs, node, height });
    const { undertaking } = errand;
    if (!("gifts" in undertaking)) return;
    const { chainId, gifts } = undertaking as Foundation;
    this.#options.onOpen(chainId, nowUs + SETTLE_US);
    const sendings = gifts.map((gift): Sending => {
      const transaction = gift.lock(nowUs);
      const submission = { transaction, handedInHeight: NEVER };
      return { gift, chainId, submission, lockId: lockIdOf(ROOT_CHAIN, transaction.outpointId) };
    });
    this.#sendings = [...this.#sendings, ...sendings];
    for (const { submission } of sendings) this.#handIn(submission, height);
  }

  /** Whether an operation shows is only known after it is done. */
  #look(errand: Errand, chain: ChainState, node: number): void {
    if (errand.doneUs < 0 || errand.effectUs >= 0 || !errand.undertaking.shows(chain)) return;
    errand.effectUs = this.#host.kernel.nowUs;
    this.#tell(errand, "shown", { atUs: errand.effectUs, node, height: chain.height });
  }

  /** A gift that has arrived is its receiver's to spend. */
  #receive(chainId: number, { ledger }: ChainState): void {
    const arrived = ({ lockId }: Sending) => ledger.entries.get(consumedKey(lockId)) !== undefined;
    const here = this.#sendings.filter((each) => each.chainId === chainId && arrived(each));
    if (here.length === 0) return;
    for (const { gift } of here) gift.holder.credit(chainId, ROOT_CHAIN, gift.amount);
    this.#sendings = this.#sendings.filter((each) => !here.includes(each));
  }

  #repeat(submission: Submission, height: number): void {
    if (height >= submission.handedInHeight + RESUBMIT_BLOCKS) this.#handIn(submission, height);
  }

  /** @returns the node that it goes to, and when */
  #handIn(submission: Submission, height: number): Pick<Moment, "node" | "atUs"> {
    const { members } = this.#options;
    const { kernel } = this.#host;
    const node = members[this.#random.below(members.length)] as number;
    // Other nodes have to know that block as well.
    const atUs = submission.handedInHeight === NEVER ? kernel.nowUs + SETTLE_US : kernel.nowUs;
    submission.handedInHeight = height;
    this.#host.submit(node, new Transactions([submission.transaction]), atUs);
    return { node, atUs };
  }

  /** @returns what has become of each operation */
  outcomes(): OperationOutcome[] {
    return this.#errands.map(({ undertaking, doneUs, effectUs }) => {
      return { operation: undertaking.operation, doneUs, effectUs };
    });
  }
}
