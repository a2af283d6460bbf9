import { totalMemoryBytes } from "../platform/node/memory.ts";
import { loadScenario, type Scenario } from "../scenario/index.ts";

/** 64 delegates of one site that decide block after block, as fast as their machines let them. */
const PBFT_64 = `
name: pbft-64
rootchain: {delegates: 64, committee: 64, round: 1 ms, timeout: 2 s}
network: {backbone: {regions: lan}}
`;

/** A committee of 22 without transfers; what troubles it is in \`mildFaults\`. */
const COMMITTEE_22 = `
name: committee-22
rootchain: {delegates: 22, committee: 22, iterations: 10, round: 3 s}
network: {backbone: {regions: world-6, bandwidth: 100 Mbit/s, loss: 0.1 %}}
`;

const PAPER_2018 = `
name: paper-2018
duration: 27 min
rootchain: {preset: paper-2018, fullNodes: 200}
network: {backbone: {regions: world-6, bandwidth: 100 Mbit/s}, gossip: {degree: 8}}
`;

const QUICKSTART = `
name: quickstart
duration: 10 min
rootchain: {preset: small, fullNodes: 6}
network: {backbone: {regions: world-6, bandwidth: 100 Mbit/s, loss: 0.1 %}}
workload:
  - {transfer: {rate: 2/s, amount: 1..5 IOTX, accounts: 100, data: 64 B}}
faults:
  - {at: 1 min, crash: {count: 1, of: delegates}, restartAfter: 30 s}
  - {at: 3 min, for: 40 s, partition: {groups: [[delegates 0..13, 3 of full-nodes], rest]}}
  - {at: 6 min, crash: {count: 2, of: delegates}, restartAfter: 30 s}
`;

/** The faults of one spell, in minutes from its beginning; spells follow each other. */
const SPELL_MINUTES = 20;

