/** How a LoRa frame is sent. */
export interface LoraModulation {
  /** 5 … 12; 5 and 6 as the SX126x has them. */
  readonly spreadingFactor: number;
  readonly bandwidthHz: number;
  /** 5 … 8 for rates 4/5 … 4/8. */
  readonly codingRateDenominator: number;
  readonly preambleSymbols: number;
  readonly hasHeader: boolean;
  readonly hasCrc: boolean;
  /** Needed where a symbol is longer than 16 ms. */
  readonly isLowDataRate: boolean;
}

/** Symbols that carry the first eight header symbols' worth, before what the payload adds. */
const LEAST_SYMBOLS = 8;
const US_PER_SECOND = 1_000_000;
/** Symbols of sync word and start delimiter behind the preamble; two more where spreading is low. */
const SYNC_SYMBOLS = 4.25;
const SYNC_SYMBOLS_LOW = 6.25;

/** @returns the length of one symbol, µs */
export function symbolUs({
  spreadingFactor,
  bandwidthHz,
}: Pick<LoraModulation, "spreadingFactor" | "bandwidthHz">): number {
  return ((1 << spreadingFactor) * US_PER_SECOND) / bandwidthHz;
}

function payloadSymbols(modulation: LoraModulation, payloadBytes: number): number {
  const { spreadingFactor: factor, codingRateDenominator, hasHeader, hasCrc, isLowDataRate } = modulation;
  const isLowFactor = factor < 7;
  const bits = 8 * payloadBytes - 4 * factor + (hasCrc ? 16 : 0) + (hasHeader ? 20 : 0) + (isLowFactor ? 0 : 8);
  const perBlock = 4 * (factor - (isLowDataRate ? 2 : 0));
  return Math.max(0, Math.ceil(bits / perBlock)) * codingRateDenominator;
}

/**
 * Time from a frame's first to its last bit.
 *
 * Source: Semtech SX1276 datasheet, section 4.1.1.7, and AN1200.13; SX1261/2 datasheet, section 6.1.4, for factors 5 and 6.
 *
 * @param payloadBytes of the physical frame, 0 … 255
 * @returns µs, a whole number at bandwidths of 125, 250 and 500 kHz
 */
export function timeOnAirUs(modulation: LoraModulation, payloadBytes: number): number {
  const sync = modulation.spreadingFactor < 7 ? SYNC_SYMBOLS_LOW : SYNC_SYMBOLS;
  const symbols = modulation.preambleSymbols + sync + LEAST_SYMBOLS + payloadSymbols(modulation, payloadBytes);
  return symbols * symbolUs(modulation);
}

const LONG_SYMBOL_US = 16_000;

/** @returns what LoRaWAN sends with at 125 kHz: rate 4/5, eight symbols of preamble, explicit header, and CRC for uplinks only (1.0.3, section 3.2) */
export function lorawanModulation(spreadingFactor: number, bandwidthHz = 125_000, hasCrc = true): LoraModulation {
  return {
    spreadingFactor,
    bandwidthHz,
    codingRateDenominator: 5,
    preambleSymbols: 8,
    hasHeader: true,
    hasCrc,
    isLowDataRate: symbolUs({ spreadingFactor, bandwidthHz }) > LONG_SYMBOL_US,
  };
}
