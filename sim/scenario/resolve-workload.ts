import type { GivenLoad, GivenReading, GivenTransfer } from "./definition.ts";
import { longestExpiryUs } from "./economics.ts";
import type { Operation } from "./operation.ts";
import type { GivenExit } from "./operation-keys.ts";
import type { Problems } from "./problems.ts";
import { KINDS, OperationResolver } from "./resolve-operations.ts";
import { RESERVED_NAMES } from "./resolve-subchains.ts";
import type { Arrival, Spread, TransferLoad } from "./scenario.ts";
import type { Placed, Position } from "./source.ts";
import { oneOf } from "./suggest.ts";
import type { WorkloadContext } from "./workload-context.ts";

const IOTX = 10n ** 18n;
const MINUTE_US = 60_000_000;
const RELAY_FEE = IOTX / 100n;
const DEFAULT_EXPIRY = { root: 5 * MINUTE_US, destination: 10 * MINUTE_US };

/** What a load is unless it says otherwise. */
interface Defaults {
  readonly amount: TransferLoad["amount"];
  readonly arrival: Arrival;
  readonly dataBytes: number;
}

const EVEN: Spread = { kind: "even" };
const PERIODIC = { kind: "periodic", jitter: 0.1 } as const;
const TRANSFER_DEFAULTS: Defaults = {
  amount: { min: String(IOTX), max: String(5n * IOTX) },
  arrival: { kind: "steady" },
  dataBytes: 0,
};
/** Readings move nothing but data. */
const READING_DEFAULTS: Defaults = { amount: { min: "0", max: "0" }, arrival: PERIODIC, dataBytes: 24 };

type Kind = (typeof KINDS)[number];

/** @returns whether an entry goes on over some time, and says so itself */
function isLoad(kind: Kind): kind is "transfer" | "reading" {
  return kind === "transfer" || kind === "reading";
}

/** One entry that says what it is. */
interface Entry {
  readonly kind: Kind;
  readonly given: GivenLoad;
  readonly at: Position;
  readonly name: string;
  /** Of an operation. */
  readonly atUs: number;
}

/** What clients do, by loads and at times. */
export interface ResolvedWorkload {
  readonly workload: TransferLoad[];
  readonly operations: Operation[];
}

/** Fills in what loads and operations leave open and reports what no clients can do. */
export function resolveWorkload(given: readonly Placed<GivenLoad>[], context: WorkloadContext): ResolvedWorkload {
  const taken = new Set([...RESERVED_NAMES, ...context.subchains.map(({ name }) => name)]);
  const entries = given.flatMap((each, index) => entryOf(each, index, { context, taken }));
  const resolver = new OperationResolver(context);
  const operations = resolver.resolve(entries.filter(({ kind }) => !isLoad(kind) && kind !== "exit"));
  const workload: TransferLoad[] = [];
  for (const entry of entries) {
    const { transfer, reading, exit } = entry.given;
    const given = reading === undefined ? transfer?.value : asTransfer(reading, context);
    if (given !== undefined) {
      const defaults = reading === undefined ? TRANSFER_DEFAULTS : READING_DEFAULTS;
      const load = new LoadResolver(given, { at: entry.at, context, defaults }).resolve(entry.name, workload);
      checkRegistered(load, given.stop?.at ?? entry.at, { resolver, problems: context.problems });
      workload.push(load);
    } else if (exit !== undefined) workload.push(resolveExit(entry, exit, { context, loads: workload, resolver }));
  }
  return { workload, operations };
}

function entryOf(
  { value, at }: Placed<GivenLoad>,
  index: number,
  { context: { problems, durationUs }, taken }: { context: WorkloadContext; taken: Set<string> },
): Entry[] {
  const [kind, other] = KINDS.filter((each) => value[each] !== undefined);
  if (kind === undefined) {
    if (!problems.within(at))
      problems.add({ at, message: "an entry of no kind", expected: `one of ${KINDS.join(", ")}` });
    return [];
  }
  if (other !== undefined) {
    problems.add({ at: value[other]?.at ?? at, message: `${kind} and ${other} in one entry`, expected: "one of them" });
    return [];
  }
  const named = isLoad(kind) ? value[kind]?.value.name : value.name;
  const name = named?.value ?? `${kind}-${index + 1}`;
  if (taken.has(name)) {
    problems.add({ at: named?.at ?? at, message: `the name ${name} is taken`, expected: "a name of its own" });
  }
  taken.add(name);
  checkTime({ value, at }, kind, { problems, durationUs });
  return [{ kind, given: value, at, name, atUs: value.at?.value ?? 0 }];
}

