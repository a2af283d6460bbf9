import fc from "fast-check";
import { expect, test } from "vitest";
import { CHAINS, type Happening, HOLDERS, HOME, TokenHistory } from "./token-history.ts";

const chain = fc.constantFrom(...CHAINS);
const who = fc.nat(HOLDERS - 1);
const part = fc.integer({ min: 1, max: 8 });
const send = fc.record({ kind: fc.constant("send" as const), from: chain, to: chain, who, part, relayed: mostly() });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { arbitrary: send, weight: 8 },
  { arbitrary: fc.record({ kind: fc.constant("pay" as const), on: chain, who, to: who, part }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 15 }) }), weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant("stop" as const), chain }), weight: 1 },
);

/** Everything goes to a chain that stops, and from there to one that stops a little later. */
function chased(delay: readonly number[]): [Happening[]] {
  const wait = (minutes: number): Happening => ({ kind: "wait", minutes });
  const sends = [0, 1].map((each): Happening => {
    return { kind: "send", from: HOME, to: 3, who: each, part: 5, relayed: true };
  });
  const stop = (chain: number): Happening => ({ kind: "stop", chain });
  return [[...sends, wait(1), stop(3), wait(14), wait(14), ...delay.map(wait), stop(4), wait(10), wait(10)]];
}

function mostly(): fc.Arbitrary<boolean> {
  return fc.nat(4).map((drawn) => drawn > 0);
}

test("a chain's own token is neither made nor lost, whoever dies: its home, its source, its destination or two of them", {
  timeout: 240_000,
}, () => {
  let [exits, repeated] = [0, 0];
  fc.assert(
    fc.property(fc.array(happening, { minLength: 4, maxLength: 30 }), (happenings) => {
      const history = new TokenHistory();
      history.run(happenings);
      history.finish();
      exits += history.exits;
      repeated += history.repeated;
    }),
    { numRuns: 150, seed: 7, examples: [chased([1]), chased([1, 1]), chased([2, 1])] },
  );
  // Each was met, so that none holds only for want of cases.
  expect(exits).toBeGreaterThan(20);
  expect(repeated).toBeGreaterThan(0);
});
