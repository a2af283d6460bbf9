import { DEFAULT_BRIDGE_PARAMETERS } from "../../protocol/bridge/parameters.ts";
import { type GivenLightClients, type GivenSubchain, MAX_PIECES, MAX_SUBCHAINS } from "./chain-keys.ts";
import { METRICS } from "./expectation.ts";
import type { Problems } from "./problems.ts";
import { checkUpgrade, MIN_BLOCK_BYTES, resolveUpgrade } from "./resolve-upgrade.ts";
import type { LightClientScenario, RootchainScenario, SubchainScenario } from "./scenario.ts";
import type { Placed, Position } from "./source.ts";
import { nearest, oneOf } from "./suggest.ts";

const IOTX = 10n ** 18n;
const ROUND_US = 3_000_000;
const DEFAULT_OPERATORS = 4;
const MAX_DEFAULT_COMMITTEE = 11;
const DEFAULT_PIECES = 4;
const MIN_ITERATIONS_PER_EPOCH = 3;
/** A prefunded pool is paid over so many blocks where the file does not say. */
const REWARD_BLOCKS = 100_000;

/** Words that figures and selectors begin with, so that no chain or load can be called by them. */
export const RESERVED_NAMES: readonly string[] = [
  "root",
  "all",
  "rest",
  "delegates",
  "standby",
  "full-nodes",
  "operators",
  "relayers",
  "light-clients",
  "gateways",
  "safety",
  "liveness",
  "violation",
  ...new Set(Object.keys(METRICS).map((metric) => metric.split(".", 1)[0] ?? metric)),
];

type GivenSubchains = Placed<readonly Placed<GivenSubchain>[]> | undefined;

/** Fills in what the file leaves open and reports what no subchain can be; count makes several of one entry. */
export function resolveSubchains(
  given: GivenSubchains,
  { rootchain, durationUs, problems }: { rootchain: RootchainScenario; durationUs: number; problems: Problems },
): SubchainScenario[] {
  const entries = given?.value ?? [];
  const total = entries.reduce((sum, { value }) => sum + (value.count?.value ?? 1), 0);
  if (given !== undefined && total > MAX_SUBCHAINS) {
    problems.add({ at: given.at, message: `${total} subchains`, expected: `at most ${MAX_SUBCHAINS}` });
    return [];
  }
  const pieces = Math.max(1, Math.min(DEFAULT_PIECES, Math.floor(MAX_PIECES / Math.max(1, total))));
  const taken = new Set<string>();
  return entries.flatMap(({ value, at }) => {
    const resolved = resolveSubchain(value, rootchain, pieces);
    checkSubchain(value, resolved, at, problems);
    checkUpgrade(value.upgrade, { roundUs: resolved.roundUs, durationUs }, problems);
    return namesIn(value, at, taken, problems).map((name) => ({ ...resolved, name }));
  });
}

/** @returns the names of an entry's chains: home, or home-1, home-2 … */
function namesIn(
  { name, count }: GivenSubchain,
  at: Position,
  taken: Set<string>,
  problems: Problems,
): readonly string[] {
  if (name === undefined) {
    if (!problems.within(at)) problems.add({ at, message: "a subchain without a name", expected: "name: a word" });
    return [];
  }
  const many = count?.value ?? 1;
  const names = many === 1 ? [name.value] : Array.from({ length: many }, (_, index) => `${name.value}-${index + 1}`);
  for (const each of names) {
    const reserved = RESERVED_NAMES.includes(each);
    if (reserved) problems.add({ at: name.at, message: `the name ${each} is taken`, expected: "a name of its own" });
    else if (taken.has(each))
      problems.add({ at: name.at, message: `two subchains called ${each}`, expected: "a name of its own" });
    taken.add(each);
  }
  return names;
}

