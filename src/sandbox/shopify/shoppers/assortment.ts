/** What the town's shop sells and when people want it: product types with their seasons, vendors with their lead times, names. */

export interface ProductType {
  name: string; code: string; apparel: boolean;
  /** Day of the year with most demand (0–365) and how strong the season is: demand swings between 1 − swing and 1 + swing. */
  peak: number; swing: number;
  /** Demand in the weeks before Christmas, as a multiple. */
  gift: number;
  /** By weekday, Sunday first; averages 1. */
  week: readonly number[];
  nouns: readonly string[];
  /** Price range in minor units. */
  price: readonly [number, number];
}

const WEEKEND = [1.35, 0.9, 0.85, 0.85, 0.9, 0.95, 1.2];
const EVENING = [1.2, 1.05, 1, 0.95, 0.9, 0.85, 1.05];
const STEADY = [0.95, 1.05, 1.05, 1, 1, 1, 0.95];

export const PRODUCT_TYPES: readonly ProductType[] = [
  { name: 'T-Shirts', code: 'TS', apparel: true, peak: 185, swing: 0.55, gift: 1.1, week: EVENING, nouns: ['Tee', 'Pocket Tee', 'Long Sleeve Tee'], price: [1900, 3400] },
  { name: 'Sweaters', code: 'SW', apparel: true, peak: 350, swing: 0.8, gift: 1.5, week: EVENING, nouns: ['Crew Sweater', 'Cardigan', 'Roll Neck'], price: [5900, 11900] },
  { name: 'Dresses', code: 'DR', apparel: true, peak: 165, swing: 0.7, gift: 1, week: WEEKEND, nouns: ['Wrap Dress', 'Shirt Dress', 'Linen Dress'], price: [4900, 9900] },
  { name: 'Jackets', code: 'JA', apparel: true, peak: 310, swing: 0.75, gift: 1.1, week: WEEKEND, nouns: ['Chore Jacket', 'Rain Shell', 'Quilted Jacket'], price: [8900, 18900] },
  { name: 'Trousers', code: 'TR', apparel: true, peak: 270, swing: 0.2, gift: 1, week: STEADY, nouns: ['Chino', 'Wide Leg Trouser', 'Drawstring Pant'], price: [4900, 8900] },
  { name: 'Accessories', code: 'AC', apparel: false, peak: 345, swing: 0.6, gift: 1.9, week: WEEKEND, nouns: ['Wool Scarf', 'Beanie', 'Tote Bag', 'Leather Belt'], price: [1500, 4900] },
  { name: 'Candles', code: 'CA', apparel: false, peak: 340, swing: 0.55, gift: 2.6, week: EVENING, nouns: ['Soy Candle', 'Pillar Candle', 'Votive Set'], price: [1200, 3800] },
  { name: 'Ceramics', code: 'CE', apparel: false, peak: 335, swing: 0.15, gift: 2, week: WEEKEND, nouns: ['Mug', 'Serving Bowl', 'Vase', 'Dinner Plate'], price: [1400, 5400] },
  { name: 'Bedding', code: 'BE', apparel: false, peak: 20, swing: 0.25, gift: 1, week: WEEKEND, nouns: ['Duvet Cover', 'Pillowcase Pair', 'Throw'], price: [2900, 12900] },
  { name: 'Kitchen', code: 'KI', apparel: false, peak: 330, swing: 0.1, gift: 1.7, week: STEADY, nouns: ['Chopping Board', 'Tea Towel Set', 'Apron', 'Salt Mill'], price: [1400, 5900] },
  { name: 'Garden', code: 'GA', apparel: false, peak: 130, swing: 0.85, gift: 0.8, week: WEEKEND, nouns: ['Planter', 'Watering Can', 'Garden Trug'], price: [1800, 7900] },
];

export interface Vendor { name: string; code: string; /** days from order to receipt */ leadTime: number; casePack: number; country: string }
export const VENDORS: readonly Vendor[] = [
  { name: 'Harrow & Finch', code: 'HAF', leadTime: 12, casePack: 6, country: 'PT' },
  { name: 'Norrland Knit', code: 'NOR', leadTime: 28, casePack: 10, country: 'SE' },
  { name: 'Clay Street', code: 'CLY', leadTime: 9, casePack: 4, country: 'US' },
  { name: 'Sable Goods', code: 'SAB', leadTime: 18, casePack: 12, country: 'IN' },
  { name: 'Field Notes Home', code: 'FNH', leadTime: 7, casePack: 6, country: 'US' },
  { name: 'Ostra Textiles', code: 'OST', leadTime: 35, casePack: 20, country: 'TR' },
];

export const QUALITIES = ['Harbor', 'Meadow', 'Alder', 'Juniper', 'Coast', 'Linden', 'Quarry', 'Saffron', 'Wren', 'Tidal', 'Orchard', 'Fable', 'Cinder', 'Birch', 'Marlow', 'Pebble'] as const;
export const COLOURS = ['Oat', 'Navy', 'Rust', 'Sage', 'Charcoal', 'Cream'] as const;
/** How often each size is wanted. */
export const SIZES = [['S', 0.2], ['M', 0.34], ['L', 0.3], ['XL', 0.16]] as const;

const DAY = 86_400_000;
const dayOfYear = (date: Date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY);

/** How much a type is wanted on a local date (midnight as if it were UTC), 1 on average: week × season × Christmas. */
export function seasonOf(type: ProductType, localMidnight: number): number {
  const date = new Date(localMidnight);
  const day = dayOfYear(date);
  const year = 1 + type.swing * Math.cos(2 * Math.PI * (day - type.peak) / 365.25);
  const month = date.getUTCMonth();
  const gifts = month === 11 && date.getUTCDate() <= 20 ? type.gift : month === 10 && date.getUTCDate() >= 15 ? 1 + (type.gift - 1) / 2 : 1;
  return type.week[date.getUTCDay()]! * year * gifts;
}

/** Black Friday week: the Monday before to the Monday after the fourth Thursday of November. */
export function isBlackWeek(localMidnight: number): boolean {
  const date = new Date(localMidnight);
  const first = new Date(Date.UTC(date.getUTCFullYear(), 10, 1)).getUTCDay();
  const thanksgiving = Date.UTC(date.getUTCFullYear(), 10, 1 + (4 - first + 7) % 7 + 21);
  return localMidnight >= thanksgiving - 3 * DAY && localMidnight <= thanksgiving + 4 * DAY;
}
