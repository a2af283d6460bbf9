import { expect, it } from "vitest";
import { catchUp } from "../../bench/light.ts";
import { everyHeader, PAPER, SyntheticEpochs } from "../../bench/light-epochs.ts";
import { createModelledBackend } from "../../host/modelled-crypto.ts";

const backend = createModelledBackend(new Uint8Array(32));
const epochs = new SyntheticEpochs(backend);

it("checks 65 signatures of 97 delegates for each checkpoint that it is given", () => {
  expect(catchUp(backend, epochs, [0, 1, 2])).toMatchObject({ epochs: 3, signatures: 3 * 65, isMeasured: true });
});

it("skips as long as more than a third of 97 is left, and not one epoch further", () => {
  expect(catchUp(backend, epochs, [64])).toMatchObject({ epochs: 65, signatures: 65 });
  expect(() => catchUp(backend, epochs, [65])).toThrow("too few trusted ones");
});

it("compares with a quorum of 11 for each of an epoch's 517 headers", () => {
  expect(everyHeader().signatures).toBe(517 * 8);
  expect(everyHeader().bytes).toBeGreaterThan(PAPER.epochBlocks * 8 * 64);
});