function resolveSubchain(given: GivenSubchain, rootchain: RootchainScenario, pieces: number): SubchainScenario {
  const operators = given.operators?.value ?? DEFAULT_OPERATORS;
  const committee = given.committee?.value ?? Math.min(operators, MAX_DEFAULT_COMMITTEE);
  const roundUs = given.round?.value ?? ROUND_US;
  const maxBlockBytes = given.maxBlock?.value ?? rootchain.maxBlockBytes;
  const rewards = given.rewards?.value;
  const pool = rewards?.pool?.value ?? 0n;
  return {
    name: given.name?.value ?? "",
    operators,
    fullNodes: given.fullNodes?.value ?? 0,
    committee,
    iterationsPerEpoch: given.iterations?.value ?? 47,
    roundsPerIteration: given.rounds?.value ?? committee,
    roundUs,
    timeoutBaseUs: given.timeout?.value ?? 2 * roundUs,
    maxDriftUs: given.maxDrift?.value ?? 500_000,
    maxBlockBytes,
    ...resolveUpgrade(given.upgrade, maxBlockBytes),
    bond: String(given.bond?.value ?? 10_000n * IOTX),
    ownToken: given.token?.value === "own",
    permission: given.permission?.value ?? "public",
    rewardPool: String(pool),
    rewardBlocks: rewards?.blocks?.value ?? (pool === 0n ? 0 : REWARD_BLOCKS),
    quota: resolveQuota(given.quota?.value ?? {}, rootchain, pieces),
    endowment: String(given.endowment?.value ?? 10_000_000n * IOTX),
  };
}

type GivenQuota = NonNullable<GivenSubchain["quota"]>["value"];

const { maxQuotaDeposit, minOperatorBond, minPricePerPiece } = DEFAULT_BRIDGE_PARAMETERS;

/** By default the deposit pays for every piece of every block of a period, as far as a bid may hold so much. */
function resolveQuota(
  given: GivenQuota,
  { quotaPeriodBlocks }: RootchainScenario,
  defaultPieces: number,
): SubchainScenario["quota"] {
  const pieces = given.pieces?.value ?? defaultPieces;
  const price = given.price?.value ?? IOTX;
  const whole = BigInt(pieces) * price * BigInt(quotaPeriodBlocks);
  const deposit = given.deposit?.value ?? (whole < maxQuotaDeposit ? whole : maxQuotaDeposit);
  return { pieces, pricePerPiece: String(price), deposit: String(deposit) };
}

function checkSubchain(given: GivenSubchain, resolved: SubchainScenario, whole: Position, problems: Problems): void {
  const at = (...keys: (keyof GivenSubchain)[]): Position =>
    keys.map((key) => given[key]?.at).find((each) => each !== undefined) ?? whole;
  const { committee, operators } = resolved;
  if (committee > operators) {
    const message = `a committee of ${committee} is larger than the ${operators} operators`;
    problems.add({ at: at("committee", "operators"), message, expected: `at most ${operators}` });
  }
  if (resolved.iterationsPerEpoch < MIN_ITERATIONS_PER_EPOCH) {
    const message = "the operators of the next epoch are fixed at the end of the third-last iteration";
    problems.add({ at: at("iterations"), message, expected: `at least ${MIN_ITERATIONS_PER_EPOCH} iterations` });
  }
  if (resolved.maxBlockBytes < MIN_BLOCK_BYTES) {
    problems.add({ at: at("maxBlock"), message: "no block fits", expected: `at least ${MIN_BLOCK_BYTES} B` });
  }
  if (BigInt(resolved.bond) < minOperatorBond) {
    const message = "a bond that the rootchain does not take";
    problems.add({ at: at("bond"), message, expected: `at least ${minOperatorBond / IOTX} IOTX` });
  }
  checkRewards(given, problems);
  checkQuota(given, resolved, whole, problems);
}

function checkRewards({ rewards }: GivenSubchain, problems: Problems): void {
  const { pool, blocks } = rewards?.value ?? {};
  if (rewards === undefined || problems.within(rewards.at) || blocks === undefined) return;
  if (pool === undefined || pool.value === 0n) {
    problems.add({
      at: blocks.at,
      message: "blocks that pay from an empty pool",
      expected: "pool: an amount beside it",
    });
  }
}

