import type { Scenario } from "./scenario.ts";

/** Neighbouring node numbers. */
export interface NodeRange {
  readonly first: number;
  readonly count: number;
}

/** The nodes of one chain. */
export interface ChainNodes {
  /** "root" or the subchain's name. */
  readonly name: string;
  /** Delegates and standby candidates, or operators. */
  readonly signers: NodeRange;
  readonly fullNodes: NodeRange;
}

/** Which numbers the nodes of each role and chain have. */
export interface Numbering {
  readonly delegates: NodeRange;
  readonly standby: NodeRange;
  /** By chain id, the rootchain first. */
  readonly chains: readonly ChainNodes[];
  readonly relayers: NodeRange;
  /** Each group of light clients. */
  readonly lightClients: readonly (NodeRange & { readonly name: string })[];
  /** Of each group of devices, behind all nodes that are always powered. */
  readonly gateways: readonly NodeRange[];
  readonly devices: readonly (NodeRange & { readonly name: string })[];
  /** Nodes before the devices: all whom selectors call `all` and `rest`. */
  readonly powered: number;
  readonly total: number;
}

/** What decides the numbers. */
export type Population = Pick<Scenario, "rootchain" | "subchains" | "relayers" | "lightClients" | "devices">;

/** @returns the numbers of all nodes, in the order that `Scenario` documents */
export function numberNodes({
  rootchain,
  subchains,
  relayers,
  lightClients,
  devices: groups = [],
}: Population): Numbering {
  let next = 0;
  const take = (count: number): NodeRange => {
    const range = { first: next, count };
    next += count;
    return range;
  };
  const [delegates, standby] = [take(rootchain.delegates), take(rootchain.standby)];
  const signers = { first: 0, count: next };
  const root = { name: "root", signers, fullNodes: take(rootchain.fullNodes) };
  const others = subchains.map(({ name, operators, fullNodes }) => {
    return { name, signers: take(operators), fullNodes: take(fullNodes) };
  });
  const carriers = take(relayers.count);
  const clients = lightClients.map(({ name, count }) => ({ name, ...take(count) }));
  const gateways = groups.map((group) => take(group.gateways));
  const powered = next;
  const devices = groups.map(({ name, count }) => ({ name, ...take(count) }));
  const chains = [root, ...others];
  return {
    delegates,
    standby,
    chains,
    relayers: carriers,
    lightClients: clients,
    gateways,
    devices,
    powered,
    total: next,
  };
}

/** What selectors call the nodes of each role. */
export const ROLES = [
  "delegates",
  "standby",
  "full-nodes",
  "operators",
  "relayers",
  "light-clients",
  "gateways",
  "devices",
] as const;
export type Role = (typeof ROLES)[number];

/** Neighbouring nodes of one role. */
export interface RoleRange extends NodeRange {
  readonly role: Role;
  /** Name of their chain, or of their group of light clients or devices; "" for relayers. */
  readonly group: string;
}

/** @returns all nodes in the order of their numbers; ranges may be empty */
export function rolesOf({
  delegates,
  standby,
  chains,
  relayers,
  lightClients,
  gateways,
  devices,
}: Numbering): readonly RoleRange[] {
  const [root, ...subchains] = chains;
  const group = root?.name ?? "";
  return [
    { role: "delegates", group, ...delegates },
    { role: "standby", group, ...standby },
    { role: "full-nodes", group, ...(root?.fullNodes ?? { first: 0, count: 0 }) },
    ...subchains.flatMap(({ name, signers, fullNodes }): RoleRange[] => [
      { role: "operators", group: name, ...signers },
      { role: "full-nodes", group: name, ...fullNodes },
    ]),
    { role: "relayers", group: "", ...relayers },
    ...lightClients.map(({ name, first, count }): RoleRange => ({ role: "light-clients", group: name, first, count })),
    ...gateways.map((range, place): RoleRange => ({ role: "gateways", group: devices[place]?.name ?? "", ...range })),
    ...devices.map(({ name, first, count }): RoleRange => ({ role: "devices", group: name, first, count })),
  ];
}
