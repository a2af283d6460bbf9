import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { FAULTS, INVARIANTS, METRICS, STRATEGIES } from "../../scenario/index.ts";
import { ended, ROOT, SMALL, Workplace } from "./orrery.ts";

describe("without a run", () => {
  test("init writes a starter that loads and has the file's name, and list tells of everything there is", () => {
    const workplace = new Workplace();
    expect(workplace.run("init", "first.yaml").status).toBe(0);
    const dry = workplace.run("run", "first.yaml", "--dry-run", "--json");
    expect(dry.stderr).toBe("");
    expect(JSON.parse(dry.stdout)).toMatchObject({ name: "first", tier: "standard" });
    const { stdout } = workplace.run("list");
    const names = [FAULTS, STRATEGIES, INVARIANTS, METRICS].flatMap((table) => Object.keys(table));
    const shipped = readdirSync(path.join(ROOT, "scenarios")).filter((name) => name.endsWith(".yaml"));
    for (const name of [...names, ...shipped.map((file) => path.basename(file, ".yaml"))]) {
      expect(stdout).toMatch(new RegExp(`^  ${name.replaceAll(".", "\\.")} `, "m"));
    }
    expect(stdout).not.toContain("does not load");
  });

  test("schema describes every key of the shipped scenarios", () => {
    const schema = JSON.parse(new Workplace().run("schema").stdout) as {
      properties: Record<string, { description: string }>;
    };
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    for (const name of readdirSync(path.join(ROOT, "scenarios"))) {
      const text = readFileSync(path.join(ROOT, "scenarios", name), "utf8");
      for (const [, key = ""] of text.matchAll(/^([a-z]\w*):/gmu))
        expect(schema.properties[key]?.description).toBeTruthy();
    }
  });

  test("completion prints a script for the shell", () => {
    expect(new Workplace().run("completion").stdout).toContain("orrery");
  });

  test("an unknown benchmark is the user's mistake", () => {
    const { status, stderr } = new Workplace().run("bench", "no-such");
    expect([status, stderr]).toEqual([2, expect.stringContaining('no benchmark "no-such"')]);
  });
});

describe("after a run", () => {
  const workplace = new Workplace({ "small.yaml": SMALL });
  const TRACE = "results/small-run/1/trace.orrery";
  let digest: string;

  beforeAll(() => {
    digest = (JSON.parse(workplace.run("run", "small.yaml", "--json").stdout) as { digest: string }).digest;
  });

  test("trace info tells the run, its digest and no damage", () => {
    const { status, stdout } = workplace.run("trace", TRACE, "info", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scenario: "small-run", ending: "complete", digest, damage: [] });
    expect(workplace.run("trace", TRACE).stdout).toContain(`digest     ${digest}`);
  });

  test("trace events filters by time, node and kind", () => {
    const words = ["events", "--from", "3s", "--to", "20s", "--node", "0", "--kind", "finalized", "--json"];
    const { stdout } = workplace.run("trace", TRACE, ...words);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; atUs: number; node: string });
    expect(lines.length).toBeGreaterThan(2);
    for (const { kind, atUs } of lines) {
      expect(kind).toBe("finalized");
      expect(atUs).toBeGreaterThanOrEqual(3_000_000);
      expect(atUs).toBeLessThanOrEqual(20_000_000);
    }
    expect(new Set(lines.map(({ node }) => node)).size).toBe(1);
  });

  test.each([
    [["--kind", "finalised"], '--kind finalised: unknown; did you mean "finalized"?\n'],
    [["--node", "99"], "--node 99: unknown\n"],
    [["--from", "3"], "--from 3: 3 has no unit; expected a time such as 30s\n"],
  ])("trace events %j is refused", (words, answer) => {
    const { status, stderr } = workplace.run("trace", TRACE, "events", ...words);
    expect([status, stderr]).toEqual([2, answer]);
  });

  test("a reader that goes away is no failure", async () => {
    const child = workplace.start("trace", TRACE, "events");
    child.stdout?.destroy();
    expect(await ended(child)).toMatchObject({ code: 0, stderr: "" });
  });

  test("view serves the viewer and the run by ranges, to this machine alone", async () => {
    const child = workplace.start("view");
    const link = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout?.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        const found = /http:\S+/u.exec(text)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
    const origin = new URL(link).origin;
    expect(await (await fetch(link)).text()).toContain("<html");
    const trace = readFileSync(workplace.path(TRACE));
    expect(new URL(link).search).toBe("?run=small-run/1");
    expect(await (await fetch(`${origin}/runs.json`)).json()).toEqual([{ path: "small-run/1", label: "small-run/1" }]);
    const served = `${origin}/run/small-run/1/trace.orrery`;
    const part = await fetch(served, { headers: { range: "bytes=4-11" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 4-11/${trace.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(trace.subarray(4, 12));
    expect((await fetch(served, { headers: { range: `bytes=${trace.length}-` } })).status).toBe(416);
    expect((await fetch(`${origin}/run/..%2fsmall.yaml`)).status).toBe(404);
    expect((await fetch(origin, { method: "POST" })).status).toBe(405);
    expect(await statusUnderHost(origin, "evil.example")).toBe(403);
    child.kill("SIGINT");
    expect((await ended(child)).code).toBe(0);
  });
});

/** The status of a request that names another host, as a page of that host would make after rebinding its name. */
function statusUnderHost(origin: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(origin, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });
}
