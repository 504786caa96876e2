/**
 * Why our quantity is not the planner's: walked from theirs to ours, one figure exchanged at a time, so that the steps sum to the gap exactly. The order of
 * the walk is fixed (stock, on order, days, forecast, minimum); another order would share out differently what two differences do together.
 */
import { parityReplenishment, type ParityInputs, type ParityRules } from './parity.ts';

export interface TheirFigures {
  /** Its replenishment as shown; may be a fraction. */
  replenishment: number;
  inStock: number; onOrder: number;
  /** Null: it did not say; ours stands in. */
  leadTimeDays: number | null; coverDays: number | null; minimumStock: number | null; forecastPerDay: number | null;
}
export interface OurFigures extends ParityInputs {
  /** Units sold here since the planner read the stock. */
  soldSinceSync: number;
  /** Our own recommendation, and its need before minimum, packs and maximum; null where there is none: then parity stands for ours. */
  recommended: {
    quantity: number; need: number;
    /** In stock and on order when it was made: orders placed since are not in it. */
    position: number;
  } | null;
}

export const GAP_REASONS = ['their formula', 'sales after sync', 'stock', 'on order', 'lead time and days of stock', 'forecast', 'minimum stock', 'when we planned', 'our method', 'rounding'] as const;
export type GapReason = (typeof GAP_REASONS)[number];
export interface Gap {
  theirs: number; ours: number;
  /** Their formula on our figures. */
  parity: number;
  /** ours − theirs, the exact sum of the reasons. */
  gap: number;
  /** Signed whole units; those of zero are left out. */
  reasons: { reason: GapReason; units: number; sentence: string }[];
}

const number = (value: number): string => String(Math.round(value * 100) / 100);

export function explainGap(their: TheirFigures, our: OurFigures, rules: ParityRules): Gap {
  const theirs = Math.max(0, Math.round(their.replenishment));
  let inputs: ParityInputs = {
    ...our, inStock: their.inStock, onOrder: their.onOrder, inTransfer: 0, leadTimeDays: their.leadTimeDays ?? our.leadTimeDays, coverDays: their.coverDays ?? our.coverDays,
    minimumStock: their.minimumStock ?? our.minimumStock, forecastPerDay: their.forecastPerDay ?? our.forecastPerDay,
  };
  const before = inputs;
  let at = theirs;
  const reasons: Gap['reasons'] = [];
  const to = (units: number, reason: GapReason, sentence: string): void => {
    if (units !== at) reasons.push({ reason, units: units - at, sentence });
    at = units;
  };
  const exchange = (part: Partial<ParityInputs>, reason: GapReason, sentence: string): void => {
    inputs = { ...inputs, ...part };
    to(parityReplenishment(inputs, rules), reason, sentence);
  };
  to(parityReplenishment(inputs, rules), 'their formula', `Its own figures by the published formula make ${parityReplenishment(inputs, rules)}, it shows ${number(their.replenishment)}.`);
  const afterSales = their.inStock - our.soldSinceSync;
  exchange({ inStock: afterSales }, 'sales after sync', `${our.soldSinceSync} sold since it read the stock.`);
  exchange({ inStock: our.inStock }, 'stock', `It has ${their.inStock} in stock${our.soldSinceSync === 0 ? '' : `, ${afterSales} after those sales`}; here are ${our.inStock}.`);
  exchange({ onOrder: our.onOrder, inTransfer: our.inTransfer }, 'on order', `It has ${their.onOrder} on order; here are ${our.onOrder + our.inTransfer}.`);
  exchange({ leadTimeDays: our.leadTimeDays, coverDays: our.coverDays }, 'lead time and days of stock', `It plans ${number(before.leadTimeDays)} + ${number(before.coverDays)} days; here are ${number(our.leadTimeDays)} + ${number(our.coverDays)}.`);
  exchange({ forecastPerDay: our.forecastPerDay }, 'forecast', `It expects ${number(before.forecastPerDay)} a day; by its way of counting here are ${number(our.forecastPerDay)}.`);
  exchange({ minimumStock: our.minimumStock, componentNeed: our.componentNeed }, 'minimum stock', `Its minimum is ${number(before.minimumStock)}; here it is ${number(our.minimumStock + our.componentNeed)}.`);
  const parity = at;
  if (our.recommended) {
    const position = inputs.inStock + inputs.onOrder + inputs.inTransfer;
    exchange({ onOrder: inputs.onOrder + our.recommended.position - position }, 'when we planned', `Instep planned with ${our.recommended.position} in stock and on order; by now it is ${position}.`);
    const need = Math.max(0, Math.round(our.recommended.need));
    to(need, 'our method', `Instep plans for a service level from its own forecast and needs ${need}, not ${at}.`);
    to(our.recommended.quantity, 'rounding', `Minimum order, full cases and maximum stock make ${our.recommended.quantity} of ${need}.`);
  }
  return { theirs, ours: at, parity, gap: at - theirs, reasons };
}
