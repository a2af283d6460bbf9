/** Figures of one run that differ between machines. */
export interface Measured {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
  readonly node: string;
}

/** Starts the clocks. @returns a reading of them */
export function startMeasuring(): () => Measured {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(startCpu);
    return {
      wallSeconds: roundTo(3, (performance.now() - startMs) / 1000),
      cpuSeconds: roundTo(3, (user + system) / 1e6),
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      node: process.version,
    };
  };
}

function roundTo(digits: number, value: number): number {
  return Number(value.toFixed(digits));
}
