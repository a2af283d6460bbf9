/** Where regions with well-known names lie, in degrees east and north, rounded: enough for a schematic map. */
const PLACES: Readonly<Record<string, readonly [east: number, north: number]>> = {
  "us-east": [-77, 39],
  "us-west": [-121, 44],
  "us-central": [-94, 41],
  "sa-east": [-47, -23],
  "eu-west": [-6, 53],
  "eu-central": [9, 50],
  "eu-north": [18, 59],
  "af-south": [18, -34],
  "ap-south": [73, 19],
  "ap-northeast": [140, 36],
  "ap-southeast": [104, 1],
  oceania: [151, -34],
  ireland: [-6, 53],
  frankfurt: [9, 50],
  stockholm: [18, 59],
};

/** @returns where a region lies, or null for a name that is not well known */
export function placeOf(region: string): readonly [east: number, north: number] | null {
  return Object.hasOwn(PLACES, region) ? (PLACES[region] ?? null) : null;
}
