/**
 * The shelf behind a history that only knows sales: its catalogue, opening stock and goods receipts.
 *
 * The file sold what it sold, so the goods were there. An article opens, on the Monday of its first week, with what leaves the shelf in its
 * first four weeks; every second Monday it is filled up to 1.1 times what leaves in the four weeks to come, in cases of twelve. Receipts
 * thus never fall short of the sales before the next one: `available` goes below zero only if rows of the file are out of order.
 */
import { adjustQuantities } from '../engine/inventory.ts';
import { quantityAt } from '../engine/levels.ts';
import { GIFT_CARD_TYPE } from '../engine/order-lines.ts';
import type { Shop } from '../state.ts';
import { isCharge, isGiftVoucher } from './classify.ts';
import type { Article, Survey } from './survey.ts';

const COVER_WEEKS = 4;
const CASE = 12;
const MAX_CHANGES = 250;

export interface ShelfItem { article: Article; variantId: string; inventoryItemId: string; stocked: boolean }

export class Shelf {
  readonly #shop: Shop;
  readonly #survey: Survey;
  readonly #locationId: string;
  readonly #items = new Map<string, ShelfItem>();

  constructor(shop: Shop, survey: Survey, locationId: string) {
    this.#shop = shop;
    this.#survey = survey;
    this.#locationId = locationId;
  }

  /** The variant of a SKU exactly as written: `85123A` and `85123a` are two. @throws Error before the SKU's first week began */
  item(sku: string): ShelfItem {
    const item = this.#items.get(sku);
    if (!item) throw new Error(`SKU ${sku} is not on the shelf yet`);
    return item;
  }

  /** The Monday of a week: new articles are listed and opened, every second week the others are filled up. */
  startWeek(week: number, at: string): void {
    const fresh: ShelfItem[] = [];
    for (const article of this.#survey.articles.values()) {
      if (article.firstWeek === week) fresh.push(this.#list(article, at));
    }
    this.#shop.commit();
    for (const item of fresh) this.#items.set(item.article.sku, item);
    const due = [...this.#items.values()].filter((item) => item.stocked && (item.article.firstWeek === week || (week - item.article.firstWeek) % 2 === 0));
    const changes = due.flatMap((item) => {
      let need = 0;
      for (let ahead = 0; ahead < COVER_WEEKS; ahead++) need += item.article.outflow.get(week + ahead) ?? 0;
      const here = quantityAt(this.#shop, item.inventoryItemId, this.#locationId, 'available');
      if (here >= need && here >= 0) return [];
      return [{ inventoryItemId: item.inventoryItemId, locationId: this.#locationId, delta: Math.ceil((need * 1.1 - here) / CASE) * CASE }];
    });
    for (let from = 0; from < changes.length; from += MAX_CHANGES) {
      const { userErrors } = adjustQuantities(this.#shop, {
        name: 'available', reason: 'received', referenceDocumentUri: `urn:goods-receipt:week-${week}`, changes: changes.slice(from, from + MAX_CHANGES),
      }, { cause: `receipt/week-${week}`, at });
      if (userErrors.length > 0) throw new Error(`the goods of week ${week} were refused: ${userErrors[0]!.message}`);
    }
  }

  #list(article: Article, at: string): ShelfItem {
    const shop = this.#shop;
    const stocked = !isCharge(article.sku);
    const [productId, variantId, inventoryItemId] = [shop.nextId('Product'), shop.nextId('ProductVariant'), shop.nextId('InventoryItem')];
    shop.put('products', {
      id: productId, title: article.title, handle: `${article.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${productId}`, vendor: 'Online Retail',
      productType: isGiftVoucher(article.sku) ? GIFT_CARD_TYPE : stocked ? 'Giftware' : 'Charge', status: 'ACTIVE', tags: [],
      options: [{ name: 'Title', values: ['Default Title'] }], createdAt: at, updatedAt: at, publishedAt: at,
    });
    shop.put('variants', {
      id: variantId, productId, inventoryItemId, title: 'Default Title', position: 1, sku: article.sku, barcode: null, price: article.price, compareAtPrice: null,
      selectedOptions: [{ name: 'Title', value: 'Default Title' }], inventoryPolicy: 'DENY', taxable: true, components: [], createdAt: at, updatedAt: at, deletedAt: null,
    });
    shop.put('inventoryItems', {
      id: inventoryItemId, variantId, tracked: stocked, requiresShipping: stocked, unitCost: stocked ? Math.round(article.price * 0.55) : null,
      countryCodeOfOrigin: null, createdAt: at, updatedAt: at,
    });
    return { article, variantId, inventoryItemId, stocked };
  }
}
