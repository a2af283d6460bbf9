import type { GivenReading, GivenTransfer } from "./definition.ts";
import { longestExpiryUs } from "./economics.ts";
import type { Problems } from "./problems.ts";
import { type ChainNames, RESERVED_NAMES } from "./resolve-subchains.ts";
import type { Arrival, RootchainScenario, Spread, SubchainScenario, TransferLoad } from "./scenario.ts";
import type { Placed, Position } from "./source.ts";

const IOTX = 10n ** 18n;
const MINUTE_US = 60_000_000;
const RELAY_FEE = IOTX / 100n;
const DEFAULT_EXPIRY = { root: 5 * MINUTE_US, destination: 10 * MINUTE_US };

/** What loads are held against. */
export interface WorkloadContext {
  readonly durationUs: number;
  readonly rootchain: RootchainScenario;
  readonly subchains: readonly SubchainScenario[];
  readonly chains: ChainNames;
  readonly problems: Problems;
}

type GivenLoad = Placed<{ transfer?: Placed<GivenTransfer>; reading?: Placed<GivenReading> }>;

/** What a load is unless it says otherwise. */
interface Defaults {
  readonly amount: TransferLoad["amount"];
  readonly arrival: Arrival;
  readonly dataBytes: number;
}

const PERIODIC = { kind: "periodic", jitter: 0.1 } as const;
const TRANSFER_DEFAULTS: Defaults = {
  amount: { min: String(IOTX), max: String(5n * IOTX) },
  arrival: { kind: "steady" },
  dataBytes: 0,
};
/** Readings move nothing but data. */
const READING_DEFAULTS: Defaults = { amount: { min: "0", max: "0" }, arrival: PERIODIC, dataBytes: 24 };

/** Fills in what loads leave open and reports what no clients can do. */
export function resolveWorkload(given: readonly GivenLoad[], context: WorkloadContext): TransferLoad[] {
  const { problems, subchains } = context;
  const taken = new Set([...RESERVED_NAMES, ...subchains.map(({ name }) => name)]);
  return given.flatMap(({ value, at }, index) => {
    const { transfer, reading } = value;
    if (transfer !== undefined && reading !== undefined) {
      problems.add({ at: reading.at, message: "a load of two kinds", expected: "a load of its own for the readings" });
      return [];
    }
    const given = transfer?.value ?? (reading === undefined ? undefined : asTransfer(reading, context));
    if (given === undefined) {
      if (!problems.within(at)) problems.add({ at, message: "a load of no kind", expected: "transfer or reading" });
      return [];
    }
    const kind = transfer === undefined ? "reading" : "transfer";
    const name = given.name?.value ?? `${kind}-${index + 1}`;
    if (taken.has(name)) {
      problems.add({
        at: given.name?.at ?? at,
        message: `the name ${name} is taken`,
        expected: "a name of its own",
      });
    }
    taken.add(name);
    const defaults = kind === "reading" ? READING_DEFAULTS : TRANSFER_DEFAULTS;
    return [new LoadResolver(given, { at, context, defaults }).resolve(name)];
  });
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

  resolve(name: string): TransferLoad {
    const given = this.#given;
    const load: TransferLoad = {
      kind: "transfer",
      name,
      from: this.#from,
      to: this.#to,
      route: given.route?.value ?? "direct",
      expiryUs: this.#crosses ? this.#expiry() : { root: 0, destination: 0 },
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
    };
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
    if (given === undefined || given.value === "even") return { kind: "even" };
    const shape = given.value === "pareto" ? undefined : given.value.pareto?.value.shape?.value;
    return { kind: "pareto", shape: shape ?? 1.16 };
  }

  get #crosses(): boolean {
    return this.#from !== this.#to;
  }

  #ownToken(chain: string): boolean {
    return this.#context.subchains.some(({ name, ownToken }) => name === chain && ownToken);
  }

  /** A token that is not the rootchain's pays nobody there, and whoever starts or ends on the rootchain needs one relay less. */
  #fees(): TransferLoad["relayFees"] {
    const fees = this.#given.fees?.value;
    const noRelock = this.#from === "root" || this.#ownToken(this.#from);
    const noDelivery = this.#to === "root";
    const relock = fees?.relock?.value ?? (noRelock ? 0n : RELAY_FEE);
    const delivery = fees?.delivery?.value ?? (noDelivery ? 0n : RELAY_FEE);
    return { relock: String(relock), delivery: String(delivery) };
  }

  #expiry(): TransferLoad["expiryUs"] {
    const expiry = this.#given.expiry?.value;
    const longestUs = longestExpiryUs(this.#context.rootchain);
    const root = expiry?.root?.value ?? Math.min(DEFAULT_EXPIRY.root, Math.floor(longestUs / 2));
    const usual = Math.min(Math.max(DEFAULT_EXPIRY.destination, 2 * root), longestUs);
    return { root, destination: expiry?.destination?.value ?? usual };
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
    if (this.#ownToken(this.#from) && (this.#to === "root" || load.route === "naive")) {
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
    } else if (relayFees.relock !== "0" && this.#ownToken(this.#from)) {
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
