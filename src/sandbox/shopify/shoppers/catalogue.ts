/** Opens the town's shop for business: its places, its products, and the dirt every real catalogue has. */
import { GIFT_CARD_TYPE } from '../engine/order-lines.ts';
import type { ProductRecord, Shop, VariantRecord } from '../state.ts';
import { COLOURS, PRODUCT_TYPES, QUALITIES, SIZES, VENDORS, type ProductType, type Vendor } from './assortment.ts';
import type { Random } from './random.ts';

/** A variant the shoppers know, with what moves its demand. */
export interface Article {
  variantId: string; inventoryItemId: string; productId: string; type: ProductType; vendor: Vendor; price: number; tracked: boolean; canOversell: boolean;
  /** Share of demand before season, trend and promotion; heavy-tailed over the catalogue. */
  appeal: number;
  /** Yearly growth of its demand, e.g. 0.3 is +30 % a year. */
  trend: number;
  /** On sale from / until, as shares of the history (0–1). */
  from: number; until: number;
  /** Components when it is a bundle; empty otherwise. */
  parts: { inventoryItemId: string; quantity: number }[];
}
export interface Town { main: string; overflow: string; highStreet: string; articles: Article[] }

export const TOWN_ZONE = 'America/New_York';

export function openTown(shop: Shop, random: Random, scale: number, at: string): Town {
  if (shop.tables.shop.size === 0) {
    shop.put('shop', { id: shop.nextId('Shop'), domain: 'instep-town.myshopify.com', name: 'Alder & Oat', currency: 'USD', ianaTimezone: TOWN_ZONE, createdAt: at });
  }
  const place = (name: string) => {
    const id = shop.nextId('Location');
    shop.put('locations', { id, name, isActive: true, shipsInventory: true, countryCode: 'US', createdAt: at, updatedAt: at });
    return id;
  };
  // Their order is the order of routing.
  const [main, overflow, highStreet] = [place('Main warehouse'), place('Overflow store'), place('High Street shop')];
  const articles = productArticles(shop, random, Math.max(8, Math.round(118 * scale)), at);
  dirty(shop, articles);
  articles.push(...bundles(shop, random, articles, at), ...untracked(shop, at));
  shop.commit();
  return { main, overflow, highStreet, articles };
}

function productArticles(shop: Shop, random: Random, count: number, at: string): Article[] {
  return Array.from({ length: count }, (_, index) => {
    const type = PRODUCT_TYPES[index % PRODUCT_TYPES.length]!;
    const vendor = random.pick(VENDORS);
    const title = `${QUALITIES[Math.floor(index / PRODUCT_TYPES.length) % QUALITIES.length]!} ${random.pick(type.nouns)}`;
    const price = Math.round(random.int(type.price[0], type.price[1]) / 100) * 100 - 5;
    const colours = random.shuffled(COLOURS).slice(0, type.apparel ? (random.chance(0.35) ? 2 : 1) : random.int(1, 3));
    const choices: { values: string[]; share: number }[] = colours.flatMap((colour) => type.apparel ? SIZES.map(([size, share]) => ({ values: [colour as string, size], share: share as number })) : [{ values: [colour as string], share: 1 as number }]);
    // A few products came during the history, a few were dropped.
    const life = random.next();
    const [from, until] = life < 0.08 ? [0.2 + random.next() * 0.6, 1] : life < 0.12 ? [0, 0.4 + random.next() * 0.5] : [0, 1];
    const product = putProduct(shop, {
      title, vendor: vendor.name, productType: type.name, status: until < 1 ? 'ARCHIVED' : 'ACTIVE', tags: [type.apparel ? 'apparel' : 'home'],
      options: [{ name: 'Color', values: colours }, ...(type.apparel ? [{ name: 'Size', values: SIZES.map(([size]) => size) }] : [])],
    }, `${index + 1}`, at);
    const appeal = Math.exp(random.normal(0, 0.9));
    const trend = random.normal(0.12, 0.25);
    const canOversell = random.chance(0.06);
    return choices.map(({ values, share }, position): Article => {
      const sku = [vendor.code, type.code, String(101 + index), ...values.map((value) => value.slice(0, 3).toUpperCase())].join('-');
      const variant = putVariant(shop, product, {
        sku, price, position: position + 1, title: values.join(' / '), inventoryPolicy: canOversell ? 'CONTINUE' : 'DENY',
        selectedOptions: product.options.map((option, which) => ({ name: option.name, value: values[which]! })), compareAtPrice: random.chance(0.1) ? price + 1000 : null,
      }, { unitCost: Math.round(price * (0.28 + random.next() * 0.2)), country: vendor.country }, at);
      return {
        variantId: variant.id, inventoryItemId: variant.inventoryItemId, productId: product.id, type, vendor, price, tracked: true, canOversell, from, until, parts: [],
        appeal: appeal * share * (0.7 + random.next() * 0.6), trend,
      };
    });
  }).flat();
}

/** Blank, duplicate and case-different SKUs, as merchants leave them. Renamed ones are renamed during the history (`renameSkus`). */
function dirty(shop: Shop, articles: Article[]): void {
  const step = Math.max(1, Math.floor(articles.length / 12));
  const at = (index: number) => shop.tables.variants.get(articles[(index * step) % articles.length]!.variantId)!;
  const put = (variant: VariantRecord, sku: string | null) => shop.put('variants', { ...variant, sku });
  put(at(1), '');
  put(at(2), null);
  put(at(3), null);
  put(at(5), at(4).sku);
  put(at(7), at(6).sku);
  put(at(9), at(8).sku?.toLowerCase() ?? null);
}

