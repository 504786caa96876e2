/** Settings → Exchange rates: what one unit of another currency is worth in the store's, from which day on, and currencies nobody said it of. */
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconTrash, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { RATE_COLUMNS, rateRow } from '../../domain/exchange-row.ts';
import type * as Contract from '../../http/contract-exchange.ts';
import type { Of } from '../../http/contract.ts';
import { address, write } from '../api/client.ts';
import { one } from '../api/queries.ts';
import { CsvImport } from '../mapping/CsvImport.tsx';
import { useStore } from '../shell/store.tsx';
import { Banner, EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { day } from '../ui/format.ts';
import { Page, Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';
import { SettingsTabs } from './SettingsTabs.tsx';
import './settings.css';

type View = Of<typeof Contract.ExchangeRates>;
type Body = Of<typeof Contract.ExchangeRateBody>;

export function ExchangeRatesPage() {
  const store = useStore(), query = useQuery(one<View>(['exchange-rates', store.storeId], '/exchange-rates', { store: store.storeId })), [file, setFile] = useState(false);
  return (
    <Page title="Exchange rates">
      <SettingsTabs />
      {query.isError && !query.data ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !query.data ? <Panel><Lines rows={6} /></Panel> : <Rates view={query.data} importFile={() => setFile(true)} />}
      <CsvImport open={file} close={() => setFile(false)} title="Exchange rates from CSV" path="/exchange-rates/import" stale="exchange-rates" columns={RATE_COLUMNS} says={`A line a currency and day: ${store.currency} for one unit of it, with a decimal point, from that day on.`} />
    </Page>
  );
}

function Rates({ view: { rates, missing, storeCurrency }, importFile }: { view: View; importFile(): void }) {
  const store = useStore(), client = useQueryClient(), [today] = useState(() => new Intl.DateTimeFormat('en-CA', { timeZone: store.timeZone }).format(new Date()));
  const [currency, setCurrency] = useState(missing[0]?.currency ?? ''), [since, setSince] = useState(today), [rate, setRate] = useState('');
  const read = rateRow((column) => ({ Currency: currency, Since: since, Rate: rate })[column], storeCurrency), fault = 'message' in read ? read : null;
  const say = useMutation({
    mutationFn: (body: Body) => write<View>('PUT', '/exchange-rates', { store: store.storeId }, body),
    onSuccess: (saved) => { client.setQueryData(['exchange-rates', store.storeId], saved); void client.invalidateQueries({ queryKey: ['replenishment'] }); setRate(''); notifications.show({ message: 'Saved. The plan is being computed again.' }); },
  });
  const of = (column: string): string | false => (fault?.column === column && (column !== 'Rate' || rate !== '') && (column !== 'Currency' || currency !== '') ? fault.message : false);
  return (
    <div className="stack rates">
      {missing.length > 0 && <Banner>{missing.map((one) => one.currency).join(', ')}: bought in, and no exchange rate is known. Such amounts stand beside {storeCurrency} and are in no sum, budget or margin.</Banner>}
      <Panel title="Set a rate">
        <form className="rate-form" onSubmit={(event) => { event.preventDefault(); say.mutate({ currency: currency.trim().toUpperCase(), since, rate: rate.trim() }); }}>
          <TextInput size="sm" label="One unit of" value={currency} maxLength={3} placeholder={storeCurrency === 'EUR' ? 'USD' : 'EUR'} error={of('Currency')} onChange={(event) => setCurrency(event.currentTarget.value)} />
          <TextInput size="sm" label={`Is worth, in ${storeCurrency}`} inputMode="decimal" placeholder="1.0834" value={rate} error={of('Rate')} onChange={(event) => setRate(event.currentTarget.value)} />
          <TextInput size="sm" type="date" label="From this day on" value={since} error={of('Since')} onChange={(event) => setSince(event.currentTarget.value)} />
          <Button type="submit" size="sm" loading={say.isPending} disabled={fault !== null}>Save</Button>
        </form>
        {say.isError && <ErrorState title="It was not saved" error={say.error} />}
      </Panel>
      <Panel title="Rates that hold" flush aside={<span className="row"><Button size="xs" variant="default" leftSection={<IconUpload size={14} />} onClick={importFile}>Import CSV</Button><Tooltip label="Download as CSV"><ActionIcon component="a" href={address('/exchange-rates.csv', { store: store.storeId })} variant="default" size={30} aria-label="Download exchange rates as CSV"><IconDownload size={15} /></ActionIcon></Tooltip></span>}>
        {rates.length === 0 ? <EmptyState title="No rate was set yet">Where everything is bought in {storeCurrency}, none is needed.</EmptyState> : (
          <Wide label="Exchange rates"><table className="plain">
            <thead><tr><th>Currency</th><th className="num">{storeCurrency} for one</th><th>From</th><th>Said</th><th /></tr></thead>
            <tbody>{rates.map((row) => (
              <tr key={`${row.currency}${row.since}`}><td>{row.currency}</td><td className="num">{row.rate}</td><td>{day(row.since, true)}</td><td className="dim"><Ago at={row.notedAt} /> by {row.notedBy}</td>
                <td className="num"><ActionIcon variant="subtle" color="gray" size={24} aria-label={`Take away the rate of ${row.currency} from ${row.since}`} disabled={say.isPending} onClick={() => say.mutate({ currency: row.currency, since: row.since, rate: null })}><IconTrash size={14} /></ActionIcon></td></tr>))}
            </tbody>
          </table></Wide>
        )}
      </Panel>
    </div>
  );
}