/** A load has a beginning and an end of its own, an operation one time. */
function checkTime(
  { value, at }: Placed<GivenLoad>,
  kind: Kind,
  { problems, durationUs }: Pick<WorkloadContext, "problems" | "durationUs">,
): void {
  const stray = isLoad(kind) ? (value.at ?? value.name) : undefined;
  if (stray !== undefined) {
    problems.add({
      at: stray.at,
      message: `not of a load of ${kind}s`,
      expected: `name, start and stop under ${kind}`,
    });
  } else if (!isLoad(kind) && value.at === undefined) {
    problems.add({ at, message: "an operation without a time", expected: "at: a time such as 30 s" });
  } else if (value.at !== undefined && value.at.value >= durationUs) {
    problems.add({ at: value.at.at, message: "the run is over by then", expected: "a time below the duration" });
  }
}

/** What touches a chain waits until it is registered, and has to have some time left after that. */
function checkRegistered(
  { from, to, stopUs }: TransferLoad,
  at: Position,
  { resolver, problems }: { resolver: OperationResolver; problems: Problems },
): void {
  for (const chain of new Set([from, to])) {
    const registeredUs = resolver.registeredUs(chain);
    if (registeredUs < stopUs) continue;
    const expected = `a stop after ${registeredUs / 1_000_000} s`;
    problems.add({ at, message: `the load stops before ${chain} is registered`, expected });
  }
}

/** Accounts leave once; otherwise a load like any other. */
function resolveExit(
  { name, at, atUs }: Entry,
  { value, at: whole }: Placed<GivenExit>,
  of: { context: WorkloadContext; loads: readonly TransferLoad[]; resolver: OperationResolver },
): TransferLoad {
  const { context, loads, resolver } = of;
  const { problems } = context;
  const { chain, accountsOf, accounts, amount } = value;
  const [from, to] = [context.chains.resolve(chain), context.chains.resolve(value.to)];
  const token = context.chains.resolve(value.token);
  const refuse = (place: Position | undefined, message: string, expected: string) =>
    problems.add({ at: place ?? whole, message, expected });
  if (from === "root") refuse(chain?.at, "which subchain do they leave?", "chain: the name of a subchain");
  const touching = loads.filter((each) => each.exit === undefined && (each.from === from || each.to === from));
  const base = accountsOf === undefined ? touching[0] : touching.find((each) => each.name === accountsOf.value);
  if (base === undefined && from !== "root") {
    const expected =
      touching.length === 0 ? `a load from or to ${from} above` : oneOf(touching.map((each) => each.name));
    refuse(accountsOf?.at, `no accounts of ${from} are known by this name`, expected);
  }
  if (accounts !== undefined && base !== undefined && accounts.value > base.accounts) {
    refuse(accounts.at, `${base.name} has ${base.accounts} accounts`, `at most ${base.accounts}`);
  }
  if (atUs <= resolver.registeredUs(from) && resolver.registeredUs(from) > 0) {
    refuse(at, `${from} is not there at this time`, `a time after ${resolver.registeredUs(from) / 1_000_000} s`);
  }
  checkExitToken(value, { from, to, token }, refuse);
  const taken = amount?.value ?? null;
  const expiryUs = new LoadResolver({}, { at, context, defaults: TRANSFER_DEFAULTS }).expiryUs;
  return {
    kind: "transfer",
    name,
    from,
    to,
    route: "direct",
    expiryUs,
    relayFees: { relock: to === "root" ? String(RELAY_FEE) : "0", delivery: "0" },
    ...(token === "root" ? {} : { token }),
    intervalUs: 1_000_000,
    arrival: TRANSFER_DEFAULTS.arrival,
    amount: { min: String(taken ?? 1n), max: String(taken ?? 1n) },
    amounts: EVEN,
    partners: EVEN,
    accounts: accounts?.value ?? base?.accounts ?? 1,
    dataBytes: 0,
    startUs: atUs,
    stopUs: atUs + 1,
    ...(base === undefined ? {} : { accountsOf: base.name }),
    exit: { amount: taken === null ? null : String(taken) },
  };
}

