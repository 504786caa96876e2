/** Golden accounts: shops of different character, each with what a planner and Instep both see of it. Drawn from a seed, so that a difference comes back. */
import type { ForecastSettings } from '../../src/sandbox/planner/formulas.ts';

/** One variant at one place. `sold` and `inStockDays` per day, oldest first, the last being yesterday; units on order by whose order it is, and on their way by transfer. */
export interface Fact {
  sold: number[]; inStockDays: boolean[]; inStock: number; lead: number; cover: number; minimum: number; maximum: number | null; moq: number; pack: number;
  onOrder: { ours: number; theirs: number; transfer: number };
}
export interface Golden {
  name: string; about: string; variants: number; places: number;
  /** Days of sales it looks at, and what else its settings say. */
  window: number; settings?: Partial<ForecastSettings>;
  /** Variants that are bundles there and here, with the variants they are made of. */
  bundles?: ReadonlyMap<number, readonly { variant: number; units: number }[]>;
  facts: (variant: number, place: number) => Fact;
}

/** 0 ≤ x < 1. */
function diceOf(seed: number): { roll: () => number; among: (from: number, to: number) => number; poisson: (mean: number) => number } {
  let state = seed;
  const roll = (): number => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return state / 2 ** 32; };
  const poisson = (mean: number): number => { if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * (roll() + roll() + roll() - 1.5) * 2)); let n = 0; for (let left = Math.exp(-mean), p = roll(); p > left; p *= roll()) n++; return n; };
  return { roll, among: (from, to) => from + Math.floor(roll() * (to - from + 1)), poisson };
}
type Dice = ReturnType<typeof diceOf>;
const range = <T>(length: number, make: (n: number) => T): T[] => Array.from({ length }, (_, n) => make(n));
/** Out of stock for a while, in some cases twice; `chance` of the first. */
function stockouts({ roll, among }: Dice, days: number, chance: number): boolean[] {
  const out = range(2, (n) => (roll() < chance / (1 + 2 * n) ? [among(0, days - 1), among(2, 25)] as const : null));
  return range(days, (day) => out.every((one) => one === null || day < one[0] || day >= one[0] + one[1]));
}
const demand = ({ poisson }: Dice, inStockDays: readonly boolean[], rate: (day: number) => number): number[] => inStockDays.map((is, day) => (is ? poisson(rate(day)) : 0));
const NOTHING = { ours: 0, theirs: 0, transfer: 0 }, USUAL = { minimum: 0, maximum: null, moq: 0, pack: 1, onOrder: NOTHING };

