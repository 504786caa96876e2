/** A small line without axes: units sold per day. */
import { count } from '../ui/format.ts';

export function Sparkline({ values, width = 84, height = 20 }: { values: readonly number[]; width?: number; height?: number }) {
  const sum = values.reduce((total, value) => total + value, 0);
  const label = `${count(sum, 'unit')} sold in ${values.length} days`;
  if (sum === 0) return <span className="dim small" title={label}>no sales</span>;
  const top = Math.max(...values, 1), step = width / Math.max(1, values.length);
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: 'block' }}>
      <title>{label}</title>
      {values.map((value, n) => (value > 0 ? <rect key={n} x={n * step + 0.3} width={Math.max(1, step - 0.8)} y={height - 1 - (value / top) * (height - 2)} height={(value / top) * (height - 2) + 1} fill="var(--s-blue)" rx={0.5} /> : null))}
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line)" />
    </svg>
  );
}
