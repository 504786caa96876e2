import type { Series } from '../demand/series.ts';

export type DemandClass = 'smooth' | 'erratic' | 'intermittent' | 'lumpy' | 'none';

export interface DemandShape {
  class: DemandClass;
  /** Average days between days with demand; null without demand. */
  adi: number | null;
  /** Squared coefficient of variation of demand on the days that had some; null without demand. */
  cv2: number | null;
}

/**
 * Syntetos, Boylan & Croston (2005): smooth or intermittent by an average demand interval of 1.32, and erratic or lumpy by a squared
 * coefficient of variation of 0.49. Days wholly out of stock are left out.
 */
export function classifyDemand(series: Series): DemandShape {
  let days = 0, selling = 0, sum = 0, squares = 0;
  for (let t = 0; t < series.demand.length; t++) {
    if (series.exposure[t] === 0) continue;
    days++;
    const quantity = series.demand[t]!;
    if (quantity > 0) { selling++; sum += quantity; squares += quantity * quantity; }
  }
  if (selling === 0) return { class: 'none', adi: null, cv2: null };
  const adi = days / selling;
  const average = sum / selling;
  const cv2 = Math.max(0, squares / selling - average * average) / (average * average);
  if (adi < 1.32) return { class: cv2 < 0.49 ? 'smooth' : 'erratic', adi, cv2 };
  return { class: cv2 < 0.49 ? 'intermittent' : 'lumpy', adi, cv2 };
}
