import type { GivenLoad } from "./definition.ts";
import type { Operation, Successor } from "./operation.ts";
import type { GivenNominate, GivenRegister, GivenResign, GivenWithdraw } from "./operation-keys.ts";
import type { Problems } from "./problems.ts";
import type { Placed, Position } from "./source.ts";
import type { WorkloadContext } from "./workload-context.ts";

const DEFAULT_STAKE = 1_000_000n * 10n ** 18n;
/** Nominations that the rootchain takes for one seat. */
const MAX_NOMINATIONS = 8;

/** What may stand in one entry, one of them each. */
export const KINDS = ["transfer", "register", "nominate", "resign", "withdraw", "exit"] as const;

/** One operation, with its place in the file. */
interface Entry {
  readonly given: GivenLoad;
  readonly at: Position;
  readonly name: string;
  readonly atUs: number;
}

/** Fills in what operations leave open, in order of time, and reports what nobody can do. */
export class OperationResolver {
  readonly #context: WorkloadContext;
  readonly #resolved: Operation[] = [];
  readonly #successors: Successor[] = [];
  /** Registrations by chain, µs. */
  readonly #registeredUs = new Map<string, number>();

  constructor(context: WorkloadContext) {
    this.#context = context;
  }

  get #problems(): Problems {
    return this.#context.problems;
  }

  /** @returns the operations in order of time */
  resolve(entries: readonly Entry[]): Operation[] {
    const ordered = entries.toSorted((a, b) => a.atUs - b.atUs);
    // Chains first: what else befalls them has to come later.
    for (const entry of ordered) if (entry.given.register !== undefined) this.#register(entry, entry.given.register);
    for (const entry of ordered) this.#other(entry);
    return this.#resolved.toSorted((a, b) => a.atUs - b.atUs);
  }

  /** When a chain is registered; 0 for one that is there from the start. */
  registeredUs(chain: string): number {
    return this.#registeredUs.get(chain) ?? 0;
  }

  #other(entry: Entry): void {
    const { nominate, resign, withdraw } = entry.given;
    if (nominate !== undefined) this.#nominate(entry, nominate);
    if (resign !== undefined) this.#resign(entry, resign);
    if (withdraw !== undefined) this.#withdraw(entry, withdraw);
  }

  #refuse(at: Position, message: string, expected: string): void {
    this.#problems.add({ at, message, expected });
  }

  #register({ name, atUs, at }: Entry, { value: { chain }, at: whole }: Placed<GivenRegister>): void {
    const { rootchain } = this.#context;
    const resolved = this.#context.chains.resolve(chain);
    if (chain === undefined || resolved === "root") {
      this.#refuse(chain?.at ?? whole, "which subchain is registered?", "chain: the name of a subchain");
      return;
    }
    if (this.#registeredUs.has(resolved)) {
      this.#refuse(chain.at, `${resolved} is registered a second time`, "one registration of a chain");
    }
    if (atUs >= rootchain.trustPeriodUs) {
      const message = "the chain's genesis knows the rootchain's, which is no longer trusted by then";
      this.#refuse(at, message, `a time below ${rootchain.trustPeriodUs / 1_000_000} s, which is rootchain.trust`);
    }
    this.#registeredUs.set(resolved, atUs);
    this.#resolved.push({ kind: "register", name, atUs, chain: resolved });
  }

  /** @returns the chain that an operation is about; reports one that is not there yet */
  #chain({ at, atUs }: Entry, chain: Placed<string> | undefined): string {
    const name = this.#context.chains.resolve(chain);
    const registeredUs = this.#registeredUs.get(name);
    if (registeredUs !== undefined && atUs <= registeredUs) {
      const expected = `a time after ${registeredUs / 1_000_000} s, when it is registered`;
      this.#refuse(at, `${name} is not there at this time`, expected);
    }
    return name;
  }

  /** @returns how many seats a chain has by now, and how many full nodes */
  #sizeOf(chain: string): { seats: number; fullNodes: number } {
    const { rootchain, subchains } = this.#context;
    const subchain = subchains.find(({ name }) => name === chain);
    if (subchain !== undefined) return { seats: subchain.operators, fullNodes: subchain.fullNodes };
    const newcomers = this.#successors.filter((each) => each.chain === "root").length;
    return { seats: rootchain.delegates + rootchain.standby + newcomers, fullNodes: rootchain.fullNodes };
  }

  #seat(chain: string, seat: Placed<number> | undefined, whole: Position): number {
    const { seats } = this.#sizeOf(chain);
    if (seat === undefined) this.#refuse(whole, "which seat?", `seat: a number below ${seats}`);
    else if (seat.value >= seats)
      this.#refuse(seat.at, `${chain} has no seat ${seat.value}`, `a number below ${seats}`);
    return seat?.value ?? 0;
  }

  #nominate(entry: Entry, { value, at }: Placed<GivenNominate>): void {
    const { name, atUs } = entry;
    const chain = this.#chain(entry, value.chain);
    const fullNode = this.#fullNode(chain, value.fullNode, at);
    if (chain === "root") {
      if (value.seat !== undefined) this.#refuse(value.seat.at, "a new delegate has a seat of its own", "no seat");
      const { seats: seat } = this.#sizeOf("root");
      const stake = String(value.stake?.value ?? DEFAULT_STAKE);
      this.#successors.push({ chain, seat, fullNode });
      this.#resolved.push({ kind: "stand", name, atUs, seat, fullNode, stake });
      return;
    }
    if (value.stake !== undefined) this.#refuse(value.stake.at, "nobody votes for operators", "no stake");
    const seat = this.#seat(chain, value.seat, at);
    const before = this.#successors.filter((each) => each.chain === chain && each.seat === seat).length;
    if (before === MAX_NOMINATIONS) {
      this.#refuse(at, "the rootchain takes no more nominations", `at most ${MAX_NOMINATIONS} for a seat`);
    }
    this.#checkStillHeld(chain, seat, value.seat?.at ?? at);
    this.#successors.push({ chain, seat, fullNode });
    this.#resolved.push({ kind: "nominate", name, atUs, chain, seat, fullNode });
  }

  #fullNode(chain: string, given: Placed<number> | undefined, whole: Position): number {
    const fullNode = given?.value ?? 0;
    const { fullNodes } = this.#sizeOf(chain);
    const at = given?.at ?? whole;
    if (fullNode >= fullNodes) {
      const expected = fullNodes === 0 ? "fullNodes: 1 or more on that chain" : `a number below ${fullNodes}`;
      this.#refuse(at, `${chain} has no full node ${fullNode}`, expected);
    } else if (this.#successors.some((each) => each.chain === chain && each.fullNode === fullNode)) {
      this.#refuse(at, `full node ${fullNode} of ${chain} takes two seats`, "another full node");
    }
    return fullNode;
  }

  #resigned(chain: string, seat: number): boolean {
    return this.#resolved.some((each) => each.kind === "resign" && each.chain === chain && each.seat === seat);
  }

  #checkStillHeld(chain: string, seat: number, at: Position): void {
    if (this.#resigned(chain, seat)) this.#refuse(at, `seat ${seat} of ${chain} was given up`, "a seat that is held");
  }

  #resign(entry: Entry, { value, at }: Placed<GivenResign>): void {
    const chain = this.#chain(entry, value.chain);
    const seat = this.#seat(chain, value.seat, at);
    this.#checkStillHeld(chain, seat, value.seat?.at ?? at);
    this.#resolved.push({ kind: "resign", name: entry.name, atUs: entry.atUs, chain, seat });
  }

  #withdraw(entry: Entry, { value, at }: Placed<GivenWithdraw>): void {
    const chain = this.#chain(entry, value.chain);
    const seat = this.#seat(chain, value.seat, at);
    const of = value.of?.value ?? "bond";
    const place = value.seat?.at ?? at;
    const isTwice = this.#resolved.some(
      (each) => each.kind === "withdraw" && each.chain === chain && each.seat === seat && each.of === of,
    );
    if (isTwice) this.#refuse(place, `the ${of} of seat ${seat} of ${chain} is withdrawn twice`, "one withdrawal");
    if (of === "bond" && !this.#resigned(chain, seat)) {
      this.#refuse(place, `seat ${seat} of ${chain} keeps its bond`, "resign of the same seat before");
    }
    if (of === "stake") this.#checkStake(chain, seat, value.of?.at ?? at);
    this.#resolved.push({ kind: "withdraw", name: entry.name, atUs: entry.atUs, chain, seat, of });
  }

  #checkStake(chain: string, seat: number, at: Position): void {
    const { stakes } = this.#context.rootchain;
    if (chain !== "root") this.#refuse(at, "nobody votes for operators", "of: bond");
    else if (seat < this.#sizeOf(chain).seats && BigInt(stakes[seat] ?? 0) === 0n) {
      this.#refuse(at, `delegate ${seat} began without votes`, "a delegate with a stake");
    }
  }
}