/** Sizes of a style sell by a curve, colours and places apart; some sizes are gone. */
function fashion(): Golden {
  const dice = diceOf(11), styles = range(30, () => 0.3 + 5 * dice.roll() ** 3), sizes = [0.5, 1.2, 1.6, 1, 0.4];
  return { name: 'fashion', about: 'styles in five sizes at three warehouses, stockouts in single sizes, transfers on their way', variants: 150, places: 3, window: 30, facts: (variant, place) => {
    const inStockDays = stockouts(dice, 120, 0.45), rate = (styles[Math.floor(variant / 5)]! * sizes[variant % 5]!) / (1 + place);
    return { ...USUAL, inStockDays, sold: demand(dice, inStockDays, (day) => rate * (1 + 0.3 * Math.sin(day / 9))), inStock: dice.among(0, 60), lead: dice.among(20, 75), cover: dice.among(14, 45), minimum: dice.roll() < 0.5 ? dice.among(1, 8) : 0, onOrder: { ours: dice.roll() < 0.2 ? dice.among(1, 60) : 0, theirs: dice.roll() < 0.2 ? dice.among(1, 60) : 0, transfer: place > 0 && dice.roll() < 0.2 ? dice.among(1, 20) : 0 } };
  } };
}
/** Fast, every few days, in full cases, with minimums of an order. */
function groceries(): Golden {
  const dice = diceOf(22), week = [1.3, 0.8, 0.8, 0.9, 1.1, 1.5, 1.4];
  return { name: 'groceries', about: 'short lead times, two weeks looked at, cases and minimum orders', variants: 160, places: 2, window: 14, facts: () => {
    const inStockDays = stockouts(dice, 90, 0.3), rate = 2 + 40 * dice.roll() ** 2;
    return { ...USUAL, inStockDays, sold: demand(dice, inStockDays, (day) => rate * week[day % 7]!), inStock: dice.among(0, 200), lead: dice.among(1, 5), cover: dice.among(3, 10), minimum: dice.roll() < 0.3 ? dice.among(2, 20) : 0, moq: dice.roll() < 0.3 ? dice.among(10, 200) : 0, pack: [1, 6, 12, 24, 48][dice.among(0, 4)]!, onOrder: { ...NOTHING, ours: dice.roll() < 0.3 ? dice.among(1, 150) : 0 } };
  } };
}
/** Rarely one, sometimes many; long lead times; half a year looked at; what is lost in the lead time is not bought again. */
function spareParts(): Golden {
  const dice = diceOf(33);
  return { name: 'spare parts', about: 'intermittent demand, lead times of months, half a year looked at, the floor inside the lead time, one in a hundred sold below zero', variants: 240, places: 1, window: 180, settings: { floorsInLeadTime: true }, facts: () => {
    const inStockDays = stockouts(dice, 400, 0.5), rate = 0.002 + 0.12 * dice.roll() ** 3;
    return { ...USUAL, inStockDays, sold: inStockDays.map((is) => (is && dice.roll() < rate ? dice.among(1, 6) : 0)), inStock: dice.roll() < 0.01 ? -dice.among(1, 3) : dice.among(0, 12), lead: dice.among(30, 120), cover: dice.among(30, 90), minimum: dice.roll() < 0.5 ? dice.among(1, 4) : 0, onOrder: { ...NOTHING, ours: dice.roll() < 0.15 ? dice.among(1, 10) : 0, theirs: dice.roll() < 0.15 ? dice.among(1, 10) : 0 } };
  } };
}
/** Sets of two to four things sold beside the things, and things sold before they are there. */
function bundlesAndPreorders(): Golden {
  const dice = diceOf(44), bundles = new Map(range(15, (n) => [105 + n, range(dice.among(2, 4), (k) => ({ variant: (n * 7 + k * 13) % 105, units: dice.among(1, 3) }))] as const));
  return { name: 'bundles and pre-orders', about: 'sets whose sales are their parts’, stock below zero by what is owed', variants: 120, places: 1, window: 30, bundles, facts: (variant) => {
    const bundle = bundles.has(variant), inStockDays = bundle ? range(60, () => true) : stockouts(dice, 60, 0.2), rate = bundle ? 0.5 + 2 * dice.roll() : 0.2 + 4 * dice.roll() ** 2, ahead = dice.roll() < 0.25;
    return { ...USUAL, inStockDays, sold: demand(dice, inStockDays, () => rate), inStock: bundle ? 0 : ahead ? -dice.among(1, 40) : dice.among(0, 50), lead: dice.among(5, 40), cover: dice.among(14, 30), minimum: dice.roll() < 0.2 ? dice.among(1, 10) : 0, onOrder: { ...NOTHING, ours: ahead ? dice.among(10, 80) : 0 } };
  } };
}
/** Too much of most things, maximums, and order cycles from a week to a quarter. */
function overstocked(): Golden {
  const dice = diceOf(55);
  return { name: 'overstock and limits', about: 'stock for months, minimums and maximums, order cycles from a week to a quarter', variants: 150, places: 2, window: 60, facts: () => {
    const inStockDays = stockouts(dice, 150, 0.15), rate = 0.1 + 3 * dice.roll(), minimum = dice.roll() < 0.6 ? dice.among(1, 40) : 0;
    return { ...USUAL, inStockDays, sold: demand(dice, inStockDays, () => rate), inStock: dice.roll() < 0.55 ? dice.among(100, 900) : dice.among(0, 60), lead: dice.among(7, 60), cover: [7, 14, 30, 45, 90][dice.among(0, 4)]!, minimum, maximum: dice.roll() < 0.6 ? minimum + dice.among(5, 120) : null, moq: dice.roll() < 0.3 ? dice.among(5, 50) : 0, pack: [1, 5, 10][dice.among(0, 2)]!, onOrder: { ...NOTHING, theirs: dice.roll() < 0.3 ? dice.among(1, 200) : 0 } };
  } };
}
/** By season where a year is known, at a trend; young things by what they sold since they began; some not sold yet. */
function seasonalAndNew(): Golden {
  const dice = diceOf(66), DAYS = 800;
  return { name: 'seasonal and new', about: 'two years of seasons with a trend by the seasonal method, items of weeks by their velocity', variants: 120, places: 1, window: 30, settings: { method: 'seasonal' }, facts: (variant) => {
    const inStockDays = stockouts(dice, DAYS, 0.6), young = variant % 4 === 3, born = young ? DAYS - dice.among(0, 90) : variant % 4 === 2 ? dice.among(0, 420) : 0, peak = dice.roll() * 365, growth = 0.7 + 0.8 * dice.roll(), level = 0.3 + 4 * dice.roll();
    return { ...USUAL, inStockDays, sold: demand(dice, inStockDays, (day) => (day < born ? 0 : level * (1 + 0.9 * Math.cos((2 * Math.PI * (day - peak)) / 365)) * (day > DAYS - 365 ? growth : 1))), inStock: dice.among(0, 90), lead: dice.among(10, 90), cover: dice.among(14, 60), minimum: dice.roll() < 0.3 ? dice.among(1, 15) : 0, onOrder: { ...NOTHING, ours: dice.roll() < 0.2 ? dice.among(1, 60) : 0 } };
  } };
}

export const GOLDEN: readonly (() => Golden)[] = [fashion, groceries, spareParts, bundlesAndPreorders, overstocked, seasonalAndNew];
