/** Turning hues by the golden angle keeps neighbours apart however many chains there are. */
const GOLDEN_ANGLE = 137.508;
/** The rootchain's: between blue and violet, which no state of a node has. */
const FIRST_HUE = 222;

/**
 * @param tone saturation and lightness, as the style sheet's theme has them
 * @returns the colour of a chain by its number
 */
export function chainColour(chain: number, tone = "var(--chain-tone)"): string {
  return `hsl(${Math.round((FIRST_HUE + chain * GOLDEN_ANGLE) % 360)} ${tone})`;
}
