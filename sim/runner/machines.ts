import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Machine } from "../../protocol/core/machine.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import { genesisAnchor } from "../../protocol/light/anchor.ts";
import { ChainNode, type ChainNodeOptions } from "../../protocol/node/chain-node.ts";
import { Gateway } from "../../protocol/node/gateway.ts";
import { LightClientNode, trustedGenesis } from "../../protocol/node/light-client-node.ts";
import { Operator } from "../../protocol/node/operator.ts";
import type { PrivateChain } from "../../protocol/node/read-guard.ts";
import type { RelayChain } from "../../protocol/node/relay-view.ts";
import { Relayer } from "../../protocol/node/relayer.ts";
import type { RootFollowerOptions } from "../../protocol/node/root-follower.ts";
import { PROVISIONED } from "../../protocol/node/silence.ts";
import { SubchainRules } from "../../protocol/subchain/rules.ts";
import { ByzantineNode, type Gang } from "../adversary/index.ts";
import type { DeviceProfile } from "../host/index.ts";
import { type Numbering, numberNodes } from "../scenario/numbering.ts";
import { registrationOfChain } from "../scenario/operation.ts";
import type { Hardware, LightClientScenario, Scenario } from "../scenario/scenario.ts";
import type { Reader } from "../workload/endowment.ts";
import type { Coin, Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import { type ChainPlan, isPrivate, membersOf } from "./chain-plan.ts";
import { DeviceMaker } from "./device-maker.ts";
import type { Resident, Role } from "./population.ts";
import { rootParametersOf } from "./root-parameters.ts";
import type { MachineMaker } from "./run.ts";
import { drawMeshes, drawServers } from "./topology.ts";

/** What taking a message in costs besides hashing its bytes: a system call and a look at its head. */
const MESSAGE_NS = 2_000;
/** What a disk needs for each byte: 1 GB/s. */
const DISK_NS_PER_BYTE = 1;
/** How old a subchain's view of the rootchain may grow, in rounds of the rootchain. */
const ROOT_UPDATE_ROUNDS = 10;
/** A relayer waits so many rounds of the rootchain for the effect of what it has handed in. */
const RETRY_ROUNDS = 5;
/** An awake light client asks again after so many rounds. */
const POLL_ROUNDS = 2;
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
  gateway: "fullNodes",
  // Devices have hardware of their own.
  device: "lightClients",
};

/** What the machines of a run are made from. */
export interface MachineOptions {
  readonly scenario: Scenario;
  readonly plans: readonly ChainPlan[];
  readonly residents: readonly Resident[];
  /** By place in the plans. */
  readonly genesis: readonly ChainState[];
  readonly gangs: readonly Gang[];
  /** What each relayer earns on, in order. */
  readonly carriers: readonly Holder[];
  /** In whose name each light client asks where its chain is private, in order. */
  readonly readers: readonly Reader[];
  /** Whose name stands on each device's transactions, in order. */
  readonly owners: readonly Holder[];
  /** Null where every machine is the project's own. */
  readonly own: MachineMaker | null;
}

/** One node as the host wants it. */
export interface NodeMaking {
  readonly device: DeviceProfile;
  readonly makeMachine: (node: number, software: number) => Machine;
  readonly firstStartUs?: (node: number) => number;
  readonly provisioned?: typeof PROVISIONED;
}

/** @returns what a node of a private chain keeps strangers out by; null on a public one */
function guardOf(node: number, plan: ChainPlan, { rules }: ChainState): PrivateChain | null {
  if (!isPrivate(plan) || !(rules instanceof SubchainRules)) return null;
  return { self: node as PeerId, specification: rules.specification };
}

/** @returns all coins of a holder, which it has no longer */
function emptied(holder: Holder): Coin[] {
  const coins: Coin[] = [];
  for (let coin = holder.takeCoin(0n, 0); coin !== null; coin = holder.takeCoin(0n, 0)) coins.push(coin);
  return coins;
}