function checkQuota(
  given: GivenSubchain,
  { quota: { pieces, pricePerPiece, deposit } }: SubchainScenario,
  whole: Position,
  problems: Problems,
): void {
  const quota = given.quota?.value;
  const at = (quota?.price ?? quota?.pieces)?.at ?? whole;
  if (pieces > MAX_PIECES) {
    const message = `a bid for ${pieces} pieces of a block that has ${MAX_PIECES}`;
    problems.add({ at: quota?.pieces?.at ?? whole, message, expected: `at most ${MAX_PIECES}` });
  } else if (pieces > 0 && BigInt(pricePerPiece) < minPricePerPiece) {
    problems.add({ at, message: "a bid that the rootchain does not take", expected: "a price above nothing" });
  } else if (BigInt(deposit) > maxQuotaDeposit || BigInt(pieces) * BigInt(pricePerPiece) > BigInt(deposit)) {
    problems.add({
      at: quota?.deposit?.at ?? at,
      message: "a deposit that the rootchain does not take",
      expected: `at least pieces times price, at most ${maxQuotaDeposit / IOTX} IOTX`,
    });
  }
}

/** Chains by name, for whatever refers to them. */
export class ChainNames {
  readonly #names: ReadonlySet<string>;
  readonly #signers: ReadonlyMap<string, number>;
  readonly #problems: Problems;

  /** @param problems takes references to chains that are not there */
  constructor(subchains: readonly SubchainScenario[], problems: Problems) {
    this.#names = new Set(["root", ...subchains.map(({ name }) => name)]);
    this.#signers = new Map(subchains.map(({ name, operators }) => [name, operators]));
    this.#problems = problems;
  }

  /** @returns how many operators a subchain has; 0 where there is none of that name */
  signersOf(name: string): number {
    return this.#signers.get(name) ?? 0;
  }

  /** @returns the chain of that name, or all that a name and numbers make: home-1, home-2 … of home; a problem is told where there is none */
  family(given: Placed<string>): readonly string[] {
    const isNumbered = (name: string) => /^-\d+$/u.test(name.slice(given.value.length));
    const family = [...this.#names].filter((name) => name.startsWith(given.value) && isNumbered(name));
    return this.#names.has(given.value) || family.length === 0 ? [this.resolve(given)] : family;
  }

  /** @returns the name that was given or "root"; a problem is told where there is no such chain */
  resolve(given: Placed<string> | undefined): string {
    if (given === undefined) return "root";
    if (!this.#names.has(given.value)) {
      const message = `there is no chain ${given.value}`;
      const names = [...this.#names];
      this.#problems.add({ at: given.at, message, expected: oneOf(names), suggestion: nearest(given.value, names) });
    }
    return given.value;
  }
}

/** What reports call the other nodes, each with a number. */
const OTHER_NODES = ["delegate", "standby", "full-node", "relayer"];

const DEFAULT_AWAKE_US = 30_000_000;

/** Fills in what the file leaves open about light clients. */
export function resolveLightClients(
  given: readonly Placed<GivenLightClients>[],
  { chains, rootchain, problems }: { chains: ChainNames; rootchain: RootchainScenario; problems: Problems },
): LightClientScenario[] {
  const taken = new Set(OTHER_NODES);
  return given.map(({ value, at }, index) => {
    const name = value.name?.value ?? `light-${index + 1}`;
    if (taken.has(name)) {
      const message = `the name ${name} is taken`;
      problems.add({ at: value.name?.at ?? at, message, expected: "a name of its own" });
    }
    taken.add(name);
    return {
      name,
      count: value.count?.value ?? 1,
      chain: chains.resolve(value.chain),
      awakeUs: value.awake?.value ?? DEFAULT_AWAKE_US,
      asleepUs: value.asleep?.value ?? 0,
      trustPeriodUs: value.trust?.value ?? rootchain.trustPeriodUs,
      isAdmitted: value.admitted?.value ?? true,
    };
  });
}
