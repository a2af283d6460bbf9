import type { GivenReading, GivenTransfer } from "./definition.ts";
import { longestExpiryUs } from "./economics.ts";
import { meanIntervalUs, PERIODIC, resolveArrival } from "./resolve-arrival.ts";
import type { Arrival, Spread, TransferLoad } from "./scenario.ts";
import type { Placed, Position } from "./source.ts";
import type { WorkloadContext } from "./workload-context.ts";

const IOTX = 10n ** 18n;
const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
export const RELAY_FEE = IOTX / 100n;
const DEFAULT_EXPIRY = { root: 5 * MINUTE_US, destination: 10 * MINUTE_US };

/** What a load is unless it says otherwise. */
export interface LoadDefaults {
  readonly amount: TransferLoad["amount"];
  readonly arrival: Arrival;
  readonly dataBytes: number;
}

export const EVEN: Spread = { kind: "even" };
export const TRANSFER_DEFAULTS: LoadDefaults = {
  amount: { min: String(IOTX), max: String(5n * IOTX) },
  arrival: { kind: "steady" },
  dataBytes: 0,
};
/** Readings move nothing but data. */
export const READING_DEFAULTS: LoadDefaults = { amount: { min: "0", max: "0" }, arrival: PERIODIC, dataBytes: 24 };

/** Readings are transfers of nothing between the accounts of one subchain. */
export function asTransfer({ value, at }: Placed<GivenReading>, { problems, chains }: WorkloadContext): GivenTransfer {
  const { on, ...rest } = value;
  if (on === undefined || chains.resolve(on) === "root") {
    problems.add({ at: on?.at ?? at, message: "readings without a chain that keeps them", expected: "on: a subchain" });
  }
  return on === undefined ? rest : { ...rest, from: on, to: on };
}

/** One load of transfers. */
export class LoadResolver {
  readonly #given: GivenTransfer;
  readonly #at: Position;
  readonly #context: WorkloadContext;
  readonly #defaults: LoadDefaults;
  readonly #from: string;
  readonly #to: string;

  constructor(given: GivenTransfer, of: { at: Position; context: WorkloadContext; defaults: LoadDefaults }) {
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
    const { problems, read } = this.#context;
    const mean = { given: given.rate, usualUs: SECOND_US, isRate: true };
    const arrival =
      given.arrival === undefined ? this.#defaults.arrival : resolveArrival(given.arrival, mean, { problems, read });
    const load: TransferLoad = {
      kind: "transfer",
      name,
      from: this.#from,
      to: this.#to,
      route: given.route?.value ?? "direct",
      expiryUs: this.#crosses ? this.expiryUs : { root: 0, destination: 0 },
      relayFees: this.#crosses ? this.#fees() : { relock: "0", delivery: "0" },
      intervalUs: given.rate?.value ?? meanIntervalUs(arrival, SECOND_US),
      arrival,
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
    this.#checkTrace(load);
    if (this.#crosses) this.#checkCrossing(load);
    else this.#checkStaying();
    return load;
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

  /** What of a trace comes after the stop is left out, and is told of; but something has to be left. */
  #checkTrace(load: TransferLoad): void {
    const { arrival: given, stop } = this.#given;
    const { arrival, startUs, stopUs } = load;
    if (arrival.kind !== "trace" || arrival.atUs.length === 0 || lateArrivals(load) < arrival.atUs.length) return;
    const at = typeof given?.value === "object" ? given.value.trace?.at : undefined;
    const message = `the first time is ${seconds(arrival.atUs[0] as number)} after the start, and the load lasts ${seconds(stopUs - startUs)}`;
    this.#refuse(at, message, `an earlier time, or a later ${stop === undefined ? "end of the run" : "stop"}`);
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

/** @returns how many times of a trace come when the load has stopped; 0 without a trace */
export function lateArrivals({ arrival, startUs, stopUs }: TransferLoad): number {
  return arrival.kind === "trace" ? arrival.atUs.filter((atUs) => startUs + atUs >= stopUs).length : 0;
}

function seconds(timeUs: number): string {
  return `${timeUs / 1_000_000} s`;
}
