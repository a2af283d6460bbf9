import { describe, expect, test } from "vitest";
import { estimateBudget } from "../../scenario/index.ts";
import { loadText } from "./from-text.ts";

const secondsOf = (text: string) => estimateBudget(loadText(text)).cpuSeconds;
const SMALL = "rootchain: {preset: small}\nduration: 10 min\n";

describe("the budget of a run", () => {
  test("grows with all that costs time", () => {
    const small = secondsOf(SMALL);
    for (const more of [
      SMALL.replace("10 min", "20 min"),
      SMALL.replace("small", "small, fullNodes: 100"),
      `${SMALL}workload: [{transfer: {rate: 5/s}}]`,
      `${SMALL}subchains: [{name: a, operators: 4}]`,
      `${SMALL}subchains: [{name: a, operators: 4}]\ndevices: [{on: a, count: 200}]`,
    ]) {
      expect(secondsOf(more)).toBeGreaterThan(1.1 * small);
    }
    expect(secondsOf(`${SMALL}crypto: modelled`)).toBeLessThan(small);
  });

  test("of transfers between chains is that of many within one", () => {
    const chains = `${SMALL}subchains: [{name: a, operators: 4}, {name: b, operators: 4}]\nrelayers: {count: 1}\n`;
    const load = (to: string) => `${chains}workload: [{transfer: {from: a, to: ${to}, rate: 2/s}}]`;
    const idle = secondsOf(chains);
    expect(secondsOf(load("b")) - idle).toBeGreaterThan(5 * (secondsOf(load("a")) - idle));
  });

  test("of devices goes by how many wake how often, and by how often they ask", () => {
    const devices = (habits: string) =>
      secondsOf(`${SMALL}subchains: [{name: a, operators: 4}]\ndevices: [{on: a, count: 500, ${habits}}]`);
    const rare = devices("sleep: {every: 5 min}");
    // 500 devices that wake twenty times cost about a millisecond each time, and less than two.
    const often =
      devices("sleep: {every: 30 s}, send: {confirm: 16}") - devices("sleep: {every: 10 min}, send: {confirm: 16}");
    expect(often).toBeGreaterThan(5);
    expect(often).toBeLessThan(20);
    expect(devices("sleep: {every: 30 s}")).toBeGreaterThan(devices("sleep: {every: 30 s}, send: {confirm: 16}"));
    expect(rare).toBeLessThan(devices("sleep: {every: 30 s}"));
  });

  test("in memory is less than ten times as much for ten times as long, as old blocks are packed", () => {
    const bytesOf = (minutes: number) =>
      estimateBudget(
        loadText(
          `rootchain: {preset: small}\nduration: ${minutes} min\nsubchains: [{name: a, operators: 4}]\ndevices: [{on: a, count: 500, sleep: {every: 30 s}}]`,
        ),
      ).memoryBytes;
    const idle = bytesOf(1);
    expect(bytesOf(60) - idle).toBeGreaterThan(bytesOf(6) - idle);
    expect(bytesOf(60) - idle).toBeLessThan(6 * (bytesOf(6) - idle));
  });
});
