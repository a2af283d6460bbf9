/** Something that is done on the rootchain once, by whoever owns what it is about. */
interface Undertaken {
  /** Unique among operations and loads; figures of this one alone go by it. */
  readonly name: string;
  /** When it is handed in. */
  readonly atUs: number;
}

/** A founder registers a subchain, which is not there before (S3). */
export interface RegisterOperation extends Undertaken {
  readonly kind: "register";
  /** Name of the subchain. */
  readonly chain: string;
}

/** An operator lets one of its chain's full nodes act in its seat (S3). */
export interface NominateOperation extends Undertaken {
  readonly kind: "nominate";
  readonly chain: string;
  readonly seat: number;
  /** Number among the chain's full nodes. */
  readonly fullNode: number;
}

/** One of the rootchain's full nodes registers as a delegate, and is voted for (R4). */
export interface StandOperation extends Undertaken {
  readonly kind: "stand";
  /** Its number as a delegate, after all that were there before. */
  readonly seat: number;
  /** Number among the rootchain's full nodes. */
  readonly fullNode: number;
  /** Of the votes, base units as decimal digits. */
  readonly stake: string;
}

/** An operator, or a delegate of the rootchain, gives its seat up (R4, S3). */
export interface ResignOperation extends Undertaken {
  readonly kind: "resign";
  /** "root" or a subchain's name. */
  readonly chain: string;
  readonly seat: number;
}

/** Takes back what stands for a seat, once the unbonding delay is over (R4). */
export interface WithdrawOperation extends Undertaken {
  readonly kind: "withdraw";
  readonly chain: string;
  readonly seat: number;
  /** The seat's bond, after its resignation; or the votes that a delegate of the rootchain began with. */
  readonly of: "bond" | "stake";
}

/** What is done at a time of the scenario's choosing. */
export type Operation = RegisterOperation | NominateOperation | StandOperation | ResignOperation | WithdrawOperation;

/** Who has operations: a scenario, absent where there are none. */
interface Undertaking {
  readonly operations?: readonly Operation[];
}

/** What operations refer to. */
type Inhabited = Undertaking & {
  readonly rootchain: { readonly fullNodes: number };
  readonly subchains: readonly { readonly name: string; readonly operators: number; readonly fullNodes: number }[];
};

/** @returns the operations that a population can carry out: a smaller one than they were written for drops the others */
export function operationsOf({ operations = [], rootchain, subchains }: Inhabited): readonly Operation[] {
  return operations.filter((each) => {
    if (each.kind === "stand") return each.fullNode < rootchain.fullNodes;
    if (each.chain === "root") return true;
    const chain = subchains.find(({ name }) => name === each.chain);
    if (chain === undefined) return false;
    const hasSeat = each.kind === "register" || each.seat < chain.operators;
    return hasSeat && (each.kind !== "nominate" || each.fullNode < chain.fullNodes);
  });
}

/** @returns the registration of a subchain that is not there from the start */
export function registrationOfChain({ operations = [] }: Undertaking, chain: string): RegisterOperation | undefined {
  return operations.find((each): each is RegisterOperation => each.kind === "register" && each.chain === chain);
}

/** A full node that takes a seat during the run. */
export interface Successor {
  /** "root" or a subchain's name. */
  readonly chain: string;
  readonly seat: number;
  readonly fullNode: number;
}

/** @returns the full nodes that take seats during the run */
export function successorsIn(population: Inhabited): Successor[] {
  return operationsOf(population).flatMap((each) => {
    if (each.kind === "nominate") return [each];
    return each.kind === "stand" ? [{ chain: "root", seat: each.seat, fullNode: each.fullNode }] : [];
  });
}
