import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import { DeviceNode, type DeviceNodeOptions } from "../../protocol/node/device-node.ts";
import type { CrossingOptions } from "../../protocol/node/device-payment.ts";
import { trustedGenesis } from "../../protocol/node/light-client-node.ts";
import type { NodeRange, Numbering } from "../scenario/numbering.ts";
import type { DeviceCrossing, DeviceGroup, Scenario } from "../scenario/scenario.ts";
import { type DeviceInGroup, type GroupRhythm, rhythmOf } from "../workload/group-rhythm.ts";
import type { Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import { type ChainPlan, isPrivate, nativeTokenOf, numbersOf, ROOT_CHAIN_ID } from "./chain-plan.ts";
import { drawServers } from "./topology.ts";

/** What the devices of a run are made from. */
export interface DeviceMakerOptions {
  readonly scenario: Scenario;
  readonly plans: readonly ChainPlan[];
  /** By place in the plans. */
  readonly genesis: readonly ChainState[];
  /** Whose name stands on each device's transactions, in order. */
  readonly owners: readonly Holder[];
}

/** Makes devices, which are made anew with every waking: what they are given is put together once for each group. */
export class DeviceMaker {
  readonly #options: DeviceMakerOptions;
  readonly #firstNode: number;
  readonly #relayers: readonly PeerId[];
  /** By group. */
  readonly #habits: readonly DeviceNodeOptions[];
  readonly #rhythms: readonly GroupRhythm[];
  /** By group: the number of its first device. */
  readonly #firsts: readonly number[];
  /** By device. */
  readonly #groups: Uint16Array;
  readonly #servers = new Map<ChainPlan, readonly PeerId[]>();

  constructor(options: DeviceMakerOptions, { powered, total, devices, relayers }: Numbering) {
    const groups = options.scenario.devices ?? [];
    this.#options = options;
    this.#firstNode = powered;
    this.#relayers = numbersOf(relayers) as PeerId[];
    this.#rhythms = groups.map((group) => rhythmOf(group, options.scenario.seed));
    this.#firsts = devices.map(({ first }) => first);
    this.#groups = new Uint16Array(total - powered);
    this.#habits = devices.map((range, place) => {
      const first = range.first - powered;
      this.#groups.fill(place, first, first + range.count);
      return this.#habitsOf(groups[place] as DeviceGroup, range);
    });
  }

  /** @returns a device as it wakes @param node its number */
  make(node: number): DeviceNode {
    const device = node - this.#firstNode;
    const group = this.#groups[device] as number;
    const [habits, rhythm] = [this.#habits[group], this.#rhythms[group]];
    assert(habits !== undefined && rhythm !== undefined, "a device belongs to a group");
    return new DeviceNode(habits, this.#options.owners[device] as Holder, rhythm.of(this.#placed(node, group)));
  }

  /** @returns when a device wakes for the first time, µs from the run's start */
  firstStartUs(node: number): number {
    const group = this.#groups[node - this.#firstNode] as number;
    return (this.#rhythms[group] as GroupRhythm).firstUs(this.#placed(node, group));
  }

  #placed(node: number, group: number): DeviceInGroup {
    return { node, place: node - (this.#firsts[group] as number) };
  }

  #habitsOf({ chain, sleep, send }: DeviceGroup, { first }: NodeRange): DeviceNodeOptions {
    const { scenario, plans, genesis, owners } = this.#options;
    const place = plans.findIndex(({ name }) => name === chain);
    const plan = plans[place] as ChainPlan;
    const { iterationsPerEpoch, roundsPerIteration, roundUs, maxDriftUs } = plan.parameters;
    const epochBlocks = iterationsPerEpoch * roundsPerIteration;
    const { address: to } = owners[first - this.#firstNode] as Holder;
    return {
      isPrivate: isPrivate(plan),
      trusted: trustedGenesis(genesis[place] as ChainState),
      epochBlocks,
      trustPeriodUs: scenario.rootchain.trustPeriodUs,
      maxDriftUs,
      peers: this.#serversOf(plan),
      pollIntervalUs: sleep.pollUs,
      epochUs: epochBlocks * roundUs,
      payment: {
        to,
        amount: BigInt(send.amount),
        fee: FEE,
        data: new Uint8Array(send.dataBytes),
        ...(send.crossing === undefined ? {} : { crossing: this.#crossingOf(send.crossing, plan) }),
      },
      patienceUs: sleep.awakeUs,
      confirmsEvery: send.confirmsEvery,
    };
  }

  /** As of loads: what nobody is paid for on the rootchain is a chain's own token, where it has one. */
  #crossingOf({ to, relayFees, expiryUs }: DeviceCrossing, source: ChainPlan): CrossingOptions {
    const destination = this.#options.plans.find(({ name }) => name === to) as ChainPlan;
    return {
      destinationChain: destination.id,
      token: relayFees.relock === "0" ? nativeTokenOf(source) : ROOT_CHAIN_ID,
      relockFee: BigInt(relayFees.relock),
      deliveryFee: BigInt(relayFees.delivery),
      rootExpiryUs: expiryUs.root,
      destinationExpiryUs: expiryUs.destination,
      relayers: this.#relayers,
    };
  }

  /** All devices of a chain ask the same of its nodes: a list of its own for each group would outweigh the rest. */
  #serversOf(plan: ChainPlan): readonly PeerId[] {
    const known = this.#servers.get(plan);
    if (known !== undefined) return known;
    const servers = drawServers(this.#options.scenario, plan, this.#firstNode);
    this.#servers.set(plan, servers);
    return servers;
  }
}
