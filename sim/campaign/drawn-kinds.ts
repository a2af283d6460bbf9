import { numberNodes, type Scenario } from "../scenario/index.ts";
import type { DeviceGroup, Fault } from "../scenario/scenario.ts";
import { groupsOf } from "./operations.ts";

/**
 * Names what a scenario has in it that can go wrong, for a campaign's report: its faults by whom they strike, its adversaries, and
 * how its devices are linked, moved and fed.
 *
 * @returns each kind once
 */
export function kindsOf(scenario: Scenario): string[] {
  const { faults, adversaries, devices = [] } = scenario;
  const { powered, gateways } = numberNodes(scenario);
  const firstGateway = gateways[0]?.first ?? powered;
  const victims = (fault: Fault): string => {
    const most = Math.max(-1, ...groupsOf(fault).flatMap((group) => group.map(({ first }) => first)));
    // Whoever is partitioned is everybody.
    if (fault.kind === "partition" || most < firstGateway) return "";
    return most < powered ? " of gateways" : " of devices";
  };
  const kinds = [
    ...faults.map((fault) => `${fault.kind}${fault.kind === "crash" ? ` ${fault.disk}` : ""}${victims(fault)}`),
    ...adversaries.map(({ strategy }) => strategy),
    ...devices.flatMap(kindsOfDevices),
  ];
  return [...new Set(kinds)];
}

/** A battery of less than this ends within a run of an hour, on most links. */
const SMALL_JOULES = 1_000;

function kindsOfDevices({ link, loss, mobility, batteryJoules, start, air, sleep, send }: DeviceGroup): string[] {
  return [
    `link ${link.kind === "point" ? link.profile : link.kind}${link.kind === "lora" ? ` ${link.class}` : ""}`,
    `radio loss ${loss.kind}`,
    ...(mobility === undefined ? [] : [mobility.path === undefined ? "mobility" : "mobility by path"]),
    ...(batteryJoules < SMALL_JOULES ? ["small battery"] : []),
    ...(start === undefined ? [] : ["late start"]),
    ...(air === undefined ? [] : ["shared air"]),
    ...(sleep.arrival === undefined ? [] : [`wakes ${sleep.arrival.kind}`]),
    ...(send.crossing === undefined ? [] : ["devices across chains"]),
  ];
}
