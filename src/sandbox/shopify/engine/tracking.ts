/** Tracking details of a parcel; a known carrier's link is built from its number, as Shopify does. */
import type { FulfillmentRecord } from '../state.ts';

export interface TrackingInfo { company?: string | null; number?: string | null; numbers?: string[] | null; url?: string | null; urls?: string[] | null }

const LINKS: Record<string, (number: string) => string> = {
  'Royal Mail': (number) => `https://www.royalmail.com/track-your-item#/tracking-results/${number}`,
  'DHL Express': (number) => `https://www.dhl.com/en/express/tracking.html?AWB=${number}`,
  DPD: (number) => `https://track.dpd.co.uk/parcels/${number}`,
  FedEx: (number) => `https://www.fedex.com/fedextrack/?trknbr=${number}`,
  UPS: (number) => `https://www.ups.com/WebTracking?loc=en_US&requester=ST&trackNums=${number}`,
  USPS: (number) => `https://tools.usps.com/go/TrackConfirmAction?tLabels=${number}`,
};

/** One entry per number (or per bare link); singular and plural fields may both be given, the plural wins. */
export function trackingOf(info: TrackingInfo | null | undefined): FulfillmentRecord['tracking'] {
  if (!info) return [];
  const numbers = info.numbers ?? (info.number ? [info.number] : []);
  const urls = info.urls ?? (info.url ? [info.url] : []);
  const company = info.company ?? null;
  const count = Math.max(numbers.length, urls.length, company === null ? 0 : 1);
  return Array.from({ length: count }, (_, index) => {
    const number = numbers[index] ?? null;
    return { company, number, url: urls[index] ?? (number !== null && company !== null ? LINKS[company]?.(encodeURIComponent(number)) ?? null : null) };
  });
}