/** Makes the machines of a run's nodes, for their first start and after each crash. */
export class Machines {
  readonly #options: MachineOptions;
  /** Whether nodes begin with software that others take the place of. */
  readonly #isReplaced: boolean;
  readonly #gangOf = new Map<number, Gang>();
  readonly #mesh: readonly (readonly PeerId[])[];
  /** Place of each node's chain in the plans. */
  readonly #places: number[] = [];
  readonly #numbers: Numbering;
  readonly #things: DeviceMaker;
  /** What each relayer owns on the rootchain, in order. */
  readonly #purses: readonly (readonly Coin[])[];

  constructor(options: MachineOptions) {
    const { scenario, plans, residents, carriers, gangs } = options;
    this.#options = options;
    for (const gang of gangs.toReversed()) for (const node of gang.nodes) this.#gangOf.set(node, gang);
    this.#isReplaced = scenario.faults.some(({ kind }) => kind === "upgrade");
    this.#purses = carriers.map(emptied);
    this.#numbers = numberNodes(scenario);
    this.#things = new DeviceMaker(options, this.#numbers);
    this.#mesh = drawMeshes(scenario, plans, residents.length);
    for (const [place, plan] of plans.entries()) for (const node of membersOf(plan)) this.#places[node] = place;
  }

  /** @returns how each node is made, by number */
  all(): NodeMaking[] {
    const { scenario, residents } = this.#options;
    const devices = new Map(Object.entries(scenario.hardware).map(([name, hardware]) => [name, deviceOf(hardware)]));
    const makeMachine = (node: number, software: number) => this.#corrupted(node, software);
    const powered = residents.slice(0, this.#numbers.powered).map(({ role, identity }): NodeMaking => {
      const device = devices.get(HARDWARE[role]) as DeviceProfile;
      return identity === null ? { device, makeMachine } : { device, makeMachine, provisioned: PROVISIONED };
    });
    const firstStartUs = (node: number) => this.#things.firstStartUs(node);
    const things = (scenario.devices ?? []).flatMap((group) => {
      const making: NodeMaking = { device: deviceOf(group.hardware), makeMachine, firstStartUs };
      return new Array<NodeMaking>(group.count).fill(making);
    });
    return [...powered, ...things];
  }

  #corrupted(node: number, software: number): Machine {
    const machine = this.#owned(node, software);
    const gang = this.#gangOf.get(node);
    if (gang === undefined) return machine;
    const { residents } = this.#options;
    const identity = residents[node]?.identity ?? null;
    const makeTwin = () => this.#make(node, software);
    return gang.corrupt(machine, { node: node as PeerId, identity, state: () => stateOf(machine), makeTwin });
  }

  #owned(node: number, software: number): Machine {
    const { own, residents } = this.#options;
    const standard = this.#make(node, software);
    if (own === null) return standard;
    const { name, role, chain } = residents[node] as Resident;
    return own({ node, name, role, chain }, standard);
  }

  #make(node: number, software: number): Machine {
    if (node >= this.#numbers.powered) return this.#things.make(node);
    const { residents } = this.#options;
    switch ((residents[node] as Resident).role) {
      case "relayer":
        return this.#relayer(node);
      case "light-client":
        return this.#lightClient(node);
      case "gateway":
        return new Gateway();
      default:
        return this.#signer(node, software);
    }
  }

  /** A node that holds a whole chain, whether or not it signs. */
  #signer(node: number, software: number): Machine {
    const chain = this.#chainOptions(node, software);
    const { residents, plans, scenario } = this.#options;
    const { role, identity } = residents[node] as Resident;
    const { name } = plans[this.#places[node] as number] as ChainPlan;
    const isOperator = role === "operator" || (role === "subchain-full-node" && identity !== null);
    if (!isOperator) return new ChainNode(chain);
    const later =
      registrationOfChain(scenario, name) === undefined ? {} : { registrationPollUs: scenario.rootchain.roundUs };
    return new Operator({ chain, root: this.#rootOptions(node), ...later });
  }

  /** Where software is replaced during the run, each version of it knows the blocks of its own version and of those before. */
  #chainOptions(node: number, software: number): ChainNodeOptions {
    const { plans, residents, genesis } = this.#options;
    const place = this.#places[node] as number;
    const { parameters } = plans[place] as ChainPlan;
    const guarded = guardOf(node, plans[place] as ChainPlan, genesis[place] as ChainState);
    const gang = this.#gangOf.get(node);
    const real = genesis[place] as ChainState;
    return {
      genesis: gang?.genesisFor(real) ?? real,
      identity: residents[node]?.identity ?? null,
      mesh: this.#mesh[node] ?? [],
      statusIntervalUs: Math.max(MIN_STATUS_INTERVAL_US, 2 * parameters.roundUs),
      ...(guarded === null ? {} : { guarded }),
      ...(this.#isReplaced ? { newestVersion: software } : {}),
    };
  }

  #rootOptions(node: number): RootFollowerOptions {
    const { scenario, plans } = this.#options;
    const rootPeers = drawServers(scenario, plans[0] as ChainPlan, node);
    return { rootPeers, updateIntervalUs: ROOT_UPDATE_ROUNDS * scenario.rootchain.roundUs };
  }

  #relayer(node: number): Relayer {
    const { scenario, plans, genesis, carriers } = this.#options;
    const relayer = node - this.#numbers.relayers.first;
    const { address: payee, script: rewardScript, keyPair } = carriers[relayer] as Holder;
    const [root, ...subchains] = plans.map((plan, place): RelayChain => {
      const chain = { anchor: genesisAnchor(genesis[place] as ChainState), peers: drawServers(scenario, plan, node) };
      return isPrivate(plan) ? { ...chain, reader: keyPair } : chain;
    });
    const retryUs = RETRY_ROUNDS * scenario.rootchain.roundUs;
    const { pollUs } = scenario.relayers;
    const { bridge } = rootParametersOf(scenario);
    return new Relayer({
      root: root as RelayChain,
      subchains,
      terms: { rewardScript, rootFee: FEE, refundFee: bridge.maxRefundFee },
      payee,
      pollIntervalUs: pollUs,
      patienceUs: scenario.relayers.count > 1 ? 2 * scenario.rootchain.roundUs : 0,
      retryUs,
      // Before the chain counts as silent, and before what is anchored of it is too old to start from.
      heartbeatUs: Math.max(bridge.heartbeatUs, Math.floor(Math.min(bridge.deadAfterUs, 2 * bridge.trustPeriodUs) / 4)),
      death: bridge,
      informer: { keyPair, rewardScript, coins: this.#purses[relayer] ?? [], fee: FEE, retryUs, rules: bridge },
    });
  }

  #lightClient(node: number): LightClientNode {
    const { scenario, plans, genesis, readers } = this.#options;
    const { lightClients } = this.#numbers;
    const group = lightClients.findIndex(({ first, count }) => node >= first && node < first + count);
    const { chain, awakeUs, asleepUs, trustPeriodUs } = scenario.lightClients[group] as LightClientScenario;
    const place = plans.findIndex(({ name }) => name === chain);
    const plan = plans[place] as ChainPlan;
    const { parameters } = plan;
    const reader = readers[node - (lightClients[0]?.first ?? 0)] as Reader;
    return new LightClientNode({
      ...(isPrivate(plan) ? { reader: reader.holder.keyPair } : {}),
      trusted: trustedGenesis(genesis[place] as ChainState),
      epochBlocks: parameters.iterationsPerEpoch * parameters.roundsPerIteration,
      trustPeriodUs,
      maxDriftUs: parameters.maxDriftUs,
      peers: drawServers(scenario, plan, node),
      awakeUs,
      asleepUs,
      pollIntervalUs: POLL_ROUNDS * parameters.roundUs,
    });
  }
}

/** @returns whether somebody's own machine says which one it wraps */
function isAround(machine: Machine): machine is Machine & { readonly around: Machine } {
  return "around" in machine;
}

/** @returns the chain state that a node's machine holds, or null while it is down */
export function stateOf(machine: Machine | null): ChainState | null {
  const honest = machine instanceof ByzantineNode ? machine.honest : machine;
  if (honest !== null && isAround(honest)) return stateOf(honest.around);
  return honest instanceof ChainNode || honest instanceof Operator ? honest.state : null;
}
