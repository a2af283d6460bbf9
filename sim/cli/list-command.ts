import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  DEVICE_CLASSES,
  FAULTS,
  HARDWARE_PRESETS,
  INVARIANTS,
  LINK_PROFILES,
  METRICS,
  type Metric,
  type MetricScope,
  RADIO_LINKS,
  REGION_PRESETS,
  ROOTCHAIN_PRESETS,
  STRATEGIES,
  type Strategy,
  UserError,
} from "../scenario/index.ts";
import { openScenarioFile } from "./load-scenario-file.ts";
import { painter } from "./wording.ts";

export const command = "list";
export const describe = "Lists scenarios, presets, faults, adversaries, checks and figures, a line each";
export const builder = {};

/** The scenarios that come with the project. */
export const SHIPPED_SCENARIOS = fileURLToPath(new URL("../../../scenarios", import.meta.url));

export function handler(): void {
  const paint = painter(process.stdout);
  for (const [title, entries] of sections()) {
    console.log(paint("strong", title));
    for (const [name, about] of entries) console.log(`  ${name.padEnd(32)} ${about}`);
    console.log();
  }
}

type Section = readonly [title: string, entries: readonly (readonly [name: string, about: string])[]];

function sections(): Section[] {
  const texts = (table: Readonly<Record<string, string>>) => Object.entries(table);
  const presets = (table: Readonly<Record<string, { about: string }>>) =>
    Object.entries(table).map(([name, { about }]) => [name, about] as const);
  return [
    ["scenarios", scenarioFiles().map(scenarioLine)],
    ["rootchain presets (rootchain.preset)", presets(ROOTCHAIN_PRESETS)],
    ["link models (network.backbone.regions)", presets(REGION_PRESETS)],
    ["machines (hardware)", presets(HARDWARE_PRESETS)],
    ["links of devices (devices.link)", [...texts(RADIO_LINKS), ...presets(LINK_PROFILES)]],
    ["classes of devices (devices.class)", presets(DEVICE_CLASSES)],
    ["faults", texts(FAULTS)],
    ["adversaries (strategy)", namesOf(STRATEGIES).map(strategyLine)],
    ["checks (safety, liveness, violation)", texts(INVARIANTS)],
    ["figures (expect)", namesOf(METRICS).map(metricLine)],
  ];
}

function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(table) as Name[];
}

function strategyLine(name: Strategy): readonly [string, string] {
  const { about, roles } = STRATEGIES[name];
  return [name, `${about} (${roles.join(", ")})`];
}

function metricLine(name: Metric): readonly [string, string] {
  const { scope, about } = METRICS[name];
  const [family = "", ...figure] = name.split(".");
  const one: Readonly<Record<MetricScope, string>> = {
    run: "",
    chain: ` (CHAIN.${name})`,
    load: ` (LOAD.${figure.join(".")})`,
    subchain: ` (${family}.CHAIN.${figure.join(".")})`,
    light: ` (${family}.GROUP.${figure.join(".")})`,
    operation: ` (OPERATION.${figure.join(".")})`,
    device: ` (${family}.GROUP.${figure.join(".")})`,
  };
  return [name, `${about}${one[scope]}`];
}

/** @returns paths of the scenarios beside the user, or else those that come with the project */
export function scenarioFiles(): string[] {
  const folder = existsSync("scenarios") ? "scenarios" : path.relative(".", SHIPPED_SCENARIOS);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".yaml")) : [];
  return names.toSorted().map((name) => path.join(folder, name));
}

function scenarioLine(file: string): readonly [string, string] {
  try {
    const { scenario, sweep } = openScenarioFile(file);
    const swept = sweep === null ? "" : ` (sweep: ${sweep.cells} cells × ${sweep.replications})`;
    return [path.basename(file, ".yaml"), `${`[${scenario.tier}]`.padEnd(10)} ${scenario.question}${swept}`];
  } catch (error) {
    if (error instanceof UserError) return [path.basename(file, ".yaml"), "does not load: see orrery run"];
    throw error;
  }
}
