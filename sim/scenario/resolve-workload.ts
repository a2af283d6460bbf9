import type { GivenLoad } from "./definition.ts";
import type { Operation } from "./operation.ts";
import type { GivenExit } from "./operation-keys.ts";
import type { Problems } from "./problems.ts";
import { asTransfer, EVEN, LoadResolver, READING_DEFAULTS, RELAY_FEE, TRANSFER_DEFAULTS } from "./resolve-load.ts";
import { KINDS, OperationResolver } from "./resolve-operations.ts";
import { RESERVED_NAMES } from "./resolve-subchains.ts";
import type { TransferLoad } from "./scenario.ts";
import type { Placed, Position } from "./source.ts";
import { oneOf } from "./suggest.ts";
import type { WorkloadContext } from "./workload-context.ts";

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
