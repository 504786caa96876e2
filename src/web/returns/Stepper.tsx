/** Less, a number, more: large enough for a thumb. */
import { IconMinus, IconPlus } from '@tabler/icons-react';

export function Stepper({ label, value, most, disabled = false, tone, change }: { label: string; value: number; most: number; disabled?: boolean; tone?: string; change(to: number): void }) {
  return (
    <div className="stepper" data-tone={tone} data-some={value > 0 || undefined} role="group" aria-label={label}>
      <button type="button" disabled={disabled || value <= 0} aria-label={`One less: ${label}`} onClick={() => change(value - 1)}><IconMinus size={18} aria-hidden /></button>
      <input inputMode="numeric" pattern="[0-9]*" aria-label={label} disabled={disabled} value={value} onFocus={(event) => event.currentTarget.select()} onChange={(event) => change(Math.min(most, Number(event.currentTarget.value.replaceAll(/\D/g, '')) || 0))} />
      <button type="button" disabled={disabled || value >= most} aria-label={`One more: ${label}`} onClick={() => change(value + 1)}><IconPlus size={18} aria-hidden /></button>
    </div>
  );
}
