import type { Hash } from "../../protocol/core/ids.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import { deriveSeed } from "../kernel/index.ts";
import { OWN_TOKEN_ENDOWMENT as ENDOWMENT } from "../scenario/device-funds.ts";
import type { Scenario, TransferLoad } from "../scenario/scenario.ts";
import { Holder } from "./holder.ts";
import type { ClientChain } from "./order.ts";

/** Transfers may be under way for this long before a holder runs out of coins: its money is cut accordingly. */
const COINS_FOR_US = 120_000_000;
const LEAST_COINS = 2;
const MOST_COINS = 64;

/** What an account holds of a token at the start. */
export interface Endowment {
  readonly holder: Holder;
  readonly token: number;
  /** Base units. */
  readonly amount: bigint;
}

/** What the workload's holders start with. */
export interface Endowments {
  /** Outputs on the rootchain, in order. */
  readonly coins: readonly { readonly holder: Holder; readonly amount: bigint }[];
  /** Accounts of each subchain, by chain id. */
  readonly accounts: ReadonlyMap<number, readonly Endowment[]>;
  /** Who may write on each subchain, by chain id. */
  readonly admitted: ReadonlyMap<number, readonly Hash[]>;
}

/** Whose name stands on a light client's requests where its chain is private. */
export interface Reader {
  readonly holder: Holder;
  /** Name of the chain that it follows. */
  readonly chain: string;
  readonly isAdmitted: boolean;
}

/** @returns the holders of each load */
export function makeHolders(
  { workload, seed }: Pick<Scenario, "workload" | "seed">,
  backend: CryptoBackend,
): Holder[][] {
  const holders: Holder[][] = [];
  for (const [place, { accounts, accountsOf }] of workload.entries()) {
    const base = workload.findIndex(({ name }) => name === accountsOf);
    const shared = base < 0 ? undefined : holders[base]?.slice(0, accounts);
    const made = () =>
      Array.from({ length: accounts }, (_, account) => {
        return new Holder(backend.keyPairFromSeed(deriveSeed(seed, `workload/${place}/account/${account}`)));
      });
    holders.push(shared ?? made());
  }
  return holders;
}

/** @returns whom the relayers' earnings belong to, in order */
export function makeCarriers(
  { relayers, seed }: Pick<Scenario, "relayers" | "seed">,
  backend: CryptoBackend,
): Holder[] {
  return Array.from({ length: relayers.count }, (_, relayer) => {
    return new Holder(backend.keyPairFromSeed(deriveSeed(seed, `relayer/${relayer}`)));
  });
}

/** @returns in whose name each light client of a run asks, in order of node */
export function makeReaders(
  { lightClients, seed }: Pick<Scenario, "lightClients" | "seed">,
  backend: CryptoBackend,
): Reader[] {
  return lightClients.flatMap(({ name, count, chain, isAdmitted }) =>
    Array.from({ length: count }, (_, client) => {
      const holder = new Holder(backend.keyPairFromSeed(deriveSeed(seed, `light/${name}/${client}`)));
      return { holder, chain, isAdmitted };
    }),
  );
}

/** Who owns a device's account, and which chain it is on. */
export interface Owner {
  readonly holder: Holder;
  readonly chain: string;
  /** Where it may be paid from another chain; not there where it is not. */
  readonly paidOn?: string;
}

/** @returns the owners of all devices, in order of node */
export function makeOwners(
  { devices = [], seed }: Pick<Scenario, "devices" | "seed">,
  backend: CryptoBackend,
): Owner[] {
  return devices.flatMap(({ name, count, chain, send }) =>
    Array.from({ length: count }, (_, device) => {
      const holder = new Holder(backend.keyPairFromSeed(deriveSeed(seed, `devices/${name}/${device}`)));
      // The first of a group is whom all of it pays.
      const isPaid = device === 0 && send.crossing !== undefined;
      return isPaid ? { holder, chain, paidOn: send.crossing.to } : { holder, chain };
    }),
  );
}

/** @returns how many coins each holder of a load needs so that no payment waits for the change of another */
function coinsEach({ intervalUs, accounts }: TransferLoad): number {
  const wanted = Math.ceil(COINS_FOR_US / Math.max(1, intervalUs) / accounts);
  return Math.min(MOST_COINS, Math.max(LEAST_COINS, wanted));
}

function coinsOf(load: TransferLoad, holders: readonly Holder[]): { holder: Holder; amount: bigint }[] {
  const count = coinsEach(load);
  const amount = ENDOWMENT / BigInt(count);
  return holders.flatMap((holder) => Array.from({ length: count }, () => ({ holder, amount })));
}

/** Cuts a subchain's root token in equal parts for the holders who start there; its own token has no bounds. */
function accountsOf(chain: ClientChain, endowment: bigint, holders: readonly Holder[]): Endowment[] {
  if (holders.length === 0) return [];
  const amount = endowment / BigInt(holders.length);
  const foreign = holders.map((holder) => ({ holder, token: ROOT_CHAIN, amount }));
  if (chain.nativeToken === ROOT_CHAIN) return foreign;
  return [...holders.map((holder) => ({ holder, token: chain.nativeToken, amount: ENDOWMENT })), ...foreign];
}

/** @param chains by place: the rootchain, then the scenario's subchains */
export function endow(
  { workload, subchains }: Pick<Scenario, "workload" | "subchains">,
  chains: readonly ClientChain[],
  holders: readonly (readonly Holder[])[],
  owners: readonly Owner[],
): Endowments {
  const of = (load: TransferLoad) => holders[workload.indexOf(load)] ?? [];
  // Whoever only leaves has what it got there.
  const starting = (name: string) => workload.filter(({ from, exit }) => from === name && exit === undefined);
  const touching = (name: string) => workload.filter(({ from, to }) => from === name || to === name);
  const accounts = new Map<number, readonly Endowment[]>();
  const admitted = new Map<number, readonly Hash[]>();
  for (const [place, { name, endowment }] of subchains.entries()) {
    const chain = chains[place + 1] as ClientChain;
    const things = owners.filter((owner) => owner.chain === name).map(({ holder }) => holder);
    const own = [...new Set(starting(name).flatMap(of)), ...things];
    accounts.set(chain.id, accountsOf(chain, BigInt(endowment), own));
    const paid = owners.filter(({ paidOn }) => paidOn === name).map(({ holder }) => holder);
    const clients = [...touching(name).flatMap(of), ...things, ...paid];
    admitted.set(
      chain.id,
      clients.map(({ address }) => address),
    );
  }
  return { coins: starting("root").flatMap((load) => coinsOf(load, of(load))), accounts, admitted };
}
