import { type RandomStream, stream } from "../kernel/index.ts";
import { loadScenario, type Scenario } from "../scenario/index.ts";
import { type DrawnGroup, drawGroup } from "./swarm-device-groups.ts";
import { chance, pickOne, pickSome, within } from "./swarm-draw.ts";

const FILE = "swarm-devices.json";
/** Such a scenario is small: what the machine has does not matter to it. */
const MEMORY_BYTES = 2 ** 33;
/** Faults take place from here to here, s. */
const FIRST_S = 30;
const HEALED_S = 240;
const DURATION_S = 400;
/** Short cuts of power begin here, once those that are switched off for long are back, and follow each other so soon. */
const FLICKER_S = 130;
const FLICKER_EVERY_S = 9;
const MAX_FAULTS = 3;
const NAMES = ["lamps", "locks", "meters"];
const BEYOND = "village";
/** One operator of four may be wrong, be it by its own will or without power. */
const LIES = ["silent", "equivocate", "double-vote", "withhold-votes", "stale-future"] as const;

/**
 * Draws a small world of things from a seed: a rootchain, a subchain, and devices on all kinds of links that are switched off and on,
 * lose their gateway, run out of charge, or move. Whatever befalls them, chains go on, no transaction takes effect twice, and
 * energy adds up; that a reading ever becomes final is not promised.
 *
 * @param seed decides the scenario and is its seed
 */
export function swarmOfDevices(seed: string): Scenario {
  const draw = (purpose: string) => stream(seed, `swarm-devices/${purpose}`);
  const shape = draw("shape");
  const beyond = chance(draw("beyond"), 1 / 3) ? BEYOND : null;
  const groups = NAMES.slice(0, within(shape, 1, NAMES.length)).map((name) =>
    drawGroup((purpose) => draw(`${name}/${purpose}`), { name, beyond }),
  );
  const given = JSON.stringify(drawWorld(draw, { seed, shape, groups, beyond }));
  const texts = new Map([
    [FILE, given],
    ...groups.flatMap(({ files }) => files).map(({ name, text }) => [name, text] as const),
  ]);
  const files = { read: (file: string) => texts.get(file) ?? null };
  return loadScenario({ folder: "", file: FILE, settings: [], files, totalMemoryBytes: MEMORY_BYTES });
}

interface Drawn {
  readonly seed: string;
  readonly shape: RandomStream;
  readonly groups: readonly DrawnGroup[];
  /** Another subchain, that some devices send to. */
  readonly beyond: string | null;
}

function drawWorld(draw: (purpose: string) => RandomStream, { seed, shape, groups, beyond }: Drawn): object {
  const round = `${within(shape, 3, 6)} s`;
  const kinds = pickSome(draw("faults"), Object.keys(FAULTS) as FaultKind[], within(shape, 1, MAX_FAULTS));
  const faults = kinds.flatMap((kind) => drawFaults(draw(`fault/${kind}`), kind, groups));
  const liar = draw("liar");
  const lies = !kinds.includes("operator") && chance(liar, 1 / 4);
  return {
    name: "swarm-devices",
    question: "Does a small world of things hold whatever befalls its devices and their gateways?",
    tier: "long",
    seed,
    crypto: "modelled",
    duration: `${DURATION_S} s`,
    rootchain: { preset: "small", delegates: 4, committee: 4, round: "10 s" },
    subchains: [
      { name: "town", operators: 4, iterations: 3, rounds: within(shape, 4, 10), round },
      ...(beyond === null ? [] : [{ name: beyond, operators: 4, iterations: 3, rounds: 6, round: "4 s" }]),
    ],
    ...(beyond === null ? {} : { relayers: { count: within(draw("relayers"), 1, 2) } }),
    devices: groups.map(({ given }) => given),
    network: { backbone: { loss: `${within(shape, 0, 2)} %`, duplication: `${within(shape, 0, 2)} %` } },
    faults,
    adversaries: lies ? [{ of: `operators town ${within(liar, 0, 3)}`, strategy: pickOne(liar, LIES) }] : [],
    expect: { safety: "always", liveness: { within: "120 s of heal" } },
  };
}

type FaultDraw = (draw: RandomStream, group: DrawnGroup) => object | object[];

/** @returns some of a group's devices, in words */
function someOf(draw: RandomStream, { name, count }: DrawnGroup): string {
  const first = within(draw, 0, count - 1);
  return `devices ${name} ${first}..${within(draw, first, count - 1)}`;
}

/** From a time on for a time, by the key that a fault ends with. */
function window(draw: RandomStream, ends: "for" | "restartAfter"): object {
  const at = within(draw, FIRST_S, HEALED_S - 20);
  return { at: `${at} s`, [ends]: `${within(draw, 10, HEALED_S - at)} s` };
}

/** One way in which each kind of trouble is drawn; a scenario has at most one of each. */
const FAULTS = {
  "switched-off": (draw, group) => {
    const [at, disk] = [within(draw, FIRST_S, FLICKER_S - 20), pickOne(draw, ["kept", "torn"])];
    const restartAfter = `${within(draw, 10, FLICKER_S - 1 - at)} s`;
    return { at: `${at} s`, restartAfter, crash: { of: someOf(draw, group), disk } };
  },
  /** Back before those around it notice: what it owed or was owed on the air is lost all the same. Nobody is struck twice at once. */
  flicker: (draw, group) =>
    Array.from({ length: within(draw, 4, 12) }, (_, turn) => {
      const at = `${(FLICKER_S + turn * FLICKER_EVERY_S) * 1_000_000 + within(draw, 0, 5_000_000)} us`;
      return { at, restartAfter: `${within(draw, 50, 5000)} us`, crash: { of: someOf(draw, group) } };
    }),
  churn: (draw, group) => {
    const times = { period: `${within(draw, 1, 10)} s`, away: `${within(draw, 1, 40)} s` };
    return { ...window(draw, "for"), churn: { of: someOf(draw, group), ...times } };
  },
  "gateway-off": (draw, { name }) => ({ ...window(draw, "restartAfter"), crash: { of: `gateways ${name}` } }),
  "gateway-churn": (draw, group) => {
    const times = { period: `${within(draw, 1, 10)} s`, away: `${within(draw, 1, 20)} s` };
    return { ...window(draw, "for"), churn: { of: `gateways ${group.name}`, ...times } };
  },
  "gateway-cut": (draw, group) => {
    const of = `gateways ${group.name}`;
    const harm = pickOne(draw, [
      { isolate: { of } },
      { degrade: { of, loss: `${within(draw, 10, 60)} %`, latency: `${within(draw, 10, 2000)} ms` } },
      { corrupt: { of, probability: `${within(draw, 5, 30)} %` } },
      { replay: { of, probability: `${within(draw, 5, 30)} %`, delay: `${within(draw, 5, 60)} s` } },
      { partition: { groups: [of, "rest"] } },
    ]);
    return { ...window(draw, "for"), ...harm };
  },
  operator: (draw) => ({ ...window(draw, "restartAfter"), crash: { of: "operators town", count: 1 } }),
} as const satisfies Record<string, FaultDraw>;

type FaultKind = keyof typeof FAULTS;

/** Those of one kind are numbered where there are several. */
function drawFaults(draw: RandomStream, kind: FaultKind, groups: readonly DrawnGroup[]): object[] {
  const drawn: object | object[] = FAULTS[kind](draw, pickOne(draw, groups));
  if (!Array.isArray(drawn)) return [{ name: kind, ...drawn }];
  return drawn.map((each: object, place) => ({ name: `${kind}-${place + 1}`, ...each }));
}
