/** A runbook on screen. React writes text as text, so nothing in it can become markup. */
import { Fragment, type ReactNode } from 'react';
import { AppLink } from '../ui/AppLink.tsx';
import { parse, type Inline } from './markdown.ts';

/** `button` makes what a button's name stands for; without it the names are left out (a page nobody can press on). */
export function Markdown({ text, button = () => null }: { text: string; button?: (name: string) => ReactNode }) {
  return (
    <div className="markdown">
      {parse(text).map((block, n) => {
        if ('heading' in block) return block.level <= 1 ? <h3 key={n}><Run parts={block.heading} button={button} /></h3> : <h4 key={n}><Run parts={block.heading} button={button} /></h4>;
        if ('paragraph' in block) return block.paragraph.some((part) => 'button' in part) ? <div key={n} className="row buttons"><Run parts={block.paragraph} button={button} /></div> : <p key={n}><Run parts={block.paragraph} button={button} /></p>;
        if ('pre' in block) return <pre key={n} tabIndex={0}>{block.pre}</pre>;
        const items = block.list.map((item, i) => <li key={i}><Run parts={item} button={button} /></li>);
        return block.ordered ? <ol key={n}>{items}</ol> : <ul key={n}>{items}</ul>;
      })}
    </div>
  );
}

function Run({ parts, button }: { parts: readonly Inline[]; button(name: string): ReactNode }) {
  return parts.map((part, n) => (
    <Fragment key={n}>
      {'text' in part ? part.text : 'code' in part ? <code>{part.code}</code> : 'bold' in part ? <strong><Run parts={part.bold} button={button} /></strong>
        : 'button' in part ? button(part.button)
        : part.to.startsWith('/') ? <AppLink to={part.to}><Run parts={part.link} button={button} /></AppLink> : <a href={part.to} target="_blank" rel="noreferrer noopener"><Run parts={part.link} button={button} /></a>}
    </Fragment>
  ));
}
