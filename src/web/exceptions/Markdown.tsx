/** A runbook on screen. React writes text as text, so nothing in it can become markup. */
import { Fragment, type ReactNode } from 'react';
import { AppLink } from '../ui/AppLink.tsx';
import { DOCUMENT, documentNamed, parse, type Inline } from './markdown.ts';

/** `button` makes what a button's name stands for. */
export function Markdown({ text, button, base = 'runbooks/x' }: { text: string; button(name: string): ReactNode; /** Name of the document, which links in it start from. */ base?: string }) {
  return (
    <div className="markdown">
      {parse(text).map((block, n) => {
        if ('heading' in block) return block.level <= 1 ? <h3 key={n}><Run parts={block.heading} button={button} base={base} /></h3> : <h4 key={n}><Run parts={block.heading} button={button} base={base} /></h4>;
        if ('paragraph' in block) return block.paragraph.some((part) => 'button' in part) ? <div key={n} className="row buttons"><Run parts={block.paragraph} button={button} base={base} /></div> : <p key={n}><Run parts={block.paragraph} button={button} base={base} /></p>;
        if ('pre' in block) return <pre key={n} tabIndex={0}>{block.pre}</pre>;
        if ('table' in block) return <div key={n} className="scroll" tabIndex={0} role="region" aria-label="Table"><table><thead><tr>{block.table.head.map((cell, i) => <th key={i}><Run parts={cell} button={button} base={base} /></th>)}</tr></thead><tbody>{block.table.rows.map((row, r) => <tr key={r}>{row.map((cell, i) => <td key={i}><Run parts={cell} button={button} base={base} /></td>)}</tr>)}</tbody></table></div>;
        const items = block.list.map((item, i) => <li key={i}><Run parts={item} button={button} base={base} /></li>);
        return block.ordered ? <ol key={n}>{items}</ol> : <ul key={n}>{items}</ul>;
      })}
    </div>
  );
}

function Run({ parts, button, base }: { parts: readonly Inline[]; button(name: string): ReactNode; base: string }) {
  return parts.map((part, n) => (
    <Fragment key={n}>
      {'text' in part ? part.text : 'code' in part ? <code>{part.code}</code> : 'bold' in part ? <strong><Run parts={part.bold} button={button} base={base} /></strong>
        : 'em' in part ? <em><Run parts={part.em} button={button} base={base} /></em>
        : 'button' in part ? button(part.button)
        : DOCUMENT.test(part.to) ? <AppLink to={`/help?page=${encodeURIComponent(documentNamed(part.to, base))}`}><Run parts={part.link} button={button} base={base} /></AppLink> : part.to.startsWith('/') ? <AppLink to={part.to}><Run parts={part.link} button={button} base={base} /></AppLink> : <a href={part.to} target="_blank" rel="noreferrer noopener"><Run parts={part.link} button={button} base={base} /></a>}
    </Fragment>
  ));
}
