import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { DelegateId } from "../../protocol/core/ids.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { deriveSeed } from "../kernel/index.ts";
import { numberNodes } from "../scenario/numbering.ts";
import { successorsIn } from "../scenario/operation.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type ChainPlan, chainPlans, membersOf } from "./chain-plan.ts";

/** Roles of nodes, in the order of their numbers. */
export type Role =
  | "delegate"
  | "standby"
  | "full-node"
  | "operator"
  | "subchain-full-node"
  | "relayer"
  | "light-client"
  | "gateway"
  | "device";

/** What a node is called and what it is there for. */
export interface NamedRole {
  readonly name: string;
  readonly role: Role;
  /** Name of the chain that it holds or follows; "" for relayers, which serve all of them. */
  readonly chain: string;
}

/** One node of the run. */
export interface Resident extends NamedRole {
  /** Null for a node that signs no blocks. */
  readonly identity: Identity | null;
}

function numbered(count: number, of: (index: number) => NamedRole): NamedRole[] {
  return Array.from({ length: count }, (_, index) => of(index));
}

function rootRoles(scenario: Scenario, { name: chain }: ChainPlan): NamedRole[] {
  const { delegates, standby, fullNodes } = scenario.rootchain;
  const counts = [
    ["delegate", delegates],
    ["standby", standby],
    ["full-node", fullNodes],
  ] as const;
  return counts.flatMap(([role, count]) => numbered(count, (index) => ({ name: `${role}-${index}`, role, chain })));
}

function subchainRoles({ name: chain, signers, followers }: ChainPlan): NamedRole[] {
  return [
    ...numbered(signers.count, (index) => ({ name: `${chain}/operator-${index}`, role: "operator", chain })),
    ...numbered(followers.count, (index) => {
      return { name: `${chain}/full-node-${index}`, role: "subchain-full-node", chain };
    }),
  ];
}

/** @returns the nodes' names, roles and chains by number: delegate-0, delegate-1, … home-1/operator-0, … */
export function namedRoles(scenario: Scenario): NamedRole[] {
  const { relayers, lightClients, gateways, devices } = numberNodes(scenario);
  return [
    ...chainPlans(scenario).flatMap((plan) =>
      plan.subchain === null ? rootRoles(scenario, plan) : subchainRoles(plan),
    ),
    ...numbered(relayers.count, (index) => ({ name: `relayer-${index}`, role: "relayer", chain: "" })),
    ...lightClients.flatMap(({ count }, group) => {
      const { name = "", chain = "" } = scenario.lightClients[group] ?? {};
      return numbered(count, (index) => ({ name: `${name}-${index}`, role: "light-client", chain }));
    }),
    ...gateways.flatMap(({ count }, group) => {
      const { name = "" } = scenario.devices?.[group] ?? {};
      return numbered(count, (index) => ({ name: `${name}/gateway-${index}`, role: "gateway", chain: "" }));
    }),
    ...devices.flatMap(({ name, count }, group) => {
      const { chain = "" } = scenario.devices?.[group] ?? {};
      return numbered(count, (index) => ({ name: `${name}-${index}`, role: "device", chain }));
    }),
  ];
}

function identityOf(scenario: Scenario, backend: CryptoBackend, node: number, id: number): Identity {
  const keyPair = (purpose: string) => backend.keyPairFromSeed(deriveSeed(scenario.seed, `${purpose}/${node}`));
  return { id: id as DelegateId, signing: keyPair("signing"), vrf: keyPair("vrf") };
}

/** Creates the nodes of a scenario and the keys of those that sign blocks. @returns them by number */
export function populate(scenario: Scenario, backend: CryptoBackend): readonly Resident[] {
  const residents: Resident[] = namedRoles(scenario).map((named) => ({ ...named, identity: null }));
  const seat = (node: number, id: number) => {
    const named = residents[node];
    assert(named !== undefined, "plans and roles number the same nodes");
    residents[node] = { ...named, identity: identityOf(scenario, backend, node, id) };
  };
  const plans = chainPlans(scenario);
  for (const { signers } of plans) for (let id = 0; id < signers.count; id++) seat(signers.first + id, id);
  for (const { chain, seat: id, fullNode } of successorsIn(scenario)) {
    const plan = plans.find(({ name }) => name === chain);
    if (plan !== undefined) seat(plan.followers.first + fullNode, id);
  }
  return residents;
}

/** Nodes that hold a seat at some time, by seat: its first holder, and those that take it later. */
export type SeatHolders = ReadonlyMap<number, readonly number[]>;

/** @returns who holds the seats of a chain */
export function holdersOf(plan: ChainPlan, residents: readonly Resident[]): SeatHolders {
  const holders = new Map<number, number[]>();
  for (const node of membersOf(plan)) {
    const seat = residents[node]?.identity?.id;
    if (seat !== undefined) holders.set(seat, [...(holders.get(seat) ?? []), node]);
  }
  return holders;
}

/** @returns the keys of a chain's signers by their ids */
export function identitiesOf({ signers }: ChainPlan, residents: readonly Resident[]): Identity[] {
  const members = residents.slice(signers.first, signers.first + signers.count);
  return members.flatMap(({ identity }) => (identity === null ? [] : [identity]));
}
