import { assert } from "../../protocol/core/assert.ts";
import { absorb, mixKey } from "../kernel/random.ts";
import type { AccessPlan, MediumPlan } from "../network/access/access-network.ts";
import type { Medium, MediumPort } from "../network/access/medium.ts";
import { CsmaMedium } from "../network/csma/csma-medium.ts";
import { EnergyMeter, type PowerWatcher } from "../network/energy.ts";
import { LoraMedium } from "../network/lora/lora-medium.ts";
import { BernoulliLoss, GilbertElliottLoss, type LossModel, TracedLoss } from "../network/loss/loss-model.ts";
import { Motion } from "../network/motion.ts";
import { drawInDisc, nearestOf, type PathLoss, type Place } from "../network/path-loss.ts";
import { spreadInDisc } from "../network/placement.ts";
import { PointMedium } from "../network/point/point-medium.ts";
import { LINK_PROFILES } from "../network/point/profiles.ts";
import { propagationBetweenUs } from "../network/propagation.ts";
import { budgetOf } from "../scenario/device-budget.ts";
import { placesOfThings } from "../scenario/device-groups.ts";
import { type Numbering, numberNodes } from "../scenario/numbering.ts";
import type { DeviceGroup, Scenario } from "../scenario/scenario.ts";
import { type Layout, SharedAir } from "./shared-air.ts";
import { placeNodes } from "./topology.ts";

/** @returns where everything of a group is, m from the middle of its disc */
export function layOut(group: DeviceGroup, seed: string): Layout {
  const key = mixKey(seed, `devices/${group.name}/places`);
  const { gateways: count, radiusMetres, count: devices } = group;
  const gateways =
    group.gatewayPlaces === undefined ? spreadInDisc(count, radiusMetres) : placesOfThings(group.gatewayPlaces);
  const places =
    group.places === undefined
      ? Array.from({ length: devices }, (_, device) => drawInDisc(absorb(key, device), radiusMetres))
      : placesOfThings(group.places);
  assert(gateways.length === count && places.length === devices, "every thing of a group is somewhere");
  return { gateways, devices: places.map((place) => ({ ...place, cell: nearestOf(place, gateways).nearest })) };
}

function lossOf({ loss, count }: DeviceGroup, key: number): LossModel | null {
  switch (loss.kind) {
    case "none":
      return null;
    case "bernoulli":
      return new BernoulliLoss(loss.probability);
    case "gilbertElliott":
      return new GilbertElliottLoss({ key, links: 2 * count, ...loss });
    case "trace":
      return new TracedLoss(key, loss);
  }
}

/** @returns the path loss of a group whose link has one, with the shadowing that the scenario asks for */
function pathLossOf({ link, shadowingDb }: DeviceGroup): PathLoss {
  const pathLoss = budgetOf(link)?.pathLoss ?? { referenceDb: 0, referenceMetres: 1, exponent: 2, shadowingDb: 0 };
  return shadowingDb === null ? pathLoss : { ...pathLoss, shadowingDb };
}

/** One group among all, and where its things are. */
interface PlannedGroup {
  readonly place: number;
  readonly group: DeviceGroup;
  readonly layout: Layout;
  readonly air: SharedAir;
  readonly seed: string;
}