/** Readings are transfers of nothing between the accounts of one subchain. */
function asTransfer({ value, at }: Placed<GivenReading>, { problems, chains }: WorkloadContext): GivenTransfer {
  const { on, ...rest } = value;
  if (on === undefined || chains.resolve(on) === "root") {
    problems.add({ at: on?.at ?? at, message: "readings without a chain that keeps them", expected: "on: a subchain" });
  }
  return on === undefined ? rest : { ...rest, from: on, to: on };
}

/** A pattern with what is given of it. */
type ShapedArrival = Exclude<NonNullable<GivenTransfer["arrival"]>["value"], string>;

/** The root token goes to the rootchain, which holds no other; any other goes to a chain that is not its grave. */
function checkExitToken(
  given: GivenExit,
  { from, to, token }: { from: string; to: string; token: string },
  refuse: (place: Position | undefined, message: string, expected: string) => void,
): void {
  if (from === to && from !== "root") refuse(given.to?.at, "they stay where they are", "another chain");
  else if (token === "root" && to !== "root") {
    refuse(given.to?.at, "the root token goes to the rootchain", "to: root, or the token of a subchain");
  } else if (token !== "root" && to === "root") {
    refuse(given.token?.at, `the rootchain holds no token of ${token}`, "to: the name of another subchain");
  }
}

/** One load of transfers. */
class LoadResolver {
  readonly #given: GivenTransfer;
  readonly #at: Position;
  readonly #context: WorkloadContext;
  readonly #defaults: Defaults;
  readonly #from: string;
  readonly #to: string;

  constructor(given: GivenTransfer, of: { at: Position; context: WorkloadContext; defaults: Defaults }) {
    const { at, context, defaults } = of;
    this.#given = given;
    this.#at = at;
    this.#context = context;
    this.#defaults = defaults;
    this.#from = context.chains.resolve(given.from);
    this.#to = context.chains.resolve(given.to);
  }

  /** @param before the loads above */
  resolve(name: string, before: readonly TransferLoad[]): TransferLoad {
    const given = this.#given;
    const load: TransferLoad = {
      kind: "transfer",
      name,
      from: this.#from,
      to: this.#to,
      route: given.route?.value ?? "direct",
      expiryUs: this.#crosses ? this.expiryUs : { root: 0, destination: 0 },
      relayFees: this.#crosses ? this.#fees() : { relock: "0", delivery: "0" },
      intervalUs: given.rate?.value ?? 1_000_000,
      arrival: this.#arrival(),
      amount: given.amount?.value ?? this.#defaults.amount,
      amounts: this.#spread(given.amounts),
      partners: this.#spread(given.partners),
      accounts: given.accounts?.value ?? 100,
      dataBytes: given.data?.value ?? this.#defaults.dataBytes,
      startUs: given.start?.value ?? 0,
      stopUs: given.stop?.value ?? this.#context.durationUs,
      ...(given.token === undefined ? {} : { token: this.#context.chains.resolve(given.token) }),
      ...this.#accounts(before),
    };
    this.#checkToken();
    this.#checkTimes(load);
    if (this.#crosses) this.#checkCrossing(load);
    else this.#checkStaying();
    return load;
  }

  #arrival(): Arrival {
    const { arrival, rate } = this.#given;
    if (arrival === undefined) return this.#defaults.arrival;
    const isNamed = typeof arrival.value === "string";
    const named: ShapedArrival = isNamed ? {} : (arrival.value as ShapedArrival);
    const kinds = (isNamed ? [arrival.value] : Object.keys(named)) as Arrival["kind"][];
    const [kind = "steady"] = kinds;
    if (kinds.length !== 1) this.#refuse(arrival.at, "an arrival of no kind or of several", "one pattern");
    switch (kind) {
      case "periodic":
        return { kind, jitter: named.periodic?.value.jitter?.value ?? PERIODIC.jitter };
      case "diurnal": {
        const { depth, period } = named.diurnal?.value ?? {};
        return { kind, depth: depth?.value ?? 0.8, periodUs: period?.value ?? 24 * 60 * MINUTE_US };
      }
      case "bursts": {
        const { size, gap } = named.bursts?.value ?? {};
        const bursts = { kind, size: size?.value ?? 10, gapUs: gap?.value ?? 100_000 } as const;
        const meanUs = rate?.value ?? 1_000_000;
        if ((bursts.size - 1) * bursts.gapUs >= bursts.size * meanUs) {
          const expected = `a gap below ${seconds(Math.floor((bursts.size * meanUs) / (bursts.size - 1)))}, or a lower rate`;
          this.#refuse(
            (gap ?? size ?? arrival).at,
            "these bursts take longer than the rate leaves between them",
            expected,
          );
        }
        return bursts;
      }
      default:
        return { kind };
    }
  }

  #spread(given: GivenTransfer["amounts"]): Spread {
    if (given === undefined || given.value === "even") return EVEN;
    const shape = given.value === "pareto" ? undefined : given.value.pareto?.value.shape?.value;
    return { kind: "pareto", shape: shape ?? 1.16 };
  }

