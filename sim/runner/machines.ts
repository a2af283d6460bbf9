import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Machine } from "../../protocol/core/machine.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import { ChainNode } from "../../protocol/node/chain-node.ts";
import { PROVISIONED } from "../../protocol/node/silence.ts";
import { ByzantineNode, type Gang } from "../adversary/index.ts";
import type { DeviceProfile } from "../host/index.ts";
import type { Hardware, Scenario } from "../scenario/scenario.ts";
import { type ChainPlan, membersOf } from "./chain-plan.ts";
import type { Resident, Role } from "./population.ts";
import { drawMeshes } from "./topology.ts";

/** What taking a message in costs besides hashing its bytes: a system call and a look at its head. */
const MESSAGE_NS = 2_000;
/** What a disk needs for each byte: 1 GB/s. */
const DISK_NS_PER_BYTE = 1;
/** Nodes without news ask a neighbour this often at most. */
const MIN_STATUS_INTERVAL_US = 5 * SECOND_US;

function deviceOf(hardware: Hardware): DeviceProfile {
  const { signNs, verifyNs, vrfProveNs, vrfVerifyNs, executeNs } = hardware;
  const hashNsPerByte = Math.max(1, Math.round(hardware.hashNsPerKibibyte / 1024));
  return {
    cpu: { signNs, verifyNs, vrfProveNs, vrfVerifyNs, executeNs, hashNsPerByte, messageNs: MESSAGE_NS },
    disk: { latencyNs: hardware.diskUs * 1000, nsPerByte: DISK_NS_PER_BYTE },
  };
}

/** The hardware of each role. */
const HARDWARE: Readonly<Record<Role, keyof Scenario["hardware"]>> = {
  delegate: "delegates",
  standby: "delegates",
  "full-node": "fullNodes",
  operator: "operators",
  "subchain-full-node": "fullNodes",
  relayer: "relayers",
  "light-client": "lightClients",
};

/** What the machines of a run are made from. */
export interface MachineOptions {
  readonly scenario: Scenario;
  readonly plans: readonly ChainPlan[];
  readonly residents: readonly Resident[];
  /** By place in the plans. */
  readonly genesis: readonly ChainState[];
  readonly gangs: readonly Gang[];
}

/** One node as the host wants it. */
export interface NodeMaking {
  readonly device: DeviceProfile;
  readonly makeMachine: () => Machine;
  readonly provisioned?: typeof PROVISIONED;
}

/** Makes the machines of a run's nodes, for their first start and after each crash. */
export class Machines {
  readonly #options: MachineOptions;
  readonly #mesh: readonly (readonly PeerId[])[];
  /** Place of each node's chain in the plans. */
  readonly #places: number[] = [];

  constructor(options: MachineOptions) {
    const { scenario, plans, residents } = options;
    this.#options = options;
    this.#mesh = drawMeshes(scenario, plans, residents.length);
    for (const [place, plan] of plans.entries()) for (const node of membersOf(plan)) this.#places[node] = place;
  }

  /** @returns how each node is made, by number */
  all(): NodeMaking[] {
    const { scenario, residents } = this.#options;
    const devices = new Map(Object.entries(scenario.hardware).map(([name, hardware]) => [name, deviceOf(hardware)]));
    return residents.map(({ role, identity }, node) => {
      const device = devices.get(HARDWARE[role]) as DeviceProfile;
      const makeMachine = () => this.#corrupted(node);
      return identity === null ? { device, makeMachine } : { device, makeMachine, provisioned: PROVISIONED };
    });
  }

  #corrupted(node: number): Machine {
    const machine = this.#make(node);
    const gang = this.#options.gangs.find(({ nodes }) => nodes.includes(node));
    const corruptible = gang !== undefined && this.#options.residents[node]?.identity !== null;
    return corruptible ? gang.corrupt(machine) : machine;
  }

  #make(node: number): ChainNode {
    const { plans, residents, genesis } = this.#options;
    const place = this.#places[node] as number;
    const { parameters } = plans[place] as ChainPlan;
    return new ChainNode({
      genesis: genesis[place] as ChainState,
      identity: residents[node]?.identity ?? null,
      mesh: this.#mesh[node] ?? [],
      statusIntervalUs: Math.max(MIN_STATUS_INTERVAL_US, 2 * parameters.roundUs),
    });
  }
}

/** @returns the chain state that a node's machine holds, or null while it is down */
export function stateOf(machine: Machine | null): ChainState | null {
  const honest = machine instanceof ByzantineNode ? machine.honest : machine;
  return honest instanceof ChainNode ? honest.state : null;
}
