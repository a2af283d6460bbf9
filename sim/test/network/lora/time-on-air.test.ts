import { expect, it } from "vitest";
import { describeVectors, readVectors } from "../../../../protocol/test/crypto/vectors.ts";
import { type LoraModulation, lorawanModulation, symbolUs, timeOnAirUs } from "../../../network/lora/time-on-air.ts";

type Case = [
  modem: string,
  factor: number,
  bandwidthKilohertz: number,
  codingRateDenominator: number,
  isLowDataRate: boolean,
  preambleSymbols: number,
  payloadBytes: number,
  hasHeader: boolean,
  hasCrc: boolean,
  symbolsWithoutEight: number,
  symbolMs: number,
  timeOnAirMs: number,
];

interface Table {
  readonly cases: readonly Case[];
  readonly ttn_bw125_cr4_5_preamble8_crc_explicit: { readonly sf: readonly number[]; readonly ms: readonly number[] };
  readonly lorawan_toa: readonly { sf: number; bw: number; pl: number; dro: number; ms: number }[];
}

describeVectors("LoRa's time on air", () => {
  const table = readVectors<Table>("lora/semtech_time_on_air.json");

  it("is what Semtech's calculator says, for every row", () => {
    expect(table.cases.length).toBeGreaterThan(9);
    for (const row of table.cases) {
      const [, spreadingFactor, kilohertz, codingRateDenominator, isLowDataRate, preambleSymbols] = row;
      const [payloadBytes, hasHeader, hasCrc, symbols, symbolMs, timeOnAirMs] = row.slice(6) as [
        number,
        boolean,
        boolean,
        number,
        number,
        number,
      ];
      const modulation: LoraModulation = {
        spreadingFactor,
        bandwidthHz: kilohertz * 1000,
        codingRateDenominator,
        preambleSymbols,
        hasHeader,
        hasCrc,
        isLowDataRate,
      };
      expect(symbolUs(modulation) / 1000).toBeCloseTo(symbolMs, 2);
      expect(timeOnAirUs(modulation, payloadBytes) / symbolUs(modulation) - 8, String(row)).toBeCloseTo(symbols, 9);
      // The table has symbols rounded to µs; its longest frame has 548 of them.
      expect(timeOnAirUs(modulation, payloadBytes) / 1000 / timeOnAirMs).toBeCloseTo(1, 5);
    }
  });

  it("is what the Things Network's calculator says for 32 bytes", () => {
    const { sf, ms } = table.ttn_bw125_cr4_5_preamble8_crc_explicit;
    for (const [place, factor] of sf.entries()) {
      // At factor 7 that calculator adds two bytes of its own.
      const bytes = factor === 7 ? 34 : 32;
      expect(timeOnAirUs(lorawanModulation(factor), bytes) / 1000).toBeCloseTo(ms[place] as number, 0);
    }
  });

  it("is what others computed, with and without low data rate", () => {
    for (const { sf, bw, pl, dro, ms } of table.lorawan_toa) {
      const modulation = { ...lorawanModulation(sf, bw * 1000), isLowDataRate: dro === 1 };
      expect(timeOnAirUs(modulation, pl) / 1000).toBe(ms);
    }
  });
});