function mildFaults(minutes: number): string {
  const lines = ["faults:"];
  for (let from = 0; from + SPELL_MINUTES <= minutes; from += SPELL_MINUTES) {
    lines.push(
      `  - {at: ${from + 2} min, crash: {count: 2, of: delegates}, restartAfter: 60 s}`,
      `  - {at: ${from + 6} min, for: 60 s, slow: {count: 3, of: delegates, factor: 50}}`,
      `  - {at: ${from + 10} min, for: 60 s, degrade: {count: 4, of: delegates, loss: 5 %, latency: 100 ms}}`,
      `  - {at: ${from + 14} min, for: 30 s, partition: {groups: [delegates 0..3, rest]}}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** How cryptography is computed. */
export type Crypto = Scenario["crypto"];

/** @param seconds simulated */
export function pbft64(crypto: Crypto, seconds: number): Scenario {
  return load(`${PBFT_64}crypto: ${crypto}\nduration: ${seconds} s\n`);
}

/** @param minutes simulated */
export function committee22(crypto: Crypto, minutes: number): Scenario {
  return load(`${COMMITTEE_22}${mildFaults(minutes)}crypto: ${crypto}\nduration: ${minutes} min\n`);
}

/** An epoch and more: 517 blocks. */
export function paper2018(crypto: Crypto): Scenario {
  return load(`${PAPER_2018}crypto: ${crypto}\n`);
}

/**
 * The paper's rootchain with subchains of 7 operators, and transfers of which a fifth cross chains.
 *
 * @param transfersPerSecond over all chains together
 */
export function manyChains(
  crypto: Crypto,
  { subchains, minutes, transfersPerSecond }: { subchains: number; minutes: number; transfersPerSecond: number },
): Scenario {
  const nameOf = (place: number) => (subchains === 1 ? "chain" : `chain-${(place % subchains) + 1}`);
  const transfers = (from: string, to: string, perSecond: number) =>
    `  - {transfer: {from: ${from}, to: ${to}, rate: ${perSecond}/s, accounts: 20}}`;
  const places = Array.from({ length: subchains }, (_, place) => place);
  const within = places.map((place) => transfers(nameOf(place), nameOf(place), (0.8 * transfersPerSecond) / subchains));
  const across = places.map((place) => {
    const to = subchains === 1 ? "root" : nameOf(place + 1);
    return transfers(nameOf(place), to, (0.2 * transfersPerSecond) / subchains);
  });
  return load(`
name: chains-${subchains}
duration: ${minutes} min
crypto: ${crypto}
rootchain: {preset: paper-2018}
subchains: [{name: chain, count: ${subchains}, operators: 7, round: 3 s}]
relayers: {count: 2}
network: {backbone: {regions: world-6, bandwidth: 100 Mbit/s}, gossip: {degree: 8}}
workload:
${[...within, ...across].join("\n")}
`);
}

/** Homes of the city, and what crosses between them besides the reports, as a part of their number. */
const CITY_HOMES = 32;
const CITY_CROSSING = 0.05;
const DEVICES_A_MAST = 60;
const DEVICES_A_CELL = 40;

/**
 * The paper's rootchain, 32 subchains of 7 operators, and on each as many devices on LoRa as on IEEE 802.15.4, which report to it and
 * see to it on every sixteenth waking that their reports are final.
 *
 * @param devices of all subchains together
 * @param everySeconds between two reports of one device
 */
export function city(
  crypto: Crypto,
  { devices, minutes, everySeconds }: { devices: number; minutes: number; everySeconds: number },
): Scenario {
  const each = Math.max(1, Math.round(devices / CITY_HOMES / 2));
  const crossing = ((devices / everySeconds) * CITY_CROSSING) / CITY_HOMES;
  const loads = Array.from({ length: CITY_HOMES }, (_, home) => {
    const [from, to] = [`home-${home + 1}`, `home-${((home + 1) % CITY_HOMES) + 1}`];
    return `  - {transfer: {from: ${from}, to: ${to}, rate: ${crossing.toFixed(6)}/s, accounts: 20, data: 32 B}}`;
  });
  const habits = `sleep: {every: ${everySeconds} s, awake: 50 s, poll: 20 s}, send: {confirm: 16}`;
  const [masts, cells] = [Math.max(3, Math.ceil(each / DEVICES_A_MAST)), Math.ceil(each / DEVICES_A_CELL)];
  return load(`
name: city
duration: ${minutes} min
crypto: ${crypto}
rootchain: {preset: paper-2018}
subchains: [{name: home, count: ${CITY_HOMES}, operators: 7, round: 3 s}]
relayers: {count: 2}
network: {backbone: {regions: world-6, bandwidth: 100 Mbit/s}, gossip: {degree: 8}}
devices:
  - {name: far, on: home, count: ${each}, link: lora, gateways: ${masts}, radius: 2 km, ${habits}}
  - {name: near, on: home, count: ${each}, link: 802.15.4, gateways: ${cells}, radius: 40 m, ${habits}}
workload:
${loads.join("\n")}
`);
}

/** Blocks so small that a subchain is soon full: what it takes in is then bounded by its own space alone. */
const SATURATED_BLOCK_KIB = 16;
const OFFERED_PER_SECOND = 60;

/** Small subchains that are each offered more transfers than their blocks hold. */
export function saturatedChains(subchains: number, seconds: number): Scenario {
  const nameOf = (place: number) => (subchains === 1 ? "chain" : `chain-${(place % subchains) + 1}`);
  const loads = Array.from({ length: subchains }, (_, place) => {
    const to = subchains === 1 ? "root" : nameOf(place + 1);
    return [
      `  - {transfer: {from: ${nameOf(place)}, to: ${nameOf(place)}, rate: ${OFFERED_PER_SECOND}/s, accounts: 50}}`,
      `  - {transfer: {from: ${nameOf(place)}, to: ${to}, rate: ${OFFERED_PER_SECOND / 50}/s, accounts: 50}}`,
    ];
  });
  return load(`
name: saturated-${subchains}
duration: ${seconds} s
crypto: modelled
rootchain: {preset: small}
subchains: [{name: chain, count: ${subchains}, operators: 4, round: 3 s, maxBlock: ${SATURATED_BLOCK_KIB} KiB}]
network: {backbone: {regions: world-6, bandwidth: 100 Mbit/s}, gossip: {degree: 4}}
workload:
${loads.flat().join("\n")}
`);
}

/** A chain of 200 blocks that full nodes follow. */
export function followedChain(fullNodes: number): Scenario {
  return load(`
name: followed-chain
duration: 605 s
crypto: modelled
rootchain: {delegates: 4, committee: 4, iterations: 10, round: 3 s, fullNodes: ${fullNodes}}
network: {backbone: {regions: lan}, gossip: {degree: 8}}
workload:
  - {transfer: {rate: 5/s, amount: 1..5 IOTX, accounts: 100, data: 64 B}}
`);
}

export function quickstart(): Scenario {
  return load(QUICKSTART);
}

const SMALL_RUN_US = 60_000_000;

/** Short runs of a few tenths of a second each, where the price of a worker is most of all. */
export function smallRuns(count: number): Scenario[] {
  const { faults, workload, ...scenario } = quickstart();
  const short = {
    ...scenario,
    durationUs: SMALL_RUN_US,
    drainUs: 10_000_000,
    faults: faults.filter(({ atUs, forUs }) => atUs + (forUs ?? 0) < SMALL_RUN_US),
    workload: workload.map((load) => ({ ...load, stopUs: Math.min(load.stopUs, SMALL_RUN_US) })),
  };
  return Array.from({ length: count }, (_, index) => ({ ...short, seed: String(index + 1) }));
}

function load(text: string): Scenario {
  return loadScenario({
    folder: "",
    file: "bench.yaml",
    settings: [],
    files: { read: () => text },
    totalMemoryBytes: totalMemoryBytes(),
  });
}
