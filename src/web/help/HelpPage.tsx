/** The documents in the app: listed, searched, read and printed without leaving it. */
import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { one } from '../api/queries.ts';
import { Markdown } from '../exceptions/Markdown.tsx';
import '../exceptions/exceptions.css';
import { Find } from '../table/Toolbar.tsx';
import { EmptyState, ErrorState, Lines } from '../ui/feedback.tsx';
import { kindName } from '../ui/format.ts';
import { Page, Panel } from '../ui/page.tsx';
import { HandoverPanel } from './HandoverPanel.tsx';
import { HelpButton } from './HelpButton.tsx';
import './help.css';

interface Head { name: string; title: string; group: string; owner: string | null; tested: string | null; line?: string | null }
const route = getRouteApi('/app/help');
const FIRST = 'handover/start-here', TAKEN = 'handover/who-owns-what';
const titleOf = (page: Head): string => (page.group === 'Runbooks' ? kindName(page.title) : page.title);

export function HelpPage() {
  const search = route.useSearch(), navigate = route.useNavigate(), name = search.page ?? FIRST;
  const list = useQuery({ ...one<{ pages: Head[] }>(['help', search.q ?? ''], '/help', { q: search.q }), staleTime: Infinity, placeholderData: keepPreviousData }), text = useQuery({ ...one<Head & { markdown: string }>(['help', 'page', name], '/help/page', { name }), staleTime: Infinity });
  const groups = Map.groupBy(list.data?.pages ?? [], (page) => page.group);
  return (
    <Page title="Help" aside={<Button variant="default" leftSection={<IconPrinter size={15} />} onClick={() => window.print()}>Print</Button>}>
      <div className="help">
        <nav className="help-list" aria-label="Documents">
          <Find value={search.q} placeholder="Words in the documents" change={(q) => void navigate({ search: (old) => ({ ...old, q }), replace: true })} />
          {list.isError ? <ErrorState error={list.error} retry={() => void list.refetch()} /> : !list.data ? <Lines rows={12} /> : list.data.pages.length === 0 ? <EmptyState title="No document has these words">Try one word less.</EmptyState>
            : [...groups].map(([group, pages]) => (
              <section key={group}><h2 className="small-head">{group}</h2>
                <ul>{pages.map((page) => <li key={page.name}><Link to="/help" search={(old) => ({ ...old, page: page.name })} aria-current={page.name === name || undefined}>{titleOf(page)}</Link>{page.line && <p className="small dim">{page.line}</p>}</li>)}</ul>
              </section>))}
        </nav>
        <div className="stack">
        {name === TAKEN && <HandoverPanel />}
        <Panel className="help-text">
          {text.isError ? <ErrorState error={text.error} retry={() => void text.refetch()} /> : !text.data ? <Lines rows={16} /> : (
            <article>
              {(text.data.owner ?? text.data.tested) && <p className="small dim">{text.data.owner && `Owner: ${text.data.owner}`}{text.data.owner && text.data.tested && ' · '}{text.data.tested && `Tested: ${text.data.tested}`}</p>}
              <Markdown text={text.data.markdown} base={name} button={(fix) => <HelpButton name={fix} />} />
            </article>)}
        </Panel>
        </div>
      </div>
    </Page>
  );
}
