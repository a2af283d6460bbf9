import type { DeviceGroup } from "./device-groups.ts";
import type { GivenDevices } from "./device-keys.ts";
import type { Problems } from "./problems.ts";
import { DEFAULT_PERIOD_US } from "./resolve-devices.ts";
import type { SubchainScenario, TransferLoad } from "./scenario.ts";
import type { Placed } from "./source.ts";

const IOTX = 10n ** 18n;
/** What every account owns at the start of its chain's own token, base units. */
export const OWN_TOKEN_ENDOWMENT = 1_000_000_000n * IOTX;

/** What the accounts of devices share with those of clients, and for how long it has to last. */
export interface FundsContext {
  readonly devices: readonly DeviceGroup[];
  readonly subchains: readonly SubchainScenario[];
  readonly workload: readonly TransferLoad[];
  readonly durationUs: number;
  readonly problems: Problems;
}

/** Reports devices that are to pay more over the run than they own at its start. */
export function checkDeviceFunds(given: readonly Placed<GivenDevices>[], context: FundsContext): void {
  const { devices, durationUs, problems } = context;
  for (const { value, at } of given) {
    const [amount, on] = [value.send?.value.amount, value.on?.value];
    const homes = devices.filter(({ chain }) => chain === on || chain.replace(/-\d+$/u, "") === on);
    if (amount === undefined || homes.length === 0 || problems.within(at)) continue;
    const owned = homes
      .map(({ chain }) => ownedBy(chain, context))
      .reduce((least, each) => (each < least ? each : least));
    const periodUs = value.sleep?.value.every?.value ?? DEFAULT_PERIOD_US;
    const times = BigInt(Math.max(1, Math.floor(durationUs / periodUs)));
    const { relock, delivery } = homes[0]?.send.crossing?.relayFees ?? { relock: "0", delivery: "0" };
    const each = amount.value + BigInt(relock) + BigInt(delivery);
    if (times * each <= owned) continue;
    const moves = times === 1n ? "a transaction moves" : `the ${times} transactions of a run move`;
    problems.add({
      at: amount.at,
      message: `${moves} ${inIotx(times * each)}, and each of these devices owns ${inIotx(owned)}`,
      expected: `at most ${inIotx(owned / times - each + amount.value)}, or a larger endowment of the subchain`,
    });
  }
}

/** @returns what each account of a subchain starts with; devices and those who pay there share its endowment evenly */
function ownedBy(chain: string, { subchains, devices, workload }: FundsContext): bigint {
  const subchain = subchains.find(({ name }) => name === chain);
  if (subchain === undefined || subchain.ownToken) return OWN_TOKEN_ENDOWMENT;
  const things = devices.filter((each) => each.chain === chain).reduce((sum, { count }) => sum + count, 0);
  const payers = new Map<string, number>();
  for (const { name, from, exit, accounts, accountsOf = name } of workload) {
    if (from === chain && exit === undefined) payers.set(accountsOf, Math.max(accounts, payers.get(accountsOf) ?? 0));
  }
  const accounts = [...payers.values()].reduce((sum, each) => sum + each, things);
  return BigInt(subchain.endowment) / BigInt(Math.max(1, accounts));
}

/** @returns an amount rounded down to a millionth */
function inIotx(amount: bigint): string {
  return `${Number((amount * 1_000_000n) / IOTX) / 1_000_000} IOTX`;
}
