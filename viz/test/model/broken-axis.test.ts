import fc from "fast-check";
import { expect, test } from "vitest";
import { brokenAxis } from "../../model/broken-axis.ts";

test("places rise with time and fill the axis, whatever the moments", () => {
  const moments = fc.array(fc.nat(100_000_000), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(moments, (each) => {
      const { times, places } = brokenAxis(each, [100, 340], 40);
      expect(times.length).toBe(places.length);
      expect(places[0]).toBe(100);
      expect(places.at(-1)).toBeCloseTo(340, 6);
      for (let i = 1; i < places.length; i++) {
        expect(times[i]).toBeGreaterThan(times[i - 1] as number);
        expect(places[i]).toBeGreaterThan(places[i - 1] as number);
      }
    }),
  );
});

test("a long time-out between two busy stretches is shortened and labelled", () => {
  const { places, breaks, marks } = brokenAxis([0, 10, 20, 10_000, 10_030], [0, 150], 50);
  expect(places).toEqual([0, 20, 40, 90, 150]);
  expect(breaks).toEqual([65]);
  expect(marks).toEqual([0, 10_000]);
});