function makeMedium({ place, group, layout, air, seed }: PlannedGroup, port: MediumPort): Medium {
  const key = mixKey(seed, `devices/${group.name}/air`);
  const losses = [lossOf(group, mixKey(seed, `devices/${group.name}/loss`))];
  const pathLoss = pathLossOf(group);
  const { link } = group;
  const { gateways, devices } = layout;
  switch (link.kind) {
    case "lora": {
      const { spreadingFactor, isConfirmed, isAdaptive, secondWindowFactor, demodulators } = link;
      const own = { loss: 0, spreadingFactor, class: link.class, isConfirmed, isAdaptive };
      const placed = devices.map(({ x, y }) => ({ x, y, ...own }));
      const chips = demodulators === undefined ? {} : { demodulators };
      const shared = { neighbours: air.neighboursOf(place), ...chips };
      return new LoraMedium({ key, gateways, devices: placed, pathLoss, losses, secondWindowFactor, ...shared }, port);
    }
    case "802.15.4": {
      const { acknowledges, access } = link;
      const placed = devices.map((device) => ({ ...device, loss: 0 }));
      const neighbours = air.csmaNeighboursOf(place, seed);
      const shared = neighbours === undefined ? {} : { neighbours };
      return new CsmaMedium(
        { key, coordinators: gateways, devices: placed, pathLoss, losses, acknowledges, access, ...shared },
        port,
      );
    }
    case "point": {
      const attached = devices.map((place) => {
        const delayUs = propagationBetweenUs(place, gateways[place.cell] as Place);
        return { gateway: place.cell, profile: 0, loss: 0, delayUs };
      });
      const profiles = [{ ...LINK_PROFILES[link.profile], ...link.rates }];
      return new PointMedium({ key, devices: attached, profiles, losses, gateways }, port);
    }
  }
}

function mediumPlan(planned: PlannedGroup, nodes: Numbering): MediumPlan {
  const { place, group, layout, air, seed } = planned;
  const numbers = ({ first, count }: { first: number; count: number }) =>
    Int32Array.from({ length: count }, (_, index) => first + index);
  const [devices, gateways] = [numbers(nodes.devices[place] as never), numbers(nodes.gateways[place] as never)];
  const stations = new Int32Array(devices.length + gateways.length);
  stations.set(devices);
  stations.set(gateways, devices.length);
  const motion = group.mobility === undefined ? null : motionOf(group, group.mobility, layout, seed);
  const make = (port: MediumPort) => {
    const medium = makeMedium(planned, port);
    air.join(place, medium);
    return medium;
  };
  return { make, nodes: stations, gateways, motion };
}

function motionOf(
  { name, radiusMetres }: DeviceGroup,
  mobility: NonNullable<DeviceGroup["mobility"]>,
  { devices: places }: Layout,
  seed: string,
): Motion {
  return new Motion({ key: mixKey(seed, `devices/${name}/motion`), places, radiusMetres, ...mobility });
}

/** @returns the links of a scenario's devices, and their meter; undefined without devices */
export function planAccess(
  scenario: Scenario,
  watcher: PowerWatcher | null,
): { readonly plan: AccessPlan; readonly meter: EnergyMeter } | undefined {
  const groups = scenario.devices ?? [];
  if (groups.length === 0) return undefined;
  const nodes = numberNodes(scenario);
  const devices = nodes.total - nodes.powered;
  const media = new Uint16Array(devices);
  const stations = new Int32Array(devices);
  const receiveBytes = new Float64Array(devices);
  for (const [place, { first, count }] of nodes.devices.entries()) {
    receiveBytes.fill(groups[place]?.receiveBytes ?? Infinity, first - nodes.powered, first - nodes.powered + count);
    for (let index = 0; index < count; index++) {
      media[first - nodes.powered + index] = place;
      stations[first - nodes.powered + index] = index;
    }
  }
  const { seed } = scenario;
  const layouts = groups.map((group) => layOut(group, seed));
  const air = new SharedAir(groups, layouts);
  const plans = groups.map((group, place) => {
    return mediumPlan({ place, group, layout: layouts[place] as Layout, air, seed }, nodes);
  });
  const meter = new EnergyMeter(
    groups.map(({ power }) => power),
    media,
    watcher,
    groups.map(({ batteryJoules }) => batteryJoules),
  );
  return { plan: { firstDevice: nodes.powered, media, stations, receiveBytes, plans }, meter };
}

/** @returns the region of every node by number; devices are where the first gateway of their group is */
export function placesOf(scenario: Scenario): number[] {
  const { powered, devices, gateways } = numberNodes(scenario);
  const places = placeNodes(scenario, powered);
  for (const [place, { count }] of devices.entries()) {
    const region = places[gateways[place]?.first ?? 0] ?? 0;
    for (let index = 0; index < count; index++) places.push(region);
  }
  return places;
}
