/** Where an arrow key leads in a grid. */

export interface Place { row: number; column: number }

/** Rows a page key jumps. */
export const PAGE_ROWS = 12;

/** The cell a key leads to (clamped), or null when the key does not move. Row −1 is the header. */
export function moved(key: string, ctrl: boolean, at: Place, rows: number, columns: number): Place | null {
  const clamp = (row: number, column: number): Place => ({ row: Math.max(-1, Math.min(rows - 1, row)), column: Math.max(0, Math.min(columns - 1, column)) });
  switch (key) {
    case 'ArrowDown': return clamp(at.row + 1, at.column);
    case 'ArrowUp': return clamp(at.row - 1, at.column);
    case 'ArrowRight': return clamp(at.row, at.column + 1);
    case 'ArrowLeft': return clamp(at.row, at.column - 1);
    case 'PageDown': return clamp(at.row + PAGE_ROWS, at.column);
    case 'PageUp': return clamp(Math.max(0, at.row - PAGE_ROWS), at.column);
    case 'Home': return clamp(ctrl ? 0 : at.row, 0);
    case 'End': return clamp(ctrl ? rows - 1 : at.row, columns - 1);
    default: return null;
  }
}
