import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDeepLink, parseDeepLink } from "../../model/deep-link.ts";

test("a link reads back as it was written", () => {
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  const link = fc.record({
    timeUs: optional(fc.nat(2_000_000_000)),
    node: optional(fc.nat(100_000)),
    chain: optional(fc.string()),
    height: optional(fc.nat(1_000_000)),
    speed: optional(fc.constantFrom(0.1, 0.25, 1, 100)),
    arrangement: optional(fc.constantFrom("map" as const, "ring" as const, "chains" as const)),
  });
  fc.assert(
    fc.property(link, (each) => {
      expect(parseDeepLink(formatDeepLink(each))).toEqual(each);
    }),
  );
});

test("what makes no sense in a link is left open", () => {
  const open = { timeUs: null, node: null, chain: null, height: null, speed: null, arrangement: null };
  for (const hash of [
    "",
    "#",
    "#t=-3&node=1.5&height=x&speed=NaN&view=cube",
    "#t=&node=&speed=Infinity",
    "#__proto__=1",
  ]) {
    expect(parseDeepLink(hash)).toEqual(open);
  }
});
