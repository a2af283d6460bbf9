import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { type Registration, Registry } from "../../protocol/consensus/registry.ts";
import type { DelegateId, PeerId } from "../../protocol/core/ids.ts";
import { IOTX } from "../../protocol/core/units.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { deriveSeed } from "../kernel/index.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** What a delegate puts at stake besides its votes. */
const BOND = 100_000n * IOTX;

/** Roles of nodes, in the order of their numbers. */
export type Role = "delegate" | "standby" | "full-node";

/** One node of the run. */
export interface Resident {
  readonly name: string;
  readonly role: Role;
  /** Null for a node that only follows. */
  readonly identity: Identity | null;
}

/** All nodes of a run, by number: registered delegates first, then the full nodes. */
export interface Population {
  readonly residents: readonly Resident[];
  readonly registry: Registry;
}

function rolesOf({ rootchain }: Scenario): Role[] {
  const { delegates, standby, fullNodes } = rootchain;
  return [
    ...new Array<Role>(delegates).fill("delegate"),
    ...new Array<Role>(standby).fill("standby"),
    ...new Array<Role>(fullNodes).fill("full-node"),
  ];
}

/** @returns the nodes' roles and names, by role and number within it: delegate-0, delegate-1, … */
export function namedRoles(scenario: Scenario): { name: string; role: Role }[] {
  const counts = new Map<Role, number>();
  return rolesOf(scenario).map((role) => {
    const number = counts.get(role) ?? 0;
    counts.set(role, number + 1);
    return { name: `${role}-${number}`, role };
  });
}

function identityOf(scenario: Scenario, backend: CryptoBackend, id: number): Identity {
  const keyPair = (purpose: string) => backend.keyPairFromSeed(deriveSeed(scenario.seed, `${purpose}/${id}`));
  return { id: id as DelegateId, signing: keyPair("signing"), vrf: keyPair("vrf") };
}

/** Creates the nodes of a scenario and the keys of its delegates. */
export function populate(scenario: Scenario, backend: CryptoBackend): Population {
  const residents = namedRoles(scenario).map(({ name, role }, node) => {
    return { name, role, identity: role === "full-node" ? null : identityOf(scenario, backend, node) };
  });
  const identities = residents.flatMap(({ identity }) => (identity === null ? [] : [identity]));
  const entries = identities.map(({ signing, vrf }, id): Registration => {
    const stake = BigInt(scenario.rootchain.stakes[id] ?? "0");
    const endpoint = id as PeerId;
    return { publicKey: signing.publicKey, vrfPublicKey: vrf.publicKey, endpoint, stake, bond: BOND };
  });
  return { residents, registry: new Registry(entries) };
}
