/** Why a level differs: each unit with its cause and evidence; Shopify beside the warehouse's shelf; the planner; and what can be done about it. */
import { Button } from '@mantine/core';
import { IconArrowsExchange, IconCloudUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Said } from '../exceptions/CaseActions.tsx';
import { useStore } from '../shell/store.tsx';
import { Banner, Lines } from '../ui/feedback.tsx';
import { capital, count, instant, signed, units } from '../ui/format.ts';
import { Status } from '../ui/tone.tsx';
import { levelDriftQuery, useRepair, type Cause } from './drift-queries.ts';

export function DriftCauses({ itemId, locationId, timeZone }: { itemId: number; locationId: number; timeZone: string }) {
  const store = useStore(), { data, isError, error } = useQuery(levelDriftQuery(store.storeId, itemId, locationId)), repair = useRepair();
  if (isError) return <p className="dim">Why it differs could not be read. {error.message}</p>;
  if (!data) return <Lines rows={4} />;
  const { shopify, warehouse } = data, open = shopify !== null && [shopify, ...shopify.states].some((state) => state.causes.some((cause) => cause.cause === 'unknown'));
  const ask = (way: 'accept Shopify' | 'push ours') => (reason: string): void => repair.mutate({ itemId, locationId, way, reason });
  return (
    <section className="stack">
      {shopify && (
        <>
          <Banner>{open ? 'A difference: ' : 'A difference on its way: '}{shopify.difference === 0 ? `Shopify and the ledger both show ${units(shopify.ledger)} available, and differ in ${shopify.states.map((each) => stateName(each.state)).join(' and ') || 'what is on its way'}.`
            : `Shopify shows ${count(Math.abs(shopify.difference), 'unit')} ${shopify.difference > 0 ? 'more' : 'fewer'} available than the ledger (${units(shopify.observed)} and ${units(shopify.ledger)}).`}</Banner>
          {shopify.difference !== 0 && <Causes causes={shopify.causes} total={shopify.difference} />}
          {shopify.states.map((each) => <div key={each.state}><h4>{capital(stateName(each.state))}: {units(each.observed)} in Shopify, {units(each.ledger)} in the ledger</h4><Causes causes={each.causes} total={each.difference} /></div>)}
          <p className="dim small">First seen {instant(shopify.firstSeen, timeZone)}, last checked {instant(shopify.checkedAt, timeZone)}.</p>
          {open && (
            <div className="row">
              <Said name="Accept Shopify’s…" icon={<IconArrowsExchange size={15} />} label="Why is Shopify’s number right?" note={`The ledger goes from ${shopify.ledger} to ${shopify.observed} by a movement that can be taken back.`} done={ask('accept Shopify')} />
              {data.authority === 'storefront' && <Said name="Push ours…" icon={<IconCloudUpload size={15} />} label="Why is our number right?" note={`Shopify goes from ${shopify.observed} to ${shopify.ledger}, if it still shows ${shopify.observed}.`} done={ask('push ours')} />}
              {repair.isPending && <Button loading variant="subtle">Asking</Button>}
            </div>
          )}
        </>
      )}
      {!shopify && <p><Status tone="good">The ledger and Shopify agree</Status></p>}
      {warehouse && (
        <>
          {warehouse.causes.length > 0 && <><h4>Shopify shows {units(warehouse.shown)}, the shelf allows {units(warehouse.wanted)}</h4><Causes causes={warehouse.causes} total={warehouse.shown - warehouse.wanted} /></>}
          <h4>On hand: {units(warehouse.shopifyOnHand)} in Shopify, {units(warehouse.warehouseOnHand)} at the warehouse</h4>
          <table className="plain causes"><tbody>
            {warehouse.arithmetic.map((line) => <tr key={line.what}><td>{capital(line.what)}</td><td className="num">{signed(line.units)}</td><td className="dim">withheld on purpose</td></tr>)}
            {warehouse.shelfCauses.map((cause, n) => <tr key={n}><td>{capital(cause.cause)}</td><td className="num">{signed(cause.units)}</td><td className="dim">{cause.evidence}</td></tr>)}
          </tbody></table>
        </>
      )}
      {data.planner.map((side) => (
        <div key={side.measure}>
          <h4>{side.measure === 'stock' ? 'In stock' : 'On order'}: {units(side.theirs)} at the planner, {units(side.ours)} here</h4>
          <Causes causes={side.causes} total={side.difference} />
          <p className="dim small">The planner {side.measure === 'stock' ? 'read the shop' : 'was read'} {instant(side.syncedAt, timeZone)}. First seen {instant(side.firstSeen, timeZone)}, last checked {instant(side.checkedAt, timeZone)}.</p>
        </div>
      ))}
    </section>
  );
}

const stateName = (state: string): string => state.replace('_', ' ');

function Causes({ causes, total }: { causes: readonly Cause[]; total: number }) {
  return (
    <table className="plain causes" aria-label="Causes of the difference">
      <tbody>
        {causes.map((cause, n) => <tr key={n}><td>{cause.cause === 'unknown' ? <Status tone="bad">Unknown</Status> : capital(cause.cause)}</td><td className="num">{signed(cause.units)}</td><td className="dim">{cause.evidence}</td></tr>)}
        <tr className="sum"><td>Difference</td><td className="num">{signed(total)}</td><td /></tr>
      </tbody>
    </table>
  );
}
