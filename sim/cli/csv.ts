/** Quotes a cell, and disarms what a spreadsheet would take for a formula. */
function cellText(text: string): string {
  const plain = /^[=@\t]|^[+-](?![\d.])/u.test(text) ? `'${text}` : text;
  return /[",\n]/u.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** @returns a line of comma-separated values, without its end */
export function csvLine(cells: readonly string[]): string {
  return cells.map(cellText).join(",");
}
