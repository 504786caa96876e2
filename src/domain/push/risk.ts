/** Whether a level may be sold out before Shopify can hear that it is: an oversale in the making, told while something can still be done. */
import { LONGEST_LAG_SECONDS } from './buffer.ts';

/** Fewer sales than this in an hour are no rate to tell minutes by. */
export const FEWEST_SOLD = 6;

/** Minutes until the units Shopify shows are sold at the rate of the last hour; null when hardly any was sold. */
export function minutesToZero(shown: number, soldLastHour: number): number | null {
  return soldLastHour < FEWEST_SOLD ? null : Math.max(0, shown) / (soldLastHour / 60);
}

/** A level is at risk when it would be sold out within the lag (seconds, both directions). One that is sold out already is not. */
export function atRisk(shown: number, soldLastHour: number, lagSeconds: number): boolean {
  const minutes = minutesToZero(shown, soldLastHour);
  return shown > 0 && minutes !== null && minutes < lagSeconds / 60;
}

/** A lag that no buffer covers. */
export const lagTooLong = (lagSeconds: number): boolean => lagSeconds > LONGEST_LAG_SECONDS;