  get #crosses(): boolean {
    return this.#from !== this.#to;
  }

  /** @returns whose accounts these are, where they are another load's */
  #accounts(before: readonly TransferLoad[]): Partial<Pick<TransferLoad, "accounts" | "accountsOf">> {
    const { accounts, accountsOf } = this.#given;
    if (accountsOf === undefined) return {};
    const base = before.find((each) => each.name === accountsOf.value);
    if (base === undefined) this.#refuse(accountsOf.at, `there is no load ${accountsOf.value} above`, "a load above");
    if (accounts !== undefined) this.#refuse(accounts.at, "its accounts are the other load's", "no number of them");
    return { accountsOf: base?.accountsOf ?? accountsOf.value, accounts: base?.accounts ?? 2 };
  }

  /** A token that is not the rootchain's never goes there, and is some chain's own. */
  #checkToken(): void {
    const { token, route } = this.#given;
    if (token === undefined || token.value === "root") return;
    const issuer = this.#context.subchains.find(({ name }) => name === token.value);
    if (issuer === undefined) return;
    if (!issuer.ownToken) {
      this.#refuse(token.at, `${token.value} has no token of its own`, "token: own on that chain, or root here");
    } else if (this.#from === "root" || this.#to === "root" || route?.value === "naive") {
      this.#refuse(token.at, `the rootchain holds no token of ${token.value}`, "the direct route between subchains");
    }
  }

  /** Whether what moves is a token that the rootchain does not hold. */
  get #isForeign(): boolean {
    const token = this.#given.token?.value;
    return token === undefined ? this.#ownToken(this.#from) : token !== "root";
  }

  #ownToken(chain: string): boolean {
    return this.#context.subchains.some(({ name, ownToken }) => name === chain && ownToken);
  }

  /** A token that is not the rootchain's pays nobody there, and whoever starts or ends on the rootchain needs one relay less. */
  #fees(): TransferLoad["relayFees"] {
    const fees = this.#given.fees?.value;
    const noRelock = this.#from === "root" || this.#isForeign;
    const noDelivery = this.#to === "root";
    const relock = fees?.relock?.value ?? (noRelock ? 0n : RELAY_FEE);
    const delivery = fees?.delivery?.value ?? (noDelivery ? 0n : RELAY_FEE);
    return { relock: String(relock), delivery: String(delivery) };
  }

  /** Of each leg, where transfers cross. */
  get expiryUs(): TransferLoad["expiryUs"] {
    const expiry = this.#given.expiry?.value;
    const longestUs = longestExpiryUs(this.#context.rootchain);
    const root = expiry?.root?.value ?? Math.min(DEFAULT_EXPIRY.root, Math.floor(longestUs / 2));
    const usual = Math.min(Math.max(DEFAULT_EXPIRY.destination, 2 * root), longestUs - root - this.#slackUs);
    return { root, destination: expiry?.destination?.value ?? usual };
  }

  /** The rootchain judges expiries by its last header, which is a block old or two. */
  get #slackUs(): number {
    return 2 * this.#context.rootchain.roundUs;
  }

  #refuse(at: Position | undefined, message: string, expected: string): void {
    this.#context.problems.add({ at: at ?? this.#at, message, expected });
  }

  #checkTimes({ startUs, stopUs }: TransferLoad): void {
    const { start, stop } = this.#given;
    if (startUs >= stopUs) {
      this.#refuse((start ?? stop)?.at, "the load stops before it starts", "start below stop and the duration");
    } else if (stopUs > this.#context.durationUs) {
      this.#refuse(stop?.at, "the load stops when the run is over", "at most the duration");
    }
  }

  #checkStaying(): void {
    const { route, fees, expiry } = this.#given;
    const [stray] = [route, fees, expiry].filter((each) => each !== undefined);
    if (stray !== undefined)
      this.#refuse(stray.at, "these transfers stay on their chain", "from and to different chains");
  }

  #checkCrossing(load: TransferLoad): void {
    const { route, to, from } = this.#given;
    const touchesRoot = this.#from === "root" || this.#to === "root";
    if (load.route === "naive" && touchesRoot) {
      this.#refuse(route?.at, "a way by the rootchain from or to the rootchain", "a route between two subchains");
    }
    const isNamed = this.#given.token !== undefined;
    if (!isNamed && this.#ownToken(this.#from) && (this.#to === "root" || load.route === "naive")) {
      const message = `the rootchain holds no token of ${this.#from}`;
      this.#refuse(route?.at ?? (to ?? from)?.at, message, "the direct route to another subchain, or token: root");
    }
    this.#checkFees(load);
    this.#checkExpiry(load);
  }

  #checkFees({ relayFees, amount }: TransferLoad): void {
    const fees = this.#given.fees?.value;
    if (relayFees.relock !== "0" && this.#from === "root") {
      this.#refuse(fees?.relock?.at, "a transfer from the rootchain needs no relock", "no fee for it");
    } else if (relayFees.relock !== "0" && this.#isForeign) {
      this.#refuse(fees?.relock?.at, "a relock cannot be paid in a chain's own token", "no fee for it");
    }
    if (relayFees.delivery !== "0" && this.#to === "root") {
      this.#refuse(fees?.delivery?.at, "a transfer to the rootchain needs no delivery", "no fee for it");
    }
    if (BigInt(amount.min) <= BigInt(relayFees.relock) + BigInt(relayFees.delivery)) {
      const at = (this.#given.amount ?? this.#given.fees)?.at;
      this.#refuse(at, "the relay fees use up the smallest amount", "amounts above both fees together");
    }
  }

  /** A block has to hold the lock and another the relock before the time is over, and so on; proofs must still be trusted. */
  #checkExpiry({ expiryUs }: TransferLoad): void {
    const expiry = this.#given.expiry?.value;
    const [source, root, destination] = [this.#from, "root", this.#to].map((chain) => this.#roundUs(chain));
    const leastRootUs = 2 * ((source ?? 0) + (root ?? 0));
    const leastUs = leastRootUs + 2 * (destination ?? 0);
    const longestUs = longestExpiryUs(this.#context.rootchain);
    if (this.#from !== "root" && expiryUs.root < leastRootUs) {
      this.#refuse(
        expiry?.root?.at,
        "no transfer gets to the rootchain in this time",
        `at least ${seconds(leastRootUs)}`,
      );
    } else if (this.#to !== "root" && expiryUs.destination < leastUs) {
      this.#refuse(expiry?.destination?.at, "no transfer arrives in this time", `at least ${seconds(leastUs)}`);
    }
    if (Math.max(expiryUs.root, expiryUs.destination) > longestUs) {
      const at = expiryUs.destination > longestUs ? (expiry?.destination ?? expiry?.root) : expiry?.root;
      const message = "what a refund would be proven with is no longer trusted by then";
      this.#refuse(at?.at, message, `at most ${seconds(longestUs)}, half of rootchain.trust`);
    } else if (this.#to !== "root" && expiryUs.root + expiryUs.destination > longestUs - this.#slackUs) {
      const message = "the rootchain takes no transfer that may end so late";
      const expected = `root and destination together at most ${seconds(longestUs - this.#slackUs)}, by rootchain.trust`;
      this.#refuse((expiry?.destination ?? expiry?.root)?.at, message, expected);
    }
  }

  #roundUs(chain: string): number {
    const { subchains, rootchain } = this.#context;
    return (subchains.find(({ name }) => name === chain) ?? rootchain).roundUs;
  }
}

function seconds(timeUs: number): string {
  return `${timeUs / 1_000_000} s`;
}
