import type { TraceNode } from "../../sim/trace/reader.ts";
import type { Places } from "../model/arrange.ts";

/** How a node's role is told: who decides is round, who stores is square, who relays a diamond, who follows by headers a triangle. */
export const NODE_SHAPES = ["disc", "square", "diamond", "triangle"] as const;
export type NodeShape = (typeof NODE_SHAPES)[number];

const FULL_TURN = 2 * Math.PI;
const BY_ROLE: Readonly<Record<string, NodeShape>> = {
  "full-node": "square",
  "subchain-full-node": "square",
  relayer: "diamond",
  "light-client": "triangle",
  gateway: "diamond",
  device: "triangle",
};

/** @returns the shape of a node's role; roles not known are round */
export function shapeOf(node: TraceNode | undefined): NodeShape {
  const role = node?.role ?? "";
  return Object.hasOwn(BY_ROLE, role) ? (BY_ROLE[role] ?? "disc") : "disc";
}

/** Begins a path that holds the shapes of nodes. @param radius of a disc of the same weight */
export function traceShapes(
  context: CanvasRenderingContext2D,
  shape: NodeShape,
  nodes: readonly number[],
  { x, y }: Places,
  radius: number,
): void {
  const square = radius * 0.86;
  const wide = radius * 1.2;
  context.beginPath();
  for (const node of nodes) {
    const [atX, atY] = [x[node] as number, y[node] as number];
    if (shape === "square") context.rect(atX - square, atY - square, 2 * square, 2 * square);
    else if (shape === "disc") {
      context.moveTo(atX + radius, atY);
      context.arc(atX, atY, radius, 0, FULL_TURN);
    } else {
      const low = shape === "diamond" ? 0 : wide * 0.75;
      context.moveTo(atX, atY - wide);
      context.lineTo(atX + wide, atY + low);
      if (shape === "diamond") context.lineTo(atX, atY + wide);
      context.lineTo(atX - wide, atY + low);
      context.closePath();
    }
  }
}
