import type { GivenTransfer } from "./definition.ts";
import { longestExpiryUs } from "./economics.ts";
import type { Problems } from "./problems.ts";
import { type ChainNames, RESERVED_NAMES } from "./resolve-subchains.ts";
import type { RootchainScenario, SubchainScenario, TransferLoad } from "./scenario.ts";
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

type GivenLoad = Placed<{ transfer?: Placed<GivenTransfer> }>;

/** Fills in what loads leave open and reports what no clients can do. */
export function resolveWorkload(given: readonly GivenLoad[], context: WorkloadContext): TransferLoad[] {
  const { problems, subchains } = context;
  const taken = new Set([...RESERVED_NAMES, ...subchains.map(({ name }) => name)]);
  return given.flatMap(({ value, at }, index) => {
    const transfer = value.transfer?.value;
    if (transfer === undefined) {
      if (!problems.within(at)) problems.add({ at, message: "a load of no kind", expected: "transfer" });
      return [];
    }
    const name = transfer.name?.value ?? `transfer-${index + 1}`;
    if (taken.has(name)) {
      problems.add({
        at: transfer.name?.at ?? at,
        message: `the name ${name} is taken`,
        expected: "a name of its own",
      });
    }
    taken.add(name);
    return [new LoadResolver(transfer, at, context).resolve(name)];
  });
}

/** One load of transfers. */
class LoadResolver {
  readonly #given: GivenTransfer;
  readonly #at: Position;
  readonly #context: WorkloadContext;
  readonly #from: string;
  readonly #to: string;

  constructor(given: GivenTransfer, at: Position, context: WorkloadContext) {
    this.#given = given;
    this.#at = at;
    this.#context = context;
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
      amount: given.amount?.value ?? { min: String(IOTX), max: String(5n * IOTX) },
      accounts: given.accounts?.value ?? 100,
      dataBytes: given.data?.value ?? 0,
      startUs: given.start?.value ?? 0,
      stopUs: given.stop?.value ?? this.#context.durationUs,
    };
    this.#checkTimes(load);
    if (this.#crosses) this.#checkCrossing(load);
    else this.#checkStaying();
    return load;
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
