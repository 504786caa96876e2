/** A runbook on screen. React writes text as text, so nothing in it can become markup. */
import { Fragment } from 'react';
import { AppLink } from '../ui/AppLink.tsx';
import { parse, type Inline } from './markdown.ts';

export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      {parse(text).map((block, n) => {
        if ('heading' in block) return block.level <= 1 ? <h3 key={n}><Run parts={block.heading} /></h3> : <h4 key={n}><Run parts={block.heading} /></h4>;
        if ('paragraph' in block) return <p key={n}><Run parts={block.paragraph} /></p>;
        if ('pre' in block) return <pre key={n} tabIndex={0}>{block.pre}</pre>;
        const items = block.list.map((item, i) => <li key={i}><Run parts={item} /></li>);
        return block.ordered ? <ol key={n}>{items}</ol> : <ul key={n}>{items}</ul>;
      })}
    </div>
  );
}

function Run({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, n) => (
    <Fragment key={n}>
      {'text' in part ? part.text : 'code' in part ? <code>{part.code}</code> : 'bold' in part ? <strong><Run parts={part.bold} /></strong>
        : part.to.startsWith('/') ? <AppLink to={part.to}><Run parts={part.link} /></AppLink> : <a href={part.to} target="_blank" rel="noreferrer noopener"><Run parts={part.link} /></a>}
    </Fragment>
  ));
}
