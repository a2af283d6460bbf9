import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeCapsule, readCapsule, writeCapsule } from "../../campaign/capsule.ts";
import { swarmScenario } from "../../campaign/swarm.ts";
import { loadScenarioFile } from "../../cli/load-scenario-file.ts";

const SCENARIOS = path.resolve(import.meta.dirname, "../../../scenarios");

const CAPSULE = makeCapsule({
  scenario: swarmScenario("7"),
  codeVersion: "0123456789abcdef",
  expected: { digest: "ab".repeat(32), failure: { kind: "violation", what: "agreement", where: "root/delegate" } },
  origin: "npm run campaign -- --seeds 7",
});
const TEXT = writeCapsule(CAPSULE);

describe("a capsule", () => {
  test("is read back as it was written", () => {
    for (const seed of ["1", "2", "3", "4"]) {
      const capsule = { ...CAPSULE, scenario: swarmScenario(seed) };
      expect(readCapsule(writeCapsule(capsule), "a.yaml")).toEqual(capsule);
    }
  });

  test("holds every shipped scenario", () => {
    const files = readdirSync(SCENARIOS).filter((file) => file.endsWith(".yaml"));
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const capsule = { ...CAPSULE, scenario: loadScenarioFile(path.join(SCENARIOS, file)) };
      expect(readCapsule(writeCapsule(capsule), file)).toEqual(capsule);
    }
  });

  test("may be JSON", () => {
    expect(readCapsule(JSON.stringify(CAPSULE), "a.json")).toEqual(CAPSULE);
  });

  test.each([
    ["another format", TEXT.replace("orrery-capsule", "other"), /a\.yaml:1:9: "other" does not belong here/u],
    ["another version", TEXT.replace("version: 1", "version: 2"), /a\.yaml:2:10: version 2 of capsules is unknown/u],
    [
      "text for a number",
      TEXT.replace(/drainUs: \d+/u, "drainUs: soon"),
      /drainUs: soon\n.*\n.*expected a whole number from 0 on/u,
    ],
    ["a missing key", TEXT.replace(/^ {2}drainUs: .*\n/mu, ""), /the key drainUs is missing/u],
    ["an unknown kind of failure", TEXT.replace("kind: violation", "kind: mood"), /"mood" does not belong here/u],
    ["plugins", `${TEXT}plugins: [./a.ts]\n`, /plugins are never run from a capsule/u],
    [
      "plugins of the scenario",
      TEXT.replace("  name: swarm", "  plugins: [x]\n  name: swarm"),
      /plugins are never run/u,
    ],
    ["a way into prototypes", `${TEXT}__proto__: {}\n`, /the key __proto__ is never allowed/u],
    ["nothing", "", /a\.yaml:1:1: an empty file/u],
    [
      "an unknown key",
      TEXT.replace("  tier:", "  teir: 1\n  tier:"),
      /:\d+:3: unknown key teir\n.*\n.*\n.*\n.*did you mean "tier"\?/u,
    ],
    ["an infinite time", TEXT.replace(/drainUs: \d+/u, "drainUs: .inf"), /:\d+:12: ".inf" does not belong here/u],
    ["no number", TEXT.replace(/jitter: .*/u, "jitter: .nan"), /jitter: .nan\n.*\n.*expected a finite number/u],
    ["less than nothing", TEXT.replace(/delegates: \d+/u, "delegates: -1"), /"-1" does not belong here/u],
    ["half a node", TEXT.replace(/delegates: \d+/u, "delegates: 4.5"), /"4.5" does not belong here/u],
    ["more than all", TEXT.replace(/lossProbability: .*/u, "lossProbability: 1.5"), /expected a number from 0 to 1/u],
    ["a list for a map", TEXT.replace(/^ {2}relayers:\n.*\n.*$/mu, "  relayers: []"), /a list does not belong here/u],
    [
      "a map for a list",
      TEXT.replace(/^ {2}subchains: \[\]$/mu, "  subchains: {}"),
      /a map does not belong here\n.*\n.*\n.*expected a list/u,
    ],
    [
      "money of the wrong kind",
      TEXT.replace(/rewardInitial: .*/u, "rewardInitial: 5e18"),
      /expected a whole number as text/u,
    ],
    [
      "a fault of no kind",
      TEXT.replace(/^( +)- kind: (crash|partition|clog|flap|slow).*$/mu, "$1- kind: quake"),
      /"quake" does not belong here/u,
    ],
    ["an unknown strategy", TEXT.replace(/strategy: .*/u, "strategy: sulk"), /"sulk" does not belong here/u],
    [
      "a node that is not there",
      TEXT.replace(/last: \d+/u, "last: 99"),
      /there is no node 99\n.*\n.*\n.*expected a number below \d+/u,
    ],
    [
      "a range that is none",
      TEXT.replace(/first: \d+\n( +)last: \d+/u, "first: 3\n$1last: 2"),
      /ends before it begins/u,
    ],
    ["no key of its own kind", TEXT.replace(/^ +(probability|factor|driftPpm|disk|mode): .*\n/mu, ""), /is missing/u],
  ])("with %s is refused at its place", (_, text, message) => {
    expect(() => readCapsule(text, "a.yaml")).toThrow(message);
  });
});
