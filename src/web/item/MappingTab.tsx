/** How Shopify lists the item, what it is part of, and what else carries its SKU. */
import { Link } from '@tanstack/react-router';
import type { Item } from '../api/queries.ts';
import { Banner } from '../ui/feedback.tsx';
import { money, units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { Status } from '../ui/tone.tsx';

export function MappingTab({ item, currency }: { item: Item; currency: string }) {
  return (
    <>
      {item.sameSku.length > 0 && (
        <Banner>The SKU {item.sku} is also on {item.sameSku.map((other, n) => <span key={other.itemId}>{n > 0 && ', '}<Link to="/items/$itemId" params={{ itemId: String(other.itemId) }} search={{ tab: 'mapping' }}>{other.title}</Link></span>)}. They are kept apart by their ids; files keyed on SKU cannot tell them apart.</Banner>
      )}
      <Panel flush title="Shopify variants of this item">
        <Wide label="Variants">
          <table className="plain">
            <thead><tr><th>Variant</th><th>SKU</th><th>Variant id</th><th>Product id</th><th className="num">Price</th><th>State</th></tr></thead>
            <tbody>
              {item.variants.map((variant) => (
                <tr key={variant.variantId}>
                  <td>{variant.title}</td><td>{variant.sku || <span className="dim">none</span>}</td><td><code>{variant.variantId}</code></td><td><code>{variant.productId}</code></td><td className="num">{money(variant.price, currency)}</td>
                  <td>{variant.deletedAt ? <Status tone="neutral">Deleted <Ago at={variant.deletedAt} /></Status> : variant.isBundle ? <Status tone="info">Bundle</Status> : <Status tone="good">Mapped by id</Status>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </Panel>
      <Panel flush={item.bundles.length > 0} title="Bundles that contain it">
        {item.bundles.length === 0 ? <p className="dim">It is part of no bundle.</p> : (
          <table className="plain">
            <thead><tr><th>Bundle</th><th>SKU</th><th className="num">Units in one</th></tr></thead>
            <tbody>{item.bundles.map((bundle) => <tr key={bundle.variantId}><td>{bundle.title}</td><td>{bundle.sku || <span className="dim">none</span>}</td><td className="num">{units(bundle.quantity)}</td></tr>)}</tbody>
          </table>
        )}
      </Panel>
    </>
  );
}
