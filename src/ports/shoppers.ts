/** What we need of a pretended shop's shoppers: to hurry, to calm down, and to say what they bought. A real shop has none that can be told. */
export interface Shoppers {
  /** Orders a minute when nobody asks for anything else. */
  readonly usualPerMinute: number;
  /** How fast they buy from now on. */
  trade(ordersPerMinute: number): Promise<void>;
  /** Orders there are in all. */
  orders(): Promise<number>;
}
