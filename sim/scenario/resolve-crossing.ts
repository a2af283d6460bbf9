import type { DeviceCrossing } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import type { Problems } from "./problems.ts";
import { type LoadDefaults, LoadResolver } from "./resolve-load.ts";
import type { Placed, Position } from "./source.ts";
import type { WorkloadContext } from "./workload-context.ts";

const IOTX = 10n ** 18n;
/** Above both relay fees. */
const AMOUNT = IOTX / 10n;
const DEFAULTS: LoadDefaults = {
  amount: { min: String(AMOUNT), max: String(AMOUNT) },
  arrival: { kind: "steady" },
  dataBytes: 0,
};

/** What of a device's transfers is the same as of a load's. */
export interface Crossing {
  readonly crossing: DeviceCrossing;
  /** Base units as decimal digits. */
  readonly amount: string;
}

/**
 * Fills in what the file leaves open about how devices send to another subchain, and reports what could never arrive there.
 *
 * @param of.whole place of the group
 * @returns null where they send within their own
 */
export function resolveCrossing(
  { send, on }: GivenDevices,
  { chain, whole, context }: { chain: string; whole: Position; context: WorkloadContext },
): Crossing | null {
  const given = send?.value ?? {};
  const { to, amount, fees, expiry } = given;
  const { problems } = context;
  if (to === undefined) {
    const stray = fees ?? expiry;
    if (stray !== undefined) {
      problems.add({
        at: stray.at,
        message: "these transactions stay on their chain",
        expected: "to: another subchain",
      });
    }
    return null;
  }
  if (to.value === chain) return null;
  if (to.value === "root") {
    const message = "the rootchain has no account for what devices tell";
    problems.add({ at: to.at, message, expected: "another subchain" });
    return null;
  }
  const each = amount && { at: amount.at, value: { min: String(amount.value), max: String(amount.value) } };
  const transfer = {
    from: on === undefined ? undefined : ({ ...on, value: chain } satisfies Placed<string>),
    to,
    ...(each === undefined ? {} : { amount: each }),
    ...(fees === undefined ? {} : { fees }),
    ...(expiry === undefined ? {} : { expiry }),
  };
  const load = new LoadResolver(definedOf(transfer), { at: whole, context, defaults: DEFAULTS }).resolve("devices", []);
  return { crossing: { to: load.to, relayFees: load.relayFees, expiryUs: load.expiryUs }, amount: load.amount.min };
}

/** Reports devices of which some would send to their own chain. @param homes the chains on which such a group is */
export function checkAbroad({ send }: GivenDevices, homes: readonly string[], problems: Problems): void {
  const to = send?.value.to;
  if (to === undefined || !homes.includes(to.value)) return;
  problems.add({ at: to.at, message: `${to.value} is their own chain`, expected: "another subchain" });
}

/** @returns the same without a chain that is not given */
function definedOf<T extends { readonly from: Placed<string> | undefined }>({ from, ...rest }: T) {
  return from === undefined ? rest : { ...rest, from };
}