/** Gives two well-sold variants a new SKU at `at`; their older orders keep the old one. Returns old and new. */
export function renameSkus(shop: Shop, articles: Article[], at: string): [string, string][] {
  const skuOf = (article: Article) => shop.tables.variants.get(article.variantId)?.sku?.toUpperCase() ?? '';
  const bearers = Map.groupBy(articles, skuOf);
  const clean = articles
    .filter((article) => article.parts.length === 0 && article.tracked && article.from === 0 && article.until === 1 && skuOf(article) !== '' && bearers.get(skuOf(article))!.length === 1)
    .sort((a, b) => b.appeal - a.appeal);
  const renamed = clean.slice(0, 2).map((article): [string, string] => {
    const variant = shop.tables.variants.get(article.variantId)!;
    const sku = `${variant.sku}-N`;
    shop.put('variants', { ...variant, sku, updatedAt: at });
    return [variant.sku ?? '', sku];
  });
  shop.commit();
  return renamed;
}

function bundles(shop: Shop, random: Random, articles: Article[], at: string): Article[] {
  const singles = articles.filter((article) => article.from === 0 && article.until === 1);
  return [['Table for Two', 'Ceramics', 2], ['Slow Evening Set', 'Candles', 1], ['Cook\'s Starter Kit', 'Kitchen', 1]].map(([title, typeName, each], index): Article => {
    const type = PRODUCT_TYPES.find((candidate) => candidate.name === typeName)!;
    const own = singles.filter((article) => article.type === type);
    const components = [own[0] ?? singles[0]!, own[1] ?? singles[1]!, random.pick(singles.filter((article) => article.type.name === 'Accessories' || article.type.name === 'Bedding'))];
    const distinct = [...new Map(components.map((article) => [article.variantId, article])).values()];
    const parts = distinct.map((article, which) => ({ article, quantity: which === 0 ? Number(each) : 1 }));
    const price = Math.round(parts.reduce((sum, { article, quantity }) => sum + article.price * quantity, 0) * 0.85 / 100) * 100;
    const product = putProduct(shop, {
      title: String(title), vendor: 'Alder & Oat', productType: type.name, status: 'ACTIVE', tags: ['bundle'], options: [{ name: 'Title', values: ['Default Title'] }],
    }, `bundle-${index + 1}`, at);
    const variant = putVariant(shop, product, { sku: `BND-00${index + 1}`, price, components: parts.map(({ article, quantity }) => ({ variantId: article.variantId, quantity })) }, { unitCost: null }, at);
    return {
      variantId: variant.id, inventoryItemId: variant.inventoryItemId, productId: product.id, type, vendor: VENDORS[0]!, price, tracked: true, canOversell: false,
      appeal: 0.9, trend: 0.2, from: 0.15, until: 1, parts: parts.map(({ article, quantity }) => ({ inventoryItemId: article.inventoryItemId, quantity })),
    };
  });
}

function untracked(shop: Shop, at: string): Article[] {
  const type = PRODUCT_TYPES.find((candidate) => candidate.name === 'Accessories')!;
  return ([['Gift card', GIFT_CARD_TYPE, 'GIFTCARD-50', 5000, 1.2], ['Gift wrapping', 'Service', 'WRAP', 450, 0.8]] as const).map(([title, productType, sku, price, appeal], index): Article => {
    const product = putProduct(shop, { title, vendor: 'Alder & Oat', productType, status: 'ACTIVE', tags: [], options: [{ name: 'Title', values: ['Default Title'] }] }, `extra-${index + 1}`, at);
    const variant = putVariant(shop, product, { sku, price }, { unitCost: null, tracked: false }, at);
    return {
      variantId: variant.id, inventoryItemId: variant.inventoryItemId, productId: product.id, type, vendor: VENDORS[0]!, price, tracked: false, canOversell: true,
      appeal, trend: 0, from: 0, until: 1, parts: [],
    };
  });
}

function putProduct(shop: Shop, fields: Pick<ProductRecord, 'title' | 'vendor' | 'productType' | 'status' | 'tags' | 'options'>, suffix: string, at: string): ProductRecord {
  const handle = `${fields.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${suffix}`;
  const product: ProductRecord = { ...fields, id: shop.nextId('Product'), handle, createdAt: at, updatedAt: at, publishedAt: at };
  shop.put('products', product);
  return product;
}

function putVariant(
  shop: Shop, product: ProductRecord, fields: Partial<VariantRecord> & { sku: string | null; price: number },
  item: { unitCost: number | null; tracked?: boolean; country?: string }, at: string,
): VariantRecord {
  const inventoryItemId = shop.nextId('InventoryItem');
  const variant: VariantRecord = {
    id: shop.nextId('ProductVariant'), productId: product.id, inventoryItemId, title: 'Default Title', position: 1, barcode: null, compareAtPrice: null,
    selectedOptions: [{ name: 'Title', value: 'Default Title' }], inventoryPolicy: 'DENY', taxable: true, components: [], createdAt: at, updatedAt: at, deletedAt: null, ...fields,
  };
  shop.put('variants', variant);
  const tracked = item.tracked ?? true;
  shop.put('inventoryItems', {
    id: inventoryItemId, variantId: variant.id, tracked, requiresShipping: tracked, unitCost: item.unitCost, countryCodeOfOrigin: item.country ?? null, createdAt: at, updatedAt: at,
  });
  return variant;
}
