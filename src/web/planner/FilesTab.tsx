/** Files for Inventory Planner: what went into the folders of its Advanced connector, what was left out and why, and the addresses its Starter connector fetches. */
import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { IconDownload } from '@tabler/icons-react';
import { address } from '../api/client.ts';
import { plannerFilesQuery, type PlannerFilesPage, type PlannerView } from '../api/planner-queries.ts';
import { CopyField } from '../settings/CopyField.tsx';
import { useStore } from '../shell/store.tsx';
import { ErrorState, Lines } from '../ui/feedback.tsx';
import { units } from '../ui/format.ts';
import { Panel, Wide } from '../ui/page.tsx';
import { Ago } from '../ui/time.tsx';

type Kind = PlannerFilesPage['kinds'][number];
const SAYS: Record<Kind['file'], string> = { warehouses: 'Warehouses', vendors: 'Vendors', variants: 'Variants', 'variant-vendors': 'Terms of vendors', components: 'Parts of bundles', stock: 'Stock', 'purchase-orders': 'Purchase orders', sales: 'Sales lines' };

export function FilesTab({ planner, edit }: { planner: PlannerView; edit(): void }) {
  return <div className="stack planner-connection"><Advanced planner={planner} edit={edit} /><Starter planner={planner} /></div>;
}

function Advanced({ planner, edit }: { planner: PlannerView; edit(): void }) {
  const store = useStore(), query = useInfiniteQuery({ ...plannerFilesQuery({ store: store.storeId }), placeholderData: keepPreviousData }), kinds = query.data?.pages[0]?.kinds, rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <Panel title="Files for its Advanced connector" aside={!planner.sftp && <Button variant="default" onClick={edit}>Set up SFTP</Button>} flush>
        <p className="dim pad">{planner.sftp ? 'Each exchange puts what changed into these folders, in this order, so that nothing names what is not there yet. Its nightly run takes what is there an hour before; it does not say when it rejects a file, so compare its counts with these after the first night.' : 'No server is set up. With one, each exchange puts what changed into a folder each, in this order.'}</p>
        {query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : !kinds ? <Lines rows={8} /> : (
          <Wide label="Kinds of files"><table className="plain files"><thead><tr><th>File</th><th>Folder</th><th className="num">Rows there</th><th>Last file</th><th>Left out</th></tr></thead>
            <tbody>{kinds.map((kind) => (
              <tr key={kind.file}><td><b>{SAYS[kind.file]}</b></td><td><code>{kind.folder}</code></td><td className="num">{units(kind.rows)}</td><td><Ago at={kind.writtenAt} /></td>
                <td>{kind.leftOut.length === 0 ? <span className="dim">none</span> : kind.leftOut.map((each) => <p key={each.reason}>{units(each.rows)}: {each.reason} <span className="dim small">{each.such.join(', ')}{each.rows > each.such.length && ' …'}</span></p>)}</td></tr>
            ))}</tbody></table></Wide>
        )}
      </Panel>
      {rows.length > 0 && (
        <Panel title="Files of the last 30 days" flush>
          <Wide label="Files of the last 30 days"><table className="plain files"><thead><tr><th>File</th><th>Written</th><th className="num">Rows</th><th className="num">Removed</th><th className="num">Size</th><th className="num">Download</th></tr></thead>
            <tbody>{rows.map((row) => (
              <tr key={row.fileId}><td><code>{row.name}</code></td><td><Ago at={row.writtenAt} /></td><td className="num">{units(row.rows)}</td><td className="num">{row.removed === 0 ? <span className="dim">0</span> : units(row.removed)}</td><td className="num">{units(Math.ceil(row.bytes / 1024))} KB</td>
                <td className="num"><a href={address(`/planner/files/${row.fileId}.csv`, { store: store.storeId })} download aria-label={`Download ${row.name}`}><IconDownload size={15} /> CSV</a></td></tr>
            ))}</tbody></table></Wide>
          {query.hasNextPage && <p className="pad"><Button size="xs" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show older ones</Button></p>}
        </Panel>
      )}
    </>
  );
}

function Starter({ planner }: { planner: PlannerView }) {
  const served = planner.places.filter((place) => place.files.length > 0);
  return (
      <Panel title="Files for its Starter connector">
        <div className="stack">
          <p className="dim">Permanent addresses of today’s products, sales and purchase orders, one set a location. They name no buyer. {planner.filesUser ? `They ask for the user ${planner.filesUser} and its password.` : 'Whoever has the address can read them: set a user and a password under Change.'} A row that is missing one day is deleted there, so do not filter them.</p>
          {served.length === 0 ? <p className="dim">Give one of its warehouses a location first.</p> : served.map((place) => <details key={place.plannerWarehouseId}><summary>{place.location}</summary><div className="stack">{place.files.map(({ file, url }) => <CopyField key={file} label={file} value={url} />)}</div></details>)}
        </div>
      </Panel>
  );
}
