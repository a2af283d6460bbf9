import { describe, expect, test } from "vitest";
import { makeCapsule, readCapsule, writeCapsule } from "../../campaign/capsule.ts";
import { swarmScenario } from "../../campaign/swarm.ts";

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

  test("may be JSON", () => {
    expect(readCapsule(JSON.stringify(CAPSULE), "a.json")).toEqual(CAPSULE);
  });

  test.each([
    ["another format", TEXT.replace("orrery-capsule", "other"), /a\.yaml:1:9: "other" does not belong here/u],
    ["another version", TEXT.replace("version: 1", "version: 2"), /a\.yaml:2:10: version 2 of capsules is unknown/u],
    ["text for a number", TEXT.replace(/drainUs: \d+/u, "drainUs: soon"), /drainUs: soon\n.*\n.*expected a number/u],
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
  ])("with %s is refused at its place", (_, text, message) => {
    expect(() => readCapsule(text, "a.yaml")).toThrow(message);
  });
});
